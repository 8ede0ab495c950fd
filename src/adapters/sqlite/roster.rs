//! The roster, and the writes that fill it.

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::fault::Fault;
use super::readers::at_one_instant;
use super::row::{all, bytes, first, json, parsed, run};
use crate::error::StoreError;
use crate::id::{DatabaseId, TeamId, TeammateId, WorkspaceId};
use crate::ports::{Roster, Staff};
use crate::teammate::Teammate;

const TEAMMATES: &str = "escalate_teammates";

pub(super) const TEAMMATE: &str = "SELECT body FROM escalate_teammates WHERE workspace = ?1 AND id = ?2";
pub(super) const EVERYBODY: &str = "SELECT body FROM escalate_teammates WHERE workspace = ?1 ORDER BY id";
pub(super) const TEAM: &str = "SELECT teammates.body FROM escalate_memberships AS members
    JOIN escalate_teammates AS teammates
        ON teammates.workspace = members.workspace AND teammates.id = members.teammate
    WHERE members.workspace = ?1 AND members.team = ?2 ORDER BY members.teammate";
pub(super) const TEAM_CAPACITY: &str =
    "SELECT capacity FROM escalate_teams WHERE workspace = ?1 AND team = ?2";
pub(super) const WORKSPACE_CAPACITY: &str = "SELECT capacity FROM escalate_workspaces WHERE workspace = ?1";
pub(super) const PUT_TEAMMATE: &str =
    "INSERT INTO escalate_teammates (workspace, id, body) VALUES (?1, ?2, ?3)
    ON CONFLICT (workspace, id) DO UPDATE SET body = ?3";
pub(super) const LEAVE_TEAMS: &str =
    "DELETE FROM escalate_memberships WHERE workspace = ?1 AND teammate = ?2";
pub(super) const JOIN_TEAM: &str =
    "INSERT INTO escalate_memberships (workspace, team, teammate) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
pub(super) const REMOVE_TEAMMATE: &str = "DELETE FROM escalate_teammates WHERE workspace = ?1 AND id = ?2";
pub(super) const PUT_TEAM: &str = "INSERT INTO escalate_teams (workspace, team, capacity) VALUES (?1, ?2, ?3)
    ON CONFLICT (workspace, team) DO UPDATE SET capacity = ?3";
pub(super) const PUT_WORKSPACE_CAPACITY: &str =
    "INSERT INTO escalate_workspaces (workspace, capacity, assignments) VALUES (?1, ?2, 0)
    ON CONFLICT (workspace) DO UPDATE SET capacity = ?2";

impl SqliteStore {
    /// Adds a teammate, or replaces the one with that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was written.
    pub async fn put_teammate(&self, teammate: Teammate) -> Result<(), StoreError> {
        self.change("write a teammate", move |connection| put(connection, &teammate)).await
    }

    /// Says whether a teammate takes tickets now.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Backend`]. Nothing was written.
    pub async fn set_available(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
        available: bool,
    ) -> Result<(), StoreError> {
        let write = move |connection: &Connection| {
            let there = find(connection, workspace, teammate)?;
            let mut teammate = there.ok_or(Fault::not_found("teammate"))?;
            teammate.available = available;
            put(connection, &teammate)
        };
        self.change("write a teammate", write).await
    }

    /// Removes a teammate. Their tickets stay theirs until somebody reassigns them.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Backend`]. Nothing was written.
    pub async fn remove_teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<(), StoreError> {
        let write = move |connection: &Connection| match run(
            connection,
            REMOVE_TEAMMATE,
            params![bytes(workspace), bytes(teammate)],
        )? {
            0 => Err(Fault::not_found("teammate")),
            _ => Ok(()),
        };
        self.change("remove a teammate", write).await
    }

    /// Sets the cap of everybody in a team; `0` means none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was written.
    pub async fn put_team(
        &self,
        workspace: WorkspaceId,
        team: TeamId,
        capacity: u32,
    ) -> Result<(), StoreError> {
        let write = move |connection: &Connection| {
            run(connection, PUT_TEAM, params![bytes(workspace), bytes(team), capacity])?;
            Ok(())
        };
        self.change("write a team", write).await
    }

    /// Sets the cap of everybody in a workspace; `0` means none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was written.
    pub async fn set_workspace_capacity(
        &self,
        workspace: WorkspaceId,
        capacity: u32,
    ) -> Result<(), StoreError> {
        let write = move |connection: &Connection| {
            run(connection, PUT_WORKSPACE_CAPACITY, params![bytes(workspace), capacity])?;
            Ok(())
        };
        self.change("write a workspace's cap", write).await
    }
}

#[async_trait]
impl Roster for SqliteStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Option<Teammate>, StoreError> {
        self.look("read a teammate", |connection| find(connection, workspace, teammate))
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        self.look("read the staff", |connection| {
            at_one_instant(connection, |connection| staff(connection, workspace, team))
        })
    }
}

fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    teammate: TeammateId,
) -> Result<Option<Teammate>, Fault> {
    first(connection, TEAMMATE, params![bytes(workspace), bytes(teammate)], |row| parsed(TEAMMATES, row, 0))
}

fn put(connection: &Connection, teammate: &Teammate) -> Result<(), Fault> {
    let (workspace, id) = (bytes(teammate.workspace), bytes(teammate.id));
    run(connection, PUT_TEAMMATE, params![workspace, id, json(TEAMMATES, teammate)?])?;
    run(connection, LEAVE_TEAMS, params![workspace, id])?;
    for team in &teammate.teams {
        run(connection, JOIN_TEAM, params![workspace, bytes(*team), id])?;
    }
    Ok(())
}

pub(super) fn staff(
    connection: &Connection,
    workspace: WorkspaceId,
    team: Option<TeamId>,
) -> Result<Staff, Fault> {
    let key = bytes(workspace);
    let workspace_capacity =
        first(connection, WORKSPACE_CAPACITY, params![key], |row| Ok(row.get(0)?))?.unwrap_or(0);
    let Some(team) = team.map(bytes) else {
        let everybody = all(connection, EVERYBODY, params![key], |row| parsed(TEAMMATES, row, 0))?;
        return Ok(Staff::new(everybody).capped(0, workspace_capacity));
    };
    let members = all(connection, TEAM, params![key, team], |row| parsed(TEAMMATES, row, 0))?;
    let capacity = first(connection, TEAM_CAPACITY, params![key, team], |row| Ok(row.get(0)?))?.unwrap_or(0);
    Ok(Staff::new(members).capped(capacity, workspace_capacity))
}
