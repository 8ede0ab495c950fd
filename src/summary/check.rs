//! Whether a summarizer's proposal may be shown to a teammate (S1, S2, S3).

use thiserror::Error;

use super::sentences::sentences;
use super::{Language, Summary, SummaryAuthor, detect};
use crate::message::Sequence;

/// What is wrong with a proposal; names the rule, never the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Flaw {
    /// The subject is blank, or longer than [`Summary::MAX_SUBJECT`].
    #[error("the subject must have 1 to {max} characters in one line", max = Summary::MAX_SUBJECT)]
    Subject,
    /// The text has not two or three sentences, or is longer than [`Summary::MAX_TEXT`].
    #[error("the text must have two or three sentences and at most {max} characters", max = Summary::MAX_TEXT)]
    Sentences,
    /// There is markup, a link, or a control or direction character.
    #[error("markup, links, control and direction characters are not allowed")]
    Markup,
    /// It is in another language than the customer's.
    #[error("the summary must be in the customer's language")]
    Language,
}

/// The summary that `subject` and `text` make, if they pass.
///
/// ```
/// use escalate::summary::{check, Flaw};
/// use escalate::Sequence;
/// let summary = check("Refund", "The order arrived broken. A refund is wanted.", None, "m-1", Sequence(4))?;
/// assert_eq!(summary.subject, "Refund");
/// assert_eq!(check("Refund", "One sentence.", None, "m-1", Sequence(4)), Err(Flaw::Sentences));
/// # Ok::<(), Flaw>(())
/// ```
///
/// # Errors
///
/// The first [`Flaw`] found.
pub fn check(
    subject: &str,
    text: &str,
    language: Option<&Language>,
    model: &str,
    covers: Sequence,
) -> Result<Summary, Flaw> {
    let (subject, text) = (subject.trim(), text.trim());
    if subject.is_empty() || subject.contains('\n') || longer_than(subject, Summary::MAX_SUBJECT) {
        return Err(Flaw::Subject);
    }
    // The length first: what follows reads the whole text.
    if longer_than(text, Summary::MAX_TEXT) || !(2..=3).contains(&sentences(text).len()) {
        return Err(Flaw::Sentences);
    }
    if [subject, text].into_iter().any(has_markup) {
        return Err(Flaw::Markup);
    }
    let written = detect(&[subject, text]);
    if let (Some(wanted), Some(written)) = (language, &written)
        && wanted.primary() != written.primary()
    {
        return Err(Flaw::Language);
    }
    Ok(Summary {
        subject: subject.to_owned(),
        text: text.to_owned(),
        language: language.cloned().or(written),
        author: SummaryAuthor::Model { name: model.chars().filter(|c| !c.is_control()).take(100).collect() },
        covers,
    })
}

fn longer_than(text: &str, characters: usize) -> bool {
    text.chars().nth(characters).is_some()
}

fn has_markup(text: &str) -> bool {
    const MARKUP: [&str; 7] = ["```", "**", "__", "](", "</", "://", "# "];
    text.chars().any(is_invisible)
        || MARKUP.iter().any(|mark| text.contains(mark))
        || text.char_indices().any(|(at, c)| {
            c == '<'
                && text.get(at + 1..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
        })
}

/// Control characters, and the format characters that hide or reorder text (Unicode general category Cf; the
/// joiners U+200C and U+200D are letters of Persian and Indic writing and stay).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}
