//! What is refused where a schedule is built.

use thiserror::Error;

/// Why a part of a [`Schedule`](super::Schedule) or [`Calendar`](super::Calendar) was refused. The text names the
/// field and the value, and says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSchedule {
    /// The zone database has no zone of this name.
    #[error("zone: the time zone database has no {value:?}; write an IANA name, such as Europe/Berlin")]
    Zone {
        /// What was given, cut at 40 characters.
        value: String,
    },
    /// Not a time of day.
    #[error("{field}: {value:?} is no time of day; write HH:MM, from 00:00 to 23:59")]
    Time {
        /// Which field: `time`, `start` or `end`.
        field: &'static str,
        /// What was given, cut at 40 characters.
        value: String,
    },
    /// 24:00, which is written as 00:00.
    #[error("{field}: 24:00 is no time of day; to end at midnight, write 00:00 as the end")]
    Midnight {
        /// Which field: `time`, `start` or `end`.
        field: &'static str,
    },
    /// Hours without the hyphen between start and end.
    #[error("hours: {value:?} are no hours; write HH:MM-HH:MM, such as 09:00-17:00")]
    Hours {
        /// What was given, cut at 40 characters.
        value: String,
    },
    /// Not a calendar day.
    #[error("{field}: {value:?} is no day; write YYYY-MM-DD")]
    Day {
        /// Which field: `from` or `to`.
        field: &'static str,
        /// What was given, cut at 40 characters.
        value: String,
    },
    /// The last day of a range is before its first.
    #[error("to: the last day, {to}, is before the first, {from}; write the earlier day as from")]
    Range {
        /// The first day as given.
        from: chrono::NaiveDate,
        /// The last day as given.
        to: chrono::NaiveDate,
    },
}

/// The start of what was given: an error does not repeat a page of text.
pub(super) fn shown(value: &str) -> String {
    value.chars().take(40).collect()
}
