//! The floor: all that an escalation reads and all that it writes, as one SQL statement through the bare driver.
//!
//! The same rows in the same tables with bodies of the same length, the same choice by fewest open tickets under a
//! lock, the same read of the thread. No decision, no summary, no JSON, no second round trip.

use chrono::Utc;
use escalate::Place;
use tokio_postgres::Client;
use uuid::Uuid;

use super::Way;
use crate::escalate::SAID;

const ESCALATE: &str = "WITH
    here AS (SELECT c.revision, c.epoch FROM escalate_controls c WHERE c.workspace = $1 AND c.conversation = $2),
    answered AS (SELECT a.body FROM escalate_answers a
        WHERE a.workspace = $1 AND a.conversation = $2 AND a.key = $7),
    owed AS (SELECT o.body FROM escalate_owed o WHERE o.workspace = $1 AND o.conversation = $2),
    thread AS (SELECT c.customer, c.language, c.last FROM escalate_conversations c
        WHERE c.workspace = $1 AND c.id = $2 FOR NO KEY UPDATE),
    said AS (SELECT array_agg(m.body ORDER BY m.sequence) AS bodies FROM
        (SELECT m.sequence, m.body FROM escalate_messages m WHERE m.workspace = $1 AND m.conversation = $2
            ORDER BY m.sequence DESC LIMIT 100) m),
    staff AS (SELECT array_agg(t.body) AS bodies FROM escalate_teammates t WHERE t.workspace = $1),
    ahead AS (SELECT count(*) AS n FROM escalate_tickets t
        WHERE t.workspace = $1 AND t.open AND t.assignee IS NULL AND (t.urgency, t.requested, t.id) < (2, $4, $3)),
    chosen AS (SELECT a.teammate FROM escalate_assignments a
        WHERE a.workspace = $1 ORDER BY a.open, a.last, a.teammate LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
    moved AS (INSERT INTO escalate_controls
            (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
        SELECT $1, $2, 1, 1, 'queued', $3, NULL, NULL, 2, $3 WHERE NOT EXISTS (SELECT FROM here)),
    opened AS (INSERT INTO escalate_tickets
            (workspace, id, conversation, customer, open, assignee, urgency, requested, body)
        SELECT $1, $3, $2, thread.customer, true, (SELECT teammate FROM chosen), 2, $4, $5 FROM thread),
    counted AS (UPDATE escalate_assignments a
        SET open = a.open + 1, last = nextval('escalate_assignment_numbers') FROM chosen WHERE a.workspace = $1 AND a.teammate = chosen.teammate),
    told AS (INSERT INTO escalate_events (workspace, conversation, sequence, body, decision)
        VALUES ($1, $2, 1, $6, NULL), ($1, $2, 2, $6, $13)),
    kept AS (INSERT INTO escalate_answers (workspace, conversation, key, body)
        SELECT $1, $2, $7, $8 WHERE NOT EXISTS (SELECT FROM answered)),
    entered AS (INSERT INTO escalate_messages
            (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at, turn, mark)
        SELECT $1, $2, thread.last + e.n, e.id, e.key, 'system', NULL, 'fact', e.body, $4, NULL, NULL
        FROM thread, unnest($9::bigint[], $10::uuid[], $11::bytea[], $12::bytea[]) AS e (n, id, key, body)),
    raised AS (UPDATE escalate_conversations c SET last = c.last + 2, active_at = $4, fence = 1
        WHERE c.workspace = $1 AND c.id = $2)
    SELECT said.bodies, staff.bodies, ahead.n, (SELECT teammate FROM chosen), (SELECT count(*) FROM owed),
        (SELECT count(*) FROM escalate_tickets r WHERE r.workspace = $1
            AND r.customer = (SELECT customer FROM thread) AND r.requested > $4 - 3600000000)
    FROM said, staff, ahead";

pub(super) struct Statement {
    client: Client,
    statement: tokio_postgres::Statement,
    bodies: Bodies,
}

/// As long as the library's own.
pub(super) struct Bodies {
    pub(super) ticket: Vec<u8>,
    pub(super) event: Vec<u8>,
    pub(super) answer: Vec<u8>,
    pub(super) entry: Vec<u8>,
    pub(super) decision: Vec<u8>,
}

impl Bodies {
    pub(super) fn new() -> Self {
        let filled = |length: usize| vec![b'x'; length];
        Self {
            ticket: filled(1_300 + SAID.len()),
            event: filled(430),
            answer: filled(190),
            entry: filled(90),
            decision: filled(780),
        }
    }
}

impl Statement {
    pub(super) async fn on(client: Client) -> super::Result<Self> {
        let statement = client.prepare(ESCALATE).await?;
        Ok(Self { client, statement, bodies: Bodies::new() })
    }
}

impl Way for Statement {
    async fn escalate(&self, place: Place) {
        let (w, c) = (place.workspace.uuid(), place.conversation.uuid());
        let [ticket, opened, told] = [(); 3].map(|()| Uuid::now_v7());
        let now = Utc::now().timestamp_micros();
        let keys = [format!("opened:{ticket}"), format!("told:{ticket}:0")];
        let keys: Vec<_> = keys.iter().map(String::as_bytes).collect();
        let Bodies { ticket: body, event, answer, entry, decision } = &self.bodies;
        let row = self
            .client
            .query_one(
                &self.statement,
                &[
                    &w,
                    &c,
                    &ticket,
                    &now,
                    body,
                    event,
                    &b"e".as_slice(),
                    answer,
                    &[1_i64, 2].as_slice(),
                    &[opened, told].as_slice(),
                    &keys,
                    &[entry.as_slice(), entry].as_slice(),
                    decision,
                ],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, Vec<Vec<u8>>>(0).len(), 1);
    }
}
