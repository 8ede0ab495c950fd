//! Conversations and messages as rows.

use tokio_postgres::Row;
use uuid::Uuid;

use super::fault::Fault;
use super::row::{Param, counter, get, id, id_if_any, instant, json, key, parsed_if_any, text, text_of};
use crate::conversation::{Channel, Conversation, Requester};
use crate::id::Place;
use crate::message::{Author, Draft, Message, Sequence, Visibility};
use crate::summary::Language;

pub(super) const MESSAGES: &str = "escalate_messages";
const CONVERSATIONS: &str = "escalate_conversations";

/// Entries to append, a column each.
#[derive(Default)]
pub(super) struct Entries<'a> {
    ids: Vec<Uuid>,
    keys: Vec<&'a [u8]>,
    authors: Vec<&'static str>,
    author_ids: Vec<Option<Uuid>>,
    visibilities: Vec<&'static str>,
    bodies: Vec<&'a [u8]>,
    ats: Vec<i64>,
    turns: Vec<Option<Uuid>>,
    marks: Vec<Option<Vec<u8>>>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(drafts: &'a [Draft]) -> Result<Self, Fault> {
        let mut entries = Self::default();
        for draft in drafts {
            let (author, author_id) = author_columns(&draft.author);
            entries.ids.push(draft.id.uuid());
            entries.keys.push(draft.key.as_str().as_bytes());
            entries.authors.push(author);
            entries.author_ids.push(author_id);
            entries.visibilities.push(visibility_column(draft.visibility));
            entries.bodies.push(draft.body.as_bytes());
            entries.ats.push(draft.at.timestamp_micros());
            entries.turns.push(draft.turn.map(Uuid::from));
            entries.marks.push(draft.mark.as_ref().map(|mark| json(MESSAGES, mark)).transpose()?);
        }
        Ok(entries)
    }

    /// In the order of the functions' parameters.
    pub(super) fn params(&self) -> [Param<'_>; 9] {
        [
            &self.ids,
            &self.keys,
            &self.authors,
            &self.author_ids,
            &self.visibilities,
            &self.bodies,
            &self.ats,
            &self.turns,
            &self.marks,
        ]
    }
}

/// Reads the columns `sequence, id, key, author, author_id, visibility, body, at, turn, mark` from `first` on.
pub(super) fn message(place: Place, row: &Row, first: usize) -> Result<Message, Fault> {
    Ok(Message {
        workspace: place.workspace,
        conversation: place.conversation,
        sequence: Sequence(counter(row, first)?),
        id: id(row, first + 1)?,
        key: key(MESSAGES, row, first + 2)?,
        author: author(row, first + 3, first + 4)?,
        visibility: visibility(row, first + 5)?,
        body: text(MESSAGES, row, first + 6)?,
        at: instant(MESSAGES, row, first + 7)?,
        turn: id_if_any(row, first + 8)?,
        mark: parsed_if_any(MESSAGES, row, first + 9)?,
    })
}

/// Reads the columns `workspace, id, customer, verified, channel, language, opened_at, active_at, last`.
pub(super) fn conversation(row: &Row) -> Result<Conversation, Fault> {
    let customer = id(row, 2)?;
    let requester = if get(row, 3)? { Requester::verified(customer) } else { Requester::claimed(customer) };
    let language: Option<&[u8]> = get(row, 5)?;
    let language = language.map(|bytes| text_of(CONVERSATIONS, bytes)).transpose()?;
    Ok(Conversation {
        workspace: id(row, 0)?,
        id: id(row, 1)?,
        requester,
        channel: Channel::from(text(CONVERSATIONS, row, 4)?.as_str()),
        language: language.as_deref().map(Language::from),
        opened_at: instant(CONVERSATIONS, row, 6)?,
        active_at: instant(CONVERSATIONS, row, 7)?,
        last: Sequence(counter(row, 8)?),
    })
}

fn author_columns(author: &Author) -> (&'static str, Option<Uuid>) {
    match *author {
        Author::Customer { id } => ("customer", Some(id.uuid())),
        Author::AiAgent => ("ai_agent", None),
        Author::Teammate { id } => ("teammate", Some(id.uuid())),
        Author::System => ("system", None),
    }
}

fn author(row: &Row, name: usize, of: usize) -> Result<Author, Fault> {
    match get(row, name)? {
        "customer" => Ok(Author::Customer { id: id(row, of)? }),
        "ai_agent" => Ok(Author::AiAgent),
        "teammate" => Ok(Author::Teammate { id: id(row, of)? }),
        "system" => Ok(Author::System),
        _ => Err(Fault::Unknown { table: MESSAGES, column: "author" }),
    }
}

fn visibility_column(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Fact => "fact",
        Visibility::Note => "note",
    }
}

fn visibility(row: &Row, column: usize) -> Result<Visibility, Fault> {
    match get(row, column)? {
        "public" => Ok(Visibility::Public),
        "fact" => Ok(Visibility::Fact),
        "note" => Ok(Visibility::Note),
        _ => Err(Fault::Unknown { table: MESSAGES, column: "visibility" }),
    }
}
