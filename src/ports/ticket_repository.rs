//! Control, tickets, timeline, workload, due work and outbox.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::answer::Answered;
use super::commit::{Commit, Committed};
use super::query::{Decided, Page, TicketCursor, TicketFilter};
use super::snapshot::{Ask, Snapshot};
use super::work::{Claim, Claims, Settlement, WorkKinds};
use crate::assignment::Load;
use crate::control::ControlState;
use crate::error::StoreError;
use crate::event::{Event, EventSequence};
use crate::id::{DatabaseId, Place, TeammateId, WorkspaceId};
use crate::ticket::Ticket;

/// Keeps who answers, and everything that changes with it.
///
/// # Contract
///
/// - Every method but [`claim`](Self::claim) sees one workspace only: the right id in the wrong workspace is not
///   there (N3).
/// - What a method has returned is durable, and visible to every later call on every machine.
/// - Dropping a future leaves all of its write, or none (cancel safe).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TicketRepository: Debug + Send + Sync + 'static {
    /// The database behind it. The same as a transcript store's only if one transaction can write both.
    fn database(&self) -> DatabaseId;

    /// Who answers. The gate asked before and during every turn of the AI agent, so the cheapest read there is;
    /// never from a replica. A conversation nothing was committed for has the default.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn control(&self, place: Place) -> Result<ControlState, StoreError>;

    /// All that a decision is made on, of one instant; never from a replica.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn load(&self, place: Place, ask: Ask) -> Result<Snapshot, StoreError>;

    /// Writes all of `commit`, or nothing.
    ///
    /// # Contract
    ///
    /// In one atomic step:
    /// - The conversation's revision is [`Commit::expected`], and grows by one.
    /// - With a placement, the loads of its offers and the tickets ahead in [its line](Ticket::line) are counted, and [`Commit::place`] is
    ///   called with them before anything is written (A1, A4). The ticket itself is left out of the load of
    ///   whoever it is with: it does not stand in its own way.
    /// - At most one ticket of a conversation is open (E1); a commit that would open another is a conflict.
    /// - Ticket, events, answer and work are written, and the decision with the newest event; a key that is there already is a conflict (E2).
    /// - An assignee that is not the one before counts as an assignment: their [`Load::last_assigned`] becomes
    ///   greater than everybody's in the workspace.
    /// - [`Commit::settles`] ends that work like [`settle`](Self::settle) with the default settlement.
    /// - A transcript write [`Here`](super::Whereabouts::Here) raises the fence and appends its entries; one
    ///   [`Elsewhere`](super::Whereabouts::Elsewhere) is kept, after those kept before, under work of kind
    ///   [`FinishTranscript`](super::WorkKind::FinishTranscript), whose claim is returned. It is due at the
    ///   instant the commit's work names for that kind.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], [`StoreError::ClaimLost`], [`StoreError::KeyReused`] (a transcript entry's),
    /// [`StoreError::NotFound`] (a transcript write [`Here`](super::Whereabouts::Here), no such conversation),
    /// [`StoreError::Backend`]. Nothing was written. Where the connection broke after the write was sent, that
    /// is not known: the same command under the same key finds out.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Keeps an answer that changes nothing else, such as *that ticket is open already* (E2).
    ///
    /// The conversation's revision is neither checked nor moved, so that many callers who get the same answer do
    /// not stand in each other's way.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if the key is there already; [`StoreError::Backend`].
    async fn remember(&self, place: Place, answered: Answered) -> Result<(), StoreError>;

    /// Lists up to `limit` tickets, in the filter's order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn tickets(
        &self,
        workspace: WorkspaceId,
        filter: TicketFilter,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Page<Ticket, TicketCursor>, StoreError>;

    /// Reads up to `limit` events after `after`, by ascending sequence.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn timeline(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Reads up to `limit` choices of an assignee after the event `after`, by ascending sequence (A8).
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn decisions(
        &self,
        place: Place,
        after: EventSequence,
        limit: usize,
    ) -> Result<Vec<Decided>, StoreError>;

    /// The loads of `teammates`, one each, in the same order; of a stranger, [`Load::none`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn workload(
        &self,
        workspace: WorkspaceId,
        teammates: Vec<TeammateId>,
    ) -> Result<Vec<Load>, StoreError>;

    /// Claims up to `limit` pieces of work of these kinds, of all workspaces, that are due at `now` and not leased
    /// then, longest due first, each until `lease_until`. Work of other kinds is as if it were not there. A `limit` of
    /// 0 claims nothing, and tells when the next piece is due.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was claimed.
    async fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, StoreError>;

    /// Ends a claim.
    ///
    /// # Contract
    ///
    /// - [`Settlement::delivered`] moves the mark of this delivery, of one sink in one conversation, never back. The
    ///   mark stays when the work is done, and comes with its claims when it is scheduled anew.
    /// - With [`Settlement::again_at`] the work is due then, or sooner if it was scheduled for sooner since it was
    ///   claimed; if it [failed](Settlement::failed), not sooner. Without, it is done, and due when it is scheduled
    ///   next; but if it was scheduled again since it was claimed (its generation grew), it stays, due as it is,
    ///   free to be claimed.
    /// - [`Claim::attempts`] of the next claim is 0 if it did not fail; 1 if it failed after the mark moved; one more
    ///   than this claim's if it failed and nothing moved.
    /// - For [`FinishTranscript`](super::WorkKind::FinishTranscript), the writes that were owed at the claim's
    ///   generation are forgotten when it ends without `again_at`.
    ///
    /// # Errors
    ///
    /// [`StoreError::ClaimLost`] if it was claimed again or settled since; nothing was written.
    /// [`StoreError::Backend`].
    async fn settle(&self, claim: Claim, settlement: Settlement) -> Result<(), StoreError>;
}
