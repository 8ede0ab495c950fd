//! The way it is written first: a transaction of seven round trips.

use chrono::Utc;
use escalate::Place;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use super::Way;
use super::floor::Bodies;

pub(super) struct Transaction {
    client: Client,
    statements: [Statement; 5],
    bodies: Bodies,
}

const CONTROL: &str = "SELECT c.last, c.customer, k.revision, a.body FROM escalate_conversations c
    LEFT JOIN escalate_controls k ON k.workspace = c.workspace AND k.conversation = c.id
    LEFT JOIN escalate_answers a ON a.workspace = c.workspace AND a.conversation = c.id AND a.key = $3
    WHERE c.workspace = $1 AND c.id = $2 FOR UPDATE OF c";
const THREAD: &str = "SELECT m.sequence, m.body FROM escalate_messages m
    WHERE m.workspace = $1 AND m.conversation = $2 ORDER BY m.sequence DESC LIMIT 100";
const STAFF: &str = "SELECT a.teammate, t.body, (SELECT count(*) FROM escalate_tickets o
        WHERE o.workspace = $1 AND o.assignee = a.teammate AND o.open) AS n
    FROM escalate_assignments a JOIN escalate_teammates t ON t.workspace = a.workspace AND t.id = a.teammate
    WHERE a.workspace = $1 ORDER BY a.teammate FOR NO KEY UPDATE OF a";
const TICKET: &str = "WITH counted AS (UPDATE escalate_assignments a SET last = nextval('escalate_assignment_numbers')
        WHERE a.workspace = $1 AND a.teammate = $5),
    moved AS (INSERT INTO escalate_controls
            (workspace, conversation, revision, epoch, holder, ticket, teammate, until, events, latest)
        VALUES ($1, $2, 1, 1, 'queued', $3, NULL, NULL, 2, $3))
    INSERT INTO escalate_tickets (workspace, id, conversation, customer, open, assignee, urgency, requested, body)
    VALUES ($1, $3, $2, $4, true, $5, 2, $6, $7)";
const TOLD: &str =
    "WITH told AS (INSERT INTO escalate_events (workspace, conversation, sequence, body, decision)
        VALUES ($1, $2, 1, $4, NULL), ($1, $2, 2, $4, $11)),
    kept AS (INSERT INTO escalate_answers (workspace, conversation, key, body) VALUES ($1, $2, $5, $6)),
    raised AS (UPDATE escalate_conversations c SET last = c.last + 2, active_at = $3, fence = 1
        WHERE c.workspace = $1 AND c.id = $2)
    INSERT INTO escalate_messages
        (workspace, conversation, sequence, id, key, author, author_id, visibility, body, at, turn, mark)
    SELECT $1, $2, e.n, e.id, e.key, 'system', NULL, 'fact', $10, $3, NULL, NULL
    FROM unnest($7::bigint[], $8::uuid[], $9::bytea[]) AS e (n, id, key)";

impl Transaction {
    pub(super) async fn on(client: Client) -> super::Result<Self> {
        let mut statements = Vec::new();
        for sql in [CONTROL, THREAD, STAFF, TICKET, TOLD] {
            statements.push(client.prepare(sql).await?);
        }
        let statements = statements.try_into().map_err(|_| "five statements")?;
        Ok(Self { client, statements, bodies: Bodies::new() })
    }

    async fn tell(&self, place: Place, ticket: Uuid, last: i64, now: i64) {
        let (w, c) = (place.workspace.uuid(), place.conversation.uuid());
        let keys = [format!("opened:{ticket}"), format!("told:{ticket}:0")];
        let keys: Vec<_> = keys.iter().map(String::as_bytes).collect();
        let ids = [Uuid::now_v7(), Uuid::now_v7()];
        let Bodies { event, answer, entry, decision, .. } = &self.bodies;
        self.client
            .execute(
                &self.statements[4],
                &[
                    &w,
                    &c,
                    &now,
                    event,
                    &b"e".as_slice(),
                    answer,
                    &[last + 1, last + 2].as_slice(),
                    &ids.as_slice(),
                    &keys,
                    entry,
                    decision,
                ],
            )
            .await
            .unwrap();
    }
}

impl Way for Transaction {
    async fn escalate(&self, place: Place) {
        let (w, c) = (place.workspace.uuid(), place.conversation.uuid());
        let [control, thread, staff, open, _] = &self.statements;
        let now = Utc::now().timestamp_micros();
        let ticket = Uuid::now_v7();
        self.client.batch_execute("BEGIN").await.unwrap();
        let head = self.client.query_one(control, &[&w, &c, &b"e".as_slice()]).await.unwrap();
        let (last, customer): (i64, Uuid) = (head.get(0), head.get(1));
        let said = self.client.query(thread, &[&w, &c]).await.unwrap();
        assert_eq!(said.len(), 1);
        let staff = self.client.query(staff, &[&w]).await.unwrap();
        let fewest = staff.iter().min_by_key(|row| row.get::<_, i64>(2)).map(|row| row.get::<_, Uuid>(0));
        let body = &self.bodies.ticket;
        self.client.execute(open, &[&w, &c, &ticket, &customer, &fewest, &now, body]).await.unwrap();
        self.tell(place, ticket, last, now).await;
        self.client.batch_execute("COMMIT").await.unwrap();
    }
}
