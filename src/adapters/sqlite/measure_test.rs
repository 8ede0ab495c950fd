//! Figures for this machine: `cargo test --release -p escalate --lib measure -- --ignored --nocapture`.
#![allow(clippy::print_stdout, reason = "figures are its output")]

use std::time::{Duration, Instant};

use futures::executor::block_on;

use super::SqliteStore;
use super::fixture::{
    ACME, commit, conversation, deliver, escalation, event, id, key, nothing, open, place, said, temporary,
};
use crate::assignment::{Offer, Rule};
use crate::key::Fingerprint;
use crate::ports::{
    Answer, Answered, Ask, Commit, Escalation, Placement, Routing, TicketRepository, TranscriptStore, Work,
    WorkKind,
};
use crate::ticket::AssignedBy;

/// An escalation as the desk commits it, with a choice among four.
fn escalated(of: u128) -> Commit {
    let ticket = 0x7_0000_0000 + of;
    // Teams of four with a few dozen open tickets each.
    let team = of % 500 * 4;
    let offers = (1..=4).map(|n| Offer { teammate: id(team + n), cap: 0 }).collect();
    let event = event(of, id(ticket), 2);
    let by = AssignedBy::Policy;
    let routing = Routing::Waiting;
    let escalation_answer =
        Escalation { ticket: id(ticket), opened_by: key("opened"), reopened_by: None, routing, joined: None };
    Commit {
        placement: Some(Placement::new(Rule::FewestOpen, offers, by, event)),
        answer: Some(Answered {
            key: key("escalate"),
            fingerprint: Fingerprint::of(&[b"escalate"]),
            answer: Answer::Escalation(escalation_answer),
        }),
        work: [deliver(), WorkKind::Summarise { ticket: id(ticket) }]
            .map(|kind| Work { kind, due_at: super::fixture::at(3) })
            .to_vec(),
        ..escalation(ticket, of)
    }
}

fn per_second(count: u32, took: Duration) -> f64 {
    f64::from(count) / took.as_secs_f64()
}

fn reads(store: &SqliteStore, what: &str, mut read: impl FnMut(&SqliteStore, u128)) {
    let count = 200_000_u32;
    let begun = Instant::now();
    for n in 0..count {
        read(store, u128::from(n % 1_000));
    }
    println!("{what}: {:?} a call", begun.elapsed() / count);
}

#[test]
#[ignore = "prints figures"]
fn measure() {
    let (directory, store) = temporary();
    block_on(futures::future::join_all((0..1_000).map(|n| TranscriptStore::open(&store, conversation(n)))))
        .into_iter()
        .for_each(drop);
    let all: Vec<_> = (0..1_000).map(escalated).collect();
    block_on(futures::future::join_all(all.into_iter().map(|one| TicketRepository::commit(&store, one))))
        .into_iter()
        .for_each(|committed| drop(committed.unwrap()));
    reads(&store, "control()", |store, n| {
        block_on(store.control(place(n))).unwrap();
    });
    reads(&store, "load()", |store, n| {
        drop(block_on(store.load(place(n), Ask::about(Some(key("escalate"))))).unwrap())
    });
    reads(&store, "workload() of 4", |store, _| {
        drop(block_on(store.workload(ACME, (1..=4).map(id).collect())).unwrap());
    });
    for (tasks, each) in [(1_u32, 2_000_u32), (32, 1_000)] {
        let from = 10_000 * u128::from(tasks);
        block_on(futures::future::join_all(
            (0..u128::from(tasks * each)).map(|n| TranscriptStore::open(&store, conversation(from + n))),
        ))
        .into_iter()
        .for_each(drop);
        let (flushed, begun) = (store.flushes(), Instant::now());
        block_on(futures::future::join_all((0..tasks).map(|task| {
            let (store, first) = (&store, from + u128::from(task));
            async move {
                for n in 0..u128::from(each) {
                    TicketRepository::commit(store, escalated(first + n * u128::from(tasks))).await.unwrap();
                }
            }
        })));
        let (count, flushes) = (tasks * each, store.flushes() - flushed);
        println!(
            "escalations, {tasks} tasks: {:.0}/s, {flushes} flushes for {count}",
            per_second(count, begun.elapsed())
        );
    }
    bare(directory.path());
    open(&store, 9_999_999);
    let begun = Instant::now();
    for n in 0..2_000 {
        block_on(store.append(place(9_999_999), vec![said(n)], None)).unwrap();
    }
    println!("appends, 1 task: {:.0}/s", per_second(2_000, begun.elapsed()));
    commit(&store, nothing(9_999_999, 0)).unwrap();
}

/// What the driver alone does with the same writes on the calling thread.
fn bare(directory: &std::path::Path) {
    let path = directory.join("bare.db");
    drop(SqliteStore::open(&path).unwrap());
    let connection = super::connect::writer(&path, &super::SqliteOptions::new()).unwrap();
    for n in 0..2_000 {
        super::transcripts::begin(&connection, &conversation(n)).unwrap();
    }
    let begun = Instant::now();
    for n in 0..2_000 {
        super::row::run(&connection, "BEGIN IMMEDIATE", []).unwrap();
        super::commit::commit(&connection, escalated(n)).unwrap();
        super::row::run(&connection, "COMMIT", []).unwrap();
    }
    println!("escalations, bare driver: {:.0}/s", per_second(2_000, begun.elapsed()));
}
