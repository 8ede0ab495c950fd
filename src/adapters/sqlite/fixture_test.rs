//! What the tests of this adapter are made of.

use chrono::{DateTime, Utc};
use futures::executor::block_on;
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;
use uuid::Uuid;

use super::SqliteStore;
use super::row::all;
use crate::control::{Control, ControlEvent, ControlState, Epoch};
use crate::conversation::{Conversation, Requester};
use crate::error::StoreError;
use crate::event::{Actor, Event, EventKind, EventSequence};
use crate::id::{Place, TicketId, WorkspaceId};
use crate::key::Key;
use crate::message::{Author, Draft, Sequence};
use crate::ports::{
    Commit, Revision, SinkName, TicketRepository, TranscriptStore, TranscriptWrite, Whereabouts, WorkKind,
    WorkKinds,
};
use crate::summary::{Summary, SummaryAuthor};
use crate::ticket::{Reason, ReasonCode, Ticket};

pub(super) const ACME: WorkspaceId = WorkspaceId::new(Uuid::from_u128(0xa));

pub(super) fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub(super) fn place(number: u128) -> Place {
    Place::new(ACME, id(number))
}

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_790_000_000_000_001 + seconds * 1_000_000).unwrap()
}

pub(super) fn key(text: &str) -> Key {
    text.parse().unwrap()
}

pub(super) fn temporary() -> (TempDir, SqliteStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("desk.db")).unwrap();
    (directory, store)
}

pub(super) fn conversation(number: u128) -> Conversation {
    Conversation::new(place(number), Requester::verified(id(0xc0)), "web", at(0))
}

pub(super) fn said(n: u128) -> Draft {
    let author = Author::Customer { id: id(0xc0) };
    Draft::new(id(0x1000 + n), key(&format!("said-{n}")), author, format!("said {n}"), at(1))
}

pub(super) fn ticket(number: u128, of: u128) -> Ticket {
    let summary = Summary {
        subject: "A question".to_owned(),
        text: "They ask. Nobody knows.".to_owned(),
        language: None,
        author: SummaryAuthor::Deterministic,
        covers: Sequence(0),
    };
    let reason = Reason::from(ReasonCode::CustomerRequest);
    Ticket::open(id(number), &conversation(of), reason, summary, key("opened"), at(2))
}

pub(super) fn event(of: u128, ticket: TicketId, sequence: u64) -> Event {
    Event {
        id: id(0xe000 + u128::from(sequence)),
        workspace: ACME,
        conversation: place(of).conversation,
        ticket,
        sequence: EventSequence(sequence),
        epoch: Epoch(1),
        at: at(2),
        actor: Actor::AiAgent,
        kind: EventKind::Control { change: ControlEvent::Escalated { ticket } },
    }
}

/// A commit that changes nothing but the revision.
pub(super) fn nothing(of: u128, expected: u64) -> Commit {
    Commit::new(place(of), Revision(expected), at(2), ControlState::default())
}

/// The first commit of an escalation, with its entry in the transcript.
pub(super) fn escalation(number: u128, of: u128) -> Commit {
    let ticket = ticket(number, of);
    let mut mark = said(0xff);
    mark.author = Author::System;
    Commit {
        state: ControlState { control: Control::Queued { ticket: ticket.id }, epoch: Epoch(1) },
        events: vec![event(of, ticket.id, 1)],
        transcript: Some(TranscriptWrite {
            whereabouts: Whereabouts::Here,
            fence: Epoch(1),
            entries: vec![mark],
        }),
        ticket: Some(ticket),
        ..nothing(of, 0)
    }
}

pub(super) fn open(store: &SqliteStore, number: u128) {
    block_on(TranscriptStore::open(store, conversation(number))).unwrap();
}

pub(super) fn commit(store: &SqliteStore, commit: Commit) -> Result<crate::ports::Committed, StoreError> {
    block_on(TicketRepository::commit(store, commit))
}

/// Everything in the database, row by row.
pub(super) fn dump(store: &SqliteStore) -> Vec<String> {
    store.inner.readers.with(|connection| Ok(dumped(connection))).unwrap()
}

pub(super) fn dumped(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables = all(connection, sql, [], |row| Ok(row.get::<_, String>(0)?)).unwrap();
    let mut dump = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|column| row.get(column).unwrap()).collect();
            dump.push(format!("{table} {values:?}"));
        }
    }
    dump
}

/// The operation that a failure of the backend names, and the text of its source.
pub(super) fn failure<T>(result: Result<T, StoreError>) -> (&'static str, String) {
    match result {
        Err(StoreError::Backend { operation, source, .. }) => (operation, source.to_string()),
        Err(other) => panic!("failed otherwise: {other:?}"),
        Ok(_) => panic!("succeeded"),
    }
}

/// The only sink.
pub(super) fn sink() -> SinkName {
    SinkName::new("main").unwrap()
}

pub(super) fn deliver() -> WorkKind {
    WorkKind::Deliver { sink: sink() }
}

/// All that these tests schedule.
pub(super) fn kinds() -> WorkKinds {
    WorkKinds::of(&WorkKind::NAMES).and_sink(sink())
}
