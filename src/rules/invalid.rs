//! What rules are refused for.

use chrono::TimeDelta;
use thiserror::Error;

/// Why rules are none: the field, and what stands in it. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidRules {
    /// A text is blank.
    #[error("`{field}` holds a blank text; fill it in or leave it out")]
    Blank {
        /// Where.
        field: &'static str,
    },
    /// Two rules have one name.
    #[error("`routes.name` {name:?} is there twice; tickets are told apart by it, so choose another")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A rule's name is longer than [`InvalidRules::LONGEST_NAME`].
    #[error("`routes.name` {name:?} has {characters} characters; at most {max} are allowed", max = InvalidRules::LONGEST_NAME)]
    LongName {
        /// The name.
        name: String,
        /// Its length.
        characters: usize,
    },
    /// A length of time is too short, too long, or no whole number of seconds.
    #[error("`{field}` is {value} s; give whole seconds from {least} to {most}", value = .value.as_seconds_f64(), most = InvalidRules::LONGEST.num_seconds())]
    Length {
        /// Where.
        field: &'static str,
        /// The length of time.
        value: TimeDelta,
        /// The least allowed, in seconds.
        least: i64,
    },
    /// Nobody would ever be asked.
    #[error("`unanswered.rounds` is 0; give at least 1, or leave `unanswered` out to offer nothing again")]
    NoRounds,
    /// More failed answers than are counted.
    #[error("`triggers.failed_answers` is {count}; give at most {max}, or 0 for never", max = super::Triggers::MOST_FAILED_ANSWERS)]
    FailedAnswers {
        /// How many.
        count: u32,
    },
    /// The warning would come before the clock starts.
    #[error("`deadlines.warn_before` is {warn} s, and `{field}` only {deadline} s; warn later than that", warn = .warn_before.as_seconds_f64(), deadline = .deadline.as_seconds_f64())]
    WarnsTooEarly {
        /// The deadline's field.
        field: &'static str,
        /// The deadline.
        deadline: TimeDelta,
        /// The warning.
        warn_before: TimeDelta,
    },
}

impl InvalidRules {
    /// The longest name of a rule, in characters.
    pub const LONGEST_NAME: usize = 100;
    /// The longest length of time: 3,660 days.
    pub const LONGEST: TimeDelta = TimeDelta::days(3_660);
}

pub(super) fn filled<S: AsRef<str>>(
    field: &'static str,
    texts: impl IntoIterator<Item = S>,
) -> Result<(), InvalidRules> {
    match texts.into_iter().any(|text| text.as_ref().trim().is_empty()) {
        true => Err(InvalidRules::Blank { field }),
        false => Ok(()),
    }
}

pub(super) fn length(field: &'static str, value: TimeDelta, least: i64) -> Result<(), InvalidRules> {
    let fits = value >= TimeDelta::seconds(least) && value <= InvalidRules::LONGEST;
    match fits && value.subsec_nanos() == 0 {
        true => Ok(()),
        false => Err(InvalidRules::Length { field, value, least }),
    }
}
