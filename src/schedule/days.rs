//! Calendar days: time off and holidays.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::error::{InvalidSchedule, shown};

/// Calendar days from the first to the last, both included. As JSON: `{"from": "2026-12-24", "to": "2026-12-26"}`.
///
/// ```
/// use chrono::NaiveDate;
/// use escalate::schedule::DateRange;
/// let day = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
/// assert!(DateRange::new(day(24), day(26)).is_ok());
/// let refused = DateRange::new(day(26), day(24)).unwrap_err();
/// assert!(refused.to_string().starts_with("to: the last day, 2026-12-24, is before the first"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct DateRange {
    from: NaiveDate,
    to: NaiveDate,
}

/// A range as a host writes it, so that an error can name the field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    to: String,
}

impl DateRange {
    /// From one day to another, both included.
    ///
    /// # Errors
    /// If `to` is before `from`.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, InvalidSchedule> {
        if to < from { Err(InvalidSchedule::Range { from, to }) } else { Ok(Self { from, to }) }
    }

    /// A single day.
    #[must_use]
    pub const fn day(day: NaiveDate) -> Self {
        Self { from: day, to: day }
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> NaiveDate {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn to(self) -> NaiveDate {
        self.to
    }
}

impl TryFrom<Written> for DateRange {
    type Error = InvalidSchedule;

    fn try_from(written: Written) -> Result<Self, InvalidSchedule> {
        let day = |field, text: &str| {
            text.parse::<NaiveDate>().map_err(|_| InvalidSchedule::Day { field, value: shown(text) })
        };
        Self::new(day("from", &written.from)?, day("to", &written.to)?)
    }
}

/// Ranges in order and apart, as days since 1970-01-01, each without its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Days(Vec<(i64, i64)>);

impl Days {
    pub(super) fn of(ranges: &[DateRange]) -> Self {
        let number = |day: NaiveDate| day.signed_duration_since(NaiveDate::default()).num_days();
        let mut days: Vec<_> =
            ranges.iter().map(|range| (number(range.from), number(range.to) + 1)).collect();
        // The first and the last day there are stand for always: a zone's clock can be a day past either.
        for (from, to) in &mut days {
            *from -= if *from == number(NaiveDate::MIN) { 2 } else { 0 };
            *to += if *to == number(NaiveDate::MAX) + 1 { 2 } else { 0 };
        }
        days.sort_unstable();
        days.dedup_by(|later, earlier| {
            let touching = later.0 <= earlier.1;
            if touching {
                earlier.1 = earlier.1.max(later.1);
            }
            touching
        });
        Self(days)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The day after the range that holds `day`, if one does.
    pub(super) fn end(&self, day: i64) -> Option<i64> {
        let before = self.0.partition_point(|range| range.0 <= day);
        let range = self.0.get(before.checked_sub(1)?)?;
        (day < range.1).then_some(range.1)
    }

    /// The ranges that start after `day`.
    pub(super) fn after(&self, day: i64) -> impl Iterator<Item = (i64, i64)> {
        let before = self.0.partition_point(|range| range.0 <= day);
        self.0.iter().skip(before).copied()
    }
}
