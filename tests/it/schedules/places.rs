//! Known places and days, worked out by hand from what the zone database says of them; and the ends of time.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use escalate::schedule::{Calendar, DateRange, Duty, OffDuty, Schedule, Shift, Week, Zone};

use super::{daily, hours, zone};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stretches(schedule: &Schedule, from: &str, to: &str) -> Vec<(String, String)> {
    let text = |instant: DateTime<Utc>| instant.format("%dT%H:%M").to_string();
    schedule.intervals(at(from), at(to), &[]).map(|(start, end)| (text(start), text(end))).collect()
}

fn one(name: &str, text: &str) -> Schedule {
    Schedule::new(zone(name)).with_shift(daily(name, text))
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect()
}

#[test]
fn a_missing_midnight_begins_the_day_where_the_clock_lands() {
    // Cairo, 24 April 2026: 00:00 becomes 01:00, at 22:00 UTC the evening before.
    let cairo = one("Africa/Cairo", "00:00-08:00");
    let expected = pairs(&[("22T22:00", "23T06:00"), ("23T22:00", "24T05:00"), ("24T21:00", "25T05:00")]);
    assert_eq!(stretches(&cairo, "2026-04-22T12:00:00Z", "2026-04-25T12:00:00Z"), expected);
    let off = one("Africa/Cairo", "00:00-00:00").with_time_off([DateRange::day(day("2026-04-24"))]);
    let expected = pairs(&[("23T00:00", "23T22:00"), ("24T21:00", "25T00:00")]);
    assert_eq!(stretches(&off, "2026-04-23T00:00:00Z", "2026-04-25T00:00:00Z"), expected);
}

#[test]
fn a_day_that_never_was_is_empty() {
    // Apia went from the end of 29 December 2011 to the start of the 31st, at 10:00 UTC on the 30th.
    let apia = one("Pacific/Apia", "22:00-06:00").with_time_off([DateRange::day(day("2011-12-30"))]);
    let expected = pairs(&[("29T08:00", "29T16:00"), ("30T08:00", "30T16:00"), ("31T08:00", "31T16:00")]);
    assert_eq!(stretches(&apia, "2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z"), expected);
    let office = one("Pacific/Apia", "09:00-17:00");
    let expected = pairs(&[("29T19:00", "30T03:00"), ("30T19:00", "31T03:00")]);
    assert_eq!(stretches(&office, "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"), expected);
}

#[test]
fn gaps_are_skipped_and_folds_count_from_the_first_time() {
    // Berlin: 02:00 becomes 03:00 on 29 March 2026, 03:00 becomes 02:00 on 25 October, both at 01:00 UTC.
    let within = one("Europe/Berlin", "02:15-02:45");
    assert_eq!(
        stretches(&within, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z"),
        pairs(&[("28T01:15", "28T01:45"), ("30T00:15", "30T00:45")]),
        "hours within a gap are empty"
    );
    assert_eq!(
        stretches(&within, "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z"),
        pairs(&[("25T00:15", "25T00:45")]),
        "hours within a fold are there once"
    );
    let night = one("Europe/Berlin", "22:00-06:00");
    let hours_of = |from: &str, to: &str| {
        let on = night.intervals(at(from), at(to), &[]);
        on.map(|(start, end)| (end - start).num_hours()).collect::<Vec<_>>()
    };
    assert_eq!(hours_of("2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z"), [8, 7, 8]);
    assert_eq!(hours_of("2026-10-23T12:00:00Z", "2026-10-26T12:00:00Z"), [8, 9, 8]);
}

#[test]
fn the_first_reason_that_holds_is_given_and_the_next_start_is_past_all_of_them() {
    let christmas = DateRange::new(day("2026-12-25"), day("2026-12-26")).unwrap();
    let house = Calendar::new(zone("Europe/Berlin")).with_closed([christmas]);
    let week = DateRange::new(day("2026-12-21"), day("2026-12-24")).unwrap();
    let berlin = Shift::new(zone("Europe/Berlin")).on_weekdays(hours("09:00-17:00"));
    let ana = Schedule::new(zone("Europe/Berlin")).with_shift(berlin).with_time_off([week]);
    let monday = Some(at("2026-12-28T08:00:00Z"));
    let duty = |text| ana.duty(at(text), &[&house]);
    assert_eq!(duty("2026-12-23T10:00:00Z"), Duty::Off { why: OffDuty::TimeOff, next: monday });
    assert_eq!(duty("2026-12-25T10:00:00Z"), Duty::Off { why: OffDuty::Holiday, next: monday });
    assert_eq!(duty("2026-12-27T10:00:00Z"), Duty::Off { why: OffDuty::OffShift, next: monday });
    assert_eq!(duty("2026-12-28T10:00:00Z"), Duty::On { until: Some(at("2026-12-28T16:00:00Z")) });
    assert_eq!(
        ana.duty(at("2026-12-25T10:00:00Z"), &[]),
        Duty::On { until: Some(at("2026-12-25T16:00:00Z")) }
    );
}

#[test]
fn years_of_time_off_do_not_stop_the_search() {
    let until = |last| DateRange::new(day("2026-01-01"), last).unwrap();
    let off = |last| one("Europe/Berlin", "09:00-17:00").with_time_off([until(last)]);
    let from = at("2026-06-01T12:00:00Z");
    assert_eq!(off(day("8999-12-31")).next_start(from, &[]), Some(at("9000-01-01T08:00:00Z")));
    assert_eq!(off(NaiveDate::MAX).next_start(from, &[]), None);
    let mut single = Vec::new();
    for n in 0..20_000 {
        single.push(DateRange::day(day("2026-01-01") + chrono::Days::new(2 * n)));
    }
    let mondays = one("UTC", "09:00-10:00").with_time_off(single);
    assert_eq!(mondays.next_start(at("2026-01-01T12:00:00Z"), &[]), Some(at("2026-01-02T09:00:00Z")));
    assert_eq!(mondays.intervals(from, at("2040-01-01T00:00:00Z"), &[]).count(), 2480);
}

#[test]
fn around_the_clock_has_no_end_unless_days_are_off() {
    let always = one("Europe/Berlin", "06:00-06:00");
    let from = at("2026-06-01T12:00:00Z");
    assert_eq!(always.duty(from, &[]), Duty::On { until: None });
    let pieces = one("Europe/Berlin", "06:00-18:00").with_shift(daily("Europe/Berlin", "17:00-06:00"));
    assert_eq!(pieces.duty(from, &[]), Duty::On { until: None });
    // Together around the clock, but in zones of their own.
    let zones = one("UTC", "06:00-18:00").with_shift(daily("Etc/GMT", "18:00-06:00"));
    assert_eq!(zones.duty(from, &[]), Duty::On { until: None });
    let far = DateRange::day(day("2400-01-01"));
    let some = always.with_time_off([far]);
    assert_eq!(some.duty(from, &[]), Duty::On { until: Some(at("2399-12-31T23:00:00Z")) });
}

#[test]
fn the_ends_of_time_are_answered() {
    let night = one("Europe/Berlin", "22:00-06:00").with_time_off([
        DateRange::new(NaiveDate::MIN, day("0001-01-01")).unwrap(),
        DateRange::new(day("9999-12-31"), NaiveDate::MAX).unwrap(),
    ]);
    let always = one("Pacific/Kiritimati", "00:00-00:00");
    let open = Calendar::new(zone("America/St_Johns"));
    let mut week = Week::default();
    week.add(chrono::Weekday::Sun, hours("23:00-01:00"));
    let sundays = open.clone().with_hours(week);
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let centuries = [at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"), at("-9999-01-01T00:00:00Z")];
    for instant in centuries.into_iter().chain([first, last]) {
        for schedule in [&night, &always] {
            let on = schedule.is_on(instant, &[&sundays]);
            assert_eq!(on, matches!(schedule.duty(instant, &[&sundays]), Duty::On { .. }));
            assert_eq!(schedule.next_start(instant, &[]) == Some(instant), schedule.is_on(instant, &[]));
        }
        for calendar in [&open, &sundays] {
            assert_eq!(calendar.between(instant, instant), TimeDelta::zero());
            assert_eq!(calendar.add(instant, TimeDelta::MIN), Some(instant));
            assert_eq!(calendar.add(instant, TimeDelta::MAX), None);
        }
    }
    assert_eq!(always.next_start(last, &[]), Some(last));
    assert_eq!(night.next_start(last, &[]), None);
    assert_eq!(open.add(last, TimeDelta::seconds(1)), None);
    assert_eq!(open.between(first, last), TimeDelta::days(36_525), "a hundred years are looked at");
    assert_eq!(Zone::utc().name(), "UTC");
}

/// Open time that ends with the hours has passed when they end, not when the next begin.
#[test]
fn a_deadline_may_fall_on_the_end_of_the_hours() {
    let mut week = Week::default();
    for day in [chrono::Weekday::Fri, chrono::Weekday::Mon] {
        week.add(day, hours("09:00-17:00"));
    }
    let office = Calendar::new(zone("Europe/Berlin")).with_hours(week);
    let friday = at("2026-03-27T15:00:00Z");
    assert_eq!(office.add(friday, TimeDelta::hours(1)), Some(at("2026-03-27T16:00:00Z")));
    assert_eq!(office.add(friday, TimeDelta::seconds(3_601)), Some(at("2026-03-30T07:00:01Z")));
}
