//! A recorded dialogue, checked as a whole before any of it is played.

use std::collections::HashMap;

use escalate::Desk;
use serde_json::Value;

use crate::failure::{Flaw, one_line};
use crate::input::Spot;

/// What the model's call of the escalate action begins with in the recordings.
const TRANSFER_CALL: &str = "transfer_to_human";
/// What its result says; some recordings have results only.
const TRANSFER_RESULT: &str = "Transfer successful";

/// A dialogue that can be played.
#[derive(Debug)]
pub(crate) struct Dialogue {
    pub(crate) id: String,
    pub(crate) entries: Vec<Entry>,
    /// The customer's language, if the recording says: a tag after BCP 47.
    pub(crate) language: Option<String>,
    /// What somebody else wrote of it.
    pub(crate) reference: Option<String>,
}

/// One turn of a recording, by what it means here.
#[derive(Debug)]
pub(crate) enum Entry {
    Customer(String),
    AiAgent(String),
    /// The model asks for a person, with the words it gave as a summary: data, never more.
    Transfer(String),
    /// The result of a [`Entry::Transfer`] that may itself be missing.
    Transferred,
    /// Another tool's call or result.
    Tool,
}

/// Checks lines, and knows the ids of those that were good.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    seen: HashMap<String, Spot>,
}

impl Reader {
    /// The dialogue in `line`, whose id is no other's.
    pub(crate) fn read(&mut self, line: &[u8], spot: &Spot) -> Result<Dialogue, Flaw> {
        let dialogue = Dialogue::parse(line)?;
        if let Some(first) = self.seen.get(&dialogue.id) {
            return Err(Flaw::Duplicate { id: quoted(&dialogue.id), first: first.clone() });
        }
        self.seen.insert(dialogue.id.clone(), spot.clone());
        Ok(dialogue)
    }
}

impl Dialogue {
    fn parse(line: &[u8]) -> Result<Self, Flaw> {
        // Some editors begin a file with a byte order mark.
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let text =
            std::str::from_utf8(line).map_err(|error| Flaw::NotUtf8 { byte: error.valid_up_to() + 1 })?;
        let mut record: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        let id = string(&mut record, "id").ok_or(Flaw::Missing { what: "id, a string" })?;
        if id.trim().is_empty() {
            return Err(Flaw::EmptyId);
        }
        let turns = match record.get_mut("turns").map(Value::take) {
            Some(Value::Array(turns)) => turns,
            _ => return Err(Flaw::Missing { what: "turns, a list" }),
        };
        if turns.is_empty() {
            return Err(Flaw::NoTurns);
        }
        let entries =
            (1..).zip(turns).map(|(number, turn)| Entry::parse(number, turn)).collect::<Result<_, _>>()?;
        let (language, reference) = (string(&mut record, "lang"), string(&mut record, "reference_summary"));
        Ok(Self { id, entries, language, reference })
    }

    /// What the customer said, in order.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.entries.iter().filter_map(Entry::said).collect()
    }
}

impl Entry {
    /// The customer's words.
    pub(crate) fn said(&self) -> Option<&str> {
        match self {
            Self::Customer(text) => Some(text),
            _ => None,
        }
    }

    fn parse(turn: usize, mut record: Value) -> Result<Self, Flaw> {
        let missing = |what| Flaw::MissingInTurn { turn, what };
        let role = string(&mut record, "role").ok_or(missing("role, a string"))?;
        let text = string(&mut record, "text").ok_or(missing("text, a string"))?;
        if text.len() > Desk::MAX_TEXT_BYTES {
            return Err(Flaw::TextTooLong { turn, bytes: text.len() });
        }
        let said = |text: String| match text.trim() {
            "" => Err(Flaw::EmptyText { turn }),
            _ => Ok(text),
        };
        match role.as_str() {
            "customer" => said(text).map(Self::Customer),
            // A recording between two people stands in for one with an AI agent.
            "ai" | "agent" => said(text).map(Self::AiAgent),
            "tool_call" if text.starts_with(TRANSFER_CALL) => Ok(Self::Transfer(reason(&text))),
            "tool_result" if text == TRANSFER_RESULT => Ok(Self::Transferred),
            "tool_call" | "tool_result" => Ok(Self::Tool),
            _ => Err(Flaw::UnknownRole { turn, role: quoted(&role) }),
        }
    }
}

/// Takes the string in that field; `None` if there is none, or `record` has no fields.
fn string(record: &mut Value, field: &str) -> Option<String> {
    match record.get_mut(field).map(Value::take) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The `summary` among the arguments of a call, if they can be read.
fn reason(call: &str) -> String {
    let arguments = call.find('{').and_then(|start| call.get(start..));
    let arguments = arguments.and_then(|json| serde_json::from_str::<Value>(json).ok());
    arguments.and_then(|mut arguments| string(&mut arguments, "summary")).unwrap_or_default()
}

fn not_json(error: &serde_json::Error) -> Flaw {
    // There is one line only, and the file's line is told already.
    Flaw::NotJson(cut(&one_line(&error.to_string()).replace(" at line 1 column ", " at byte ")))
}

/// Escaped, and short enough for a message.
fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

fn cut(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
