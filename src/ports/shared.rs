//! Shared handles: a host that chooses its stores at run time passes an `Arc<dyn _>` where a store is asked for.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{
    AiFence, Answered, Appended, Ask, AssignmentPolicy, AssignmentRequest, Choice, Claim, Claims, Commit,
    Committed, ConversationCursor, Decided, EventSink, Page, Proposal, Roster, Settlement, Snapshot, Staff,
    Summarizer, SummaryRequest, TicketCursor, TicketFilter, TicketRepository, Transcript, TranscriptStore,
    Window, WorkKinds,
};
use crate::assignment::{Candidate, Load};
use crate::control::{ControlState, Epoch};
use crate::conversation::Conversation;
use crate::error::{AssignmentError, SinkError, StoreError, SummarizeError};
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeamId, TeammateId, WorkspaceId};
use crate::message::Draft;
use crate::teammate::Teammate;
use crate::ticket::Ticket;

type Stored<T> = Result<T, StoreError>;

#[async_trait]
impl<T: TranscriptStore + ?Sized> TranscriptStore for Arc<T> {
    fn database(&self) -> DatabaseId {
        (**self).database()
    }

    async fn open(&self, conversation: Conversation) -> Stored<Conversation> {
        (**self).open(conversation).await
    }

    async fn append(&self, place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Stored<Appended> {
        (**self).append(place, entries, fence).await
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Stored<()> {
        (**self).raise_fence(place, epoch).await
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Stored<Transcript> {
        (**self).read(place, window, limit).await
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Stored<Vec<Conversation>> {
        (**self).conversations(workspace, after, limit).await
    }
}

#[async_trait]
impl<T: TicketRepository + ?Sized> TicketRepository for Arc<T> {
    fn database(&self) -> DatabaseId {
        (**self).database()
    }

    async fn control(&self, place: Place) -> Stored<ControlState> {
        (**self).control(place).await
    }

    async fn load(&self, place: Place, ask: Ask) -> Stored<Snapshot> {
        (**self).load(place, ask).await
    }

    async fn commit(&self, commit: Commit) -> Stored<Committed> {
        (**self).commit(commit).await
    }

    async fn remember(&self, place: Place, answered: Answered) -> Stored<()> {
        (**self).remember(place, answered).await
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Stored<Page<Ticket, TicketCursor>> {
        (**self).tickets(workspace, filter, after, limit).await
    }

    async fn timeline(&self, place: Place, after: EventSequence, limit: usize) -> Stored<Vec<Event>> {
        (**self).timeline(place, after, limit).await
    }

    async fn decisions(&self, place: Place, after: EventSequence, limit: usize) -> Stored<Vec<Decided>> {
        (**self).decisions(place, after, limit).await
    }

    async fn workload(&self, workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Stored<Vec<Load>> {
        (**self).workload(workspace, teammates).await
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Stored<Claims> {
        (**self).claim(now, lease_until, limit, kinds).await
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Stored<()> {
        (**self).settle(claim, settlement).await
    }
}

#[async_trait]
impl<T: Roster + ?Sized> Roster for Arc<T> {
    fn database(&self) -> DatabaseId {
        (**self).database()
    }

    async fn teammate(&self, workspace: WorkspaceId, teammate: TeammateId) -> Stored<Option<Teammate>> {
        (**self).teammate(workspace, teammate).await
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Stored<Staff> {
        (**self).staff(workspace, team).await
    }
}

#[async_trait]
impl<T: Summarizer + ?Sized> Summarizer for Arc<T> {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        (**self).summarize(request).await
    }
}

#[async_trait]
impl<T: AssignmentPolicy + ?Sized> AssignmentPolicy for Arc<T> {
    async fn choose(
        &self,
        request: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        (**self).choose(request, candidates).await
    }
}

#[async_trait]
impl<T: EventSink + ?Sized> EventSink for Arc<T> {
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError> {
        (**self).deliver(events, attempt).await
    }
}
