//! When a team or a workspace is open.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::days::{DateRange, Days};
use super::pattern::Pattern;
use super::shift::Week;
use super::span::{HORIZON, Span, later};
use super::zone::Zone;

/// When a team or a workspace is open: business hours, or always, less the days on which it is closed.
///
/// Deadlines are counted in its open time, which is time that really passes: a night in which the clocks change is an
/// hour longer or shorter.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc, Weekday::{Fri, Mon}};
/// use escalate::schedule::{Calendar, Week, Zone};
/// let mut hours = Week::default();
/// hours.add(Fri, "09:00-17:00".parse()?);
/// hours.add(Mon, "09:00-17:00".parse()?);
/// let office = Calendar::new("Europe/Berlin".parse()?).with_hours(hours);
/// let friday: DateTime<Utc> = "2026-03-27T15:00:00Z".parse()?; // Four in the afternoon, in winter time.
/// let monday: DateTime<Utc> = "2026-03-30T08:00:00Z".parse()?; // Ten in the morning, in summer time.
/// assert_eq!(office.add(friday, TimeDelta::hours(2)), Some(monday));
/// assert_eq!(office.between(friday, monday), TimeDelta::hours(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Calendar {
    zone: Zone,
    hours: Option<Week>,
    closed: Vec<DateRange>,
    pattern: Pattern,
    days: Days,
}

/// A calendar as a host writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Calendar")]
struct Written {
    zone: Zone,
    #[serde(default)]
    hours: Option<Week>,
    #[serde(default)]
    closed: Vec<DateRange>,
}

impl Calendar {
    /// Open around the clock.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        let pattern = Pattern::always(zone.clone());
        Self { zone, hours: None, closed: Vec::new(), pattern, days: Days::default() }
    }

    /// Sets the hours. A week that is all off is never open.
    #[must_use]
    pub fn with_hours(mut self, hours: Week) -> Self {
        self.pattern = Pattern::of(self.zone.clone(), &[&hours]);
        self.hours = Some(hours);
        self
    }

    /// Adds days on which it is closed.
    #[must_use]
    pub fn with_closed(mut self, ranges: impl IntoIterator<Item = DateRange>) -> Self {
        self.closed.extend(ranges);
        self.days = Days::of(&self.closed);
        self
    }

    /// Where the hours and days are read off a clock.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The hours; `None` if it is open around the clock.
    #[must_use]
    pub const fn hours(&self) -> Option<&Week> {
        self.hours.as_ref()
    }

    /// The days on which it is closed, as they were added.
    #[must_use]
    pub fn closed(&self) -> &[DateRange] {
        &self.closed
    }

    /// Whether it is open at `at`.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.span().covers(at.timestamp())
    }

    /// The first instant from `after` on at which it is open: `after` itself if it is. `None` if never.
    #[must_use]
    pub fn next_open(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        later(after, self.span().next(after.timestamp())?)
    }

    /// The first instant by which `open` of open time has passed since `from`; `from` itself for none or less.
    /// `None` if that takes more than 100 years.
    #[must_use]
    pub fn add(&self, from: DateTime<Utc>, open: TimeDelta) -> Option<DateTime<Utc>> {
        if open <= TimeDelta::zero() {
            return Some(from);
        }
        let mut left = open;
        for (start, end) in self.span().stretches(from, horizon(from)) {
            let length = end - start;
            if left <= length {
                return start.checked_add_signed(left);
            }
            left -= length;
        }
        None
    }

    /// How much open time passes between two instants; none if `to` is before `from`. What is more than 100 years
    /// after `from` is not counted.
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let open = self.span().stretches(from, to.min(horizon(from)));
        open.fold(TimeDelta::zero(), |sum, (start, end)| sum + (end - start))
    }

    /// The stretches in which it is open between two instants, in order; each is without its end and touches no other.
    pub fn intervals(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        self.span().stretches(from, to)
    }

    pub(super) const fn closed_days(&self) -> (&Zone, &Days) {
        (&self.zone, &self.days)
    }

    fn span(&self) -> Span<'_> {
        Span { patterns: std::slice::from_ref(&self.pattern), own: self.closed_days(), closed: &[] }
    }
}

fn horizon(from: DateTime<Utc>) -> DateTime<Utc> {
    from.checked_add_signed(HORIZON).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        (&self.zone, &self.hours, &self.closed) == (&other.zone, &other.hours, &other.closed)
    }
}

impl Eq for Calendar {}

impl From<Written> for Calendar {
    fn from(written: Written) -> Self {
        let calendar = Self::new(written.zone).with_closed(written.closed);
        match written.hours {
            Some(hours) => calendar.with_hours(hours),
            None => calendar,
        }
    }
}

impl From<Calendar> for Written {
    fn from(calendar: Calendar) -> Self {
        Self { zone: calendar.zone, hours: calendar.hours, closed: calendar.closed }
    }
}
