//! The roster, and the writes that fill it.

use async_trait::async_trait;

use super::MemoryStore;
use super::state::Workspace;
use crate::error::StoreError;
use crate::id::{DatabaseId, TeamId, TeammateId, WorkspaceId};
use crate::ports::{Roster, Staff};
use crate::teammate::Teammate;

const NO_TEAMMATE: StoreError = StoreError::NotFound { entity: "teammate" };

impl MemoryStore {
    /// Adds a teammate, or replaces the one with that id.
    ///
    /// # Errors
    ///
    /// None in memory; the signature is that of every roster adapter.
    pub async fn put_teammate(&self, teammate: Teammate) -> Result<(), StoreError> {
        let mut state = self.write();
        let workspace = state.workspaces.entry(teammate.workspace).or_default();
        workspace.teammates.insert(teammate.id, teammate);
        Ok(())
    }

    /// Says whether a teammate takes tickets now.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn set_available(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
        available: bool,
    ) -> Result<(), StoreError> {
        let mut state = self.write();
        let workspace = state.workspaces.get_mut(&workspace).ok_or(NO_TEAMMATE)?;
        workspace.teammates.get_mut(&teammate).ok_or(NO_TEAMMATE)?.available = available;
        Ok(())
    }

    /// Removes a teammate. Their tickets stay theirs until somebody reassigns them.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn remove_teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<(), StoreError> {
        let mut state = self.write();
        let workspace = state.workspaces.get_mut(&workspace).ok_or(NO_TEAMMATE)?;
        workspace.teammates.remove(&teammate).map(drop).ok_or(NO_TEAMMATE)
    }

    /// Sets the cap of everybody in a team; `0` means none.
    ///
    /// # Errors
    ///
    /// None in memory; the signature is that of every roster adapter.
    pub async fn put_team(
        &self,
        workspace: WorkspaceId,
        team: TeamId,
        capacity: u32,
    ) -> Result<(), StoreError> {
        self.write().workspaces.entry(workspace).or_default().team_capacities.insert(team, capacity);
        Ok(())
    }

    /// Sets the cap of everybody in a workspace; `0` means none.
    ///
    /// # Errors
    ///
    /// None in memory; the signature is that of every roster adapter.
    pub async fn set_workspace_capacity(
        &self,
        workspace: WorkspaceId,
        capacity: u32,
    ) -> Result<(), StoreError> {
        self.write().workspaces.entry(workspace).or_default().capacity = capacity;
        Ok(())
    }
}

#[async_trait]
impl Roster for MemoryStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Option<Teammate>, StoreError> {
        let state = self.read();
        Ok(state.workspaces.get(&workspace).and_then(|workspace| workspace.teammates.get(&teammate)).cloned())
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        Ok(self.read().workspaces.get(&workspace).map(|workspace| workspace.staff(team)).unwrap_or_default())
    }
}

impl Workspace {
    pub(super) fn staff(&self, team: Option<TeamId>) -> Staff {
        let asked = |teammate: &&Teammate| team.is_none_or(|team| teammate.teams.contains(&team));
        let teammates = self.teammates.values().filter(asked).cloned().collect();
        let team_capacity = team.and_then(|team| self.team_capacities.get(&team)).copied().unwrap_or(0);
        Staff::new(teammates).capped(team_capacity, self.capacity)
    }
}
