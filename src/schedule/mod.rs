//! Shifts, time off, holidays and business hours: pure functions of an instant.
//!
//! A [`Schedule`] says when a teammate is on duty, a [`Calendar`] when a team or a workspace is open. Both are plain
//! data: weekly hours read off the clock of a [`Zone`], less ranges of whole days. Nothing here looks at a clock, the
//! server's time zone, its zone files or the environment (T4).
//!
//! # When clocks change
//!
//! One rule maps a wall-clock time to an instant, for starts, ends and midnights alike: **the first instant at which
//! the zone's clock shows that time or a later one**. So a time that the clock skips (a gap) is the instant it
//! jumps, and of a time it shows twice (a fold) the earlier counts. The rule never runs backwards, therefore hours
//! that follow each other neither leave a gap nor overlap (T2). What comes of it:
//!
//! - Hours that lie within a gap are empty on that day; hours around one are shorter by it.
//! - Hours around a fold are longer by it. Hours that start within it start the first time; those that end within
//!   it end the first time; and the second time belongs to whatever hours hold the last minute before the clock
//!   went back.
//! - A day begins at its first instant, which is not midnight where the clock skips midnight. A day that a zone never
//!   had (30 December 2011 in `Pacific/Apia`) is empty, and a night that would have ended on it ends as it begins.
//!
//! RFC 5545, section 3.3.5, has the same for a fold (the first occurrence). In a gap it reads the time with the offset
//! from before, an hour into the day's new time, by which two shifts could overlap; here the gap's end counts.
//!
//! Instants are to the second: fractions below it do not move a boundary. Outside the years -9999 to 9999 every zone
//! keeps its last offset.

mod calendar;
mod days;
mod duty;
mod error;
mod hours;
mod pattern;
mod shift;
mod span;
mod zone;

pub use self::calendar::Calendar;
pub use self::days::DateRange;
pub use self::duty::{Duty, OffDuty, Schedule};
pub use self::error::InvalidSchedule;
pub use self::hours::{Hours, TimeOfDay};
pub use self::shift::{Shift, Week};
pub use self::zone::Zone;
