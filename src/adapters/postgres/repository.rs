//! The ticket repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio_postgres::Row;

use super::PostgresStore;
use super::commit::{ANSWERS, OWED};
use super::control::{CONTROL, state};
use super::fault::Fault;
use super::row::{counter, get, id_if_any, parsed_from, parsed_if_any, small};
use super::tickets::TICKETS;
use crate::assignment::Load;
use crate::control::ControlState;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeammateId, WorkspaceId};
use crate::key::Key;
use crate::ports::{
    Answered, Claim, Claims, Commit, Committed, Owed, Page, Revision, Settlement, Snapshot, TicketCursor,
    TicketFilter, TicketRepository, TranscriptWrite, WorkKind, WorkKinds,
};
use crate::ticket::Ticket;

// An answer may be there before any commit, so the row of the conversation is only one of those joined.
pub(super) const LOAD: &str =
    "SELECT c.holder, c.ticket, c.teammate, c.until, c.epoch, c.revision, c.events, 0::bigint, c.latest,
        t.body, a.body, w.generation, w.token, w.attempts, o.writes
    FROM (SELECT $1::uuid AS workspace, $2::uuid AS conversation) AS at
    LEFT JOIN escalate_controls c ON c.workspace = $1 AND c.conversation = $2
    LEFT JOIN escalate_tickets t ON t.workspace = $1 AND t.id = c.ticket
    LEFT JOIN escalate_answers a ON a.workspace = $1 AND a.conversation = $2 AND a.key = $3
    LEFT JOIN escalate_work w ON w.workspace = $1 AND w.conversation = $2 AND w.name = 'finish_transcript'
    CROSS JOIN LATERAL (SELECT array_agg(o.body ORDER BY o.revision) AS writes FROM escalate_owed o
        WHERE o.workspace = $1 AND o.conversation = $2) o";

#[async_trait]
impl TicketRepository for PostgresStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        let found = self.ask(CONTROL, &[&place.workspace.uuid(), &place.conversation.uuid()]).await;
        let found = found.and_then(|rows| rows.first().map(state).transpose());
        Ok(found.map_err(|fault| fault.during("read who answers"))?.unwrap_or_default())
    }

    async fn load(&self, place: Place, key: Option<Key>) -> Result<Snapshot, StoreError> {
        let (workspace, conversation) = (place.workspace.uuid(), place.conversation.uuid());
        let key = key.as_ref().map(|key| key.as_str().as_bytes());
        let row = self.ask_one(LOAD, &[&workspace, &conversation, &key]).await;
        row.and_then(|row| snapshot(place, &row)).map_err(|fault| fault.during("load a conversation"))
    }

    async fn commit(&self, change: Commit) -> Result<Committed, StoreError> {
        self.write(change).await.map_err(|fault| fault.during("commit a change"))
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        self.keep(place, &answered).await.map_err(|fault| fault.during("keep an answer"))
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        self.page(workspace, &filter, after, limit).await.map_err(|fault| fault.during("list tickets"))
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.events(place, after, limit).await.map_err(|fault| fault.during("read a timeline"))
    }

    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError> {
        self.loads(workspace, teammates).await.map_err(|fault| fault.during("count the workload"))
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        self.claim_due(now, lease_until, limit, kinds).await.map_err(|fault| fault.during("claim due work"))
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.settle_claim(&claim, settlement).await.map_err(|fault| fault.during("settle a claim"))
    }
}

/// Reads the columns of [`LOAD`].
fn snapshot(place: Place, row: &Row) -> Result<Snapshot, Fault> {
    let answered = parsed_if_any(ANSWERS, row, 10)?;
    if get::<Option<&str>>(row, 0)?.is_none() {
        return Ok(Snapshot { answered, ..Snapshot::default() });
    }
    Ok(Snapshot {
        state: state(row)?,
        revision: Revision(counter(row, 5)?),
        events: counter(row, 6)?,
        ticket: parsed_if_any(TICKETS, row, 9)?,
        latest: id_if_any(row, 8)?,
        answered,
        owed: owed(place, row)?,
    })
}

fn owed(place: Place, row: &Row) -> Result<Option<Owed>, Fault> {
    let bodies: Option<Vec<&[u8]>> = get(row, 14)?;
    let (Some(bodies), Some(generation)) = (bodies, get::<Option<i64>>(row, 11)?) else { return Ok(None) };
    let writes: Vec<TranscriptWrite> =
        bodies.into_iter().map(|body| parsed_from(OWED, body)).collect::<Result<_, _>>()?;
    let claim = Claim {
        workspace: place.workspace,
        conversation: Some(place.conversation),
        kind: WorkKind::FinishTranscript,
        generation: generation.cast_unsigned(),
        token: counter(row, 12)?,
        attempts: small(row, 13)?,
        delivered: EventSequence(counter(row, 7)?),
    };
    Ok(Some(Owed { claim, writes }))
}
