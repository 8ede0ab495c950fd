//! Cases for every [`Roster`](crate::Roster): one workspace's teammates, all of them, in order.

use super::fixtures::{ABROAD, HOME, id, ok};
use super::harness::{Case, StaffedRoster};
use crate::id::{TeamId, WorkspaceId};
use crate::ports::Staff;
use crate::teammate::{Role, Teammate};

crate::__roster_cases! { __conformance_list StaffedRoster }

pub mod staff {
    //! The teammates an assignment may choose among, and their caps.

    use super::*;

    /// The staff of a workspace are all its teammates, by ascending id.
    pub async fn staff_come_by_ascending_id(store: &dyn StaffedRoster) {
        for number in [3, 1, 2] {
            store.put_teammate(mate(HOME, number)).await;
        }
        assert_eq!(numbers(&staff(store, None).await), [1, 2, 3], "`staff`: by ascending id");
    }

    /// The staff include those who are away: eligibility is not the roster's business.
    pub async fn staff_include_those_who_are_away(store: &dyn StaffedRoster) {
        store.put_teammate(mate(HOME, 1).away()).await;
        store.put_teammate(mate(HOME, 2)).await;
        let found = staff(store, None).await;
        assert_eq!(numbers(&found), [1, 2], "`staff`: available or not");
        assert!(!found.teammates[0].available, "and says who is away");
    }

    /// The staff of a team are its members, in whichever teams they are besides.
    pub async fn staff_of_a_team_are_its_members(store: &dyn StaffedRoster) {
        for team in [1, 2, 3] {
            store.put_team(HOME, team_id(team), 0).await;
        }
        store.put_teammate(mate(HOME, 4).in_teams([team_id(1), team_id(2)])).await;
        store.put_teammate(mate(HOME, 3).in_teams([team_id(2)]).away()).await;
        store.put_teammate(mate(HOME, 2).in_teams([team_id(1)])).await;
        store.put_teammate(mate(HOME, 1)).await;
        assert_eq!(
            numbers(&staff(store, Some(1)).await),
            [2, 4],
            "`staff` of a team: its members, by ascending id"
        );
        assert_eq!(numbers(&staff(store, Some(2)).await), [3, 4], "`staff` of a team: available or not");
        assert_eq!(numbers(&staff(store, Some(3)).await), [0; 0], "`staff` of an empty team: none");
        assert_eq!(numbers(&staff(store, None).await), [1, 2, 3, 4], "`staff` of the workspace: everybody");
        let found = staff(store, Some(1)).await.teammates[1].teams.clone();
        assert_eq!(found, [team_id(1), team_id(2)], "with all their teams, not only the one asked for");
    }

    /// Nobody is there: nobody comes.
    pub async fn an_unknown_team_or_workspace_has_no_staff(store: &dyn StaffedRoster) {
        assert_eq!(
            staff(store, None).await,
            Staff::default(),
            "`staff` of an empty workspace: nobody, no caps"
        );
        store.put_teammate(mate(HOME, 1)).await;
        assert_eq!(numbers(&staff(store, Some(9)).await), [0; 0], "`staff` of an unknown team: nobody");
    }

    /// The caps of team and workspace come with the staff; nought means none.
    pub async fn caps_come_with_the_staff(store: &dyn StaffedRoster) {
        store.put_teammate(mate(HOME, 1).in_teams([team_id(1)]).with_capacity(9)).await;
        store.put_team(HOME, team_id(1), 0).await;
        let caps = |staff: &Staff| (staff.team_capacity, staff.workspace_capacity);
        assert_eq!(caps(&staff(store, Some(1)).await), (0, 0), "`0` means none");
        store.put_team(HOME, team_id(1), 4).await;
        store.put_team(HOME, team_id(2), 7).await;
        store.set_workspace_capacity(HOME, 6).await;
        let found = staff(store, Some(1)).await;
        assert_eq!(caps(&found), (4, 6), "the caps of the team asked for and of the workspace");
        assert_eq!(found.teammates[0].capacity, 9, "a teammate's own cap stays their own");
        assert_eq!(caps(&staff(store, None).await), (0, 6), "no team asked for, no cap of a team");
        store.set_workspace_capacity(HOME, 0).await;
        assert_eq!(caps(&staff(store, Some(1)).await), (4, 0), "a cap that was taken away is gone");
    }

    /// `staff` sees one workspace: its teammates, its teams, its caps.
    pub async fn staff_see_one_workspace(store: &dyn StaffedRoster) {
        store.put_teammate(mate(HOME, 1).in_teams([team_id(1)])).await;
        store.put_team(HOME, team_id(1), 4).await;
        store.set_workspace_capacity(HOME, 6).await;
        let roster = store.roster();
        let foreign = ok(roster.staff(ABROAD, None).await, "`staff` lists teammates");
        assert_eq!(
            foreign,
            Staff::default(),
            "`staff`: another workspace's are not there, nor its caps (N3)"
        );
        let foreign = ok(roster.staff(ABROAD, Some(team_id(1))).await, "`staff` lists teammates");
        assert_eq!(foreign, Staff::default(), "`staff`: another workspace's team is not there (N3)");
    }

    async fn staff(store: &dyn StaffedRoster, team: Option<u128>) -> Staff {
        ok(store.roster().staff(HOME, team.map(team_id)).await, "`staff` lists teammates")
    }

    fn numbers(staff: &Staff) -> Vec<u128> {
        staff.teammates.iter().map(|teammate| teammate.id.uuid().as_u128()).collect()
    }
}

pub mod teammate {
    //! One teammate, by id.

    use super::*;

    /// Every field of a teammate is kept.
    pub async fn every_field_of_a_teammate_comes_back(store: &dyn StaffedRoster) {
        for team in [7, 5] {
            store.put_team(HOME, team_id(team), 0).await;
        }
        let full = Teammate::new(HOME, id(1), "Ana \"A\" Conceição")
            .supervising()
            .in_teams([team_id(5), team_id(7)])
            .with_skills(["reembolsos", "", "a,b"])
            .speaking(["pt-BR", "en"])
            .with_capacity(u32::MAX)
            .away();
        store.put_teammate(full.clone()).await;
        assert_eq!(found(store, HOME, 1).await, Some(full), "`teammate` gives every field back");
        let plain = mate(HOME, 2);
        store.put_teammate(plain.clone()).await;
        assert_eq!(found(store, HOME, 2).await, Some(plain), "`teammate` gives every field back");
    }

    /// A stranger is not there.
    pub async fn a_stranger_is_not_there(store: &dyn StaffedRoster) {
        assert_eq!(found(store, HOME, 1).await, None, "`teammate`: one, if the workspace has them");
        store.put_teammate(mate(HOME, 2)).await;
        assert_eq!(found(store, HOME, 1).await, None, "`teammate`: one, if the workspace has them");
    }

    /// A change is seen at once, in both methods.
    pub async fn a_change_is_seen_at_once(store: &dyn StaffedRoster) {
        store.put_team(HOME, team_id(1), 0).await;
        store.put_teammate(mate(HOME, 1).in_teams([team_id(1)]).supervising()).await;
        let changed = mate(HOME, 1).away().with_capacity(2);
        store.put_teammate(changed.clone()).await;
        assert_eq!(
            found(store, HOME, 1).await.map(|mate| mate.role),
            Some(Role::Member),
            "a teammate is replaced whole"
        );
        let staff = ok(store.roster().staff(HOME, None).await, "`staff` lists teammates");
        assert_eq!(staff.teammates, [changed], "`staff` and `teammate` agree");
        let team = ok(store.roster().staff(HOME, Some(team_id(1))).await, "`staff` lists teammates");
        assert_eq!(team.teammates, [], "whoever left a team is not of its staff");
    }

    /// `teammate` sees one workspace.
    pub async fn teammate_sees_one_workspace(store: &dyn StaffedRoster) {
        store.put_teammate(mate(HOME, 1)).await;
        assert_eq!(
            found(store, ABROAD, 1).await,
            None,
            "`teammate`: the right id in the wrong workspace (N3)"
        );
    }

    /// Two workspaces may use the same id for different people.
    pub async fn workspaces_with_the_same_ids_are_apart(store: &dyn StaffedRoster) {
        let (home, abroad) = (mate(HOME, 1).with_capacity(1), mate(ABROAD, 1).with_capacity(2).away());
        store.put_teammate(home.clone()).await;
        store.put_teammate(abroad.clone()).await;
        assert_eq!(
            found(store, HOME, 1).await,
            Some(home),
            "the same id is another person in another workspace (N3)"
        );
        assert_eq!(
            found(store, ABROAD, 1).await,
            Some(abroad),
            "the same id is another person in another workspace (N3)"
        );
    }

    async fn found(store: &dyn StaffedRoster, workspace: WorkspaceId, number: u128) -> Option<Teammate> {
        ok(store.roster().teammate(workspace, id(number)).await, "`teammate` finds one")
    }
}

fn mate(workspace: WorkspaceId, number: u128) -> Teammate {
    Teammate::new(workspace, id(number), format!("Teammate {number}"))
}

fn team_id(number: u128) -> TeamId {
    id(number)
}
