//! Plain words that the library acts on: a customer who asks for a person, and a reply that promises one (S5).
//!
//! Two recognisers over tables of phrases, one table per language: English, German, French, Spanish, Portuguese, Italian,
//! Dutch, Swedish, Chinese (both scripts), Japanese, Korean, and Hindi in both scripts. All tables are looked at for every
//! text, so that no language has to be guessed and mixed ones are read. They are built to be sure rather than complete:
//! what is not said in plain words is left to the model and its escalate action.
//!
//! Case, accents, full-width forms, kinds of apostrophes, invisible characters and punctuation make no difference. The
//! time is linear in the text, of which the first and the last [`MOST_BYTES`] are read.
//!
//! ```
//! use escalate::phrases::{asks_for_person, promises_person};
//!
//! assert!(promises_person("One moment, I'm transferring you to a colleague.").is_some());
//! assert!(promises_person("Would you like me to connect you with a person?").is_none());
//! assert!(asks_for_person("ich möchte mit einem Menschen sprechen").is_some());
//! assert!(asks_for_person("The delivery person was rude.").is_none());
//! ```

mod book;
mod fold;
mod pattern;

use std::ops::Range;

use self::book::BOOK;

/// How much of a text is read, in bytes of UTF-8: so much at its beginning and so much at its end.
pub const MOST_BYTES: usize = 16 << 10;

/// Where a text says it, and in which language's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Phrase {
    /// The sentence, in bytes of the text.
    pub sentence: Range<usize>,
    /// The table that knew it: a BCP 47 tag. Not the language of the text, which may mix several.
    pub table: &'static str,
}

/// The sentence in which a reply promises the customer a person, or claims that one has been told.
///
/// For replies of an AI agent. "I'm transferring you", "a colleague will call you back" and "I have escalated this" are
/// such sentences. An offer, a question, a condition, a refusal, and what the customer could do themselves are none.
#[must_use]
pub fn promises_person(text: &str) -> Option<Phrase> {
    BOOK.promises.find(text)
}

/// The sentence in which a customer asks for a person.
///
/// For a customer's messages. A mere mention is none ("I spoke to an agent yesterday"), and neither is "I don't want to
/// be transferred".
#[must_use]
pub fn asks_for_person(text: &str) -> Option<Phrase> {
    BOOK.asks.find(text)
}

#[cfg(test)]
#[path = "phrases_test.rs"]
mod tests;
