//! The search both schedules and calendars are built on. Instants are seconds since 1970-01-01.

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::Calendar;
use super::days::Days;
use super::pattern::Pattern;
use super::zone::Zone;

/// How far a stretch is followed, and how far open time is counted: 100 years.
pub(super) const HORIZON: TimeDelta = TimeDelta::days(36_525);

const DAY: i64 = 86_400;

/// Hours less days: covered is what some pattern has and no days take away.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) patterns: &'a [Pattern],
    pub(super) own: (&'a Zone, &'a Days),
    pub(super) closed: &'a [&'a Calendar],
}

impl<'a> Span<'a> {
    pub(super) fn covers(self, instant: i64) -> bool {
        self.has_hours(instant) && self.days().all(|days| !takes(days, instant))
    }

    pub(super) fn has_hours(self, instant: i64) -> bool {
        match self.patterns {
            [only] => only.has(only.zone.wall(instant)),
            several => several.iter().any(|pattern| pattern.has(pattern.zone.wall(instant))),
        }
    }

    /// The first covered instant from `instant` on. Ends, as every step passes a range of days or reaches the start
    /// of some hours, and hours without length (in a gap) are few.
    pub(super) fn next(self, mut instant: i64) -> Option<i64> {
        let last = DateTime::<Utc>::MAX_UTC.timestamp();
        while instant <= last {
            let before = instant;
            let skipped = self.days().filter_map(|(zone, days)| {
                days.end(zone.wall(instant).div_euclid(DAY)).map(|end| zone.instant(end * DAY))
            });
            if let Some(later) = skipped.max() {
                instant = later;
            } else if self.has_hours(instant) {
                return Some(instant);
            } else {
                let starts = self.patterns.iter().filter_map(|pattern| {
                    let zone = &pattern.zone;
                    pattern.start(zone.wall(instant)).map(|wall| zone.instant(wall))
                });
                instant = starts.min()?;
            }
            // Data of a zone that contradicts itself must not stop the clock.
            instant = instant.max(before.saturating_add(1));
        }
        None
    }

    /// When the stretch that covers `instant` ends: the first instant after it that is not covered. `None` if it
    /// has none within the horizon.
    pub(super) fn end(self, instant: i64) -> Option<i64> {
        let horizon = instant.saturating_add(HORIZON.num_seconds());
        let cut = self.days().filter_map(|days| taken_after(days, instant)).min().unwrap_or(i64::MAX);
        let mut reached = instant;
        while reached < cut.min(horizon) {
            let ends = self.patterns.iter().map(|pattern| {
                let zone = &pattern.zone;
                pattern.end(zone.wall(reached)).map_or(i64::MAX, |wall| zone.instant(wall))
            });
            match ends.max().filter(|end| *end > reached) {
                Some(later) => reached = later,
                None => return Some(reached),
            }
        }
        (cut <= reached && cut < i64::MAX).then_some(cut)
    }

    fn days(self) -> impl Iterator<Item = (&'a Zone, &'a Days)> {
        let closed = self.closed.iter().map(|calendar| calendar.closed_days());
        std::iter::once(self.own).chain(closed).filter(|(_, days)| !days.is_empty())
    }

    /// The covered stretches between two instants, in order and apart.
    pub(super) fn stretches(self, from: DateTime<Utc>, to: DateTime<Utc>) -> Stretches<'a> {
        Stretches { span: self, at: Some(from), to }
    }
}

/// The covered stretches of a [`Span`].
pub(super) struct Stretches<'a> {
    span: Span<'a>,
    at: Option<DateTime<Utc>>,
    to: DateTime<Utc>,
}

impl Iterator for Stretches<'_> {
    type Item = (DateTime<Utc>, DateTime<Utc>);

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.at.take().filter(|from| *from < self.to)?;
        let start = later(from, self.span.next(from.timestamp())?)?;
        if start >= self.to {
            return None;
        }
        let end = self.span.end(start.timestamp()).and_then(|end| later(start, end));
        let end = end.unwrap_or(self.to).min(self.to);
        self.at = Some(end);
        Some((start, end))
    }
}

/// The instant of a second found from `from` on; `from` itself, with its fraction, if it is the same second.
pub(super) fn later(from: DateTime<Utc>, second: i64) -> Option<DateTime<Utc>> {
    if second <= from.timestamp() { Some(from) } else { DateTime::from_timestamp(second, 0) }
}

/// Whether `days` take `instant` away.
pub(super) fn takes((zone, days): (&Zone, &Days), instant: i64) -> bool {
    !days.is_empty() && days.end(zone.wall(instant).div_euclid(DAY)).is_some()
}

/// When `days`, which do not take `instant` away, first do so after it. Days that the zone never had are passed over.
fn taken_after((zone, days): (&Zone, &Days), instant: i64) -> Option<i64> {
    let ranges = days.after(zone.wall(instant).div_euclid(DAY));
    let mut taken = ranges.map(|(from, to)| (zone.instant(from * DAY), zone.instant(to * DAY)));
    taken.find(|(from, to)| from < to).map(|(from, _)| from)
}
