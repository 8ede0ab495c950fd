//! Shifts, time off, business hours: against Python's zoneinfo, by properties, and in known places.

mod naive;
mod oracle;
mod places;
mod properties;
mod server_zone;
mod written;

use chrono::{DateTime, Utc};
use escalate::schedule::{Hours, Shift, Zone};

fn zone(name: &str) -> Zone {
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn hours(text: &str) -> Hours {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// The same hours every day.
fn daily(name: &str, text: &str) -> Shift {
    Shift::new(zone(name)).every_day(hours(text))
}

fn second(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}
