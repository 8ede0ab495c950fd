//! What was put aside, and how it is put back.

use std::collections::HashMap;
use std::fmt;

use super::mark::{self, Mark};
use super::{Found, LITERAL};

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
    /// given stays. What is put back is not read again, so an original that looks like a placeholder brings no other.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        let mut restored = String::with_capacity(text.len());
        let mut from = 0;
        for mark in mark::marks(text) {
            if let Some(original) = self.original(&mark) {
                restored.push_str(text.get(from..mark.range.start).unwrap_or_default());
                restored.push_str(original);
                from = mark.range.end;
            }
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
        self.originals.push(original.to_owned());
        self.numbers.insert(original.to_owned(), self.originals.len());
        self.originals.len()
    }
}

// What was put aside stays out of logs.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("originals", &self.len()).finish()
    }
}
