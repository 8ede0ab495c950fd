//! Loops (E6) and bounds (N5) under contention.

use escalate::ports::{Escalation, Routing};
use escalate::{Actor, Control, Desk, Escalate, EventKind, Flag, MemoryStore, ReasonCode, Refusal, Rules};

use super::{at_once, two_handles, wait};
use crate::flow::world::{
    ACME, CLEO, Shop, WORDS, audit, conversation, is_handoff, key, place, seen, staff, tickets,
};

const CROWD: usize = 16;

fn asked() -> Escalate {
    Escalate::because(ReasonCode::CustomerRequest)
}

type Task<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

/// Three waves, handed back in between: one ticket, one answer a wave, one flag, and only people give it back.
fn waves<S: Shop>(shops: &[S; 2]) {
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    let here = place(ACME, 1);
    // Nobody is there: all of them wait, behind somebody who waits for longer until the second wave.
    let ahead = place(ACME, 2);
    for place in [ahead, here] {
        wait(desks[0].open(conversation(place))).unwrap();
        wait(desks[0].customer_message(place, CLEO, key("m"), WORDS)).unwrap();
    }
    wait(desks[0].escalate(ahead, Actor::System, key("e"), asked())).unwrap();
    let wave = |wave: usize| -> Escalation {
        let one = |n: usize| -> Task<'_, Escalation> {
            let desk = &desks[n % 2];
            let key = key(format!("{wave}-{n}"));
            Box::new(move || wait(desk.escalate(here, Actor::System, key, asked())).unwrap())
        };
        let answers = at_once((0..CROWD).map(one).collect());
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "n escalations, one answer (E1): {answers:?}"
        );
        answers[0].clone()
    };
    let Escalation { ticket: first, routing, .. } = wave(0);
    assert_eq!(routing, Routing::Waiting, "nobody is there");
    wait(desks[0].hand_back(ahead, Actor::System, key("h"))).unwrap();
    for (back, number) in [(1, 2), (2, 3), (3, 4)] {
        let given = wait(desks[1].hand_back(here, Actor::from(CLEO), key(format!("back-{back}"))));
        if number <= 3 {
            assert_eq!(given.unwrap().ticket, first);
        } else {
            assert_eq!(given.unwrap_err().refusal(), Some(&Refusal::Looping { ticket: first }), "E6");
            wait(desks[1].hand_back(here, Actor::System, key("host"))).unwrap();
        }
        let Escalation { ticket, routing, .. } = wave(back);
        assert_eq!(ticket, first, "it goes on under the same ticket (E6)");
        assert_eq!(routing, Routing::Waiting);
        let mut all = wait(tickets(&shops[1], ACME));
        all.retain(|ticket| ticket.conversation == here.conversation);
        assert_eq!(all.iter().map(|ticket| ticket.escalations).collect::<Vec<_>>(), [number]);
        assert_eq!(all[0].is_looping(), number >= 3);
        wait(audit(&desks[0], &shops[0], ACME, &[here]));
    }
    let seen = wait(seen(&desks[0], here));
    let flagged = seen.events.iter().filter(|event| event.kind == EventKind::Flagged { flag: Flag::Looping });
    assert_eq!(flagged.count(), 1, "one flag");
    assert_eq!(seen.messages.iter().filter(|entry| is_handoff(entry)).count(), 4, "one message a wave (C4)");
}

#[test]
fn a_loop_opens_one_ticket_in_memory() {
    for _ in 0..10 {
        let shop = MemoryStore::new();
        waves(&[shop.clone(), shop]);
    }
}

#[test]
fn a_loop_opens_one_ticket_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    waves(&two_handles(&directory));
}

#[test]
fn a_loop_opens_one_ticket_over_one_postgresql_database() {
    let (_guard, shops) = wait(crate::postgres::two_nodes());
    waves(&shops);
}

/// One customer, many conversations at once: over the bound by those in flight at most, and whoever joined is told.
fn bound<S: Shop>(shops: &[S; 2]) {
    const BOUND: u32 = 4;
    let mut rules = Rules::default();
    rules.per_customer.count = BOUND;
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).rules(rules.clone()).build());
    wait(staff(&shops[0], ACME, 0));
    let places: Vec<_> = (1..=60).map(|n| place(ACME, n)).collect();
    for place in &places {
        wait(desks[0].open(conversation(*place))).unwrap();
    }
    for (turn, some) in places.chunks(8).enumerate() {
        let one = |(n, place): (usize, &escalate::Place)| -> Task<'_, Escalation> {
            let (desk, place) = (&desks[n % 2], *place);
            Box::new(move || wait(desk.escalate(place, Actor::from(CLEO), key("e"), asked())).unwrap())
        };
        let answers = at_once(some.iter().enumerate().map(one).collect());
        for (place, answer) in some.iter().zip(&answers) {
            let control = wait(desks[0].control(*place)).unwrap().control;
            let named = wait(desks[0].ticket(ACME, answer.ticket)).unwrap();
            match answer.joined {
                None => assert_eq!(control, Control::Queued { ticket: answer.ticket }),
                Some(other) => {
                    assert_eq!(control, Control::Ai, "the AI agent is not paused there (C8)");
                    assert_eq!(named.conversation, other);
                }
            }
            let again = wait(desks[1].escalate(*place, Actor::from(CLEO), key("e"), asked())).unwrap();
            assert_eq!(again, *answer, "the same key, the same answer (E2)");
        }
        if turn > 0 {
            assert!(
                answers.iter().all(|answer| answer.joined.is_some()),
                "the bound was reached before (N5)"
            );
        }
    }
    let opened = wait(tickets(&shops[0], ACME)).len();
    assert!((BOUND as usize..=BOUND as usize + 7).contains(&opened), "{opened} opened (N5)");
    wait(audit(&desks[0], &shops[0], ACME, &places));
}

#[test]
fn a_customers_episodes_are_bounded_in_memory() {
    let shop = MemoryStore::new();
    bound(&[shop.clone(), shop]);
}

#[test]
fn a_customers_episodes_are_bounded_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    bound(&two_handles(&directory));
}

#[test]
fn a_customers_episodes_are_bounded_over_one_postgresql_database() {
    let (_guard, shops) = wait(crate::postgres::two_nodes());
    bound(&shops);
}
