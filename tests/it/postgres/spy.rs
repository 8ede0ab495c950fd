//! A repository that sees what goes through it, or serves who answers as it was at the read before, as a standby does.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::assignment::Load;
use escalate::ports::{
    Answered, Ask, Claim, Claims, Commit, Committed, Decided, Page, Settlement, Snapshot, TicketCursor,
    TicketFilter, WorkKinds,
};
use escalate::{
    ControlState, DatabaseId, Event, EventSequence, Place, StoreError, TeammateId, Ticket, TicketRepository,
    WorkspaceId,
};

#[derive(Debug)]
pub(super) struct Spy {
    sound: PostgresStore,
    is_behind: bool,
    last: Mutex<HashMap<Place, ControlState>>,
    lost: AtomicUsize,
}

impl Spy {
    pub(super) fn on(sound: PostgresStore) -> Self {
        Self { sound, is_behind: false, last: Mutex::default(), lost: AtomicUsize::new(0) }
    }

    pub(super) fn behind(sound: PostgresStore) -> Self {
        Self { is_behind: true, ..Self::on(sound) }
    }

    /// How many settlements and commits were refused because their claim was lost.
    pub(super) fn claims_lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    fn count<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        let lost = matches!(outcome, Err(StoreError::ClaimLost));
        self.lost.fetch_add(usize::from(lost), Ordering::SeqCst);
        outcome
    }
}

#[async_trait]
impl TicketRepository for Spy {
    fn database(&self) -> DatabaseId {
        TicketRepository::database(&self.sound)
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        let now = self.sound.control(place).await?;
        let last = self.last.lock().unwrap().insert(place, now).unwrap_or_default();
        Ok(if self.is_behind { last } else { now })
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        self.sound.load(place, ask).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.count(self.sound.commit(commit).await)
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

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        self.sound.decisions(place, after, limit).await
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
        self.count(self.sound.settle(claim, settlement).await)
    }
}
