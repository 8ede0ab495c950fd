//! When the next attempt is made.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::TimeDelta;

use crate::id::EventId;

/// The waits between attempts, in seconds: the example table of the specification, section "Deliverability and
/// reliability". With the first, immediate one that makes ten attempts within 75 hours and 35 minutes.
const WAITS: [i64; 9] =
    [5, 5 * 60, 30 * 60, 2 * 60 * 60, 5 * 60 * 60, 10 * 60 * 60, 14 * 60 * 60, 20 * 60 * 60, 24 * 60 * 60];

/// All of them, from the first attempt to the last.
pub(super) const TABLE: TimeDelta =
    TimeDelta::seconds(5 + 5 * 60 + 30 * 60 + (2 + 5 + 10 + 14 + 20 + 24) * 60 * 60);

/// How many attempts there are, the first included.
pub(super) const ATTEMPTS: u32 = 10;

/// No receiver asks for a longer wait than this.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(24);

/// How long an overloaded or unreachable receiver is left alone by other conversations, if it does not say.
pub(super) const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// How often a disabled endpoint is asked whether it still is.
pub(super) const WHILE_DISABLED: TimeDelta = TimeDelta::hours(1);

/// How long to wait after attempt `nth`, from 0, failed; `None`: that was the last one.
///
/// What the receiver asks for may lengthen a wait and never shortens one, so that it takes days to give up. Up to a
/// fifth is added so that what failed together does not come back together; it follows from the event's id, so the
/// library needs no source of randomness.
pub(super) fn wait(nth: u32, event: EventId, asked: Option<TimeDelta>) -> Option<TimeDelta> {
    let seconds = *WAITS.get(usize::try_from(nth).ok()?)?;
    let asked = asked.unwrap_or_default().min(LONGEST);
    Some(spread(TimeDelta::seconds(seconds).max(asked), event, nth))
}

fn spread(wait: TimeDelta, event: EventId, nth: u32) -> TimeDelta {
    let mut hasher = DefaultHasher::new();
    (event, nth).hash(&mut hasher);
    let thousandths = i64::try_from(hasher.finish() % 200).unwrap_or_default();
    wait + TimeDelta::milliseconds(wait.num_seconds().saturating_mul(thousandths))
}
