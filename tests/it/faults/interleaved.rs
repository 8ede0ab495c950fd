//! One command stands still at every await point while another goes through from end to end: what real threads
//! meet by luck, each time.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use escalate::Author;
use escalate::testkit::Fault;
use futures::executor::block_on;

use super::deeds::{Deed, From, prepare};
use super::office::{LAYOUTS, Layout, Office, here};
use super::slow::Slow;
use crate::flow::world::{is_handoff, seen};

const DEEDS: [Deed; 13] = [
    Deed::CustomerWrites,
    Deed::BeginTurn,
    Deed::TurnReplies,
    Deed::TurnEscalates,
    Deed::HostEscalates,
    Deed::TakeOver,
    Deed::Reply,
    Deed::Hold,
    Deed::Close,
    Deed::HandBack,
    Deed::Withdraw,
    Deed::Reassign,
    Deed::Briefing,
];

const STATES: [From; 5] = [From::Ai, From::Queued, From::Ana, From::Replied, From::Closed];

/// `first` is polled `times` times, then `second` is done, then `first` goes on. `false`: it was done by then.
fn interleave(layout: Layout, from: From, first: Deed, second: Deed, times: usize) -> bool {
    let office = block_on(Office::new(layout));
    let turn = block_on(prepare(&office, from));
    let slow = || Slow(office.shop.clone());
    let desk = office.desk(Slow(office.transcripts.clone()), slow(), slow()).build();
    let mut running = pin!(first.run(&desk, &turn));
    let mut context = Context::from_waker(Waker::noop());
    if (0..times).any(|_| running.as_mut().poll(&mut context).is_ready()) {
        return false;
    }
    let case = format!("{second:?} while {first:?} stood at {times}, from {from:?}, {layout:?}");
    let passed = block_on(second.run(&office.sound, &turn));
    let human = matches!(second, Deed::TakeOver | Deed::Reply) && passed.is_ok();
    let before = block_on(ai_entries(&office));
    let outcome = loop {
        // Bounded: every call lets go twice, and a command has a bounded number of attempts.
        if let Poll::Ready(outcome) = running.as_mut().poll(&mut context) {
            break outcome;
        }
    };
    for error in [passed.err(), outcome.err()].into_iter().flatten() {
        assert!(error.refusal().is_some(), "{case}: {error:?}");
    }
    if human {
        assert_eq!(
            block_on(ai_entries(&office)),
            before,
            "{case}: an AI entry after the takeover returned (C1)"
        );
    }
    block_on(async {
        office.work().await;
        office.audit().await;
    });
    true
}

async fn ai_entries(office: &Office) -> usize {
    let messages = seen(&office.sound, here()).await.messages;
    messages.iter().filter(|entry| entry.author == Author::AiAgent && !is_handoff(entry)).count()
}

#[test]
fn every_command_within_every_other() {
    let mut runs = 0;
    for layout in LAYOUTS {
        for from in STATES {
            for (first, second) in DEEDS.into_iter().flat_map(|first| DEEDS.map(|second| (first, second))) {
                let points =
                    (1..1_000).take_while(|times| interleave(layout, from, first, second, *times)).count();
                assert!(points < 999);
                runs += points;
            }
        }
    }
    assert!(runs > 10_000, "only {runs} interleavings");
}

/// As above over two databases, but the second command's machine dies on the way to the transcript, at its call
/// number `dies`. The first one's claim on what it owed itself is old by then, and must not settle what came after.
fn died_in_between(from: From, first: Deed, second: Deed, times: usize, dies: u64) -> bool {
    let office = block_on(Office::new(Layout::Apart));
    let turn = block_on(prepare(&office, from));
    let slow = || Slow(office.shop.clone());
    let desk = office.desk(Slow(office.transcripts.clone()), slow(), slow()).build();
    let mut running = pin!(first.run(&desk, &turn));
    let mut context = Context::from_waker(Waker::noop());
    if (0..times).any(|_| running.as_mut().poll(&mut context).is_ready()) {
        return false;
    }
    let (dying, flaky) = office.flaky();
    flaky[1].fail(dies, Fault::Before);
    let died = block_on(second.run(&dying, &turn)).is_err_and(|error| error.refusal().is_none());
    while running.as_mut().poll(&mut context).is_pending() {}
    block_on(async {
        office.work().await;
        office.audit().await;
    });
    died
}

#[test]
fn an_old_claim_does_not_settle_what_is_owed_since() {
    let mut deaths = 0;
    for (first, second) in [
        (Deed::HostEscalates, Deed::Reply),
        (Deed::HostEscalates, Deed::Withdraw),
        (Deed::TakeOver, Deed::Reply),
        (Deed::TakeOver, Deed::HandBack),
        (Deed::Reply, Deed::HandBack),
    ] {
        for (times, dies) in (1..80).flat_map(|times| (1..8).map(move |dies| (times, dies))) {
            deaths += usize::from(died_in_between(From::Ai, first, second, times, dies));
        }
    }
    assert!(deaths > 50, "only {deaths} deaths");
}
