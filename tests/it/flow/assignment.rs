//! Who gets it: by hand, by the machine, and never the one over the other.

use chrono::TimeDelta;
use escalate::ports::Routing;
use escalate::{Actor, AssignedBy, Control, Desk, Manual, TeamId, Teammate, TicketStatus};
use futures::executor::block_on;
use uuid::Uuid;

use super::office::{Office, asked, here};
use super::world::{ACME, ANA, BEN, key, place};

#[test]
fn a_choice_by_hand_is_not_overwritten_by_the_sweep() {
    block_on(async {
        let office = Office::new(1).await;
        for teammate in [ANA, BEN] {
            office.store.set_available(ACME, teammate, false).await.unwrap();
        }
        office.escalate(here()).await;
        office.desk.reassign(here(), Actor::System, BEN).await.unwrap();
        office.store.set_available(ACME, ANA, true).await.unwrap();
        office.wait(TimeDelta::seconds(10));
        office.desk.run_due(10).await.unwrap();
        assert_eq!(office.desk.assign_waiting(ACME).await.unwrap(), 0);
        let ticket = office.ticket().await;
        assert_eq!(ticket.assignee.map(|on| (on.teammate, on.by)), Some((BEN, AssignedBy::Hand)));
        // It waits for Ben: nobody answers yet.
        assert_eq!(ticket.status, TicketStatus::OnYou);
        assert_eq!(office.desk.control(here()).await.unwrap().control, Control::Queued { ticket: ticket.id });
        office.audit().await;
    });
}

/// A1: the machine keeps to the cap; people may exceed it, and it is marked.
#[test]
fn a_cap_is_exceeded_by_hand_only_and_marked() {
    block_on(async {
        let office = Office::new(1).await;
        for n in 2..=4 {
            office.begin(place(ACME, n)).await;
        }
        let mut routings = Vec::new();
        for n in 1..=3 {
            routings.push(office.escalate(place(ACME, n)).await.routing);
        }
        assert_eq!(routings[2], Routing::Queued { position: 1 });
        office.desk.reassign(place(ACME, 3), Actor::System, ANA).await.unwrap();
        office.desk.take_over(place(ACME, 4), ANA, key("t")).await.unwrap();
        for n in [3, 4] {
            let here = place(ACME, n);
            let named = office.desk.control(here).await.unwrap().control.ticket().unwrap();
            let ticket = office.desk.ticket(ACME, named).await.unwrap();
            assert!(ticket.assignee.is_some_and(|on| on.teammate == ANA && on.over_cap), "{ticket:?}");
        }
        office.audit().await;
    });
}

#[test]
fn a_team_and_skills_are_asked_for() {
    block_on(async {
        let office = Office::new(0).await;
        let team = TeamId::new(Uuid::from_u128(77));
        let request = asked().to_team(team).needing(["refunds"]);
        let answer = office.desk.escalate(here(), Actor::System, key("e"), request).await.unwrap();
        assert_eq!(answer.routing, Routing::Waiting);
        let ben = Teammate::new(ACME, BEN, "Ben").in_teams([team]);
        office.store.put_teammate(ben.clone()).await.unwrap();
        assert_eq!(office.desk.assign_waiting(ACME).await.unwrap(), 0, "not skilled");
        office.store.put_teammate(ben.with_skills(["refunds", "french"])).await.unwrap();
        // Nobody said so to the desk: the sweep that is due looks.
        office.wait(TimeDelta::seconds(5));
        office.desk.run_due(10).await.unwrap();
        assert_eq!(office.ticket().await.assigned_to(), Some(BEN));
    });
}

#[test]
fn with_manual_assignment_a_person_chooses() {
    block_on(async {
        let office = Office::new(0).await;
        let desk = Desk::on(office.store.clone()).clock(office.clock.clone()).policy(Manual).build();
        let answer = desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        assert_eq!(answer.routing, Routing::Waiting);
        office.wait(TimeDelta::minutes(10));
        desk.run_due(10).await.unwrap();
        assert!(office.ticket().await.is_waiting());
        // Whoever takes it over has it.
        desk.take_over(here(), ANA, key("t")).await.unwrap();
        let on = office.ticket().await.assignee.unwrap();
        assert_eq!((on.teammate, on.by, on.over_cap), (ANA, AssignedBy::Takeover, false));
    });
}

#[test]
fn reassigning_moves_control_while_a_person_answers() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        office.desk.reply(here(), ANA, key("r"), "Ben knows more.").await.unwrap();
        let ticket = office.desk.reassign(here(), Actor::from(ANA), BEN).await.unwrap();
        let state = office.desk.control(here()).await.unwrap();
        assert_eq!((state.control, state.epoch.0), (Control::Human { ticket, teammate: BEN }, 2));
        assert_eq!(office.status().await, TicketStatus::OnYou);
        // To whom it is already: nothing happens, and nothing is refused.
        office.desk.reassign(here(), Actor::from(BEN), BEN).await.unwrap();
        assert_eq!(office.desk.control(here()).await.unwrap(), state);
        office.audit().await;
    });
}
