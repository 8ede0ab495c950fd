//! A reply that promises a person (S5).

use escalate::rules::{OnPromise, Triggers};
use escalate::{
    Error, Escalate, Failed, Fenced, MemoryStore, Promised, ReasonCode, Refusal, StoreError, Visibility,
};
use futures::executor::block_on;
use futures::future::join;

use super::shop::{Floor, here, on_both, there, with_a_ticket_elsewhere};
use crate::flow::world::{ANA, Shop, key, seen};

const PROMISE: &str = "One moment, I'm transferring you to a colleague.";
const OFFER: &str = "Would you like me to transfer you to a colleague?";

on_both!(
    a_promise_is_kept_in_its_own_words,
    a_promise_after_the_escalation_comes_too_late,
    a_promise_that_was_overtaken_asks_for_nobody,
    a_promise_while_a_person_answers_comes_too_late,
    two_turns_promise_one_ticket,
    a_promise_under_a_key_that_was_used_asks_for_nobody,
);

async fn a_promise_is_kept_in_its_own_words(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("1", "My parcel is late.").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    let offered = turn.reply(key("a1"), OFFER).await.unwrap().done().unwrap();
    assert_eq!(offered.promised, None);
    let first = turn.reply(key("a2"), PROMISE).await.unwrap().done().unwrap();
    let Some(Promised::Kept(escalation)) = &first.promised else { panic!("kept") };
    let [ticket] = floor.tickets().await.try_into().unwrap();
    assert_eq!((ticket.id, ticket.reason.code), (escalation.ticket, ReasonCode::Promise));
    assert_eq!(floor.told().await, [OFFER, PROMISE], "one message (C4)");
    let entry = seen(&floor.desk, here()).await.messages.into_iter().find(|entry| entry.id == first.message);
    assert_eq!(entry.unwrap().sequence, first.sequence);
    // From the same handle or after a restart, before and after the customer goes on.
    for wrote in [false, true] {
        for turn in [turn.clone(), floor.desk.resume_turn(turn.permit())] {
            let again = turn.reply(key("a2"), PROMISE).await.unwrap().done().unwrap();
            assert_eq!((again.message, again.repeated), (first.message, true), "{wrote}");
            assert_eq!(again.promised, first.promised);
        }
        floor.writes("2", "Thanks.").await;
    }
    assert!(turn.reply(key("a3"), "And another thing.").await.unwrap().done().is_none(), "C4");
    assert!(turn.reply(key("a4"), "A colleague will call you.").await.unwrap().done().is_none(), "C4");
    assert_eq!(floor.tickets().await.len(), 1);
    floor.audit().await;
}

async fn a_promise_after_the_escalation_comes_too_late(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("1", "My parcel is late.").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    turn.escalate(key("e"), Escalate::because(ReasonCode::OutOfScope)).await.unwrap().done().unwrap();
    assert!(matches!(turn.reply(key("a"), PROMISE).await.unwrap(), Fenced::Superseded(_)));
    assert_eq!(floor.reasons().await, [ReasonCode::OutOfScope]);
    assert_eq!(floor.told().await.len(), 1);
    floor.audit().await;
}

async fn a_promise_that_was_overtaken_asks_for_nobody(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("1", "My parcel is late.").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    floor.writes("2", "Oh, there it is!").await;
    assert!(matches!(turn.reply(key("a"), PROMISE).await.unwrap(), Fenced::Superseded(_)));
    assert!(floor.tickets().await.is_empty());
}

async fn a_promise_while_a_person_answers_comes_too_late(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("1", "My parcel is late.").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    floor.desk.take_over(here(), ANA, key("t")).await.unwrap();
    assert!(matches!(turn.reply(key("a"), PROMISE).await.unwrap(), Fenced::Superseded(_)));
    assert!(floor.told().await.is_empty(), "C1");
    floor.audit().await;
}

async fn two_turns_promise_one_ticket(store: impl Shop) {
    let floor = Floor::new(store, Triggers::default()).await;
    floor.writes("1", "My parcel is late.").await;
    let one = floor.desk.begin_turn(here()).await.unwrap();
    let two = floor.desk.begin_turn(here()).await.unwrap();
    let (one, two) =
        join(one.reply(key("a"), PROMISE), two.reply(key("b"), "A colleague will call you.")).await;
    assert_eq!([one, two].into_iter().filter_map(|said| said.unwrap().done()).count(), 1);
    assert_eq!((floor.tickets().await.len(), floor.told().await.len()), (1, 1));
    floor.audit().await;
}

#[test]
fn rules_say_what_becomes_of_a_promise() {
    block_on(async {
        for what in [OnPromise::Ignore, OnPromise::Report, OnPromise::Refuse] {
            let floor = Floor::new(MemoryStore::new(), Triggers::default().on_promise(what)).await;
            floor.writes("1", "My parcel is late.").await;
            let turn = floor.desk.begin_turn(here()).await.unwrap();
            let said = turn.reply(key("a"), PROMISE).await;
            match what {
                OnPromise::Ignore => assert_eq!(said.unwrap().done().unwrap().promised, None),
                OnPromise::Report => {
                    let Some(Promised::Unkept(phrase)) = said.unwrap().done().unwrap().promised else {
                        panic!("found")
                    };
                    assert_eq!(&PROMISE[phrase.sentence], PROMISE);
                }
                _ => assert!(matches!(said, Err(Error::Refused(Refusal::EmptyPromise)))),
            }
            assert!(floor.tickets().await.is_empty());
            assert_eq!(floor.told().await.len(), usize::from(what != OnPromise::Refuse));
        }
    });
}

/// The customer has a ticket in another conversation: a person is coming there, and the promise is not empty (N5).
#[test]
fn a_ticket_elsewhere_keeps_the_promise() {
    block_on(async {
        let floor = with_a_ticket_elsewhere().await;
        let turn = floor.desk.begin_turn(here()).await.unwrap();
        let said = turn.reply(key("a"), PROMISE).await.unwrap().done().unwrap();
        let Some(Promised::Kept(escalation)) = said.promised else { panic!("kept") };
        assert_eq!(escalation.joined, Some(there().conversation));
        assert_eq!((floor.tickets().await.len(), floor.told().await), (1, vec![PROMISE.to_owned()]));
        let entry =
            seen(&floor.desk, here()).await.messages.into_iter().find(|entry| entry.id == said.message);
        assert_eq!(entry.unwrap().visibility, Visibility::Public);
    });
}

/// The words of a turn that could not answer are looked at as a reply's are.
#[test]
fn rules_say_what_becomes_of_a_promise_in_a_failed_answer() {
    block_on(async {
        for what in [OnPromise::Ignore, OnPromise::Report, OnPromise::Refuse] {
            let floor = Floor::new(MemoryStore::new(), Triggers::none().on_promise(what)).await;
            floor.writes("1", "My parcel is late.").await;
            let turn = floor.desk.begin_turn(here()).await.unwrap();
            let said = turn.could_not_answer(key("a"), PROMISE).await;
            match (what, said) {
                (OnPromise::Refuse, said) => {
                    assert!(matches!(said, Err(Error::Refused(Refusal::EmptyPromise))));
                }
                (_, said) => {
                    let Some(Failed::Told { promised, .. }) = said.unwrap().done() else { panic!("told") };
                    assert_eq!(promised.is_some(), what == OnPromise::Report);
                }
            }
            assert!(floor.tickets().await.is_empty());
            assert_eq!(floor.told().await.len(), usize::from(what != OnPromise::Refuse));
        }
    });
}

/// The same key with other content fails, and nobody is asked because of it (E2).
async fn a_promise_under_a_key_that_was_used_asks_for_nobody(store: impl Shop) {
    let floor = Floor::new(store, Triggers::none().on_promise(OnPromise::Keep)).await;
    floor.writes("1", "My parcel is late.").await;
    let turn = floor.desk.begin_turn(here()).await.unwrap();
    turn.reply(key("a"), OFFER).await.unwrap().done().unwrap();
    let later = floor.desk.begin_turn(here()).await.unwrap();
    for turn in [turn, later] {
        let reused = |error| matches!(error, Error::Store(StoreError::KeyReused { .. }));
        assert!(reused(turn.reply(key("a"), PROMISE).await.unwrap_err()));
        assert!(reused(turn.could_not_answer(key("a"), PROMISE).await.unwrap_err()));
        assert!(floor.tickets().await.is_empty());
    }
    assert_eq!(floor.told().await, [OFFER]);
}
