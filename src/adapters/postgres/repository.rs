//! The ticket repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::PostgresStore;
use super::control::{CONTROL, state};
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
impl TicketRepository for PostgresStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        let found = self.ask(CONTROL, &[&place.workspace.uuid(), &place.conversation.uuid()]).await;
        let found = found.and_then(|rows| rows.first().map(state).transpose());
        Ok(found.map_err(|fault| fault.during("read who answers"))?.unwrap_or_default())
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        self.look(place, &ask).await.map_err(|fault| fault.during("load a conversation"))
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

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        self.decided(place, after, limit).await.map_err(|fault| fault.during("read decisions"))
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
