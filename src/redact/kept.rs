//! What was put aside, and how it is put back.

use std::collections::HashMap;
use std::fmt;

use super::mark::{self, Mark};
use super::{Found, LITERAL};
use crate::fold::fold;

/// What was put aside, under its placeholders.
///
/// ```
/// use escalate::redact::Kept;
/// let mut kept = Kept::default();
/// assert_eq!(kept.placeholder("VAT", "DE123456789"), "[VAT_1]");
/// assert_eq!(kept.restore("The number [VAT_1] is refused."), "The number DE123456789 is refused.");
/// ```
#[derive(Clone, Default)]
pub struct Kept {
    /// Few: a kind each.
    kinds: Vec<Kind>,
}

#[derive(Clone, Default)]
struct Kind {
    name: String,
    originals: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Kept {
    /// The placeholder for `original`, such as `[EMAIL_1]`: one original of a kind has one placeholder, numbered in the
    /// order of their first mention. Of `kind` the ASCII letters count, in capitals.
    pub fn placeholder(&mut self, kind: &str, original: &str) -> String {
        let name = mark::kind_name(kind);
        let at = self.kinds.iter().position(|kind| kind.name == name).unwrap_or(self.kinds.len());
        if at == self.kinds.len() {
            self.kinds.push(Kind { name: name.clone(), ..Kind::default() });
        }
        let number = self.kinds.get_mut(at).map_or(0, |kind| kind.number(original));
        format!("[{name}_{number}]")
    }

    /// `text` with the originals in place of their placeholders.
    ///
    /// A model changes placeholders a little, so these count as well: other case (`[email_1]`), spaces, hyphens or
    /// backslashes in them, round, full-width or no brackets (`EMAIL_1`), the word in another of ten languages. One that was never
    /// given stays, and what comes after 1 MiB. Of an original longer than 4096 bytes the beginning comes back. What is put back is not read again, so an original that looks like a placeholder brings no other.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        let mut restored = String::with_capacity(text.len());
        let mut from = 0;
        for mark in mark::marks(text) {
            if let Some(original) = self.original(&mark).filter(|_| restored.len() < LONGEST_RESTORED) {
                restored.push_str(text.get(from..mark.range.start).unwrap_or_default());
                restored.push_str(original);
                from = mark.range.end;
            }
        }
        restored.push_str(text.get(from..).unwrap_or_default());
        restored
    }

    /// As [`Kept::restore`], into a line of at most `most` characters, without what does not show. Where an original
    /// would make it longer, the word for its kind stands. A text that was much longer before stays as it is.
    #[cfg_attr(not(feature = "llm"), allow(dead_code, reason = "restores for the adapter"))]
    pub(crate) fn restore_within(&self, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.chars().nth(4 * most).is_some() {
            return text.to_owned();
        }
        let mut restored = String::new();
        let mut from = 0;
        // What is said if nothing is put back, and what the originals add to it.
        let mut length = text.chars().count();
        for mark in mark::marks(text) {
            let Some(original) = self.original(&mark) else { continue };
            let shown: String = original.chars().filter_map(shown).collect();
            let own = text.get(mark.range.clone()).map_or(0, |own| own.chars().count());
            restored.push_str(text.get(from..mark.range.start).unwrap_or_default());
            from = mark.range.end;
            let put = if length - own + shown.chars().count() <= most { &*shown } else { mark.said() };
            length = length - own + put.chars().count();
            restored.push_str(put);
        }
        restored.push_str(text.get(from..).unwrap_or_default());
        restored
    }

    /// `text` with whatever the customer wrote that reads as a placeholder put aside itself.
    pub fn set_apart(&mut self, text: &str) -> String {
        self.put_aside(text, mark::lookalikes(text))
    }

    /// How much was put aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.iter().map(|kind| kind.originals.len()).sum()
    }

    /// Whether nothing was put aside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Replaces what was found; where two stretches overlap they become one, so that none shows in part.
    pub(super) fn put_aside(&mut self, text: &str, mut found: Vec<Found>) -> String {
        found.sort_by_key(|found| (found.range.start, found.kind == LITERAL));
        let mut apart: Vec<Found> = Vec::with_capacity(found.len());
        for next in found {
            match apart.last_mut() {
                Some(last) if next.range.start < last.range.end => {
                    last.range.end = last.range.end.max(next.range.end);
                }
                _ => apart.push(next),
            }
        }
        let mut told = String::with_capacity(text.len());
        let mut from = 0;
        for Found { range, kind } in apart {
            let Some(original) = text.get(range.clone()) else { continue };
            told.push_str(text.get(from..range.start).unwrap_or_default());
            told.push_str(&self.placeholder(kind, original));
            from = range.end;
        }
        told.push_str(text.get(from..).unwrap_or_default());
        told
    }

    fn original(&self, mark: &Mark<'_>) -> Option<&str> {
        let name = mark.kind();
        let kind = self.kinds.iter().find(|kind| kind.name == name)?;
        kind.originals.get(mark.number.checked_sub(1)?).map(String::as_str)
    }
}

impl Kind {
    /// From 1.
    fn number(&mut self, original: &str) -> usize {
        if let Some(number) = self.numbers.get(original) {
            return *number;
        }
        let short = original.get(..original.floor_char_boundary(LONGEST_ORIGINAL)).unwrap_or_default();
        self.originals.push(short.to_owned() + if short.len() < original.len() { "…" } else { "" });
        self.numbers.insert(original.to_owned(), self.originals.len());
        self.originals.len()
    }
}

/// A character as a summary may have it.
#[cfg_attr(not(feature = "llm"), allow(dead_code, reason = "restores for the adapter"))]
fn shown(c: char) -> Option<char> {
    match fold(c)? {
        '\n' | ' ' => Some(' '),
        _ => Some(c),
    }
}

/// What is longer is a document, not an address or a token; in bytes.
const LONGEST_ORIGINAL: usize = 4096;
/// From here on placeholders stay, in bytes: a few letters each could bring thousands.
const LONGEST_RESTORED: usize = 1 << 20;

// What was put aside stays out of logs.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("originals", &self.len()).finish()
    }
}
