//! The roster, and the writes that fill it.

use async_trait::async_trait;
use uuid::Uuid;

use super::PostgresStore;
use super::fault::Fault;
use super::row::{Param, get, json, parsed, small};
use crate::error::StoreError;
use crate::id::{DatabaseId, TeamId, TeammateId, WorkspaceId};
use crate::ports::{Roster, Staff};
use crate::teammate::Teammate;

const TEAMMATES: &str = "escalate_teammates";

pub(super) const TEAMMATE: &str = "SELECT body FROM escalate_teammates WHERE workspace = $1 AND id = $2";
// The caps come on a row of their own, which is there also where nobody works.
pub(super) const EVERYBODY: &str = "SELECT 0::bigint, coalesce(w.capacity, 0), t.body, coalesce(w.roster, 0)
    FROM (SELECT $1::uuid AS id) AS asked
    LEFT JOIN escalate_workspaces w ON w.workspace = asked.id
    LEFT JOIN escalate_teammates t ON t.workspace = asked.id ORDER BY t.id";
pub(super) const TEAM: &str = "SELECT coalesce(s.capacity, 0), coalesce(w.capacity, 0), t.body, coalesce(w.roster, 0)
    FROM (SELECT $1::uuid AS id) AS asked
    LEFT JOIN escalate_workspaces w ON w.workspace = asked.id
    LEFT JOIN escalate_teams s ON s.workspace = asked.id AND s.team = $2
    LEFT JOIN (escalate_memberships m JOIN escalate_teammates t ON t.workspace = m.workspace AND t.id = m.teammate)
        ON m.workspace = asked.id AND m.team = $2 ORDER BY t.id";
pub(super) const PUT_TEAMMATE: &str = "WITH put AS (
        INSERT INTO escalate_teammates (workspace, id, body) VALUES ($1, $2, $3)
        ON CONFLICT (workspace, id) DO UPDATE SET body = excluded.body RETURNING id),
    gone AS (DELETE FROM escalate_memberships
        WHERE workspace = $1 AND teammate = $2 AND NOT team = ANY ($4)),
    hold AS (INSERT INTO escalate_assignments (workspace, teammate) VALUES ($1, $2) ON CONFLICT DO NOTHING)
    INSERT INTO escalate_memberships (workspace, team, teammate)
    SELECT $1, joined.team, put.id FROM put CROSS JOIN (SELECT DISTINCT unnest($4::uuid[]) AS team) AS joined
    ON CONFLICT DO NOTHING";
// Of two at the same time, the second finds another body and tries again.
pub(super) const REPLACE_TEAMMATE: &str =
    "UPDATE escalate_teammates SET body = $4 WHERE workspace = $1 AND id = $2 AND body = $3";
pub(super) const REMOVE_TEAMMATE: &str = "DELETE FROM escalate_teammates WHERE workspace = $1 AND id = $2";
pub(super) const PUT_TEAM: &str = "INSERT INTO escalate_teams (workspace, team, capacity) VALUES ($1, $2, $3)
    ON CONFLICT (workspace, team) DO UPDATE SET capacity = excluded.capacity";
pub(super) const PUT_WORKSPACE_CAPACITY: &str =
    "INSERT INTO escalate_workspaces (workspace, capacity, roster) VALUES ($1, $2, nextval('escalate_roster_numbers'))
    ON CONFLICT (workspace) DO UPDATE SET capacity = excluded.capacity, roster = excluded.roster";

impl PostgresStore {
    /// Adds a teammate, or replaces the one with that id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was written.
    pub async fn put_teammate(&self, teammate: Teammate) -> Result<(), StoreError> {
        self.put(&teammate).await.map_err(|fault| fault.during("write a teammate"))
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
        let set = self.replace(workspace, teammate, |teammate| teammate.available = available);
        set.await.map_err(|fault| fault.during("write a teammate"))
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
        match self.run(REMOVE_TEAMMATE, &[&workspace.uuid(), &teammate.uuid()]).await {
            Ok(0) => Err(StoreError::NotFound { entity: "teammate" }),
            Ok(_) => Ok(()),
            Err(fault) => Err(fault.during("remove a teammate")),
        }
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
        let columns: [Param<'_>; 3] = [&workspace.uuid(), &team.uuid(), &i64::from(capacity)];
        self.run(PUT_TEAM, &columns).await.map(drop).map_err(|fault| fault.during("write a team"))
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
        let written = self.run(PUT_WORKSPACE_CAPACITY, &[&workspace.uuid(), &i64::from(capacity)]).await;
        written.map(drop).map_err(|fault| fault.during("write a workspace's cap"))
    }

    async fn put(&self, teammate: &Teammate) -> Result<(), Fault> {
        let teams: Vec<Uuid> = teammate.teams.iter().copied().map(Uuid::from).collect();
        let (workspace, id) = (teammate.workspace.uuid(), teammate.id.uuid());
        self.run(PUT_TEAMMATE, &[&workspace, &id, &json(TEAMMATES, teammate)?, &teams]).await?;
        Ok(())
    }

    async fn replace(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
        change: impl Fn(&mut Teammate) + Send + Sync,
    ) -> Result<(), Fault> {
        let (workspace, id) = (workspace.uuid(), teammate.uuid());
        loop {
            let found = self.ask(TEAMMATE, &[&workspace, &id]).await?;
            let row = found.first().ok_or(Fault::not_found("teammate"))?;
            let mut teammate: Teammate = parsed(TEAMMATES, row, 0)?;
            change(&mut teammate);
            let (before, after): (&[u8], _) = (get(row, 0)?, json(TEAMMATES, &teammate)?);
            if self.run(REPLACE_TEAMMATE, &[&workspace, &id, &before, &after]).await? > 0 {
                return Ok(());
            }
        }
    }

    /// The staff, and the number of the roster that they are of.
    pub(super) async fn everybody(
        &self,
        workspace: WorkspaceId,
        team: Option<TeamId>,
    ) -> Result<(Staff, i64), Fault> {
        let (asked, workspace) = (workspace, workspace.uuid());
        let found = match team {
            Some(team) => self.ask(TEAM, &[&workspace, &team.uuid()]).await?,
            None => self.ask(EVERYBODY, &[&workspace]).await?,
        };
        let Some(caps) = found.first() else { return Ok((Staff::default(), 0)) };
        let (of_team, of_workspace, number) = (small(caps, 0)?, small(caps, 1)?, get(caps, 3)?);
        let mut teammates = Vec::with_capacity(found.len());
        for row in &found {
            if get::<Option<&[u8]>>(row, 2)?.is_some() {
                teammates.push(own(asked, parsed(TEAMMATES, row, 2)?)?);
            }
        }
        Ok((Staff::new(teammates).capped(of_team, of_workspace), number))
    }
}

/// A teammate of `workspace`, as the row says.
pub(super) fn own(workspace: WorkspaceId, teammate: Teammate) -> Result<Teammate, Fault> {
    if teammate.workspace == workspace { Ok(teammate) } else { Err(Fault::Foreign { table: TEAMMATES }) }
}

#[async_trait]
impl Roster for PostgresStore {
    fn database(&self) -> DatabaseId {
        self.inner.database
    }

    async fn teammate(
        &self,
        workspace: WorkspaceId,
        teammate: TeammateId,
    ) -> Result<Option<Teammate>, StoreError> {
        let found = self.ask(TEAMMATE, &[&workspace.uuid(), &teammate.uuid()]).await;
        let found = found
            .and_then(|rows| rows.first().map(|row| own(workspace, parsed(TEAMMATES, row, 0)?)).transpose());
        found.map_err(|fault| fault.during("read a teammate"))
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        let staff = self.everybody(workspace, team).await.map(|(staff, _)| staff);
        staff.map_err(|fault| fault.during("read the staff"))
    }
}
