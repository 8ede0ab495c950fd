//! Conversations and messages as rows.

use tokio_postgres::Row;
use uuid::Uuid;

use super::fault::Fault;
use super::row::{Param, counter, get, id, instant, instant_of, json, key_of, parsed_from, text, text_of};
use crate::adapters::columns;
use crate::conversation::{Channel, Conversation, Requester};
use crate::id::Place;
use crate::key::Key;
use crate::message::{Draft, Message, Sequence};
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
    are_distinct: bool,
}

impl<'a> Entries<'a> {
    pub(super) fn of(drafts: &'a [Draft]) -> Result<Self, Fault> {
        let mut entries = Self::default();
        for draft in drafts {
            let (author, author_id) = columns::author_columns(&draft.author);
            entries.ids.push(draft.id.uuid());
            entries.keys.push(draft.key.as_str().as_bytes());
            entries.authors.push(author);
            entries.author_ids.push(author_id);
            entries.visibilities.push(columns::visibility_column(draft.visibility));
            entries.bodies.push(draft.body.as_bytes());
            entries.ats.push(draft.at.timestamp_micros());
            entries.turns.push(draft.turn.map(Uuid::from));
            entries.marks.push(draft.mark.as_ref().map(|mark| json(MESSAGES, mark)).transpose()?);
        }
        let keys = &entries.keys;
        // A handful at most.
        entries.are_distinct = (0..).zip(keys).all(|(n, key)| !keys.iter().take(n).any(|other| other == key));
        Ok(entries)
    }

    /// Sets the text of the entry under `key`.
    pub(super) fn tell(&mut self, key: &Key, body: &'a [u8]) {
        let index = self.keys.iter().position(|other| *other == key.as_str().as_bytes());
        if let Some(place) = index.and_then(|index| self.bodies.get_mut(index)) {
            *place = body;
        }
    }

    /// In the order of the functions' parameters.
    pub(super) fn params(&self) -> [Param<'_>; 10] {
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
            &self.are_distinct,
        ]
    }
}

/// Reads the columns `sequence, id, key, author, author_id, visibility, body, at, turn, mark` from `first` on.
pub(super) fn message(place: Place, row: &Row, first: usize) -> Result<Message, Fault> {
    Values {
        sequence: get(row, first)?,
        id: get(row, first + 1)?,
        key: get(row, first + 2)?,
        author: get(row, first + 3)?,
        author_id: get(row, first + 4)?,
        visibility: get(row, first + 5)?,
        body: get(row, first + 6)?,
        at: get(row, first + 7)?,
        turn: get(row, first + 8)?,
        mark: get(row, first + 9)?,
    }
    .message(place)
}

/// One entry as it is stored.
struct Values<'a> {
    sequence: i64,
    id: Uuid,
    key: &'a [u8],
    author: &'a str,
    author_id: Option<Uuid>,
    visibility: &'a str,
    body: &'a [u8],
    at: i64,
    turn: Option<Uuid>,
    mark: Option<&'a [u8]>,
}

impl Values<'_> {
    fn message(self, place: Place) -> Result<Message, Fault> {
        Ok(Message {
            workspace: place.workspace,
            conversation: place.conversation,
            sequence: Sequence(self.sequence.cast_unsigned()),
            id: self.id.into(),
            key: key_of(MESSAGES, self.key)?,
            author: columns::author(self.author, self.author_id).ok_or(unknown("author"))?,
            visibility: columns::visibility(self.visibility).ok_or(unknown("visibility"))?,
            body: text_of(MESSAGES, self.body)?,
            at: instant_of(MESSAGES, self.at)?,
            turn: self.turn.map(Into::into),
            mark: self.mark.map(|mark| parsed_from(MESSAGES, mark)).transpose()?,
        })
    }
}

/// Entries in one row, an array a column; no arrays where there are no entries.
pub(super) struct Columns<'a>(Vec<Values<'a>>);

impl<'a> Columns<'a> {
    /// Reads the columns as of [`message`] from `first` on.
    pub(super) fn of(row: &'a Row, first: usize) -> Result<Self, Fault> {
        let Some(sequences) = get::<Option<Vec<i64>>>(row, first)? else { return Ok(Self(Vec::new())) };
        let mut ids = get::<Vec<Uuid>>(row, first + 1)?.into_iter();
        let mut keys = get::<Vec<&[u8]>>(row, first + 2)?.into_iter();
        let mut authors = get::<Vec<&str>>(row, first + 3)?.into_iter();
        let mut author_ids = get::<Vec<Option<Uuid>>>(row, first + 4)?.into_iter();
        let mut visibilities = get::<Vec<&str>>(row, first + 5)?.into_iter();
        let mut bodies = get::<Vec<&[u8]>>(row, first + 6)?.into_iter();
        let mut ats = get::<Vec<i64>>(row, first + 7)?.into_iter();
        let mut turns = get::<Vec<Option<Uuid>>>(row, first + 8)?.into_iter();
        let mut marks = get::<Vec<Option<&[u8]>>>(row, first + 9)?.into_iter();
        let mut one = |sequence| {
            Some(Values {
                sequence,
                id: ids.next()?,
                key: keys.next()?,
                author: authors.next()?,
                author_id: author_ids.next()?,
                visibility: visibilities.next()?,
                body: bodies.next()?,
                at: ats.next()?,
                turn: turns.next()?,
                mark: marks.next()?,
            })
        };
        let values: Option<Vec<_>> = sequences.into_iter().map(&mut one).collect();
        values.map(Self).ok_or(Fault::Unknown { table: MESSAGES, column: "length" })
    }

    pub(super) fn messages(self, place: Place) -> Result<Vec<Message>, Fault> {
        self.0.into_iter().map(|values| values.message(place)).collect()
    }
}

/// Reads the columns `workspace, id, customer, verified, channel, language, opened_at, active_at, last`.
pub(super) fn conversation(row: &Row) -> Result<Conversation, Fault> {
    conversation_from(Place::new(id(row, 0)?, id(row, 1)?), row, 2)
}

/// Reads the columns `customer, verified, channel, language, opened_at, active_at, last` from `first` on.
pub(super) fn conversation_from(place: Place, row: &Row, first: usize) -> Result<Conversation, Fault> {
    let customer = id(row, first)?;
    let verified = get(row, first + 1)?;
    let language: Option<&[u8]> = get(row, first + 3)?;
    let language = language.map(|bytes| text_of(CONVERSATIONS, bytes)).transpose()?;
    Ok(Conversation {
        workspace: place.workspace,
        id: place.conversation,
        requester: if verified { Requester::verified(customer) } else { Requester::claimed(customer) },
        channel: Channel::from(text(CONVERSATIONS, row, first + 2)?.as_str()),
        language: language.as_deref().map(Language::from),
        opened_at: instant(CONVERSATIONS, row, first + 4)?,
        active_at: instant(CONVERSATIONS, row, first + 5)?,
        last: Sequence(counter(row, first + 6)?),
    })
}

const fn unknown(column: &'static str) -> Fault {
    Fault::Unknown { table: MESSAGES, column }
}
