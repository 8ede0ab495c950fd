//! The subjects under which events are published.

use super::NatsError;
use crate::event::Event;

/// Longest prefix, in bytes: what follows takes about a hundred, and servers advise against more than 256 in all.
const LONGEST: usize = 128;

/// The checked beginning of every subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix(String);

impl Prefix {
    /// One or more words of letters, digits, `-` and `_`, joined by dots: the characters that NATS recommends.
    pub(super) fn new(prefix: &str) -> Result<Self, NatsError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let flaw = if prefix.len() > LONGEST {
            "it has more than 128 bytes"
        } else if prefix.split('.').any(str::is_empty) {
            "one of its words is empty"
        } else if !prefix.split('.').all(|word| word.chars().all(is_plain)) {
            "it has characters other than ASCII letters, digits, `-`, `_` and dots"
        } else {
            return Ok(Self(prefix.to_owned()));
        };
        Err(NatsError::Prefix { prefix: prefix.to_owned(), flaw })
    }

    /// `<prefix>.<workspace>.<conversation>.<kind>`.
    pub(super) fn subject(&self, event: &Event) -> String {
        format!("{}.{}.{}.{}", self.0, event.workspace, event.conversation, event.kind.as_str())
    }

    /// What a stream has to capture: every subject of every workspace, and nothing of another prefix.
    pub(super) fn all(&self) -> String {
        format!("{}.*.*.*", self.0)
    }

    /// Whether a stream with the subject `pattern` captures all of them.
    pub(super) fn is_covered_by(&self, pattern: &str) -> bool {
        let all = self.all();
        let (mut words, mut patterns) = (all.split('.'), pattern.split('.'));
        loop {
            match (patterns.next(), words.next()) {
                (Some(">"), Some(_)) | (None, None) => return true,
                (Some(pattern), Some(word)) if pattern == "*" || pattern == word => {}
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
#[path = "subject_test.rs"]
mod tests;
