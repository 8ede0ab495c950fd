//! The floor of an escalation: the statements that the adapter sends, straight through the driver, on one
//! connection, in the same order, with rows of the same size. No decision, no summary, no JSON, no thread.

use std::path::Path;

use rusqlite::{Connection, Params, params};
use uuid::Uuid;

use crate::escalate::{SAID, TEAM, place};

const CELL: &str = "SELECT holder, ticket, teammate, until, epoch, revision, events, latest
    FROM escalate_controls WHERE workspace = ?1 AND conversation = ?2";
const ANSWERED: &str =
    "SELECT body FROM escalate_answers WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
const OWED: &str =
    "SELECT body FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 ORDER BY revision";
const CONVERSATION: &str =
    "SELECT workspace, id, customer, verified, channel, language, opened_at, active_at, last
    FROM escalate_conversations WHERE workspace = ?1 AND id = ?2";
const MESSAGES: &str = "SELECT sequence, id, key, author, author_id, visibility, body, at, turn, mark
    FROM escalate_messages WHERE workspace = ?1 AND conversation = ?2 AND sequence < ?3 ORDER BY sequence DESC LIMIT ?4";
const EVERYBODY: &str = "SELECT body FROM escalate_teammates WHERE workspace = ?1 ORDER BY id";
const CAPACITY: &str = "SELECT capacity FROM escalate_workspaces WHERE workspace = ?1";
const LOAD: &str = "SELECT open, last FROM escalate_assignments WHERE workspace = ?1 AND teammate = ?2";
const BEFORE: &str = "SELECT conversation, customer, open, assignee, urgency, requested FROM escalate_tickets
    WHERE workspace = ?1 AND id = ?2";
const AHEAD: &str =
    "SELECT count(*) FROM escalate_tickets WHERE workspace = ?1 AND open = 1 AND assignee IS NULL
    AND (urgency, requested, id) < (?2, ?3, ?4) AND id <> ?4";
const PUT_CELL: &str = "INSERT INTO escalate_controls
    (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
    VALUES (?1, ?2, 1, 1, 'queued', ?3, NULL, NULL, 2, ?3)
    ON CONFLICT (workspace, conversation) DO UPDATE SET revision = 1, epoch = 1, holder = 'queued', ticket = ?3";
const PUT_TICKET: &str = "INSERT INTO escalate_tickets
    (workspace, id, conversation, customer, open, assignee, urgency, requested, body)
    VALUES (?1, ?2, ?3, ?2, 1, ?4, 2, ?5, ?6) ON CONFLICT (workspace, id) DO UPDATE SET body = ?6";
const NUMBER: &str = "INSERT INTO escalate_workspaces (workspace, capacity, assignments) VALUES (?1, 0, 1)
    ON CONFLICT (workspace) DO UPDATE SET assignments = assignments + 1 RETURNING assignments";
const PUT_ASSIGNMENT: &str = "INSERT INTO escalate_assignments (workspace, teammate, last, open)
    VALUES (?1, ?2, ?3, 0) ON CONFLICT (workspace, teammate) DO UPDATE SET last = ?3";
const EVENT: &str =
    "INSERT INTO escalate_events (workspace, conversation, sequence, body) VALUES (?1, ?2, ?3, ?4)";
const ANSWER: &str =
    "INSERT INTO escalate_answers (workspace, conversation, key, body) VALUES (?1, ?2, 'e', ?3)";
const HEAD: &str = "SELECT last, fence FROM escalate_conversations WHERE workspace = ?1 AND id = ?2";
const BY_KEY: &str = "SELECT sequence, id, key, author, author_id, visibility, body, at, turn, mark
    FROM escalate_messages WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
const MESSAGE: &str = "INSERT INTO escalate_messages
    (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at, turn, mark)
    VALUES (?1, ?2, ?3, ?4, ?5, 'system', NULL, 'fact', ?6, ?7, NULL, NULL)";
const MOVE_HEAD: &str = "UPDATE escalate_conversations SET last = 3, active_at = ?3, fence = 1
    WHERE workspace = ?1 AND id = ?2";

/// A connection of the bare driver, set up as the adapter sets its own up.
pub(crate) fn bare(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.set_prepared_statement_cache_capacity(96);
    Ok(connection)
}

pub(crate) struct Floor {
    connection: Connection,
    next: u64,
    ticket_body: String,
    event_body: String,
    answer_body: String,
}

impl Floor {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = bare(path)?;
        // As long as the library's own rows are.
        let filled = |length: usize| format!("{{\"x\":\"{}\"}}", "x".repeat(length));
        Ok(Self {
            connection,
            next: 0,
            ticket_body: filled(1_000 + SAID.len()),
            event_body: filled(430),
            answer_body: filled(190),
        })
    }

    pub(crate) fn escalate(&mut self, operations: usize) {
        for _ in 0..operations {
            let n = u128::from(self.next);
            self.next += 1;
            self.reads(n);
            self.writes(n);
        }
    }

    fn run(&self, sql: &str, values: impl Params) {
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let mut rows = statement.query(values).unwrap();
        while rows.next().unwrap().is_some() {}
    }

    fn reads(&self, n: u128) {
        let (w, c) = key(n);
        self.run("BEGIN", []);
        self.run(CELL, params![w, c]);
        self.run(ANSWERED, params![w, c, "e"]);
        self.run(OWED, params![w, c]);
        self.run("COMMIT", []);
        self.run("BEGIN", []);
        self.run(CONVERSATION, params![w, c]);
        self.run(MESSAGES, params![w, c, i64::MAX, 100]);
        self.run("COMMIT", []);
        self.run("BEGIN", []);
        self.run(EVERYBODY, params![w]);
        self.run(CAPACITY, params![w]);
        self.run("COMMIT", []);
        self.run("BEGIN", []);
        self.loads(&w);
        self.run("COMMIT", []);
    }

    fn loads(&self, workspace: &[u8; 16]) {
        for teammate in 1..=TEAM {
            let teammate = teammate.to_be_bytes();
            self.run(LOAD, params![workspace, teammate]);
        }
    }

    fn writes(&self, n: u128) {
        let (w, c) = key(n);
        let now = chrono::Utc::now().timestamp_micros();
        let [ticket, opened, handoff] = [(); 3].map(|()| Uuid::now_v7().into_bytes());
        let teammate = (n % TEAM + 1).to_be_bytes();
        self.run("BEGIN IMMEDIATE", []);
        self.run(CELL, params![w, c]);
        self.run(BEFORE, params![w, ticket]);
        self.loads(&w);
        self.run(AHEAD, params![w, 2, now, ticket]);
        self.run(PUT_CELL, params![w, c, ticket]);
        self.run(PUT_TICKET, params![w, ticket, c, teammate, now, self.ticket_body]);
        self.run(NUMBER, params![w]);
        self.run(PUT_ASSIGNMENT, params![w, teammate, self.next.cast_signed()]);
        self.run(EVENT, params![w, c, 1, self.event_body]);
        self.run(EVENT, params![w, c, 2, self.event_body]);
        self.run(ANSWER, params![w, c, self.answer_body]);
        self.run(HEAD, params![w, c]);
        for (sequence, id, name) in [(2, opened, "opened"), (3, handoff, "handoff")] {
            let key = format!("{name}:{}", Uuid::from_bytes(ticket));
            self.run(BY_KEY, params![w, c, key]);
            self.run(MESSAGE, params![w, c, sequence, id, key, SAID, now]);
        }
        self.run(MOVE_HEAD, params![w, c, now]);
        self.run("COMMIT", []);
    }
}

fn key(n: u128) -> ([u8; 16], [u8; 16]) {
    let place = place(n);
    (place.workspace.uuid().into_bytes(), place.conversation.uuid().into_bytes())
}
