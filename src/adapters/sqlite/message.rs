//! Conversations and messages as rows.

use rusqlite::{Connection, Row, params};

use super::fault::Fault;
use super::row::{bytes, counter, id, id_if_any, instant, json, parsed, run};
use crate::adapters::columns;
use crate::conversation::{Channel, Conversation, Requester};
use crate::id::Place;
use crate::key::Key;
use crate::message::{Draft, Message, Sequence};
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
    let (author, author_id) = columns::author_columns(&draft.author);
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
            author_id.map(bytes),
            columns::visibility_column(draft.visibility),
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
        author: columns::author(name(row, 3)?, id_if_any(row, 4)?).ok_or(unknown("author"))?,
        visibility: columns::visibility(name(row, 5)?).ok_or(unknown("visibility"))?,
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

fn name<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, Fault> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

const fn unknown(column: &'static str) -> Fault {
    Fault::Unknown { table: MESSAGES, column }
}
