//! Rosters that get one thing wrong.

use async_trait::async_trait;
use escalate::ports::Staff;
use escalate::testkit::StaffedRoster;
use escalate::{DatabaseId, MemoryStore, Roster, StoreError, TeamId, Teammate, TeammateId, WorkspaceId};

use super::forward::{Broken, HOME};
use super::stores;

stores! { SoundRoster ListsTheAvailable ListsByName IgnoresTheTeam ForgetsCaps FindsInAnyWorkspace }

#[async_trait]
pub(crate) trait RosterFault: std::fmt::Debug + Send + Sync + 'static {
    fn sound(&self) -> &MemoryStore;

    async fn teammate(&self, workspace: WorkspaceId, id: TeammateId) -> Result<Option<Teammate>, StoreError> {
        self.sound().teammate(workspace, id).await
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        self.sound().staff(workspace, team).await
    }
}

#[async_trait]
impl<F: RosterFault> Roster for Broken<F> {
    fn database(&self) -> DatabaseId {
        Roster::database(self.0.sound())
    }

    async fn teammate(&self, workspace: WorkspaceId, id: TeammateId) -> Result<Option<Teammate>, StoreError> {
        self.0.teammate(workspace, id).await
    }

    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Result<Staff, StoreError> {
        self.0.staff(workspace, team).await
    }
}

#[async_trait]
impl<F: RosterFault> StaffedRoster for Broken<F> {
    fn roster(&self) -> &dyn Roster {
        self
    }

    async fn put_teammate(&self, teammate: Teammate) {
        self.0.sound().put_teammate(teammate).await.unwrap();
    }

    async fn put_team(&self, workspace: WorkspaceId, team: TeamId, capacity: u32) {
        self.0.sound().put_team(workspace, team, capacity).await.unwrap();
    }

    async fn set_workspace_capacity(&self, workspace: WorkspaceId, capacity: u32) {
        self.0.sound().set_workspace_capacity(workspace, capacity).await.unwrap();
    }
}

macro_rules! fault {
    ($name:ident: $($method:item)*) => {
        #[async_trait]
        impl RosterFault for $name {
            fn sound(&self) -> &MemoryStore {
                &self.0
            }
            $($method)*
        }
    };
}

type Answer<T> = Result<T, StoreError>;

fault! { SoundRoster: }

fault! { ListsTheAvailable:
    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Answer<Staff> {
        let mut staff = self.0.staff(workspace, team).await?;
        staff.teammates.retain(|teammate| teammate.available);
        Ok(staff)
    }
}

fault! { ListsByName:
    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Answer<Staff> {
        let mut staff = self.0.staff(workspace, team).await?;
        staff.teammates.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(staff)
    }
}

fault! { IgnoresTheTeam:
    async fn staff(&self, workspace: WorkspaceId, _: Option<TeamId>) -> Answer<Staff> {
        self.0.staff(workspace, None).await
    }
}

fault! { ForgetsCaps:
    async fn staff(&self, workspace: WorkspaceId, team: Option<TeamId>) -> Answer<Staff> {
        Ok(Staff::new(self.0.staff(workspace, team).await?.teammates))
    }
}

fault! { FindsInAnyWorkspace:
    async fn teammate(&self, _: WorkspaceId, id: TeammateId) -> Answer<Option<Teammate>> {
        self.0.teammate(HOME, id).await
    }
}
