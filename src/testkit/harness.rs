//! How a host gives the suites its stores.

use std::fmt;
use std::future::Future;

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::id::{TeamId, WorkspaceId};
use crate::ports::{Roster, TicketRepository, TranscriptStore};
use crate::teammate::Teammate;

/// Makes stores to run cases on.
///
/// Every case gets a store of its own, empty, so cases run in any order and at the same time.
pub trait Harness {
    /// Kept while the case runs, dropped after the store: a temporary directory, a schema to drop. `()` if the
    /// store needs none.
    type Guard;
    /// The store, or whatever a suite asks for: see the macro.
    type Store;

    /// An empty store.
    fn fresh(&self) -> impl Future<Output = (Self::Guard, Self::Store)> + Send;
}

/// A harness whose stores outlive their handle: on a disk, in a server.
///
/// This is how the capability is declared. A store that is gone with its last handle does not implement it, and
/// its host does not call the macros that ask for it; no case passes by being skipped.
pub trait Reopen: Harness {
    /// Another handle on the data behind `guard`, as another process would open it.
    fn reopen(&self, guard: &Self::Guard) -> impl Future<Output = Self::Store> + Send;
}

/// A roster that a case can fill: a host writes its table of people its own way, and [`Roster`] only reads it.
#[async_trait]
pub trait StaffedRoster: Send + Sync {
    /// The roster under test.
    fn roster(&self) -> &dyn Roster;

    /// Adds `teammate`, or replaces the one with that id in that workspace.
    async fn put_teammate(&self, teammate: Teammate);

    /// Adds a team, or sets its cap; `0` means none.
    async fn put_team(&self, workspace: WorkspaceId, team: TeamId, capacity: u32);

    /// Sets the cap of everybody in a workspace; `0` means none.
    async fn set_workspace_capacity(&self, workspace: WorkspaceId, capacity: u32);
}

/// Transcripts and tickets in one database.
pub trait SharedDatabase: TranscriptStore + TicketRepository {}

impl<S: TranscriptStore + TicketRepository> SharedDatabase for S {}

/// One case of a suite, to be run by name. It panics, naming the line of the contract, if the store breaks it.
#[allow(clippy::exhaustive_structs, reason = "a name and a function; the lists build it")]
pub struct Case<S: ?Sized + 'static> {
    /// Its name: that of the function, and of the test the macro makes of it.
    pub name: &'static str,
    /// Runs it on an empty store.
    pub run: for<'a> fn(&'a S) -> BoxFuture<'a, ()>,
}

impl<S: ?Sized> Clone for Case<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for Case<S> {}

impl<S: ?Sized> fmt::Debug for Case<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}
