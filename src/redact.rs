//! What a model need not see, put aside and put back (N4).

use std::fmt;

/// Puts aside what a model need not see: card numbers, addresses, telephone numbers.
///
/// What is put aside goes into [`Kept`], which gives a placeholder to stand for it; whatever the model then writes with
/// that placeholder reads as the real thing again to a teammate.
pub trait Redactor: fmt::Debug + Send + Sync + 'static {
    /// The text with placeholders in it. One `kept` serves all texts of one request.
    fn redact(&self, text: &str, kept: &mut Kept) -> String;
}

/// What was put aside, under its placeholders.
#[derive(Clone, Default)]
pub struct Kept {
    originals: Vec<(String, String)>,
}

impl Kept {
    /// The placeholder for `original`, such as `[EMAIL_1]`: one original of a kind has one placeholder.
    pub fn placeholder(&mut self, kind: &str, original: &str) -> String {
        let prefix = format!("[{kind}_");
        let same = self.originals.iter().filter(|(placeholder, _)| placeholder.starts_with(&prefix));
        let mut count = 0_usize;
        for (placeholder, kept) in same {
            if kept == original {
                return placeholder.clone();
            }
            count += 1;
        }
        let placeholder = format!("{prefix}{}]", count + 1);
        self.originals.push((placeholder.clone(), original.to_owned()));
        placeholder
    }

    /// `text` with the originals in place of their placeholders.
    #[must_use]
    pub fn restore(&self, text: &str) -> String {
        self.originals
            .iter()
            .fold(text.to_owned(), |text, (placeholder, original)| text.replace(placeholder, original))
    }
}

// What was put aside stays out of logs.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("originals", &self.originals.len()).finish()
    }
}
