//! The header `Retry-After`.

use chrono::{DateTime, TimeDelta, Utc};

/// What `Retry-After` asks for (RFC 9110, section 10.2.3), at most `longest`: seconds, or a date.
pub(super) fn retry_after(header: &str, now: DateTime<Utc>, longest: TimeDelta) -> Option<TimeDelta> {
    let header = header.trim();
    let wait = match header.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(i64::from(seconds)),
        Err(_) => DateTime::parse_from_rfc2822(header).ok()?.with_timezone(&Utc) - now,
    };
    Some(wait.clamp(TimeDelta::zero(), longest))
}
