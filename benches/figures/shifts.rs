//! Whether a teammate is on duty.

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::schedule::{DateRange, Schedule, Shift, Zone};

use crate::measure::{Figure, Size, Target, in_turn, nanoseconds};

/// A teammate with nights and a holiday, in a zone whose clocks change.
fn teammate() -> Schedule {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let shift = Shift::new(zone.clone()).on_weekdays("22:00-06:00".parse().unwrap());
    let day = |text: &str| text.parse().unwrap();
    Schedule::new(zone).with_shift(shift).with_time_off([DateRange::new(
        day("2026-12-24"),
        day("2027-01-02"),
    )
    .unwrap()])
}

/// The floor: the week around the instant, written out, and a look at each stretch.
fn expanded(schedule: &Schedule, at: DateTime<Utc>) -> bool {
    let week = TimeDelta::days(4);
    let stretches: Vec<_> = schedule.intervals(at - week, at + week, &[]).collect();
    stretches.iter().any(|(start, end)| *start <= at && at < *end)
}

pub(crate) fn figures(size: Size) -> Vec<Figure> {
    let schedule = teammate();
    let start: DateTime<Utc> = "2026-11-01T00:00:00Z".parse().unwrap();
    let instants: Vec<_> = (0..1000).map(|n| start + TimeDelta::minutes(97 * n)).collect();
    let rounds = size.of(200, 1);
    let blocks = in_turn(
        size.of(15, 1),
        || {
            for at in (0..rounds).flat_map(|_| &instants) {
                black_box(black_box(&schedule).is_on(*at, &[]));
            }
        },
        || {
            for at in (0..rounds / 20 + 1).flat_map(|_| &instants) {
                black_box(expanded(black_box(&schedule), *at));
            }
        },
    );
    let mut figure =
        nanoseconds("on_duty", rounds * instants.len(), &blocks, Some(Target::OursAtMost(1000.0)));
    // The floor does fewer rounds; both are told for one teammate.
    let scale = rounds as f64 / (rounds / 20 + 1) as f64;
    figure.floor *= scale;
    figure.ratio /= scale;
    vec![figure]
}
