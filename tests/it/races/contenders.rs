//! Sixty-four teammates take over one conversation at the same instant, again and again.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use escalate::ports::TakeOver;
use escalate::{Control, Desk, Error, MemoryStore, Refusal, Teammate, TeammateId};

use super::{two_handles, wait};
use crate::flow::world::{ACME, CLEO, Shop, WORDS, conversation, key, place};

const CONTENDERS: usize = 64;

/// In every round one wins, control names them, and so does the refusal of everybody else.
fn contend<S: Shop>(shops: &[S; 2], rounds: usize) {
    let began = Instant::now();
    let desks = shops.each_ref().map(|shop| Desk::on(shop.clone()).build());
    let people: Vec<_> = (1..=CONTENDERS as u128).map(TeammateId::from_u128).collect();
    for id in &people {
        wait(shops[0].hire(Teammate::new(ACME, *id, "T"))).unwrap();
    }
    let places: Vec<_> = (1..=rounds as u128).map(|n| place(ACME, n)).collect();
    for place in &places {
        wait(desks[0].open(conversation(*place))).unwrap();
        wait(desks[0].customer_message(*place, CLEO, key("first"), WORDS)).unwrap();
    }
    let start = Barrier::new(CONTENDERS);
    let all: Vec<Vec<Result<TakeOver, Error>>> = thread::scope(|scope| {
        let contender = |n: usize| {
            let (desk, id, start, places) = (&desks[n % 2], people[n], &start, &places);
            scope.spawn(move || {
                let take = |place| {
                    start.wait();
                    wait(desk.take_over(place, id, key(format!("take-{n}"))))
                };
                places.iter().map(|place| take(*place)).collect()
            })
        };
        let running: Vec<_> = (0..CONTENDERS).map(contender).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (round, place) in places.iter().enumerate() {
        let outcomes = || all.iter().map(|of| &of[round]);
        let won: Vec<_> = outcomes().flatten().collect();
        let [TakeOver { ticket, teammate, .. }] = won.as_slice() else {
            panic!("{} winners in round {round}", won.len());
        };
        let (ticket, teammate) = (*ticket, *teammate);
        let control = wait(desks[round % 2].control(*place)).unwrap();
        assert_eq!((control.control, control.epoch.0), (Control::Human { ticket, teammate }, 1));
        for (n, outcome) in outcomes().enumerate() {
            match outcome {
                Ok(_) => assert_eq!(people[n], teammate, "somebody won for another"),
                Err(error) => assert_eq!(error.refusal(), Some(&Refusal::HeldBy { teammate }), "{error:?}"),
            }
        }
    }
    println!("{rounds} rounds of {CONTENDERS} contenders in {:.1?}", began.elapsed());
}

#[test]
fn one_of_64_contenders_wins_in_memory() {
    let shop = MemoryStore::new();
    contend(&[shop.clone(), shop], 2_000);
}

#[test]
fn one_of_64_contenders_wins_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    contend(&two_handles(&directory), 100);
}
