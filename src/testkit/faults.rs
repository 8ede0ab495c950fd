//! Stores that fail on purpose.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::assignment::Load;
use crate::control::{ControlState, Epoch};
use crate::conversation::Conversation;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeamId, TeammateId, WorkspaceId};
use crate::message::Draft;
use crate::ports::{
    AiFence, Answered, Appended, Ask, Claim, Claims, Commit, Committed, ConversationCursor, Decided, Page,
    Roster, Settlement, Snapshot, Staff, TicketCursor, TicketFilter, TicketRepository, Transcript,
    TranscriptStore, Window, WorkKinds,
};
use crate::teammate::Teammate;
use crate::ticket::Ticket;

/// Where a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "before or after; the caller cannot tell which, and that is the point"
)]
pub enum Fault {
    /// Before it reaches the store: nothing is done.
    Before,
    /// On the way back: it is done, and its answer is lost.
    After,
}

/// A store whose calls fail when told to.
///
/// Every call of every port is counted, from 1; `database()` is no call, as it cannot fail. A clone shares the
/// count and the faults, so a test keeps one to itself and gives the other away.
///
/// ```
/// use escalate::testkit::{Fault, Flaky};
/// use escalate::{MemoryStore, Roster, WorkspaceId};
///
/// # futures::executor::block_on(async {
/// let roster = Flaky::new(MemoryStore::new());
/// roster.fail(2, Fault::Before);
/// let acme = WorkspaceId::from_u128(1);
/// assert!(roster.staff(acme, None).await.is_ok());
/// assert!(roster.staff(acme, None).await.is_err());
/// assert!(roster.staff(acme, None).await.is_ok());
/// assert_eq!(roster.calls(), 3);
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Flaky<S> {
    store: S,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    faults: BTreeMap<u64, Fault>,
}

impl<S> Flaky<S> {
    /// Wraps `store`, without faults.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self { store, plan: Arc::default() }
    }

    /// Makes the call number `nth` fail, counted from 1 since the store was wrapped.
    pub fn fail(&self, nth: u64, fault: Fault) {
        self.plan().faults.insert(nth, fault);
    }

    /// How many calls were made, failed ones too.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.plan().calls
    }

    /// The store inside, whose calls are neither counted nor failed.
    #[must_use]
    pub const fn get_ref(&self) -> &S {
        &self.store
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut plan = self.plan();
            plan.calls += 1;
            let nth = plan.calls;
            plan.faults.remove(&nth)
        };
        match fault {
            None => call.await,
            Some(Fault::Before) => Err(StoreError::backend("flaky", "reach the store", "failed on purpose")),
            Some(Fault::After) => {
                // What the store answered, even an error, never arrives.
                let _lost = call.await;
                Err(StoreError::backend("flaky", "hear the answer", "failed on purpose"))
            }
        }
    }
}

#[async_trait]
impl<S: TranscriptStore> TranscriptStore for Flaky<S> {
    fn database(&self) -> DatabaseId {
        self.store.database()
    }

    async fn open(&self, conversation: Conversation) -> Result<Conversation, StoreError> {
        self.pass(self.store.open(conversation)).await
    }

    async fn append(
        &self,
        place: Place,
        entries: Vec<Draft>,
        fence: Option<AiFence>,
    ) -> Result<Appended, StoreError> {
        self.pass(self.store.append(place, entries, fence)).await
    }

    async fn raise_fence(&self, place: Place, epoch: Epoch) -> Result<(), StoreError> {
        self.pass(self.store.raise_fence(place, epoch)).await
    }

    async fn read(&self, place: Place, window: Window, limit: usize) -> Result<Transcript, StoreError> {
        self.pass(self.store.read(place, window, limit)).await
    }

    async fn conversations(
        &self,
        workspace: WorkspaceId,
        after: Option<ConversationCursor>,
        limit: usize,
    ) -> Result<Vec<Conversation>, StoreError> {
        self.pass(self.store.conversations(workspace, after, limit)).await
    }
}

#[async_trait]
impl<S: TicketRepository> TicketRepository for Flaky<S> {
    fn database(&self) -> DatabaseId {
        self.store.database()
    }

    async fn control(&self, place: Place) -> Result<ControlState, StoreError> {
        self.pass(self.store.control(place)).await
    }

    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError> {
        self.pass(self.store.load(place, ask)).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.pass(self.store.commit(commit)).await
    }

    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError> {
        self.pass(self.store.remember(place, answered)).await
    }

    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError> {
        self.pass(self.store.tickets(workspace, filter, after, limit)).await
    }

    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.pass(self.store.timeline(place, after, limit)).await
    }

    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError> {
        self.pass(self.store.decisions(place, after, limit)).await
    }

    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError> {
        self.pass(self.store.workload(workspace, teammates)).await
    }

    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError> {
        self.pass(self.store.claim(now, lease_until, limit, kinds)).await
    }

    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.pass(self.store.settle(claim, settlement)).await
    }
}

#[async_trait]
impl<S: Roster> Roster for Flaky<S> {
    fn database(&self) -> DatabaseId {
        self.store.database()
    }

    async fn teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Option<Teammate>, StoreError> {
        self.pass(self.store.teammate(workspace, teammate)).await
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        self.pass(self.store.staff(workspace, team)).await
    }
}
