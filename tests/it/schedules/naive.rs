//! The definition, minute by minute: slow and plain.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use escalate::schedule::{DateRange, Shift};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Minutes of a fortnight of instants.
pub(super) const MINUTES: i64 = 14 * 1440;

/// What a zone's wall clock shows at every minute of a fortnight, as minutes since 1970.
pub(super) struct Wall {
    shown: Vec<i64>,
}

pub(super) fn bundled(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

impl Wall {
    pub(super) fn of(name: &str, start: DateTime<Utc>) -> Self {
        let zone = bundled(name);
        let shows = |minute: i64| {
            let instant = start.timestamp() + 60 * minute;
            let offset = zone.to_offset(Timestamp::from_second(instant).unwrap());
            (instant + i64::from(offset.seconds())) / 60
        };
        Self { shown: (0..MINUTES).map(shows).collect() }
    }

    /// The first minute at which it shows that time or a later one.
    fn first(&self, time: i64) -> usize {
        self.shown.iter().position(|shown| *shown >= time).unwrap_or(self.shown.len())
    }

    /// All days that touch the fortnight.
    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let epoch = NaiveDate::default();
        let first = self.shown.iter().min().unwrap() / 1440 - 2;
        (first..first + 20).map(move |day| epoch + TimeDelta::days(day))
    }

    /// Sets every minute that a shift has.
    pub(super) fn fill(&self, shift: &Shift, on: &mut [bool]) {
        for day in self.days() {
            for hours in shift.week.day(day.weekday()) {
                let (start, end) = (i64::from(hours.start.minutes()), i64::from(hours.end.minutes()));
                let end = if end <= start { end + 1440 } else { end };
                let midnight = number(day) * 1440;
                set(on, self.first(midnight + start), self.first(midnight + end), true);
            }
        }
    }

    /// Clears every minute of some days.
    pub(super) fn clear(&self, ranges: &[DateRange], on: &mut [bool]) {
        for range in ranges {
            let (from, to) = (number(range.from()), number(range.to()) + 1);
            set(on, self.first(from * 1440), self.first(to * 1440), false);
        }
    }
}

fn number(day: NaiveDate) -> i64 {
    (day - NaiveDate::default()).num_days()
}

fn set(on: &mut [bool], from: usize, to: usize, value: bool) {
    on.iter_mut().take(to).skip(from).for_each(|minute| *minute = value);
}
