//! What a teammate reads first: a subject and two or three sentences, in the customer's language.
//!
//! Escalation never waits for a model (E4): [`draft`] makes a summary from the customer's own words, without I/O,
//! and the ticket is committed with it.

mod check;
mod clean;
mod cues;
mod domains;
mod draft;
mod everyday;
mod evidence;
mod identifiers;
mod language;
mod marks;
mod rank;
mod script;
mod sentences;
mod table;
mod tokens;
mod window;
mod words;

pub use self::check::{Flaw, Source, check};
pub use self::draft::draft;
pub use self::language::detect;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::message::Sequence;

/// A language tag after BCP 47 (RFC 5646), such as `de` or `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Language(String);

impl Language {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary subtag: `pt` of `pt-BR`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Whether both are one language, whatever the region: the primary subtags are equal, in any case (RFC 5646,
    /// section 2.1.1).
    ///
    /// ```
    /// use escalate::Language;
    /// assert!(Language::from("pt-BR").is_same_as(&"PT".into()));
    /// ```
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.primary().eq_ignore_ascii_case(other.primary())
    }

    /// Whether this is `range` or a kind of it, as by basic filtering (RFC 4647, section 3.3.1): `pt-BR` is within `pt`,
    /// and `pt` not within `pt-BR`.
    ///
    /// ```
    /// use escalate::Language;
    /// let brazil = Language::from("pt-BR");
    /// assert!(brazil.is_within(&"pt".into()) && !Language::from("pt").is_within(&brazil));
    /// ```
    #[must_use]
    pub fn is_within(&self, range: &Self) -> bool {
        let mut own = self.0.split('-');
        range.0.split('-').all(|subtag| own.next().is_some_and(|own| own.eq_ignore_ascii_case(subtag)))
    }
}

impl From<&str> for Language {
    /// Takes the tag as it is, with `_` turned into `-`; an unknown tag is carried, not refused.
    fn from(tag: &str) -> Self {
        Self(tag.replace('_', "-"))
    }
}

impl From<String> for Language {
    fn from(tag: String) -> Self {
        Self::from(tag.as_str())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who wrote a summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SummaryAuthor {
    /// Drawn from the customer's own words by [`draft`].
    Deterministic,
    /// Written by a model.
    Model {
        /// Its name, as the summarizer gave it.
        name: String,
        /// How often it was called in the piece of work that brought this summary, calls for proposals that did not
        /// pass included, calls of earlier work that failed not; 0 in what was stored before this was counted.
        #[serde(default)]
        attempts: u32,
        /// The first transcript entry that it was shown, of those up to [`Summary::covers`]; 0 in what was stored before.
        #[serde(default)]
        first: Sequence,
    },
}

/// A subject and two or three sentences.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// One line, at most [`Summary::MAX_SUBJECT`] characters, never empty.
    pub subject: String,
    /// Two or three sentences (fewer only where the customer said less), no control characters.
    pub text: String,
    /// The customer's language; `None` means unknown, which is better than wrong.
    pub language: Option<Language>,
    /// Who wrote it.
    pub author: SummaryAuthor,
    /// The last transcript entry it takes into account.
    pub covers: Sequence,
}

impl Summary {
    /// The longest subject, in characters (Unicode scalar values).
    pub const MAX_SUBJECT: usize = 80;
    /// The longest text, in characters (Unicode scalar values).
    pub const MAX_TEXT: usize = 600;
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Summary")
            .field("subject_bytes", &self.subject.len())
            .field("text_bytes", &self.text.len())
            .field("language", &self.language)
            .field("author", &self.author)
            .field("covers", &self.covers)
            .finish()
    }
}
