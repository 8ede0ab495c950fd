//! Times of day and hours.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{InvalidSchedule, shown};

/// Minutes in a day.
pub(super) const DAY: u16 = 24 * 60;

/// A time of day as a wall clock shows it, to the minute: `00:00` to `23:59`.
///
/// ```
/// use escalate::schedule::TimeOfDay;
/// assert_eq!("09:30".parse::<TimeOfDay>()?.to_string(), "09:30");
/// assert!("9:30".parse::<TimeOfDay>().is_err() && "24:00".parse::<TimeOfDay>().is_err());
/// # Ok::<(), escalate::schedule::InvalidSchedule>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// Midnight, at which a day begins. As an end it is the midnight at which the day ends.
    pub const MIDNIGHT: Self = Self(0);

    /// From hour and minute.
    ///
    /// # Errors
    /// If there is no such time of day.
    pub fn new(hour: u8, minute: u8) -> Result<Self, InvalidSchedule> {
        Self::of("time", &format!("{hour:02}:{minute:02}"))
    }

    /// Minutes since midnight, 0 to 1439.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The time that `text` names; `field` goes into the error.
    pub(super) fn of(field: &'static str, text: &str) -> Result<Self, InvalidSchedule> {
        if text == "24:00" {
            return Err(InvalidSchedule::Midnight { field });
        }
        let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let minutes = || {
            let &[h, i, b':', m, n] = text.as_bytes() else { return None };
            let (hour, minute) = (digit(h)? * 10 + digit(i)?, digit(m)? * 10 + digit(n)?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        };
        minutes().map(Self).ok_or_else(|| InvalidSchedule::Time { field, value: shown(text) })
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = InvalidSchedule;

    fn from_str(text: &str) -> Result<Self, InvalidSchedule> {
        Self::of("time", text)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = InvalidSchedule;

    fn try_from(text: String) -> Result<Self, InvalidSchedule> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// From a start until an end, without the end (T2).
///
/// An end at or before the start is on the day after: `22:00-06:00` is a night, which belongs to the day it starts,
/// and `08:00-08:00` is 24 hours.
///
/// ```
/// use escalate::schedule::Hours;
/// let night: Hours = "22:00-06:00".parse()?;
/// assert_eq!((night.to_string().as_str(), night.is_overnight()), ("22:00-06:00", true));
/// # Ok::<(), escalate::schedule::InvalidSchedule>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written")]
#[allow(clippy::exhaustive_structs, reason = "a pair; every pair is valid")]
pub struct Hours {
    /// The first minute.
    pub start: TimeOfDay,
    /// The minute after the last.
    pub end: TimeOfDay,
}

/// Hours as a host writes them, so that an error can name the field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    start: String,
    end: String,
}

impl Hours {
    /// From `start` until `end`.
    #[must_use]
    pub const fn new(start: TimeOfDay, end: TimeOfDay) -> Self {
        Self { start, end }
    }

    /// The whole day.
    #[must_use]
    pub const fn all_day() -> Self {
        Self::new(TimeOfDay::MIDNIGHT, TimeOfDay::MIDNIGHT)
    }

    /// Whether they reach into the day after.
    #[must_use]
    pub fn is_overnight(self) -> bool {
        self.end <= self.start && self.end != TimeOfDay::MIDNIGHT
    }

    /// How many minutes the wall clock goes through: 1 to 1440.
    pub(super) fn length(self) -> u16 {
        let end = if self.end <= self.start { self.end.0 + DAY } else { self.end.0 };
        end - self.start.0
    }
}

impl TryFrom<Written> for Hours {
    type Error = InvalidSchedule;

    fn try_from(written: Written) -> Result<Self, InvalidSchedule> {
        let start = TimeOfDay::of("start", &written.start)?;
        Ok(Self::new(start, TimeOfDay::of("end", &written.end)?))
    }
}

impl TryFrom<&str> for Hours {
    type Error = InvalidSchedule;

    fn try_from(text: &str) -> Result<Self, InvalidSchedule> {
        let refused = || InvalidSchedule::Hours { value: shown(text) };
        let (start, end) = text.split_once('-').ok_or_else(refused)?;
        let start = TimeOfDay::of("start", start)?;
        Ok(Self::new(start, TimeOfDay::of("end", end)?))
    }
}

impl std::str::FromStr for Hours {
    type Err = InvalidSchedule;

    fn from_str(text: &str) -> Result<Self, InvalidSchedule> {
        Self::try_from(text)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}
