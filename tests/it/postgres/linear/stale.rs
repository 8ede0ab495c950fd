//! A store that serves who answers as it was at the read before: what a standby does.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::assignment::Load;
use escalate::ports::{
    Answered, Claim, Claims, Commit, Committed, Page, Settlement, Snapshot, TicketCursor, TicketFilter,
    WorkKinds,
};
use escalate::{
    ControlState, DatabaseId, Event, EventSequence, Key, Place, StoreError, TeammateId, Ticket,
    TicketRepository, WorkspaceId,
};

#[derive(Debug)]
pub(super) struct Stale {
    sound: PostgresStore,
    last: Mutex<HashMap<Place, ControlState>>,
}

impl Stale {
    pub(super) fn over(sound: PostgresStore) -> Self {
        Self { sound, last: Mutex::default() }
    }
}

#[async_trait]
impl TicketRepository for Stale {
    fn database(&self) -> DatabaseId {
        TicketRepository::database(&self.sound)
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        let now = self.sound.control(place).await?;
        Ok(self.last.lock().unwrap().insert(place, now).unwrap_or_default())
    }

    async fn load(&self, place: Place, key: Option<Key>) -> Result<Snapshot, StoreError> {
        self.sound.load(place, key).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.sound.commit(commit).await
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        self.sound.remember(place, answered).await
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        self.sound.tickets(workspace, filter, after, limit).await
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.sound.timeline(place, after, limit).await
    }

    async fn workload(&self, workspace: WorkspaceId, of: Vec<TeammateId>) -> Result<Vec<Load>, StoreError> {
        self.sound.workload(workspace, of).await
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        self.sound.claim(now, lease_until, limit, kinds).await
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.sound.settle(claim, settlement).await
    }
}
