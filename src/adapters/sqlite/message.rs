//! Conversations and messages as rows.

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::row::{Bytes, bytes, counter, id, id_if_any, instant, json, parsed, run};
use crate::conversation::{Channel, Conversation, Requester};
use crate::id::Place;
use crate::key::Key;
use crate::message::{Author, Draft, Message, Sequence, Visibility};
use crate::summary::Language;

pub(super) const MESSAGES: &str = "escalate_messages";

pub(super) const INSERT_MESSAGE: &str = "INSERT INTO escalate_messages
    (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at, turn, mark)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

pub(super) fn insert(
    connection: &Connection,
    place: Place,
    sequence: Sequence,
    draft: &Draft,
) -> Result<(), Fault> {
    let (author, author_id) = author_columns(&draft.author);
    let mark = draft.mark.as_ref().map(|mark| json(MESSAGES, mark)).transpose()?;
    run(
        connection,
        INSERT_MESSAGE,
        params![
            bytes(place.workspace),
            bytes(place.conversation),
            sequence.0.cast_signed(),
            bytes(draft.id),
            draft.key.as_str(),
            author,
            author_id,
            visibility_column(draft.visibility),
            draft.body,
            draft.at.timestamp_micros(),
            draft.turn.map(bytes),
            mark,
        ],
    )?;
    Ok(())
}

/// Reads the columns `sequence, id, key, author, author_id, visibility, body, at, turn, mark`.
pub(super) fn message(place: Place, row: &Row<'_>) -> Result<Message, Fault> {
    Ok(Message {
        workspace: place.workspace,
        conversation: place.conversation,
        sequence: Sequence(counter(row, 0)?),
        id: id(row, 1)?,
        key: Key::stored(row.get(2)?),
        author: author(row, 3, 4)?,
        visibility: visibility(row, 5)?,
        body: row.get(6)?,
        at: instant(row, 7)?,
        turn: id_if_any(row, 8)?,
        mark: match row.get_ref(9)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(parsed(MESSAGES, row, 9)?),
        },
    })
}

/// Reads the columns `workspace, id, customer, verified, channel, language, opened_at, active_at, last`.
pub(super) fn conversation(row: &Row<'_>) -> Result<Conversation, Fault> {
    let customer = id(row, 2)?;
    let requester = if row.get(3)? { Requester::verified(customer) } else { Requester::claimed(customer) };
    let language: Option<String> = row.get(5)?;
    Ok(Conversation {
        workspace: id(row, 0)?,
        id: id(row, 1)?,
        requester,
        channel: Channel::from(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?),
        language: language.as_deref().map(Language::from),
        opened_at: instant(row, 6)?,
        active_at: instant(row, 7)?,
        last: Sequence(counter(row, 8)?),
    })
}

fn author_columns(author: &Author) -> (&'static str, Option<Bytes>) {
    match *author {
        Author::Customer { id } => ("customer", Some(bytes(id))),
        Author::AiAgent => (AI_AGENT, None),
        Author::Teammate { id } => ("teammate", Some(bytes(id))),
        Author::System => ("system", None),
    }
}

fn author(row: &Row<'_>, name: usize, of: usize) -> Result<Author, Fault> {
    match row.get_ref(name)?.as_str().map_err(rusqlite::Error::from)? {
        "customer" => Ok(Author::Customer { id: id(row, of)? }),
        AI_AGENT => Ok(Author::AiAgent),
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

fn visibility(row: &Row<'_>, column: usize) -> Result<Visibility, Fault> {
    match row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)? {
        "public" => Ok(Visibility::Public),
        "fact" => Ok(Visibility::Fact),
        "note" => Ok(Visibility::Note),
        _ => Err(Fault::Unknown { table: MESSAGES, column: "visibility" }),
    }
}

/// The statements in `append` look for it by name.
const AI_AGENT: &str = "ai_agent";
