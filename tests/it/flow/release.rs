//! Teammate to line, and teammate to team.

use chrono::TimeDelta;
use escalate::{Actor, AfterClose, AssignedBy, Control, EventKind, Refusal, TeamId, Teammate, TicketStatus};
use futures::executor::block_on;

use super::office::{Office, asked, here, refusal};
use super::world::{ACME, ANA, BEN, CLEO, SUE, key};

const TEAM: TeamId = TeamId::from_u128(9);

/// The machine gives it to somebody else, and to the one who put it back only where there is nobody else.
#[test]
fn a_released_ticket_goes_to_another() {
    block_on(async {
        let office = Office::new(0).await;
        let ticket = office.escalate(here()).await.ticket;
        let mut held = Vec::new();
        for n in 0..4 {
            let holder = office.ticket().await.assigned_to().unwrap();
            held.push(holder);
            office.desk.take_over(here(), holder, key(format!("t{n}"))).await.unwrap();
            let before = office.desk.control(here()).await.unwrap();
            assert_eq!(office.desk.release(here(), Actor::from(holder)).await.unwrap(), ticket);
            let after = office.desk.control(here()).await.unwrap();
            assert_eq!((after.control, after.epoch), (Control::Queued { ticket }, before.epoch.next()));
            assert_eq!(office.status().await, TicketStatus::New);
            assert!(office.ticket().await.is_waiting());
            // Again: it is in the line already.
            office.desk.release(here(), Actor::System).await.unwrap();
            assert_eq!(office.desk.control(here()).await.unwrap(), after);
            // A sweep is due at once.
            office.desk.run_due(10).await.unwrap();
            office.audit().await;
        }
        assert_ne!(held[0], held[1], "the other one is there");
        assert_eq!(office.ticket().await.lapsed.len(), 2, "both had it: either may again");
    });
}

/// It waits for the other, who has no room at the moment, and does not come back at once.
#[test]
fn a_released_ticket_waits_for_another() {
    block_on(async {
        let office = Office::new(1).await;
        office.store.put_teammate(Teammate::new(ACME, BEN, "Ben").with_capacity(1)).await.unwrap();
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        let other = super::world::place(ACME, 2);
        office.begin(other).await;
        office.desk.take_over(other, BEN, key("t")).await.unwrap();
        office.desk.reply(here(), ANA, key("r"), "One moment.").await.unwrap();
        office.desk.release(here(), Actor::from(SUE)).await.unwrap();
        office.desk.run_due(10).await.unwrap();
        assert!(office.ticket().await.is_waiting(), "Ana had it, and Ben is there");
        assert_eq!(office.status().await, TicketStatus::OnYou, "somebody has replied before");
        office.desk.hand_back(other, Actor::from(BEN), key("h")).await.unwrap();
        office.desk.run_due(10).await.unwrap();
        assert_eq!(office.ticket().await.assigned_to(), Some(BEN));
        office.audit().await;
    });
}

#[test]
fn an_assignment_is_released_before_anybody_begins() {
    block_on(async {
        let office = Office::new(0).await;
        office.escalate(here()).await;
        let before = office.desk.control(here()).await.unwrap();
        let first = office.ticket().await.assigned_to().unwrap();
        office.desk.release(here(), Actor::from(first)).await.unwrap();
        assert_eq!(office.desk.control(here()).await.unwrap(), before, "who answers stays");
        office.desk.run_due(10).await.unwrap();
        assert_ne!(office.ticket().await.assigned_to(), Some(first));
        office.audit().await;
    });
}

#[test]
fn who_may_release_and_when() {
    block_on(async {
        let office = Office::new(0).await;
        let ana = Actor::from(ANA);
        assert_eq!(refusal(office.desk.release(here(), ana).await), Refusal::HeldByAi);
        let ticket = office.desk.take_over(here(), ANA, key("t")).await.unwrap().ticket;
        let held = Refusal::HeldBy { teammate: ANA };
        assert_eq!(refusal(office.desk.release(here(), Actor::from(BEN)).await), held);
        assert_eq!(refusal(office.desk.release(here(), Actor::AiAgent).await), held);
        assert_eq!(refusal(office.desk.release(here(), Actor::from(CLEO)).await), Refusal::NotAllowed);
        office.desk.close(here(), ana, key("c"), AfterClose::StayOff).await.unwrap();
        let closed = Refusal::TicketClosed { ticket };
        assert_eq!(refusal(office.desk.release(here(), ana).await), closed);
        assert_eq!(refusal(office.desk.reassign_to_team(here(), ana, TEAM).await), closed);
        office.audit().await;
    });
}

/// Chosen anew within the team; who answered is out; with nobody there it waits.
#[test]
fn a_ticket_is_given_to_a_team() {
    block_on(async {
        let office = Office::new(0).await;
        let ticket = office.desk.take_over(here(), ANA, key("t")).await.unwrap().ticket;
        office.desk.reassign_to_team(here(), Actor::from(ANA), TEAM).await.unwrap();
        let state = office.desk.control(here()).await.unwrap();
        assert_eq!((state.control, state.epoch.0), (Control::Queued { ticket }, 2), "Ana is out");
        assert!(office.ticket().await.is_waiting(), "nobody is in the team");
        let in_team = |id, name| Teammate::new(ACME, id, name).in_teams([TEAM]);
        office.store.put_teammate(in_team(ANA, "Ana")).await.unwrap();
        office.store.put_teammate(in_team(BEN, "Ben")).await.unwrap();
        office.wait(TimeDelta::seconds(5));
        office.desk.run_due(10).await.unwrap();
        let on = office.ticket().await.assignee.unwrap();
        assert_eq!((on.teammate, on.by), (BEN, AssignedBy::Policy), "Ana had it");
        // To the team that has it: nothing happens, and nothing is refused.
        let events = office.desk.timeline(here(), Default::default(), 100).await.unwrap();
        office.desk.reassign_to_team(here(), Actor::System, TEAM).await.unwrap();
        assert_eq!(office.desk.timeline(here(), Default::default(), 100).await.unwrap(), events);
        assert!(events.iter().any(|event| event.kind == EventKind::SentTo { team: TEAM }));
        office.audit().await;
    });
}

/// What a person chose, no sweep, no timer and no reopening unchooses, though it is over the cap and others are free.
#[test]
fn a_choice_by_hand_stands() {
    block_on(async {
        for there in [true, false] {
            let office = Office::new(1).await;
            let other = super::world::place(ACME, 2);
            office.begin(other).await;
            office.desk.take_over(other, BEN, key("t")).await.unwrap();
            office.escalate(here()).await;
            let ticket = office.desk.reassign(here(), Actor::System, BEN).await.unwrap();
            office.store.set_available(ACME, BEN, there).await.unwrap();
            let chosen = async |what: &str| {
                let on = office.ticket().await.assignee.unwrap();
                let seen = (on.teammate, on.by, on.over_cap);
                assert_eq!(seen, (BEN, AssignedBy::Hand, true), "{what}, Ben there: {there}");
                office.audit().await;
            };
            chosen("by hand").await;
            office.desk.assign_waiting(ACME).await.unwrap();
            office.wait(TimeDelta::hours(30));
            office.desk.run_due(100).await.unwrap();
            chosen("swept").await;
            let close = async |n: &str| {
                office.desk.close(here(), Actor::System, key(n), AfterClose::StayOff).await.unwrap();
            };
            close("c1").await;
            office.desk.customer_message(here(), CLEO, key("m1"), "Hello?").await.unwrap();
            chosen("reopened by the customer's message").await;
            close("c2").await;
            office.desk.escalate(here(), Actor::from(CLEO), key("e2"), asked()).await.unwrap();
            chosen("reopened by an escalation").await;
            office.desk.hand_back(here(), Actor::from(CLEO), key("h")).await.unwrap();
            let again = office.desk.escalate(here(), Actor::System, key("e3"), asked()).await.unwrap();
            assert_eq!(again.ticket, ticket, "no person has replied (E6)");
            chosen("asked for again").await;
        }
    });
}

/// Also while they answer: they get it again, though they are away.
#[test]
fn a_choice_by_hand_stands_while_they_answer() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        let ticket = office.desk.reassign(here(), Actor::from(ANA), BEN).await.unwrap();
        office.store.set_available(ACME, BEN, false).await.unwrap();
        office.desk.close(here(), Actor::from(BEN), key("c"), AfterClose::StayOff).await.unwrap();
        office.desk.customer_message(here(), CLEO, key("m1"), "Hello?").await.unwrap();
        let control = office.desk.control(here()).await.unwrap().control;
        assert_eq!(control, Control::Human { ticket, teammate: BEN });
        assert_eq!(office.ticket().await.given_to(), Some(BEN));
        office.audit().await;
    });
}
