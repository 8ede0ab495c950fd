//! Mocks of the ports, for the tests of a host.
//!
//! Outside the stability promise: the mocks are mockall's, and its major version may change with any release. Take
//! mockall from here, so that both are of one version.
//!
//! A mock is for what a real store cannot show: that a call happens once, or never, or fails in a certain way. For
//! everything else [`MemoryStore`](crate::MemoryStore) behaves like a store, and a mock only like its author's idea
//! of one. For a store that fails on demand there is `testkit::Flaky`.
//!
//! ```
//! use escalate::mock::MockRoster;
//! use escalate::mock::mockall::predicate::eq;
//! use escalate::{Roster, TeammateId, WorkspaceId};
//!
//! # futures::executor::block_on(async {
//! let (acme, ana) = (WorkspaceId::from_u128(1), TeammateId::from_u128(2));
//! let mut roster = MockRoster::new();
//! roster.expect_teammate().with(eq(acme), eq(ana)).times(1).returning(|_, _| Ok(None));
//!
//! assert_eq!(roster.teammate(acme, ana).await?, None);
//! // Dropped, the mock panics if it was not called as often as expected.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

#[doc(no_inline)]
pub use mockall;

use crate::assignment::{Candidate, Load};
use crate::control::{ControlState, Epoch};
use crate::conversation::Conversation;
use crate::error::{AssignmentError, SinkError, StoreError, SummarizeError};
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeamId, TeammateId, WorkspaceId};
use crate::key::Key;
use crate::message::Draft;
use crate::ports::{
    AiFence, Answered, Appended, AssignmentPolicy, AssignmentRequest, Choice, Claim, Claims, Clock, Commit,
    Committed, ConversationCursor, EventSink, IdSource, Page, Proposal, Roster, Settlement, Snapshot, Staff,
    Summarizer, SummaryRequest, TicketCursor, TicketFilter, TicketRepository, Transcript, TranscriptStore,
    Window,
};
use crate::teammate::Teammate;
use crate::ticket::Ticket;

mockall::mock! {
    /// A [`TranscriptStore`] that does what it is told to expect.
    #[derive(Debug)]
    pub TranscriptStore {}

    #[async_trait]
    impl TranscriptStore for TranscriptStore {
        fn database(&self) -> DatabaseId;
        async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError>;
        async fn append(
            &self,
            place: Place,
            entries: Vec<Draft>,
            fence: Option<AiFence>,
        ) -> Result<Appended, StoreError>;
        async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError>;
        async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError>;
        async fn conversations(
            &self,
            workspace: WorkspaceId,
            after: Option<ConversationCursor>,
            limit: usize,
        ) -> Result<Vec<Conversation>, StoreError>;
    }
}

mockall::mock! {
    /// A [`TicketRepository`] that does what it is told to expect.
    #[derive(Debug)]
    pub TicketRepository {}

    #[async_trait]
    impl TicketRepository for TicketRepository {
        fn database(&self) -> DatabaseId;
        async fn control(&self, place: Place) -> Result<ControlState, StoreError>;
        async fn load(&self, place: Place, key: Option<Key>) -> Result<Snapshot, StoreError>;
        async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;
        async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError>;
        async fn tickets(
            &self,
            workspace: WorkspaceId,
            filter: TicketFilter,
            after: Option<TicketCursor>,
            limit: usize,
        ) -> Result<Page<Ticket, TicketCursor>, StoreError>;
        async fn timeline(
            &self,
            place: Place,
            after: EventSequence,
            limit: usize,
        ) -> Result<Vec<Event>, StoreError>;
        async fn workload(
            &self,
            workspace: WorkspaceId,
            teammates: Vec<TeammateId>,
        ) -> Result<Vec<Load>, StoreError>;
        async fn claim(
            &self,
            now: DateTime<Utc>,
            lease_until: DateTime<Utc>,
            limit: usize,
        ) -> Result<Claims, StoreError>;
        async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError>;
    }
}

mockall::mock! {
    /// A [`Roster`] that does what it is told to expect.
    #[derive(Debug)]
    pub Roster {}

    #[async_trait]
    impl Roster for Roster {
        async fn teammate(
            &self,
            workspace: WorkspaceId,
            teammate: TeammateId,
        ) -> Result<Option<Teammate>, StoreError>;
        async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError>;
    }
}

mockall::mock! {
    /// A [`Summarizer`] that does what it is told to expect.
    #[derive(Debug)]
    pub Summarizer {}

    #[async_trait]
    impl Summarizer for Summarizer {
        async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError>;
    }
}

mockall::mock! {
    /// An [`AssignmentPolicy`] that does what it is told to expect.
    #[derive(Debug)]
    pub AssignmentPolicy {}

    #[async_trait]
    impl AssignmentPolicy for AssignmentPolicy {
        async fn choose(
            &self,
            request: AssignmentRequest,
            candidates: &[Candidate],
        ) -> Result<Choice, AssignmentError>;
    }
}

mockall::mock! {
    /// An [`EventSink`] that does what it is told to expect.
    #[derive(Debug)]
    pub EventSink {}

    #[async_trait]
    impl EventSink for EventSink {
        async fn deliver(&self, events: &[Event]) -> Result<(), SinkError>;
    }
}

mockall::mock! {
    /// A [`Clock`] that does what it is told to expect.
    #[derive(Debug)]
    pub Clock {}

    impl Clock for Clock {
        fn now(&self) -> DateTime<Utc>;
    }
}

mockall::mock! {
    /// An [`IdSource`] that does what it is told to expect.
    #[derive(Debug)]
    pub IdSource {}

    impl IdSource for IdSource {
        fn uuid(&self) -> Uuid;
    }
}
