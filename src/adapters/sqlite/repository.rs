//! The ticket repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::SqliteStore;
use super::commit::{commit, remember};
use super::control::control;
use super::listing;
use super::load;
use super::readers::at_one_instant;
use super::tickets::loads;
use super::work;
use crate::assignment::Load;
use crate::control::ControlState;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeammateId, WorkspaceId};
use crate::ports::{
    Answered, Ask, Claim, Claims, Commit, Committed, Decided, Page, Settlement, Snapshot, TicketCursor,
    TicketFilter, TicketRepository, WorkKinds,
};
use crate::ticket::Ticket;

#[async_trait]
impl TicketRepository for SqliteStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        self.look("read who answers", |connection| control(connection, place))
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        self.look("load a conversation", |connection| {
            at_one_instant(connection, |connection| load::load(connection, place, &ask))
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

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        self.look("read decisions", |connection| listing::decisions(connection, place, after, limit))
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
