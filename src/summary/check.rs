//! Whether a summarizer's proposal may be shown to a teammate (S1, S2, S3).

use std::borrow::Cow;
use std::ops::RangeInclusive;

use thiserror::Error;
use unicode_segmentation::UnicodeSegmentation;

use super::evidence::Evidence;
use super::language;
use super::sentences::has_two_or_three;
use super::{Language, Summary, SummaryAuthor, detect};
use crate::message::Sequence;
use crate::unseen::{is_blank, is_shaping, is_unseen};

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
    /// It states an identifier or amount that the transcript does not have.
    #[error(
        "order numbers, codes, amounts, dates and addresses must be copied from the transcript; one in the summary is not in it"
    )]
    Invented,
}

/// What a proposal is [checked](check) against.
///
/// ```
/// use escalate::summary::{check, Flaw, Source};
/// use escalate::Sequence;
///
/// let source = Source::new(["The order #W-5490111 arrived broken, I paid $1,234.50."], Sequence(1)..=Sequence(4));
/// let summary = check("Refund", "Order W5490111 arrived broken. The customer paid 1234.50 for it.", "m-1", 1, &source)?;
/// assert_eq!(summary.subject, "Refund");
/// assert_eq!(check("Refund", "One sentence.", "m-1", 1, &source), Err(Flaw::Sentences));
/// let invented = check("Refund", "Order W5490112 arrived broken. It cost 1234.50.", "m-1", 1, &source);
/// assert_eq!(invented, Err(Flaw::Invented));
/// # Ok::<(), Flaw>(())
/// ```
#[derive(Debug)]
pub struct Source {
    evidence: Evidence,
    language: Option<Language>,
    covers: RangeInclusive<Sequence>,
}

impl Source {
    /// The texts of the entries that the summarizer was shown, from the first of their numbers to the last.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>, covers: RangeInclusive<Sequence>) -> Self {
        Self { evidence: Evidence::of(texts), language: None, covers }
    }

    /// The customer's language, if known: a summary that is surely in another does not pass (S2).
    #[must_use]
    pub fn in_language(mut self, language: Option<Language>) -> Self {
        self.language = language;
        self
    }
}

/// The summary that `subject` and `text` make, if they pass; `model` wrote it after `attempts` calls.
///
/// Order numbers, codes, amounts, dates with a year, addresses and domains in it must be in the transcript. They agree where a
/// reader says so: `W-549 0111` and `w5490111`, `$1,234.50` and `1234.5`, digits of any script, full-width ones too.
/// Whole numbers below 100 without a sign of money or percent count things and days, and are not looked up; nor are
/// names, and numbers in words. A bare domain such as `example.com` passes where somebody wrote it; a link never.
///
/// # Errors
///
/// The first [`Flaw`] found.
pub fn check(
    subject: &str,
    text: &str,
    model: &str,
    attempts: u32,
    source: &Source,
) -> Result<Summary, Flaw> {
    let [subject, text] = [subject, text].map(without_directions);
    let (subject, text) = (subject.trim(), text.trim());
    if !subject.chars().any(|c| c.is_alphanumeric() && !is_blank(c))
        || subject.contains(BREAKS)
        || longer_than(subject, Summary::MAX_SUBJECT)
    {
        return Err(Flaw::Subject);
    }
    // The length first: what follows reads the whole text.
    if longer_than(text, Summary::MAX_TEXT) || !has_two_or_three(text) {
        return Err(Flaw::Sentences);
    }
    if [subject, text].into_iter().any(|part| has_markup(part) || is_dressed(part)) {
        return Err(Flaw::Markup);
    }
    let written = detect(&[subject, text]);
    if let (Some(wanted), Some(written)) = (&source.language, &written)
        && !may_be(wanted, written)
    {
        return Err(Flaw::Language);
    }
    if ![subject, text].into_iter().all(|stated| source.evidence.bears_out(stated)) {
        return Err(Flaw::Invented);
    }
    let name = model.chars().filter(|c| !is_invisible(*c)).take(LONGEST_NAME).collect();
    Ok(Summary {
        subject: subject.to_owned(),
        text: text.to_owned(),
        language: source.language.clone().or(written),
        author: SummaryAuthor::Model { name, attempts, first: *source.covers.start() },
        covers: *source.covers.end(),
    })
}

/// Whether a text whose language was told as `written` may be in `wanted`: some cannot be told from a neighbour.
fn may_be(wanted: &Language, written: &Language) -> bool {
    let is = |language: &Language, tag: &str| language.primary().eq_ignore_ascii_case(tag);
    let renamed = RENAMED.iter().find(|(of, _)| is(wanted, of)).map_or(wanted.primary(), |(_, tag)| tag);
    is(written, renamed)
        // One that is never told is always taken for another.
        || !language::is_told(renamed)
        || NEIGHBOURS
            .iter()
            .any(|(of, taken_for)| is(wanted, of) && taken_for.split(' ').any(|tag| is(written, tag)))
}

/// Without the marks that writers of Arabic and Hebrew set around numbers (Unicode Standard Annex 9, section 2.6).
fn without_directions(text: &str) -> Cow<'_, str> {
    const MARKS: [char; 3] = ['\u{200e}', '\u{200f}', '\u{61c}'];
    if text.contains(MARKS) { Cow::Owned(text.replace(MARKS, "")) } else { Cow::Borrowed(text) }
}

fn longer_than(text: &str, characters: usize) -> bool {
    text.chars().nth(characters).is_some()
}

/// What neither a model's words nor the customer's own may bring before a teammate.
pub(super) fn has_markup(text: &str) -> bool {
    const MARKUP: [&str; 8] = ["`", "__", "~~", "](", "</", "<!-", "<![", "://"];
    text.chars().any(is_invisible)
        || MARKUP.iter().any(|mark| text.contains(mark))
        || has_stars(text)
        || has_heading(text)
        || text.char_indices().any(|(at, c)| {
            let rest = text.get(at + 1..).unwrap_or_default();
            c == '<' && rest.strip_prefix(['!', '?']).unwrap_or(rest).starts_with(char::is_alphabetic)
        })
        // A pile of marks covers what stands above and below.
        || !text.is_ascii() && text.graphemes(true).any(|grapheme| grapheme.len() > PILE)
}

/// Whether there is `**`, but for the hidden digits of a number: `****1234`, `4111 **** **** 1111`.
fn has_stars(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("**") {
        let is_after = before.chars().next_back().is_none_or(|c| !c.is_alphabetic());
        let number = after.trim_start_matches(['*', ' ', '-', 'x', 'X', '•']);
        let behind = number.trim_start_matches(|c: char| c.is_numeric());
        if !is_after || behind.len() == number.len() || behind.starts_with('*') && number.len() == after.len()
        {
            return true;
        }
        rest = behind;
    }
    false
}

/// Whether there is `# `, but for a number's: `Order # 5490111`.
fn has_heading(text: &str) -> bool {
    text.match_indices("# ").any(|(at, sign)| {
        let next = text.get(at + sign.len()..).and_then(|rest| rest.split_whitespace().next());
        at == 0 || !next.is_some_and(|next| next.contains(char::is_numeric))
    })
}

/// What a customer may have typed, and a model has no reason to write.
fn is_dressed(text: &str) -> bool {
    const MARKUP: [&str; 7] = ["[[", "{{", "&#", "&lt", "www.", "javascript:", "mailto:"];
    let lower = text.to_lowercase();
    MARKUP.iter().any(|mark| lower.contains(mark))
        || ["- ", "* ", "> ", "• ", "|"].iter().any(|mark| lower.starts_with(mark))
        || emphasised(text, '*')
        || emphasised(text, '_')
}

/// Whether words stand between two such signs, as in `*now*`.
fn emphasised(text: &str, sign: char) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let mut opened = false;
    for (at, _) in text.match_indices(sign) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        match opened {
            false => opened = edge(before) && !edge(after),
            true if !edge(before) && edge(after) => return true,
            true => {}
        }
    }
    false
}

/// Control characters, and what hides or reorders text; what shapes letters and emoji stays.
fn is_invisible(c: char) -> bool {
    c.is_control() || BREAKS.contains(&c) || is_blank(c) || is_unseen(c) && !is_shaping(c)
}

/// What ends a line.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
/// A grapheme of more bytes is a pile of marks.
const PILE: usize = 48;
/// Of a model's name, in characters.
const LONGEST_NAME: usize = 100;

/// Older tags and narrower ones of languages that are told (IANA Language Subtag Registry).
const RENAMED: [(&str, &str); 7] =
    [("iw", "he"), ("in", "id"), ("ji", "yi"), ("no", "nb"), ("cmn", "zh"), ("yue", "zh"), ("prs", "fa")];

/// Tags that hosts give, and what a text in them may be taken for.
const NEIGHBOURS: [(&str, &str); 14] = [
    ("no", "nb nn da"),
    ("nn", "nb da"),
    ("nb", "nn da"),
    ("cmn", "zh"),
    ("yue", "zh"),
    ("ms", "id"),
    ("af", "nl"),
    ("ca", "es fr pt"),
    ("gl", "pt es"),
    ("eu", "es"),
    ("hr", "sr bs sl"),
    ("bs", "hr sr sl"),
    ("sr", "hr bs bg"),
    ("prs", "fa"),
];

#[cfg(test)]
#[path = "check_test.rs"]
mod tests;
