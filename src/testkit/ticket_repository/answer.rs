//! Answers under their keys: the first one, for ever (E2).

use futures::future::join_all;

use crate::id::Place;
use crate::key::{Fingerprint, Key};
use crate::ports::{
    Answer, Answered, Ask, Escalation, HandBack, Reply, Revision, Routing, Snapshot, TakeOver,
    TicketRepository,
};
use crate::testkit::fixtures::ticket::{Change, closed, escalation, look, mate, opened};
use crate::testkit::fixtures::{abroad, conflict, id, key, ok, place};

async fn answered(store: &dyn TicketRepository, place: Place, key: Key) -> Option<Answered> {
    ok(store.load(place, Ask::about(Some(key))).await, "`load` finds what was answered").answered
}

fn answers() -> Vec<Answered> {
    let opened_by = key("with \"quotes\" and ção");
    let answers = [
        Answer::Escalation(Escalation {
            ticket: id(1),
            opened_by: opened_by.clone(),
            reopened_by: None,
            routing: Routing::Queued { position: 7 },
            joined: None,
        }),
        Answer::Escalation(Escalation {
            ticket: id(1),
            opened_by,
            reopened_by: Some(key("again")),
            routing: Routing::Assigned { teammate: mate(2) },
            joined: Some(id(4)),
        }),
        Answer::TakeOver(TakeOver { ticket: id(1), teammate: mate(2) }),
        Answer::HandBack(HandBack { ticket: id(1) }),
        Answer::Reply(Reply { ticket: id(1), message: id(3) }),
    ];
    let numbered = answers.into_iter().enumerate();
    let row = |(n, answer): (usize, Answer)| Answered {
        key: key(format!("key-{n}")),
        fingerprint: Fingerprint::of(&[&n.to_be_bytes()]),
        answer,
    };
    numbered.map(row).collect()
}

/// Every kind of answer is kept with its fingerprint, and found by its key from then on.
pub async fn answers_are_kept_under_their_keys(store: &dyn TicketRepository) {
    for row in answers() {
        let committed =
            Change::on(place(1), &look(store, place(1)).await).answering(row.clone()).kept(store).await;
        assert_eq!(committed.answer, Some(row.answer), "`commit` returns the answer as kept");
    }
    for row in answers() {
        let found = answered(store, place(1), row.key.clone()).await;
        assert_eq!(found, Some(row), "`load`: what was answered under the key that was asked for");
    }
}

/// An answer stays for ever, after its ticket was closed and another opened.
pub async fn an_answer_stays(store: &dyn TicketRepository) {
    Change::opening(place(1), &look(store, place(1)).await, 1).answering(escalation(1)).kept(store).await;
    closed(store, place(1)).await;
    opened(store, place(1), 2).await;
    let found = answered(store, place(1), key("ask-1")).await;
    assert_eq!(found, Some(escalation(1)), "the same key gives the first answer for ever (E2)");
}

/// `load` without a key, or with one nothing was answered under, finds no answer.
pub async fn no_key_no_answer(store: &dyn TicketRepository) {
    Change::on(place(1), &look(store, place(1)).await).answering(escalation(1)).kept(store).await;
    assert_eq!(look(store, place(1)).await.answered, None, "`load` without a key finds no answer");
    assert_eq!(answered(store, place(1), key("ask-10")).await, None, "nothing was answered under that key");
    assert_eq!(answered(store, place(1), key("ASK-1")).await, None, "keys are told apart byte by byte");
}

/// A key belongs to its conversation.
pub async fn keys_belong_to_a_conversation(store: &dyn TicketRepository) {
    Change::on(place(1), &look(store, place(1)).await).answering(escalation(1)).kept(store).await;
    assert_eq!(answered(store, place(2), key("ask-1")).await, None, "keys are scoped to a conversation");
    let mut other = escalation(1);
    other.answer = Answer::HandBack(HandBack { ticket: id(9) });
    Change::on(place(2), &look(store, place(2)).await).answering(other.clone()).kept(store).await;
    assert_eq!(
        answered(store, place(2), key("ask-1")).await,
        Some(other),
        "another conversation may use the same key"
    );
    assert_eq!(
        answered(store, place(1), key("ask-1")).await,
        Some(escalation(1)),
        "and changes nothing here"
    );
}

/// The same key again is a conflict, whatever the answer, and the first answer stays.
pub async fn a_key_is_answered_once(store: &dyn TicketRepository) {
    Change::on(place(1), &look(store, place(1)).await).answering(escalation(1)).kept(store).await;
    let mut other = escalation(1);
    other.answer = Answer::HandBack(HandBack { ticket: id(9) });
    for again in [escalation(1), other] {
        let change = Change::on(place(1), &look(store, place(1)).await).answering(again);
        conflict(change.commit(store).await, "a key that is there already is a conflict (E2)");
    }
    assert_eq!(
        answered(store, place(1), key("ask-1")).await,
        Some(escalation(1)),
        "the first answer stays (E2)"
    );
}

/// `remember` keeps an answer without moving the revision.
pub async fn remember_moves_no_revision(store: &dyn TicketRepository) {
    ok(
        store.remember(place(1), escalation(1)).await,
        "`remember` keeps an answer, also where nothing else is",
    );
    let found =
        ok(store.load(place(1), Ask::about(Some(key("ask-1")))).await, "`load` finds what was answered");
    let expected = Snapshot { answered: Some(escalation(1)), ..Snapshot::default() };
    assert_eq!(found, expected, "`remember` keeps the answer and changes nothing else");

    let before = opened(store, place(1), 2).await.revision;
    let stale = look(store, place(1)).await;
    ok(store.remember(place(1), escalation(3)).await, "`remember` checks no revision");
    assert_eq!(look(store, place(1)).await, stale, "`remember` moves no revision");
    let committed = Change::on(place(1), &stale).kept(store).await;
    assert_eq!(committed.revision, Revision(before.0 + 1), "`remember` stands in no commit's way");
}

/// `remember` under a key that is there is a conflict, whoever kept it; the first answer stays.
pub async fn remember_keeps_the_first_answer(store: &dyn TicketRepository) {
    Change::on(place(1), &look(store, place(1)).await).answering(escalation(1)).kept(store).await;
    ok(store.remember(place(1), escalation(2)).await, "`remember` keeps an answer");
    let mut other = escalation(1);
    other.answer = Answer::HandBack(HandBack { ticket: id(9) });
    conflict(store.remember(place(1), other).await, "`remember`: a key a commit answered is a conflict (E2)");
    conflict(
        store.remember(place(1), escalation(2)).await,
        "`remember`: a key that is there is a conflict (E2)",
    );
    let change = Change::on(place(1), &look(store, place(1)).await).answering(escalation(2));
    conflict(change.commit(store).await, "`commit`: a key that was remembered is a conflict (E2)");
    assert_eq!(
        answered(store, place(1), key("ask-1")).await,
        Some(escalation(1)),
        "the first answer stays (E2)"
    );
    assert_eq!(
        answered(store, place(1), key("ask-2")).await,
        Some(escalation(2)),
        "the first answer stays (E2)"
    );
}

/// Of callers at the same time who remember one key, exactly one does.
pub async fn remember_is_done_once(store: &dyn TicketRepository) {
    let outcomes = join_all((1..=5).map(|_| store.remember(place(1), escalation(1)))).await;
    let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(kept, 1, "a key is answered once, also at the same time (E2)");
    assert!(
        outcomes.iter().flat_map(|o| o.as_ref().err()).all(|e| e.is_conflict()),
        "the others learn of a conflict"
    );
}

/// `remember` sees one conversation of one workspace.
pub async fn remember_sees_one_conversation(store: &dyn TicketRepository) {
    ok(store.remember(place(1), escalation(1)).await, "`remember` keeps an answer");
    assert_eq!(answered(store, place(2), key("ask-1")).await, None, "keys are scoped to a conversation");
    assert_eq!(
        answered(store, abroad(place(1)), key("ask-1")).await,
        None,
        "an answer stays in its workspace (N3)"
    );
    ok(
        store.remember(abroad(place(1)), escalation(1)).await,
        "the same key is free in another workspace (N3)",
    );
}
