//! The customer asks in plain words, or says what a rule of the host's picks out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use escalate::rules::{OnPromise, Triggers};
use escalate::{Actor, Control, MemoryStore, Next, Reason, ReasonCode, Rules};
use futures::executor::block_on;
use futures::future::join;

use super::shop::{ASKS, Floor, here, on_both};
use crate::flow::world::{ANA, CLEO, Shop, key, seen};

on_both!(
    who_asks_gets_a_person,
    nobody_is_asked_for_where_it_is_off,
    a_crash_in_between_is_finished_by_the_retry,
    two_machines_open_one_ticket,
    who_withdraws_is_not_escalated_again_by_a_late_delivery,
);

async fn who_asks_gets_a_person(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().when_asked()).await;
    assert_eq!(floor.writes("1", "My parcel is late.").await.next, Next::AiTurn);
    let received = floor.writes("2", ASKS).await;
    let [ticket] = floor.tickets().await.try_into().unwrap();
    assert_eq!(received.next, Next::WaitForPerson { ticket: ticket.id });
    assert_eq!(ticket.reason.code, ReasonCode::CustomerRequest);
    assert_eq!(seen(&floor.desk, here()).await.events[0].actor, Actor::from(CLEO));
    let again = floor.writes("2", ASKS).await;
    assert_eq!((again.message, again.next, again.repeated), (received.message, received.next, true));
    // While a person is awaited, and while one answers, there is nothing to ask for.
    assert_eq!(floor.writes("3", ASKS).await.next, Next::WaitForPerson { ticket: ticket.id });
    floor.desk.take_over(here(), ANA, key("t")).await.unwrap();
    assert_eq!(floor.writes("4", ASKS).await.next, Next::Teammate { ticket: ticket.id, teammate: ANA });
    assert_eq!(floor.tickets().await.len(), 1);
    assert_eq!(floor.told().await.len(), 1, "C4");
    floor.audit().await;
}

async fn nobody_is_asked_for_where_it_is_off(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    assert_eq!(floor.writes("1", ASKS).await.next, Next::AiTurn);
    assert!(floor.tickets().await.is_empty());
}

async fn a_crash_in_between_is_finished_by_the_retry(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().when_asked()).await;
    // A machine that stores and routes the message, and dies before it escalates.
    let first = floor.other(Triggers::none()).customer_message(here(), CLEO, key("1"), ASKS).await.unwrap();
    assert_eq!(first.next, Next::AiTurn);
    let retried = floor.writes("1", ASKS).await;
    assert_eq!((retried.message, retried.repeated), (first.message, true));
    assert!(matches!(retried.next, Next::WaitForPerson { .. }));
    assert_eq!(floor.tickets().await.len(), 1);
    floor.audit().await;
}

async fn two_machines_open_one_ticket(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().when_asked()).await;
    let other = floor.other(Triggers::none().when_asked());
    let (one, two) =
        join(floor.writes("1", ASKS), other.customer_message(here(), CLEO, key("1"), ASKS)).await;
    assert_eq!(one.next, two.unwrap().next);
    assert_eq!(floor.tickets().await.len(), 1);
    floor.audit().await;
}

async fn who_withdraws_is_not_escalated_again_by_a_late_delivery(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().when_asked()).await;
    floor.writes("1", ASKS).await;
    floor.desk.hand_back(here(), Actor::from(CLEO), key("never mind")).await.unwrap();
    assert_eq!(floor.writes("1", ASKS).await.next, Next::AiTurn);
    assert_eq!(floor.desk.control(here()).await.unwrap().control, Control::Ai);
    assert!(matches!(floor.writes("2", ASKS).await.next, Next::WaitForPerson { .. }), "asked anew");
    floor.audit().await;
}

#[test]
fn a_rule_of_the_host_picks_messages_and_gives_the_reason() {
    block_on(async {
        let rule = |message: &escalate::Message| {
            assert!(message.sequence.0 > 0 && message.is_from_customer(), "as stored");
            assert!(!message.body.contains("boom"), "a rule that panics");
            message.body.contains("lawyer").then(|| Reason::new(ReasonCode::Sensitive, "a lawyer"))
        };
        let floor = Floor::with(MemoryStore::new(), Rules::default(), |desk| desk.trigger(rule)).await;
        assert_eq!(floor.writes("1", "Hello.").await.next, Next::AiTurn);
        assert_eq!(floor.writes("2", "Goes boom.").await.next, Next::AiTurn);
        assert!(matches!(floor.writes("3", "My lawyer will write.").await.next, Next::WaitForPerson { .. }));
        assert_eq!(floor.reasons().await, [ReasonCode::Sensitive]);
        assert_eq!(seen(&floor.desk, here()).await.events[0].actor, Actor::System);
        floor.audit().await;

        let mut off = Triggers::default();
        off.host_rule = false;
        let rules = Rules::default().triggered_by(off);
        let floor = Floor::with(MemoryStore::new(), rules, |desk| desk.trigger(rule)).await;
        assert_eq!(floor.writes("3", "My lawyer will write.").await.next, Next::AiTurn);
    });
}

/// The key tells what was done; that the reason differs the second time is no error of the customer's message.
#[test]
fn a_rule_that_changes_its_mind_does_not_fail_a_retry() {
    block_on(async {
        let changed = Arc::new(AtomicBool::new(false));
        let mind = Arc::clone(&changed);
        let rule = move |_: &escalate::Message| {
            let code = if mind.load(Ordering::SeqCst) { ReasonCode::Sensitive } else { ReasonCode::HostRule };
            Some(code.into())
        };
        let rules = Rules::default().triggered_by(Triggers::default().on_promise(OnPromise::Ignore));
        let floor = Floor::with(MemoryStore::new(), rules, |desk| desk.trigger(rule)).await;
        floor.writes("1", "Hello.").await;
        floor.desk.hand_back(here(), Actor::from(CLEO), key("h")).await.unwrap();
        changed.store(true, Ordering::SeqCst);
        assert_eq!(floor.writes("1", "Hello.").await.next, Next::AiTurn);
        assert_eq!(floor.reasons().await, [ReasonCode::HostRule]);
    });
}
