//! A subject and a summary, read from whatever a model wrote.
//!
//! Lenient in form only: what is found still has to pass [`check`](crate::summary::check).

use serde_json::Value;
use thiserror::Error;

/// No output of this many bytes or more is read: two short texts take a hundredth of it.
pub const LONGEST: usize = 64 * 1024;
/// How many places are tried at which an object may begin.
const TRIES: usize = 64;
/// How deep inside other objects the two texts are looked for.
const DEEPEST: usize = 3;

/// What was found, with every run of white space folded into one space.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "two texts and nothing else")]
pub struct Written {
    /// Never empty.
    pub subject: String,
    /// Never empty.
    pub summary: String,
}

/// Why nothing was found. Quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There is no text.
    #[error("the model wrote nothing")]
    Empty,
    /// There is far too much of it.
    #[error("the model wrote more than {LONGEST} bytes")]
    TooLong,
    /// There is text, but not these two.
    #[error("the model wrote no object with a subject and a summary")]
    NoSummary,
}

/// Finds the subject and the summary in a model's output: in an object of JSON, on its own, in a code fence or
/// between other words, the last one if there are several; else behind `Subject:` and `Summary:`. Thoughts before
/// the answer are passed over.
///
/// # Errors
///
/// [`Unreadable`]: neither is there.
pub fn parse(output: &str) -> Result<Written, Unreadable> {
    if output.len() >= LONGEST {
        return Err(Unreadable::TooLong);
    }
    let answer = without_thoughts(output);
    if answer.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    // Models break lines inside strings, which JSON does not allow; between tokens a space is as good.
    let line: String = answer.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    in_objects(&line)
        .or_else(|| in_quoted_object(&line))
        .or_else(|| behind_labels(answer))
        .ok_or(Unreadable::NoSummary)
}

/// What follows the model's thoughts. Some servers hand out only the tag that ends them.
fn without_thoughts(output: &str) -> &str {
    const ENDS: [&str; 3] = ["</think>", "</thinking>", "</reasoning>"];
    const BEGINS: [&str; 3] = ["<think>", "<thinking>", "<reasoning>"];
    let output = output.trim_start_matches('\u{feff}');
    // A tag inside the answer's own strings ends no thoughts.
    let first = output.find('{').unwrap_or(output.len());
    let begins = BEGINS.iter().any(|tag| output.trim_start().starts_with(tag));
    let ends = ENDS.iter().filter_map(|tag| output.rfind(tag).map(|at| (at, at + tag.len()))).max();
    match ends {
        Some((at, after))
            if begins || at < first || output.get(after..).is_some_and(|rest| rest.contains('{')) =>
        {
            output.get(after..).unwrap_or_default()
        }
        None if begins => "",
        _ => output,
    }
}

/// The last object with both texts.
fn in_objects(line: &str) -> Option<Written> {
    let mut found = None;
    let mut rest = line;
    for _ in 0..TRIES {
        let Some(begin) = rest.find('{') else { break };
        rest = rest.get(begin..).unwrap_or_default();
        // It refuses what is nested deeper than 128, so this cannot run out of stack.
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let read = match values.next() {
            Some(Ok(value)) => {
                found = in_value(&value, 0).or(found);
                values.byte_offset().max(1)
            }
            _ => 1,
        };
        rest = rest.get(read..).unwrap_or_default();
    }
    found
}

/// An object that was made a string of once more.
fn in_quoted_object(line: &str) -> Option<Written> {
    let quoted = line.trim();
    let inner = quoted.starts_with('"').then(|| serde_json::from_str::<String>(quoted).ok())??;
    in_objects(&inner)
}

fn in_value(value: &Value, depth: usize) -> Option<Written> {
    const SUBJECTS: [&str; 3] = ["subject", "title", "headline"];
    const SUMMARIES: [&str; 4] = ["summary", "text", "description", "body"];
    let object = value.as_object()?;
    let named = |names: &[&str]| {
        names.iter().find_map(|name| {
            object
                .iter()
                .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
                .and_then(|(_, value)| text(value))
        })
    };
    if let (Some(subject), Some(summary)) = (named(&SUBJECTS), named(&SUMMARIES)) {
        return Some(Written { subject, summary });
    }
    if depth >= DEEPEST {
        return None;
    }
    object.values().find_map(|inner| in_value(inner, depth + 1))
}

/// A text, or a list of sentences.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => folded(text),
        Value::Array(parts) => {
            folded(&parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join(" "))
        }
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// `Subject: …` and, on a later line, `Summary: …`.
fn behind_labels(answer: &str) -> Option<Written> {
    let mut subject = None;
    let mut lines = answer.lines();
    while let Some(line) = lines.next() {
        if let Some(behind) = behind(line, &["subject", "title"]) {
            // On the line of its label, or on the next that says anything.
            let own = Some(behind).filter(|text| !text.is_empty());
            let mut next = || lines.by_ref().map(undecorated).find(|line| !line.is_empty());
            subject = own.map(str::to_owned).or_else(|| next().map(str::to_owned));
        } else if let Some(first) = behind(line, &["summary", "text"]) {
            let rest = lines.take_while(|line| !line.trim_start().starts_with("```"));
            let summary = folded(&std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" "));
            let subject = subject.map(|subject: String| folded(&subject)).filter(|text| !text.is_empty());
            return Some(Written { subject: subject?, summary })
                .filter(|written| !written.summary.is_empty());
        }
    }
    None
}

/// What stands behind one of these labels, whatever decorates it: `**Subject:** …`.
fn behind<'a>(line: &'a str, labels: &[&str]) -> Option<&'a str> {
    let line = undecorated(line);
    labels.iter().find_map(|label| {
        let (own, rest) = line.split_at_checked(label.len())?;
        let rest = rest.trim_start_matches(['*', '_', ' ']);
        let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix('：'))?;
        own.eq_ignore_ascii_case(label).then(|| undecorated(rest))
    })
}

fn undecorated(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | '>' | '-' | '`'))
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

// A model's text quotes the customer.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Written");
        shown.field("subject_bytes", &self.subject.len()).field("summary_bytes", &self.summary.len()).finish()
    }
}

#[cfg(test)]
#[path = "parse_test.rs"]
mod tests;
