//! A store around a store that counts commits: writes that changed something and were answered as durable.
//!
//! Ports have no default methods, so a wrapper that forgets one does not compile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use escalate::assignment::Load;
use escalate::control::ControlState;
use escalate::ports::{
    AiFence, Answered, Appended, Ask, Claim, Claims, Commit, Committed, ConversationCursor, Decided, Page,
    Settlement, Snapshot, TicketCursor, TicketFilter, Transcript, Window, WorkKinds,
};
use escalate::{
    Conversation, DatabaseId, Draft, Epoch, Event, EventSequence, Place, StoreError, TeammateId, Ticket,
    TicketRepository, TranscriptStore, WorkspaceId,
};

/// `S`, with its commits counted. A clone shares the count.
#[derive(Clone, Debug)]
pub(crate) struct Counted<S> {
    store: S,
    commits: Arc<AtomicU64>,
}

impl<S> Counted<S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store, commits: Arc::default() }
    }

    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn count(&self, wrote: bool) {
        self.commits.fetch_add(u64::from(wrote), Ordering::Relaxed);
    }
}

#[async_trait]
impl<S: TranscriptStore> TranscriptStore for Counted<S> {
    fn database(&self) -> DatabaseId {
        TranscriptStore::database(&self.store)
    }

    async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        let opened = self.store.open(conversation.clone()).await?;
        self.count(opened == conversation);
        Ok(opened)
    }

    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError> {
        let appended = self.store.append(place, entries, fence).await?;
        let is_new =
            |receipts: &Vec<escalate::ports::Receipt>| receipts.iter().any(|receipt| !receipt.repeated);
        self.count(matches!(&appended, Appended::Stored(receipts) if is_new(receipts)));
        Ok(appended)
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError> {
        self.store.raise_fence(place, epoch).await?;
        self.count(true);
        Ok(())
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError> {
        self.store.read(place, window, limit).await
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.store.conversations(workspace, after, limit).await
    }
}

#[async_trait]
impl<S: TicketRepository> TicketRepository for Counted<S> {
    fn database(&self) -> DatabaseId {
        TicketRepository::database(&self.store)
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        self.store.control(place).await
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        self.store.load(place, ask).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let committed = self.store.commit(commit).await?;
        self.count(true);
        Ok(committed)
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        self.store.remember(place, answered).await?;
        self.count(true);
        Ok(())
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        self.store.tickets(workspace, filter, after, limit).await
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.store.timeline(place, after, limit).await
    }

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        self.store.decisions(place, after, limit).await
    }

    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError> {
        self.store.workload(workspace, teammates).await
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        let claims = self.store.claim(now, lease_until, limit, kinds).await?;
        self.count(!claims.claims.is_empty());
        Ok(claims)
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.store.settle(claim, settlement).await?;
        self.count(true);
        Ok(())
    }
}
