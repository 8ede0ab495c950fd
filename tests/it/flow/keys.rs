//! Keys: a retry gets the first answer, and the same key for something else is an error (E2).

use escalate::{Actor, AfterClose, Error, Escalate, Fenced, Next, ReasonCode, Refusal, StoreError};
use futures::executor::block_on;

use super::office::{Office, asked, here, refusal};
use super::world::{ANA, BEN, CLEO, WORDS, key, seen, tickets};

fn is_reused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Store(StoreError::KeyReused { .. })))
}

#[test]
fn a_key_for_something_else_is_an_error() {
    block_on(async {
        let office = Office::new(0).await;
        let desk = &office.desk;
        assert!(is_reused(desk.customer_message(here(), CLEO, key("first"), "Other words.").await));
        desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        let other = Escalate::because(ReasonCode::Sensitive);
        assert!(is_reused(desk.escalate(here(), Actor::System, key("e"), other).await));
        assert!(is_reused(desk.escalate(here(), Actor::from(CLEO), key("e"), asked()).await));
        assert!(is_reused(desk.take_over(here(), ANA, key("e")).await));
        desk.take_over(here(), ANA, key("t")).await.unwrap();
        assert!(is_reused(desk.take_over(here(), BEN, key("t")).await));
        desk.reply(here(), ANA, key("r"), "One.").await.unwrap();
        assert!(is_reused(desk.reply(here(), ANA, key("r"), "Two.").await));
        assert!(is_reused(desk.hand_back(here(), Actor::from(ANA), key("r")).await));
        office.audit().await;
    });
}

#[test]
fn a_repeat_gets_the_first_answer_for_ever() {
    block_on(async {
        let office = Office::new(0).await;
        let desk = &office.desk;
        let first = desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap();
        let joined = desk.escalate(here(), Actor::from(CLEO), key("e2"), asked()).await.unwrap();
        assert_eq!(joined, first);
        let taken = desk.take_over(here(), BEN, key("t")).await.unwrap();
        let replied = desk.reply(here(), BEN, key("r"), "Done.").await.unwrap();
        let back = desk.hand_back(here(), Actor::from(BEN), key("h")).await.unwrap();
        // An episode later, all of it comes again.
        desk.take_over(here(), ANA, key("t2")).await.unwrap();
        let before = seen(desk, here()).await;
        assert_eq!(desk.escalate(here(), Actor::System, key("e"), asked()).await.unwrap(), first);
        assert_eq!(desk.escalate(here(), Actor::from(CLEO), key("e2"), asked()).await.unwrap(), first);
        assert_eq!(desk.take_over(here(), BEN, key("t")).await.unwrap(), taken);
        assert_eq!(desk.reply(here(), BEN, key("r"), "Done.").await.unwrap(), replied);
        assert_eq!(desk.hand_back(here(), Actor::from(BEN), key("h")).await.unwrap(), back);
        assert_eq!(
            desk.close(here(), Actor::from(BEN), key("h"), AfterClose::ResumeAi).await.unwrap(),
            back.ticket
        );
        let after = seen(desk, here()).await;
        assert_eq!(
            (before.epoch, before.events, before.messages.len()),
            (after.epoch, after.events, after.messages.len())
        );
        office.audit().await;
    });
}

/// A channel delivers a message twice: once it is answered, there is nothing to do.
#[test]
fn a_webhook_delivered_twice_calls_for_one_answer() {
    block_on(async {
        let office = Office::new(0).await;
        let again = || office.desk.customer_message(here(), CLEO, key("first"), WORDS);
        let unanswered = again().await.unwrap();
        assert_eq!(unanswered.next, Next::AiTurn, "nobody has answered yet");
        let turn = office.desk.begin_turn(here()).await.unwrap();
        let Fenced::Done(receipt) = turn.reply(key("ai"), "Let me see.").await.unwrap() else {
            panic!("in time")
        };
        let answered = again().await.unwrap();
        assert_eq!((answered.next, answered.message), (Next::Answered, unanswered.message));
        // The reply's own retry is no second reply.
        let Fenced::Done(repeat) = turn.reply(key("ai"), "Let me see.").await.unwrap() else {
            panic!("a repeat")
        };
        assert_eq!((repeat.message, repeat.repeated), (receipt.message, true));
        assert_eq!(seen(&office.desk, here()).await.messages.len(), 2);
    });
}

/// The AI agent's late turn, retried after a person took over, gets the receipt of what it wrote in time.
#[test]
fn a_reply_that_was_in_time_stays_so() {
    block_on(async {
        let office = Office::new(0).await;
        let turn = office.desk.begin_turn(here()).await.unwrap();
        assert!(matches!(turn.reply(key("ai"), "Hello.").await.unwrap(), Fenced::Done(_)));
        office.desk.take_over(here(), ANA, key("t")).await.unwrap();
        let Fenced::Done(repeat) = turn.reply(key("ai"), "Hello.").await.unwrap() else { panic!("a repeat") };
        assert!(repeat.repeated);
        assert!(matches!(turn.reply(key("ai-2"), "And …").await.unwrap(), Fenced::Superseded(_)));
        office.audit().await;
    });
}

#[test]
fn a_refusal_is_not_kept_under_the_key() {
    block_on(async {
        let office = Office::new(0).await;
        office.desk.take_over(here(), ANA, key("a")).await.unwrap();
        assert_eq!(
            refusal(office.desk.take_over(here(), BEN, key("b")).await),
            Refusal::HeldBy { teammate: ANA }
        );
        office.desk.hand_back(here(), Actor::from(ANA), key("h")).await.unwrap();
        office.desk.take_over(here(), BEN, key("b")).await.unwrap();
        assert_eq!(tickets(&office.store, here().workspace).await.len(), 2);
    });
}

#[test]
fn blank_and_over_long_texts_are_refused() {
    block_on(async {
        let office = Office::new(0).await;
        let long = "x".repeat(escalate::Desk::MAX_TEXT_BYTES + 1);
        let too_long = Refusal::TextTooLong { bytes: long.len(), limit: escalate::Desk::MAX_TEXT_BYTES };
        for (text, why) in [(" \n\t", Refusal::EmptyText), (long.as_str(), too_long)] {
            assert_eq!(refusal(office.desk.customer_message(here(), CLEO, key("m"), text).await), why);
            assert_eq!(refusal(office.desk.reply(here(), ANA, key("r"), text).await), why);
            assert_eq!(refusal(office.desk.note(here(), Actor::from(ANA), key("n"), text).await), why);
            let turn = office.desk.begin_turn(here()).await.unwrap();
            assert_eq!(refusal(turn.reply(key("ai"), text).await), why);
        }
        assert_eq!(seen(&office.desk, here()).await.messages.len(), 1);
    });
}
