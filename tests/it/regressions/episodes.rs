//! Episodes, from their beginning to their end.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use escalate::ports::*;
use escalate::testkit::ManualClock;
use escalate::*;
use futures::executor::block_on;

use super::hook::Hook;
use super::{NOON, ana, ben, cleo, hire, k, open, place, sys, w};

/// E5.
#[test]
fn a_reply_under_the_key_of_a_message_leaves_the_conversation_usable() {
    block_on(async {
        let (t, r) = (MemoryStore::new(), MemoryStore::new());
        hire(&r, ana()).await;
        let clock = ManualClock::at(NOON);
        let desk = Desk::builder(t, r.clone(), r.clone()).clock(clock.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        desk.take_over(p, ana(), k("t1")).await.unwrap();
        // the host answers the webhook "m1" under the webhook's own id
        desk.reply(p, ana(), k("m1"), "I look into it.").await.unwrap();
        for _ in 0..20 {
            clock.advance(TimeDelta::minutes(10));
            let _ = desk.run_due(64).await;
        }
        assert!(desk.hand_back(p, Actor::from(ana()), k("h1")).await.is_ok(), "bricked for ever");
    })
}

/// A4.
#[test]
fn a_reopening_by_escalation_goes_by_what_is_asked_now() {
    block_on(async {
        let s = MemoryStore::new();
        let team = TeamId::from_u128(77);
        s.put_teammate(Teammate::new(w(), ana(), "Ana")).await.unwrap(); // not in the team
        let desk = Desk::on(s.clone()).build();
        open(&desk, place(1)).await;
        desk.escalate(
            place(1),
            Actor::System,
            k("e1"),
            sys(ReasonCode::Other).to_team(team).needing(["law"]),
        )
        .await
        .unwrap();
        desk.close(place(1), Actor::System, k("c1"), AfterClose::StayOff).await.unwrap();
        let e = desk
            .escalate(
                place(1),
                Actor::from(cleo()),
                k("e2"),
                sys(ReasonCode::CustomerRequest).with_priority(Priority::Urgent),
            )
            .await
            .unwrap();
        let t = desk.ticket(w(), e.ticket).await.unwrap();
        assert!(
            t.team.is_none() || t.assigned_to().is_none(),
            "assigned to somebody outside the ticket's team"
        );
    })
}

/// E2.
#[test]
fn a_close_retried_does_not_close_again() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        let desk = Desk::on(s.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        desk.take_over(p, ana(), k("t")).await.unwrap();
        desk.close(p, Actor::from(ana()), k("c1"), AfterClose::StayOff).await.unwrap();
        desk.customer_message(p, cleo(), k("m2"), "It still does not work!").await.unwrap(); // reopens
        desk.close(p, Actor::from(ana()), k("c1"), AfterClose::StayOff).await.unwrap();
        assert!(
            matches!(desk.control(p).await.unwrap().control, Control::Human { .. }),
            "closed over the customer's message"
        );
    })
}

#[test]
fn a_grace_period_without_end_is_no_fault() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        let desk = Desk::on(s.clone()).grace(TimeDelta::MAX).build();
        open(&desk, place(1)).await;
        desk.take_over(place(1), ana(), k("t")).await.unwrap();
        desk.close(place(1), Actor::System, k("c1"), AfterClose::StayOff).await.unwrap();
    })
}

/// H1.
#[test]
fn notes_do_not_push_the_stretch_out_of_the_context() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        let desk = Desk::on(s.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        desk.take_over(p, ana(), k("t")).await.unwrap();
        desk.reply(p, ana(), k("r"), "Refunded.").await.unwrap();
        desk.hand_back(p, Actor::from(ana()), k("h")).await.unwrap();
        for i in 0..200 {
            desk.note(p, Actor::System, k(&format!("n{i}")), "crm sync").await.unwrap();
        }
        let turn = desk.begin_turn(p).await.unwrap();
        assert!(!turn.context().is_empty(), "the model sees nothing of the human stretch (H1)");
    })
}

/// N1.
#[test]
fn a_ticket_is_not_reopened_with_somebody_who_is_gone() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        hire(&s, ben()).await;
        let desk = Desk::on(s.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        desk.take_over(p, ana(), k("t")).await.unwrap();
        desk.close(p, Actor::from(ana()), k("c1"), AfterClose::StayOff).await.unwrap();
        s.remove_teammate(w(), ana()).await.unwrap();
        let r = desk.customer_message(p, cleo(), k("m2"), "It still does not work!").await.unwrap();
        assert!(!matches!(r.next, Next::Teammate { teammate, .. } if teammate == ana()));
    })
}

/// H1.
#[test]
fn an_answer_is_awaited_after_a_withdrawal() {
    block_on(async {
        let s = MemoryStore::new();
        let desk = Desk::on(s.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        desk.escalate(p, Actor::from(cleo()), k("e"), sys(ReasonCode::CustomerRequest)).await.unwrap();
        desk.hand_back(p, Actor::from(cleo()), k("h")).await.unwrap();
        assert!(desk.begin_turn(p).await.unwrap().is_awaited(), "nobody ever answered the customer");
    })
}

/// H3.
#[test]
fn a_takeover_after_the_grace_period_ends_the_first_episode() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        let clock = ManualClock::at(NOON);
        let desk = Desk::on(s.clone()).clock(clock.clone()).build();
        let p = place(1);
        open(&desk, p).await;
        let t1 = desk.take_over(p, ana(), k("t1")).await.unwrap().ticket;
        desk.close(p, Actor::from(ana()), k("c1"), AfterClose::StayOff).await.unwrap();
        clock.advance(TimeDelta::hours(25));
        desk.take_over(p, ana(), k("t2")).await.unwrap();
        desk.hand_back(p, Actor::from(ana()), k("h")).await.unwrap();
        for _ in 0..3 {
            desk.run_due(64).await.unwrap();
        }
        let all = desk.transcript(p, Window::Before(None), 100).await.unwrap().messages;
        let t = desk.ticket(w(), t1).await.unwrap();
        assert!(t.ai_replies && t.clocks.handed_back.is_some(), "the end state of every path");
        assert!(all.iter().any(|m| m.mark == Some(Mark::EpisodeEnded { ticket: t1 })));
    })
}

/// E8.
#[test]
fn a_message_answered_meanwhile_moves_nothing() {
    block_on(async {
        let s = MemoryStore::new();
        hire(&s, ana()).await;
        let flag = Arc::new(Mutex::new(false));
        let desk = Desk::builder(
            Hook { inner: s.clone(), refuse: None, reply_after: flag.clone() },
            s.clone(),
            s.clone(),
        )
        .build();
        let p = place(1);
        open(&desk, p).await;
        let t = desk.take_over(p, ana(), k("t")).await.unwrap().ticket;
        desk.reply(p, ana(), k("r"), "Please send the number.").await.unwrap();
        *flag.lock().unwrap() = true;
        desk.customer_message(p, cleo(), k("m2"), "1234").await.unwrap();
        let last = desk.transcript(p, Window::Before(None), 1).await.unwrap().messages.remove(0).author;
        let st = desk.ticket(w(), t).await.unwrap().status;
        assert!(st == TicketStatus::OnCustomer, "{st:?} though {last:?} wrote last");
    })
}

/// E2: a turn that has escalated says nothing more, and still finds what it said before.
#[test]
fn a_reply_repeated_after_the_escalation_gets_its_first_answer() {
    block_on(async {
        let desk = Desk::on(MemoryStore::new()).build();
        let p = place(1);
        open(&desk, p).await;
        let turn = desk.begin_turn(p).await.unwrap();
        let first = turn.reply(k("a"), "One moment.").await.unwrap().done().unwrap();
        let _ = turn.escalate(k("e"), sys(ReasonCode::Other)).await.unwrap();
        let again = turn.reply(k("a"), "One moment.").await.unwrap().done().unwrap();
        assert_eq!((again.sequence, again.repeated), (first.sequence, true));
        desk.hand_back(p, Actor::System, k("h")).await.unwrap();
        let fresh = desk.begin_turn(p).await.unwrap();
        let _ = fresh.escalate(k("e"), sys(ReasonCode::Other)).await.unwrap();
        assert!(fresh.reply(k("b"), "Sorry to hear that.").await.unwrap().done().is_none(), "C4");
    })
}
