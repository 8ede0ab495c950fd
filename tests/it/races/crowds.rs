//! Many at once.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use escalate::ports::{Routing, Window};
use escalate::{
    Actor, Author, Desk, Error, Escalate, Fenced, MemoryStore, Place, ReasonCode, Refusal, Teammate,
    TeammateId,
};
use uuid::Uuid;

use super::{at_once, two_handles, wait};
use crate::flow::world::{
    ACME, ANA, CLEO, Shop, WORDS, audit, conversation, key, place, seen, staff, tickets, unlimited,
    within_cap,
};

type Task<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

fn asked() -> Escalate {
    Escalate::because(ReasonCode::CustomerRequest)
}

async fn begin(desk: &Desk, place: Place) {
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
}

/// E1, E2: one ticket, one answer, for ever.
fn escalations<S: Shop>(shops: &[S; 2], same_key: bool, place: Place, crowd: usize) {
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    wait(staff(&shops[0], place.workspace, 0));
    wait(begin(&desks[0], place));
    let named = |n: usize| if same_key { key("escalate") } else { key(format!("escalate-{n}")) };
    let escalate = |n: usize| wait(desks[n % 2].escalate(place, Actor::System, named(n), asked())).unwrap();
    let first = at_once((0..crowd).map(|n| -> Task<'_, _> { Box::new(move || escalate(n)) }).collect());
    assert!(first.iter().all(|answer| *answer == first[0]), "{first:?}");
    assert_eq!(wait(tickets(&shops[1], place.workspace)).len(), 1);
    wait(desks[0].hand_back(place, Actor::System, key("back"))).unwrap();
    let later: Vec<_> = (0..crowd).map(escalate).collect();
    assert_eq!(later, first, "a key forgot its answer (E2)");
    assert_eq!(wait(tickets(&shops[1], place.workspace)).len(), 1);
    wait(audit(&desks[1], &shops[1], place.workspace, &[place]));
}

#[test]
fn concurrent_escalations_open_one_ticket_in_memory() {
    for round in 0..20 {
        let shop = MemoryStore::new();
        escalations(&[shop.clone(), shop], round % 2 == 0, place(ACME, 1), 32);
    }
}

#[test]
fn concurrent_escalations_open_one_ticket_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    let shops = two_handles(&directory);
    escalations(&shops, false, place(ACME, 1), 32);
    let other = escalate::WorkspaceId::new(Uuid::from_u128(2));
    escalations(&shops, true, place(other, 2), 32);
}

/// One winner, and every refusal names them.
fn takeovers<S: Shop>(shops: &[S; 2], place: Place) {
    const CROWD: u128 = 16;
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    let people: Vec<_> = (1..=CROWD).map(|n| TeammateId::new(Uuid::from_u128(n))).collect();
    for id in &people {
        wait(shops[0].hire(Teammate::new(place.workspace, *id, "T"))).unwrap();
    }
    wait(begin(&desks[0], place));
    let take = |n: usize| -> Task<'_, _> {
        let (desk, id) = (&desks[n % 2], people[n]);
        Box::new(move || wait(desk.take_over(place, id, key(format!("take-{n}")))))
    };
    let outcomes = at_once((0..people.len()).map(take).collect());
    let won: Vec<_> = outcomes.iter().flatten().collect();
    let [winner] = won.as_slice() else { panic!("{} winners", won.len()) };
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(refused.refusal(), Some(&Refusal::HeldBy { teammate: winner.teammate }), "{refused:?}");
    }
    wait(audit(&desks[0], &shops[0], place.workspace, &[place]));
}

#[test]
fn one_of_many_takeovers_wins_in_memory() {
    for _ in 0..20 {
        let shop = MemoryStore::new();
        takeovers(&[shop.clone(), shop], place(ACME, 1));
    }
}

#[test]
fn one_of_many_takeovers_wins_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    takeovers(&two_handles(&directory), place(ACME, 1));
}

/// C1: an AI agent that answers as fast as it can, against a takeover.
fn reply_loop<S: Shop>(shops: &[S; 2], desks: &[Desk; 2], place: Place) {
    wait(staff(&shops[0], place.workspace, 0));
    wait(begin(&desks[0], place));
    let taken = AtomicBool::new(false);
    let turn = wait(desks[0].begin_turn(place)).unwrap();
    let speak = || {
        // Bounded: the takeover is one call, and a few replies later it has been made.
        for n in 0..10_000 {
            let was_taken = taken.load(Ordering::SeqCst);
            match wait(turn.reply(key(format!("ai-{n}")), "One more thing.")).unwrap() {
                Fenced::Superseded(_) => return None,
                Fenced::Done(receipt) if was_taken => return Some(receipt),
                Fenced::Done(_) => {}
            }
        }
        None
    };
    let take = || {
        wait(desks[1].take_over(place, ANA, key("take"))).unwrap();
        let last = wait(desks[1].transcript(place, Window::Before(None), 0)).unwrap().conversation.last;
        taken.store(true, Ordering::SeqCst);
        Some(last)
    };
    let tasks: Vec<Task<'_, Result<_, _>>> = vec![Box::new(|| Err(speak())), Box::new(|| Ok(take()))];
    let outcomes = at_once(tasks);
    assert!(matches!(outcomes[0], Err(None)), "a reply was accepted after the takeover returned (C1)");
    let Ok(Some(last)) = outcomes[1] else { panic!("the takeover failed") };
    let later = wait(desks[0].transcript(place, Window::After(last), 1_000)).unwrap().messages;
    assert!(later.iter().all(|entry| entry.author != Author::AiAgent), "an AI entry after the takeover (C1)");
    wait(audit(&desks[0], &shops[0], place.workspace, &[place]));
}

#[test]
fn no_reply_gets_in_after_a_takeover_in_memory() {
    for _ in 0..30 {
        let shop = MemoryStore::new();
        let desks = [Desk::on(shop.clone()).build(), Desk::on(shop.clone()).build()];
        reply_loop(&[shop.clone(), shop], &desks, place(ACME, 1));
    }
}

/// Tickets and transcripts in two stores: here the desk's own second look stands in for the shared transaction.
#[test]
fn no_reply_gets_in_after_a_takeover_over_two_databases() {
    for _ in 0..30 {
        let (transcripts, shop) = (MemoryStore::new(), MemoryStore::new());
        let desk = || Desk::builder(transcripts.clone(), shop.clone(), shop.clone()).build();
        reply_loop(&[shop.clone(), shop.clone()], &[desk(), desk()], place(ACME, 1));
    }
}

#[test]
fn no_reply_gets_in_after_a_takeover_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    let shops = two_handles(&directory);
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    for n in 1..=5 {
        let workspace = escalate::WorkspaceId::new(Uuid::from_u128(n));
        reply_loop(&shops, &desks, place(workspace, n));
    }
}

/// A1 under contention: one teammate with room for one, and a crowd of escalations.
fn capacity<S: Shop>(shops: &[S; 2]) {
    const CROWD: u128 = 32;
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).rules(unlimited()).build());
    wait(shops[0].hire(Teammate::new(ACME, ANA, "Ana").with_capacity(1))).unwrap();
    let places: Vec<_> = (1..=CROWD).map(|n| place(ACME, n)).collect();
    for place in &places {
        wait(begin(&desks[0], *place));
    }
    let escalate = |(n, place): (usize, &Place)| -> Task<'_, _> {
        let (desk, place) = (&desks[n % 2], *place);
        Box::new(move || wait(desk.escalate(place, Actor::System, key("escalate"), asked())))
    };
    let answers = at_once(places.iter().enumerate().map(escalate).collect());
    let answers: Vec<_> = answers.into_iter().collect::<Result<Vec<_>, Error>>().unwrap();
    let assigned = answers.iter().filter(|answer| matches!(answer.routing, Routing::Assigned { .. })).count();
    assert_eq!(assigned, 1, "{answers:?}");
    let all = wait(tickets(&shops[1], ACME));
    let ids: HashSet<_> = all.iter().map(|ticket| ticket.id).collect();
    assert_eq!(ids.len(), places.len());
    within_cap(&all, 1);
    assert_eq!(all.iter().filter(|ticket| ticket.is_waiting()).count(), places.len() - 1);
    let held = all.iter().find(|ticket| !ticket.is_waiting()).unwrap();
    assert!(wait(seen(&desks[0], held.place())).control.open_ticket().is_some());
    wait(audit(&desks[0], &shops[0], ACME, &places));
}

#[test]
fn a_cap_of_one_takes_one_in_memory() {
    for _ in 0..10 {
        let shop = MemoryStore::new();
        capacity(&[shop.clone(), shop]);
    }
}

#[test]
fn a_cap_of_one_takes_one_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    capacity(&two_handles(&directory));
}
