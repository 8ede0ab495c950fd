//! Answers that failed, and an AI runtime that did (E7).

use escalate::rules::{InvalidRules, Triggers};
use escalate::{Actor, Failed, Fenced, MemoryStore, ReasonCode, Visibility};
use futures::executor::block_on;

use super::shop::{Floor, here, on_both, with_a_ticket_elsewhere};
use crate::flow::world::{ANA, CLEO, Shop, key, seen};

const SORRY: &str = "Sorry, I do not know that.";

on_both!(
    failed_answers_in_a_row_ask_for_a_person,
    an_answer_in_between_begins_the_count_anew,
    a_failed_runtime_asks_for_a_person,
    a_failed_answer_that_is_repeated_counts_once,
);

impl<S: Shop> Floor<S> {
    /// One turn that cannot answer.
    async fn fails(&self, n: u32) -> Failed {
        self.writes(&format!("m{n}"), "And this?").await;
        let turn = self.desk.begin_turn(here()).await.unwrap();
        turn.could_not_answer(key(format!("a{n}")), SORRY).await.unwrap().done().unwrap()
    }
}

fn in_a_row(failed: &Failed) -> Option<u32> {
    match failed {
        Failed::Told { in_a_row, .. } => Some(*in_a_row),
        _ => None,
    }
}

async fn failed_answers_in_a_row_ask_for_a_person(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().after_failed_answers(3).unwrap()).await;
    assert_eq!(in_a_row(&floor.fails(1).await), Some(1));
    assert_eq!(in_a_row(&floor.fails(2).await), Some(2));
    floor.writes("m3", "And this?").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    let facts = turn.context().iter().filter(|entry| entry.visibility == Visibility::Fact).count();
    assert_eq!(facts, 2, "the model knows what it could not answer");
    let Failed::Escalated(first) = turn.could_not_answer(key("a3"), SORRY).await.unwrap().done().unwrap()
    else {
        panic!("the third")
    };
    assert_eq!(floor.reasons().await, [ReasonCode::OutOfScope]);
    assert_eq!(floor.told().await.len(), 3, "two apologies, and the one message of the escalation (C4)");
    // Again, also with the customer's next message in between.
    floor.writes("m4", "Hello?").await;
    let again = floor.desk.resume_turn(turn.permit()).could_not_answer(key("a3"), SORRY).await.unwrap();
    assert_eq!(again.done(), Some(Failed::Escalated(first)));
    // After the episode, the count begins anew.
    floor.desk.take_over(here(), ANA, key("t")).await.unwrap();
    floor.desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap();
    assert_eq!(in_a_row(&floor.fails(5).await), Some(1));
    assert_eq!(floor.tickets().await.len(), 1);
    floor.audit().await;
}

async fn an_answer_in_between_begins_the_count_anew(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().after_failed_answers(2).unwrap()).await;
    assert_eq!(in_a_row(&floor.fails(1).await), Some(1));
    floor.writes("m", "And that?").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    turn.reply(key("a"), "It is blue.").await.unwrap().done().unwrap();
    assert_eq!(in_a_row(&floor.fails(2).await), Some(1));
    assert_eq!(in_a_row(&floor.fails(3).await), None);
    floor.audit().await;
}

async fn a_failed_answer_that_is_repeated_counts_once(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().after_failed_answers(2).unwrap()).await;
    floor.writes("m", "And that?").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    for _ in 0..5 {
        let failed = turn.could_not_answer(key("a"), SORRY).await.unwrap().done().unwrap();
        assert_eq!(in_a_row(&failed), Some(1));
    }
    assert_eq!(floor.told().await.len(), 1);
    assert!(floor.tickets().await.is_empty());
    // In a new turn, too: what it says is not counted with itself.
    let other = floor.desk.begin_turn(here()).await.unwrap();
    let failed = other.could_not_answer(key("a"), SORRY).await.unwrap().done().unwrap();
    assert_eq!((in_a_row(&failed), floor.told().await.len()), (Some(1), 1));
    assert!(floor.tickets().await.is_empty());
    // A turn that was overtaken says nothing, and counts for nothing.
    let late = floor.desk.begin_turn(here()).await.unwrap();
    floor.writes("m2", "Oh, I see.").await;
    assert!(matches!(late.could_not_answer(key("b"), SORRY).await.unwrap(), Fenced::Superseded(_)));
    assert!(floor.tickets().await.is_empty());
}

async fn a_failed_runtime_asks_for_a_person(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("m", "And that?").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    let first = turn.failed(key("f")).await.unwrap().done().unwrap().expect("escalated");
    assert_eq!(turn.failed(key("f")).await.unwrap().done().unwrap().as_ref(), Some(&first));
    // The host's watchdog finds the same turn hanging, without its permit.
    let joined = floor.desk.ai_failed(here(), key("watchdog")).await.unwrap().expect("joined");
    assert_eq!(joined.ticket, first.ticket);
    assert_eq!(floor.reasons().await, [ReasonCode::AiFailure]);
    assert_eq!(floor.told().await.len(), 1);
    assert_eq!(seen(&floor.desk, here()).await.events[0].actor, Actor::AiAgent);
    floor.audit().await;

    let off = floor.other(Triggers::none());
    floor.desk.hand_back(here(), Actor::from(CLEO), key("h")).await.unwrap();
    let turn = off.begin_turn(here()).await.unwrap();
    assert_eq!(turn.failed(key("f2")).await.unwrap().done(), Some(None));
    assert_eq!(off.ai_failed(here(), key("w2")).await.unwrap(), None);
    assert_eq!(floor.desk.control(here()).await.unwrap().control, escalate::Control::Ai);
}

#[test]
fn with_no_limit_no_number_of_failed_answers_escalates() {
    block_on(async {
        let floor = Floor::new(MemoryStore::new(), Triggers::none()).await;
        for n in 1..=25 {
            assert_eq!(in_a_row(&floor.fails(n).await), Some(n));
        }
        assert!(floor.tickets().await.is_empty());
    });
}

#[test]
fn a_count_that_cannot_be_counted_is_refused() {
    let refused = Triggers::none().after_failed_answers(21).unwrap_err();
    assert_eq!(refused, InvalidRules::FailedAnswers { count: 21 });
    let read: Result<escalate::Rules, _> = serde_json::from_str(r#"{"triggers": {"failed_answers": 21}}"#);
    assert!(read.unwrap_err().to_string().contains("give at most 20, or 0 for never"));
    let kept: escalate::Rules = serde_json::from_str(r#"{"triggers": {"promise": "refuse"}}"#).unwrap();
    assert_eq!(kept.triggers, Triggers::default().on_promise(escalate::rules::OnPromise::Refuse));
}

/// Nobody else answers here: a ticket in another conversation is not enough (N5).
#[test]
fn a_failed_runtime_asks_for_a_person_beyond_the_customers_bound() {
    block_on(async {
        let floor = with_a_ticket_elsewhere().await;
        let turn = floor.desk.begin_turn(here()).await.unwrap();
        let escalation = turn.failed(key("f")).await.unwrap().done().unwrap().expect("escalated");
        assert_eq!(escalation.joined, None);
        assert_eq!((floor.tickets().await.len(), floor.told().await.len()), (2, 1));
    });
}
