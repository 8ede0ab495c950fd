//! A store made of a fault: what the fault does not get wrong goes to the sound store.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use escalate::assignment::Load;
use escalate::ports::{
    AiFence, Answered, Appended, Ask, Claim, Claims, Commit, Committed, ConversationCursor, Decided, Page,
    Settlement, Snapshot, TicketCursor, TicketFilter, Transcript, Window, WorkKinds,
};
use escalate::{
    ControlState, Conversation, ConversationId, DatabaseId, Draft, Epoch, Event, EventSequence, MemoryStore,
    Place, StoreError, TeammateId, Ticket, TicketRepository, TranscriptStore, WorkspaceId,
};

/// The store a fault makes.
#[derive(Debug, Default)]
pub(crate) struct Broken<F>(pub(crate) F);

/// Implements a port for `Broken<F>`, and the fault that stands in for it, with every method forwarded.
macro_rules! forward {
    ($fault:ident for $port:ident { $(fn $method:ident($($argument:ident: $of:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        pub(crate) trait $fault: std::fmt::Debug + Send + Sync + 'static {
            fn sound(&self) -> &MemoryStore;

            $(async fn $method(&self, $($argument: $of),*) -> Result<$answer, StoreError> {
                $port::$method(self.sound(), $($argument),*).await
            })+
        }

        #[async_trait]
        impl<F: $fault> $port for Broken<F> {
            fn database(&self) -> DatabaseId {
                $port::database(self.0.sound())
            }

            $(async fn $method(&self, $($argument: $of),*) -> Result<$answer, StoreError> {
                $fault::$method(&self.0, $($argument),*).await
            })+
        }
    };
}

forward! {
    TranscriptFault for TranscriptStore {
        fn open(conversation: Conversation) -> Conversation;
        fn append(place: Place, entries: Vec<Draft>, fence: Option<AiFence>) -> Appended;
        fn raise_fence(place: Place, epoch: Epoch) -> ();
        fn read(place: Place, window: Window, limit: usize) -> Transcript;
        fn conversations(
            workspace: WorkspaceId,
            after: Option<ConversationCursor>,
            limit: usize
        ) -> Vec<Conversation>;
    }
}

forward! {
    TicketFault for TicketRepository {
        fn control(place: Place) -> ControlState;
        fn load(place: Place, ask: Ask) -> Snapshot;
        fn commit(commit: Commit) -> Committed;
        fn remember(place: Place, answered: Answered) -> ();
        fn tickets(
            workspace: WorkspaceId,
            filter: TicketFilter,
            after: Option<TicketCursor>,
            limit: usize
        ) -> Page<Ticket, TicketCursor>;
        fn timeline(place: Place, after: EventSequence, limit: usize) -> Vec<Event>;
        fn decisions(place: Place, after: EventSequence, limit: usize) -> Vec<Decided>;
        fn workload(workspace: WorkspaceId, teammates: Vec<TeammateId>) -> Vec<Load>;
        fn claim(now: DateTime<Utc>, lease_until: DateTime<Utc>, limit: usize, kinds: WorkKinds) -> Claims;
        fn settle(claim: Claim, settlement: Settlement) -> ();
    }
}

/// The workspace the cases live in.
pub(crate) const HOME: WorkspaceId = WorkspaceId::new(uuid::Uuid::from_u128(0xa));

/// The conversation with this number, at home.
pub(crate) fn home(number: u128) -> Place {
    Place::new(HOME, ConversationId::new(uuid::Uuid::from_u128(number)))
}
