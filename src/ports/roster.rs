//! Who works here.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::id::{DatabaseId, TeamId, TeammateId, WorkspaceId};
use crate::teammate::Teammate;

/// The teammates an assignment may choose among, with the caps that hold for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Staff {
    /// Those of the team asked for, or of the whole workspace.
    pub teammates: Vec<Teammate>,
    /// The cap of everybody in the team asked for; `0` means none.
    pub team_capacity: u32,
    /// The cap of everybody in the workspace; `0` means none.
    pub workspace_capacity: u32,
}

impl Staff {
    /// These teammates, without caps beyond their own.
    #[must_use]
    pub fn new(teammates: Vec<Teammate>) -> Self {
        Self { teammates, team_capacity: 0, workspace_capacity: 0 }
    }

    /// Sets the caps of the team and of the workspace; `0` means none.
    #[must_use]
    pub fn capped(mut self, team: u32, workspace: u32) -> Self {
        self.team_capacity = team;
        self.workspace_capacity = workspace;
        self
    }

    /// The cap that holds for `teammate`: the least of the three that is set; `0` if none is.
    #[must_use]
    pub fn cap_of(&self, teammate: &Teammate) -> u32 {
        [teammate.capacity, self.team_capacity, self.workspace_capacity]
            .into_iter()
            .filter(|cap| *cap > 0)
            .min()
            .unwrap_or(0)
    }
}

/// Knows the teammates of each workspace. A host with its own table of people implements this.
///
/// # Contract
///
/// Every method sees one workspace only: the right id in the wrong workspace is not there (N3).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Roster: Debug + Send + Sync + 'static {
    /// The database behind it. The same as a ticket repository's only if that one can read the staff by itself; any
    /// id of the host's own otherwise.
    fn database(&self) -> DatabaseId;

    /// One teammate, if the workspace has them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Option<Teammate>, StoreError>;

    /// The teammates of `team`, or of the whole workspace, available or not, by ascending id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`].
    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError>;
}
