//! A store that lets go before and after every call, so that a future can be dropped at each.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use escalate::assignment::Load;
use escalate::ports::{
    AiFence, Answered, Appended, Ask, Claim, Claims, Commit, Committed, ConversationCursor, Decided, Page,
    Settlement, Snapshot, Staff, TicketCursor, TicketFilter, Transcript, Window, WorkKinds,
};
use escalate::{
    ControlState, Conversation, DatabaseId, Draft, Epoch, Event, EventSequence, Place, Roster, StoreError,
    TeamId, Teammate, TeammateId, Ticket, TicketRepository, TranscriptStore, WorkspaceId,
};

use crate::aside::step_aside;

#[derive(Clone, Debug)]
pub(super) struct Slow<S>(pub(super) S);

async fn slowly<T>(call: impl Future<Output = T> + Send) -> T {
    step_aside().await;
    let outcome = call.await;
    step_aside().await;
    outcome
}

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait]
impl<S: TranscriptStore> TranscriptStore for Slow<S> {
    fn database(&self) -> DatabaseId {
        self.0.database()
    }

    async fn open(&self, conversation: Conversation) -> Result<Conversation> {
        slowly(self.0.open(conversation)).await
    }

    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Result<Appended> {
        slowly(self.0.append(place, entries, fence)).await
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<()> {
        slowly(self.0.raise_fence(place, epoch)).await
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript> {
        slowly(self.0.read(place, window, limit)).await
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>> {
        slowly(self.0.conversations(workspace, after, limit)).await
    }
}

#[async_trait]
impl<S: TicketRepository> TicketRepository for Slow<S> {
    fn database(&self) -> DatabaseId {
        self.0.database()
    }

    async fn control(&self, place: Place) -> Result<ControlState> {
        slowly(self.0.control(place)).await
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot> {
        slowly(self.0.load(place, ask)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed> {
        slowly(self.0.commit(commit)).await
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<()> {
        slowly(self.0.remember(place, answered)).await
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>> {
        slowly(self.0.tickets(workspace, filter, after, limit)).await
    }

    async fn timeline(&self, place: Place, after: EventSequence, limit: usize) -> Result<Vec<Event>> {
        slowly(self.0.timeline(place, after, limit)).await
    }

    async fn decisions(&self, place: Place, after: EventSequence, limit: usize) -> Result<Vec<Decided>> {
        slowly(self.0.decisions(place, after, limit)).await
    }

    async fn workload(&self, workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Result<Vec<Load>> {
        slowly(self.0.workload(workspace, teammates)).await
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims> {
        slowly(self.0.claim(now, lease_until, limit, kinds)).await
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<()> {
        slowly(self.0.settle(claim, settlement)).await
    }
}

#[async_trait]
impl<S: Roster> Roster for Slow<S> {
    fn database(&self) -> DatabaseId {
        self.0.database()
    }

    async fn teammate(&self, workspace: WorkspaceId, teammate: TeammateId) -> Result<Option<Teammate>> {
        slowly(self.0.teammate(workspace, teammate)).await
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff> {
        slowly(self.0.staff(workspace, team)).await
    }
}
