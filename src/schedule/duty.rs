//! When a teammate works.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::days::{DateRange, Days};
use super::pattern::Pattern;
use super::shift::Shift;
use super::span::{Span, later, takes};
use super::zone::Zone;

/// When a teammate works: any number of shifts, less their time off.
///
/// Every question takes `closed`, the calendars of the teammate's team and workspace: on a day on which one of them
/// is closed nobody is on duty, whatever their shifts say. The hours of those calendars do not matter here.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use escalate::schedule::{Duty, OffDuty, Schedule, Shift, Zone};
/// let berlin: Zone = "Europe/Berlin".parse()?;
/// let ana = Schedule::new(berlin.clone()).with_shift(Shift::new(berlin).on_weekdays("09:00-17:00".parse()?));
/// let sunday: DateTime<Utc> = "2026-03-29T12:00:00Z".parse()?;
/// let monday: DateTime<Utc> = "2026-03-30T07:00:00Z".parse()?; // Nine in Berlin, in summer time since Sunday.
/// assert_eq!(ana.duty(sunday, &[]), Duty::Off { why: OffDuty::OffShift, next: Some(monday) });
/// assert!(ana.is_on(monday, &[]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Schedule {
    zone: Zone,
    shifts: Vec<Shift>,
    time_off: Vec<DateRange>,
    patterns: Vec<Pattern>,
    off: Days,
}

/// A schedule as a host writes it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Schedule")]
struct Written {
    zone: Zone,
    #[serde(default)]
    shifts: Vec<Shift>,
    #[serde(default)]
    time_off: Vec<DateRange>,
}

/// Whether a teammate is on duty, as of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Duty {
    /// On duty.
    On {
        /// The first instant after it at which they are not; shifts that touch or overlap count as one. `None` if
        /// there is none within 100 years.
        until: Option<DateTime<Utc>>,
    },
    /// Off duty.
    Off {
        /// Why.
        why: OffDuty,
        /// When they are on duty next; `None` if never.
        next: Option<DateTime<Utc>>,
    },
}

/// Why a teammate is off duty: the first of these that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OffDuty {
    /// They have time off.
    TimeOff,
    /// A calendar is closed.
    Holiday,
    /// None of their shifts has this hour.
    OffShift,
}

impl Schedule {
    /// A schedule without shifts; `zone` is the teammate's own, in which their days off begin and end.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self { zone, shifts: Vec::new(), time_off: Vec::new(), patterns: Vec::new(), off: Days::default() }
    }

    /// Adds a shift, which may be in another zone.
    #[must_use]
    pub fn with_shift(self, shift: Shift) -> Self {
        self.with_shifts([shift])
    }

    /// Adds shifts.
    #[must_use]
    pub fn with_shifts(mut self, shifts: impl IntoIterator<Item = Shift>) -> Self {
        self.shifts.extend(shifts);
        self.patterns = Pattern::all(&self.shifts);
        self
    }

    /// Adds days off.
    #[must_use]
    pub fn with_time_off(mut self, ranges: impl IntoIterator<Item = DateRange>) -> Self {
        self.time_off.extend(ranges);
        self.off = Days::of(&self.time_off);
        self
    }

    /// The teammate's own zone.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The shifts, as they were added.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// The days off, as they were added.
    #[must_use]
    pub fn time_off(&self) -> &[DateRange] {
        &self.time_off
    }

    /// Whether any shift has hours. A teammate whose schedule has none goes by their own word.
    #[must_use]
    pub fn has_shift(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// Whether they are on duty at `at` (T1). Allocates nothing and expands no week.
    #[must_use]
    pub fn is_on(&self, at: DateTime<Utc>, closed: &[&Calendar]) -> bool {
        self.span(closed).covers(at.timestamp())
    }

    /// Whether they are on duty at `at`, until when, or why not and when next.
    #[must_use]
    pub fn duty(&self, at: DateTime<Utc>, closed: &[&Calendar]) -> Duty {
        let (span, second) = (self.span(closed), at.timestamp());
        let why = if let Some(taken) = self.taken(at, closed) {
            taken
        } else if !span.has_hours(second) {
            OffDuty::OffShift
        } else {
            return Duty::On { until: span.end(second).and_then(|end| later(at, end)) };
        };
        Duty::Off { why, next: self.next_start(at, closed) }
    }

    /// Whether time off or a holiday takes this instant away from their shifts.
    #[must_use]
    pub fn taken(&self, at: DateTime<Utc>, closed: &[&Calendar]) -> Option<OffDuty> {
        let second = at.timestamp();
        if takes((&self.zone, &self.off), second) {
            return Some(OffDuty::TimeOff);
        }
        closed.iter().any(|calendar| takes(calendar.closed_days(), second)).then_some(OffDuty::Holiday)
    }

    /// The first instant from `after` on at which they are on duty (T3): `after` itself if they are. `None` if never.
    #[must_use]
    pub fn next_start(&self, after: DateTime<Utc>, closed: &[&Calendar]) -> Option<DateTime<Utc>> {
        later(after, self.span(closed).next(after.timestamp())?)
    }

    /// The first instant after `at` at which they are off duty. `None` if they are off at `at`, or on for 100 years.
    #[must_use]
    pub fn until(&self, at: DateTime<Utc>, closed: &[&Calendar]) -> Option<DateTime<Utc>> {
        let span = self.span(closed);
        span.covers(at.timestamp()).then(|| span.end(at.timestamp()))?.and_then(|end| later(at, end))
    }

    /// The stretches on duty between two instants, in order; each is without its end and touches no other (T2).
    pub fn intervals<'a>(
        &'a self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        closed: &'a [&'a Calendar],
    ) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> + 'a {
        self.span(closed).stretches(from, to)
    }

    fn span<'a>(&'a self, closed: &'a [&'a Calendar]) -> Span<'a> {
        Span { patterns: &self.patterns, own: (&self.zone, &self.off), closed }
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        (&self.zone, &self.shifts, &self.time_off) == (&other.zone, &other.shifts, &other.time_off)
    }
}

impl Eq for Schedule {}

impl From<Written> for Schedule {
    fn from(written: Written) -> Self {
        Self::new(written.zone).with_shifts(written.shifts).with_time_off(written.time_off)
    }
}

impl From<Schedule> for Written {
    fn from(schedule: Schedule) -> Self {
        Self { zone: schedule.zone, shifts: schedule.shifts, time_off: schedule.time_off }
    }
}
