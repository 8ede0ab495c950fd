//! The ticket repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::commit::{ANSWERS, OWED, commit, remember};
use super::control::{cell, control};
use super::fault::Fault;
use super::listing;
use super::readers::at_one_instant;
use super::row::{all, bytes, first, parsed};
use super::tickets::{loads, ticket};
use super::work;
use crate::assignment::Load;
use crate::control::ControlState;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeammateId, WorkspaceId};
use crate::key::Key;
use crate::ports::{
    Answered, Claim, Claims, Commit, Committed, Owed, Page, Settlement, Snapshot, TicketCursor, TicketFilter,
    TicketRepository, WorkKind, WorkKinds,
};
use crate::ticket::Ticket;

pub(super) const ANSWERED: &str =
    "SELECT body FROM escalate_answers WHERE workspace = ?1 AND conversation = ?2 AND key = ?3";
pub(super) const OWED_WRITES: &str =
    "SELECT body FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 ORDER BY revision";

#[async_trait]
impl TicketRepository for SqliteStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        self.look("read who answers", |connection| control(connection, place))
    }

    async fn load(&self, place: Place, key: Option<Key>) -> Result<Snapshot, StoreError> {
        self.look("load a conversation", |connection| {
            at_one_instant(connection, |connection| load(connection, place, key.as_ref()))
        })
    }

    async fn commit(&self, change: Commit) -> Result<Committed, StoreError> {
        self.change("commit a change", move |connection| commit(connection, change)).await
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        self.change("keep an answer", move |connection| remember(connection, place, &answered)).await
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        self.look("list tickets", |connection| listing::tickets(connection, workspace, &filter, after, limit))
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.look("read a timeline", |connection| listing::timeline(connection, place, after, limit))
    }

    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError> {
        self.look("count the workload", |connection| {
            at_one_instant(connection, |connection| loads(connection, workspace, teammates, None))
        })
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        // Looked up first: a worker that finds nothing costs no write, however often it looks.
        let idle = |connection: &Connection| work::idle(connection, now, limit, &kinds);
        let idle = self.look("look for due work", |connection| at_one_instant(connection, idle))?;
        match idle {
            Some(nothing) => Ok(nothing),
            None => {
                let claim =
                    move |connection: &Connection| work::claim(connection, now, lease_until, limit, &kinds);
                self.change("claim due work", claim).await
            }
        }
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.change("settle a claim", move |connection| work::settle(connection, &claim, settlement)).await
    }
}

fn load(connection: &Connection, place: Place, key: Option<&Key>) -> Result<Snapshot, Fault> {
    let cell = cell(connection, place)?;
    let ticket = match cell.state.control.ticket() {
        Some(id) => ticket(connection, place.workspace, id)?,
        None => None,
    };
    let answered = match key {
        Some(key) => answered(connection, place, key)?,
        None => None,
    };
    Ok(Snapshot {
        state: cell.state,
        revision: cell.revision,
        events: cell.events,
        ticket,
        latest: cell.latest,
        answered,
        owed: owed(connection, place)?,
    })
}

fn answered(connection: &Connection, place: Place, key: &Key) -> Result<Option<Answered>, Fault> {
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    first(connection, ANSWERED, params![workspace, conversation, key.as_str()], |row| parsed(ANSWERS, row, 0))
}

fn owed(connection: &Connection, place: Place) -> Result<Option<Owed>, Fault> {
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    let writes = all(connection, OWED_WRITES, params![workspace, conversation], |row| parsed(OWED, row, 0))?;
    if writes.is_empty() {
        return Ok(None);
    }
    let claim = work::scheduled(connection, place, WorkKind::FinishTranscript)?;
    Ok(claim.map(|claim| Owed { claim, writes }))
}
