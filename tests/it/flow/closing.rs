//! The ways an episode ends: hand back, close, the timer, the customer's change of mind.

use chrono::TimeDelta;
use escalate::{Actor, AfterClose, Control, Mark, Next, Refusal, TicketStatus};
use futures::executor::block_on;

use super::office::{Office, asked, here, refusal};
use super::world::{ANA, CLEO, SUE, key, seen};

/// H3: every path back ends in the same state, one epoch later.
#[test]
fn every_way_back_ends_in_the_same_state() {
    for way in
        ["button", "close with resume", "host", "supervisor", "timer", "customer after the grace period"]
    {
        block_on(async {
            let office = Office::new(0).await;
            office.desk.take_over(here(), ANA, key("t")).await.unwrap();
            if way == "timer" || way.starts_with("customer") {
                office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
                office.wait(TimeDelta::hours(25));
            }
            let before = office.desk.control(here()).await.unwrap().epoch;
            match way {
                "button" => _ = office.desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap(),
                "close with resume" => {
                    office
                        .desk
                        .close(here(), Actor::from(ANA), key("h"), AfterClose::ResumeAi)
                        .await
                        .unwrap();
                }
                "host" => _ = office.desk.hand_back(here(), Actor::System, key("h")).await.unwrap(),
                "supervisor" => {
                    _ = office.desk.hand_back(here(), Actor::from(SUE), key("h")).await.unwrap();
                }
                "timer" => assert_eq!(office.desk.run_due(10).await.unwrap().failed, 0),
                _ => {
                    let next = office
                        .desk
                        .customer_message(here(), CLEO, key("m2"), "Hello again.")
                        .await
                        .unwrap()
                        .next;
                    assert_eq!(next, Next::AiTurn);
                }
            }
            let state = office.desk.control(here()).await.unwrap();
            assert_eq!((state.control, state.epoch), (Control::Ai, before.next()), "{way}");
            let ticket = office.ticket().await;
            assert_eq!((ticket.status, ticket.ai_replies), (TicketStatus::Closed, true), "{way}");
            assert!(ticket.clocks.handed_back.is_some() && ticket.reopens_until.is_none(), "{way}");
            let ended = Some(Mark::EpisodeEnded { ticket: ticket.id });
            let context = office.desk.begin_turn(here()).await.unwrap();
            assert_eq!(context.context().iter().filter(|entry| entry.mark == ended).count(), 1, "{way}");
            office.audit().await;
        });
    }
}

/// H2.
#[test]
fn hand_back_is_refused_without_an_ai_agent() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        office.ai_is_there(false);
        assert_eq!(
            refusal(office.desk.hand_back(here(), Actor::from(ANA), key("h")).await),
            Refusal::NoAiAgent
        );
        let close = office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::ResumeAi).await;
        assert_eq!(refusal(close), Refusal::NoAiAgent);
        assert_eq!(office.status().await, TicketStatus::OnYou);
        // The refusal is not kept: with an AI agent there the same key goes through.
        office.ai_is_there(true);
        office.desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap();
        assert_eq!(
            refusal(office.desk.hand_back(here(), Actor::from(ANA), key("h2")).await),
            Refusal::HeldByAi
        );
        office.audit().await;
    });
}

#[test]
fn a_closed_ticket_reopens_inside_the_grace_period() {
    block_on(async {
        let office = Office::new(0).await;
        let taken = office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
        assert_eq!(
            refusal(office.desk.begin_turn(here()).await),
            Refusal::TicketClosed { ticket: taken.ticket }
        );
        office.wait(TimeDelta::hours(23));
        let next =
            office.desk.customer_message(here(), CLEO, key("m2"), "It broke again.").await.unwrap().next;
        assert_eq!(next, Next::Teammate { ticket: taken.ticket, teammate: ANA });
        let ticket = office.ticket().await;
        assert_eq!((ticket.id, ticket.status), (taken.ticket, TicketStatus::OnYou));
        // The timer of the first close finds it open, and leaves it.
        office.wait(TimeDelta::hours(2));
        assert_eq!(office.desk.run_due(10).await.unwrap().failed, 0);
        assert_eq!(office.status().await, TicketStatus::OnYou);
        office.audit().await;
    });
}

/// A ticket closed a second time is given the whole grace period again: the first timer does not end it.
#[test]
fn the_timer_of_an_earlier_close_does_not_end_a_later_one() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
        office.wait(TimeDelta::hours(20));
        office.desk.customer_message(here(), CLEO, key("m2"), "Once more.").await.unwrap();
        office.desk.close(here(), Actor::from(ANA), key("c2"), AfterClose::StayOff).await.unwrap();
        office.wait(TimeDelta::hours(5));
        office.desk.run_due(10).await.unwrap();
        assert!(matches!(office.desk.control(here()).await.unwrap().control, Control::Closed { .. }));
        office.wait(TimeDelta::hours(20));
        office.desk.run_due(10).await.unwrap();
        assert_eq!(
            office.desk.control(here()).await.unwrap().control,
            Control::Ai,
            "the later timer was lost (N1)"
        );
        office.audit().await;
    });
}

/// H1: an episode that ended by itself is told of as well, however long it was and whatever follows it.
#[test]
fn a_stretch_that_was_only_closed_is_seen_by_the_next_turn() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        for n in 0..250 {
            office.desk.reply(here(), ANA, key(format!("r{n}")), format!("Step {n}.")).await.unwrap();
        }
        let first = office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
        // No worker came by when the grace period was over.
        office.wait(TimeDelta::hours(25));
        office.desk.reply(here(), ANA, key("again"), "One more thing.").await.unwrap();
        office.desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap();
        let turn = office.desk.begin_turn(here()).await.unwrap();
        for n in 0..250 {
            let told = turn.context().iter().filter(|entry| entry.body == format!("Step {n}.")).count();
            assert_eq!(told, 1, "step {n} of the stretch before (H1)");
        }
        let ended = Some(Mark::EpisodeEnded { ticket: first });
        assert!(turn.context().iter().any(|entry| entry.mark == ended), "the end of it, by id (H1)");
    });
}

#[test]
fn after_the_grace_period_with_nobody_there_a_person_is_awaited() {
    block_on(async {
        let office = Office::new(0).await;
        let taken = office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        office.desk.close(here(), Actor::from(ANA), key("c"), AfterClose::StayOff).await.unwrap();
        office.wait(TimeDelta::hours(30));
        office.ai_is_there(false);
        office.desk.run_due(10).await.unwrap();
        let next = office.desk.customer_message(here(), CLEO, key("m2"), "Anybody?").await.unwrap().next;
        assert_eq!(next, Next::WaitForPerson { ticket: taken.ticket });
        office.audit().await;
    });
}

#[test]
fn a_customer_withdraws_until_a_person_answers() {
    block_on(async {
        let office = Office::new(0).await;
        office.escalate(here()).await;
        office.desk.hand_back(here(), Actor::from(CLEO), key("w")).await.unwrap();
        assert_eq!(office.status().await, TicketStatus::Cancelled);
        assert_eq!(office.desk.control(here()).await.unwrap().control, Control::Ai);
        office.desk.escalate(here(), Actor::from(CLEO), key("e2"), asked()).await.unwrap();
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        let outcome = office.desk.hand_back(here(), Actor::from(CLEO), key("w2")).await;
        assert_eq!(refusal(outcome), Refusal::HeldBy { teammate: ANA });
        assert_eq!(office.status().await, TicketStatus::OnYou);
        office.audit().await;
    });
}

/// C9, C10 and the answers a host routes by.
#[test]
fn next_says_who_is_to_answer() {
    block_on(async {
        let office = Office::new(0).await;
        let write = async |n: usize| {
            office.desk.customer_message(here(), CLEO, key(format!("n{n}")), "Hello?").await.unwrap().next
        };
        assert_eq!(write(1).await, Next::AiTurn);
        office.ai_is_there(false);
        assert_eq!(write(2).await, Next::Nobody);
        office.ai_is_there(true);
        let ticket = office.escalate(here()).await.ticket;
        assert_eq!(write(3).await, Next::WaitForPerson { ticket });
        assert_eq!(refusal(office.desk.begin_turn(here()).await), Refusal::WaitingForPerson { ticket });
        office.desk.reply(here(), ANA, key("r"), "Ana here.").await.unwrap();
        assert_eq!(office.status().await, TicketStatus::OnCustomer);
        assert_eq!(write(4).await, Next::Teammate { ticket, teammate: ANA });
        assert_eq!(office.status().await, TicketStatus::OnYou);
        office.desk.hold(here(), Actor::from(ANA)).await.unwrap();
        assert_eq!(office.status().await, TicketStatus::OnHold);
        assert_eq!(write(5).await, Next::Teammate { ticket, teammate: ANA });
        assert_eq!(office.status().await, TicketStatus::OnYou);
        assert_eq!(seen(&office.desk, here()).await.epoch.0, 2);
        office.audit().await;
    });
}
