//! The header `Retry-After`.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// What `Retry-After` asks for (RFC 9110, section 10.2.3), at most `longest`: seconds, or a date.
pub(super) fn retry_after(header: &str, now: DateTime<Utc>, longest: TimeDelta) -> Option<TimeDelta> {
    let header = header.trim();
    let wait = match whole(header) {
        Some(seconds) => TimeDelta::try_seconds(seconds).unwrap_or(longest),
        None => date(header)? - now,
    };
    Some(wait.clamp(TimeDelta::zero(), longest))
}

/// A whole number; one that is too large is the largest.
pub(super) fn whole(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(i64::MAX))
}

/// A date in each of the three forms that a recipient has to accept (RFC 9110, section 5.6.7).
fn date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.with_timezone(&Utc));
    }
    let obsolete = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    obsolete.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_date_and_every_number_is_read() {
        let now = "1994-11-06T08:00:00Z".parse().unwrap();
        let read = |header: &str| retry_after(header, now, TimeDelta::hours(24));
        let wait = Some(TimeDelta::seconds(49 * 60 + 37));
        for date in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(date), wait, "{date}");
        }
        for huge in ["86401", "4294967296", "99999999999999999999999"] {
            assert_eq!(read(huge), Some(TimeDelta::hours(24)), "{huge}");
        }
        assert_eq!(read("Sun Nov  6 07:49:37 1994"), Some(TimeDelta::zero()));
        for none in ["", "-1", "+1", "1.5", "tomorrow", "Sunday, 06-Nov-94"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
