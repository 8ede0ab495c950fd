//! A call of the action, read from what a model wrote.

use std::fmt;

use serde_json::{Map, Value};

use super::json::{Top, type_of};
use super::{CODES, EscalateAction, InvalidCall};
use crate::chat::unsigned;
use crate::ticket::{Priority, Reason, ReasonCode};
use crate::unseen::{is_blank, is_unseen};

pub(super) const REASON: &str = "reason";
pub(super) const DETAILS: &str = "details";
pub(super) const URGENCY: &str = "urgency";
pub(super) const WORDS: &str = "message_to_customer";
const URGENCIES: [Priority; 4] = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];

/// What a model gave the action: a JSON text (OpenAI), or JSON that has been parsed (Anthropic, MCP).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Arguments<'a> {
    /// A text that should be JSON.
    Text(&'a str),
    /// A value, of whatever type. The host has bounded its size.
    Value(&'a Value),
    /// An object.
    Object(&'a Map<String, Value>),
}

impl<'a> From<&'a str> for Arguments<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arguments<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Value> for Arguments<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Value(value)
    }
}

impl<'a> From<&'a Map<String, Value>> for Arguments<'a> {
    fn from(object: &'a Map<String, Value>) -> Self {
        Self::Object(object)
    }
}

// What a model writes may quote the customer.
impl fmt::Debug for Arguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Arguments::Text",
            Self::Value(_) => "Arguments::Value",
            Self::Object(_) => "Arguments::Object",
        })
    }
}

/// A call of the action: what a model may say, and nothing else.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActionCall {
    /// Why, with the model's urgency.
    pub reason: Reason,
    /// The model's own words to the customer; never blank, and nothing that nobody can read.
    pub words: Option<String>,
}

impl ActionCall {
    /// How soon, as the model sees it. It decides nothing by itself: see [`EscalateAction::raising_priority_to`].
    #[must_use]
    pub const fn urgency(&self) -> Option<Priority> {
        self.reason.urgency
    }
}

impl fmt::Debug for ActionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.words.as_ref().map(String::len);
        f.debug_struct("ActionCall").field("reason", &self.reason).field("words_bytes", &bytes).finish()
    }
}

impl EscalateAction {
    /// Reads a call. Longer than [`EscalateAction::MAX_ARGUMENTS`], a text is not even looked at.
    ///
    /// Details longer than [`Reason::MAX_TEXT`] are cut; `null` counts as not given, also where it is not allowed
    /// for; control characters and the signs of [`chat`](crate::chat) are left out of words, and words that show nothing, or
    /// are just `null` or `none`, count as not given.
    ///
    /// # Errors
    ///
    /// [`InvalidCall`], written for the model: give it back as the result of the call.
    pub fn parse<'a>(&self, arguments: impl Into<Arguments<'a>>) -> Result<ActionCall, InvalidCall> {
        match arguments.into() {
            Arguments::Text(text) => self.parse_text(text),
            Arguments::Object(object) => self.read(object.iter().map(|(name, value)| (name.as_str(), value))),
            Arguments::Value(Value::Object(object)) => self.parse(object),
            Arguments::Value(other) => Err(InvalidCall::NotAnObject { found: type_of(other) }),
        }
    }

    fn parse_text(&self, text: &str) -> Result<ActionCall, InvalidCall> {
        if text.len() > Self::MAX_ARGUMENTS {
            return Err(InvalidCall::TooLong { bytes: text.len(), limit: Self::MAX_ARGUMENTS });
        }
        match serde_json::from_str(text).map_err(not_json)? {
            Top::Object(members) => self.read(members.iter().map(|(name, value)| (name.as_str(), value))),
            Top::Other(found) => Err(InvalidCall::NotAnObject { found }),
        }
    }

    /// The fields that there are, in the order in which models are shown them.
    pub(super) fn fields(&self) -> &'static [&'static str] {
        if self.takes_words { &[REASON, DETAILS, URGENCY, WORDS] } else { &[REASON, DETAILS, URGENCY] }
    }

    fn read<'a>(
        &self,
        members: impl Iterator<Item = (&'a str, &'a Value)>,
    ) -> Result<ActionCall, InvalidCall> {
        let mut given: Vec<(&'static str, &Value)> = Vec::new();
        for (name, value) in members {
            let Some(field) = self.fields().iter().find(|field| **field == name) else {
                return Err(InvalidCall::UnknownField {
                    name: harmless(name),
                    known: self.fields().to_vec(),
                });
            };
            if given.iter().any(|(earlier, _)| earlier == field) {
                return Err(InvalidCall::Repeated { field });
            }
            given.push((field, value));
        }
        let code = one_of(&given, REASON, CODES, ReasonCode::as_str)?;
        let code =
            code.ok_or_else(|| InvalidCall::Missing { field: REASON, allowed: code_names().to_vec() })?;
        let mut reason = Reason::new(code, text(&given, DETAILS)?.unwrap_or_default());
        reason.urgency = one_of(&given, URGENCY, URGENCIES, Priority::as_str)?;
        let words = text(&given, WORDS)?.map(readable).filter(|words| says_something(words));
        let chars = words.as_ref().map_or(0, |words| words.chars().count());
        if chars > Self::MAX_WORDS {
            return Err(InvalidCall::TextTooLong { field: WORDS, chars, limit: Self::MAX_WORDS });
        }
        Ok(ActionCall { reason, words })
    }
}

pub(super) fn code_names() -> [&'static str; 4] {
    CODES.map(ReasonCode::as_str)
}

pub(super) fn urgency_names() -> [&'static str; 4] {
    URGENCIES.map(Priority::as_str)
}

/// The text of a field; what is missing and what is null are the same, as strict schemas ask for the latter.
fn text<'a>(given: &[(&str, &'a Value)], field: &'static str) -> Result<Option<&'a str>, InvalidCall> {
    match given.iter().find(|(name, _)| *name == field).map(|(_, value)| *value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(InvalidCall::WrongType { field, found: type_of(other) }),
    }
}

fn one_of<T: Copy>(
    given: &[(&str, &Value)],
    field: &'static str,
    all: [T; 4],
    name: fn(T) -> &'static str,
) -> Result<Option<T>, InvalidCall> {
    let Some(text) = text(given, field)? else { return Ok(None) };
    let found = all.into_iter().find(|one| name(*one) == text);
    found.map(Some).ok_or_else(|| InvalidCall::NotAllowed { field, allowed: all.map(name).to_vec() })
}

/// A name that may be repeated to the model: short, and of what names are made of.
fn harmless(name: &str) -> Option<String> {
    const LONGEST: usize = 40;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!name.is_empty() && name.len() <= LONGEST && name.chars().all(is_name)).then(|| name.to_owned())
}

/// Without control characters other than new lines and tabs, and without those that turn the direction of all that
/// follows; and without our own signs, which a model may repeat.
fn readable(text: &str) -> String {
    let text = unsigned(text);
    let is_turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || is_turning(*c))).collect()
}

/// Whether anything can be seen of it, and it is no way to say that there is nothing.
fn says_something(words: &str) -> bool {
    let words = words.trim_matches(|c: char| c.is_whitespace() || is_blank(c) || is_unseen(c));
    !(words.is_empty() || words.eq_ignore_ascii_case("null") || words.eq_ignore_ascii_case("none"))
}

fn not_json(error: serde_json::Error) -> InvalidCall {
    // There is no other way to tell; the text is serde_json's own and holds nothing of the input.
    if error.to_string().starts_with("recursion limit") {
        return InvalidCall::TooDeep;
    }
    InvalidCall::NotJson { line: error.line(), column: error.column() }
}
