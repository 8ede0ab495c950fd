//! A worker that dies is followed within one lease, and what it was at is done once. The clock is the test's.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{Ask, Claim, Commit, Settlement, Snapshot, Work, WorkKind, WorkKinds};
use escalate::testkit::{Harness, ManualClock, Reopen};
use escalate::{
    Desk, Event, EventSequence, EventSink, Place, SinkError, SinkName, StoreError, TicketRepository,
};
use uuid::Uuid;

use super::super::Postgres;
use super::super::contention::{event, nothing};

const NOON: DateTime<Utc> = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
const LEASE: TimeDelta = TimeDelta::seconds(30);

fn place(n: u128) -> Place {
    Place::new(Uuid::from_u128(1).into(), Uuid::from_u128(n).into())
}

fn sink() -> SinkName {
    "stream".parse().unwrap()
}

#[derive(Clone, Debug, Default)]
struct Took(Arc<Mutex<Vec<(u64, u32)>>>);

#[async_trait]
impl EventSink for Took {
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError> {
        self.0.lock().unwrap().extend(events.iter().map(|event| (event.sequence.0, attempt)));
        Ok(())
    }
}

/// One event and its delivery, due at noon.
async fn happened(store: &PostgresStore, n: u128, kind: WorkKind) {
    let events = vec![event(place(n), Uuid::from_u128(9).into(), 1)];
    let work = vec![Work { kind, due_at: NOON }];
    store.commit(Commit { events, work, ..nothing(place(n), &Snapshot::default()) }).await.unwrap();
}

/// Claims everything of these kinds, until a lease after `now`.
async fn claim(store: &PostgresStore, now: DateTime<Utc>, kinds: &WorkKinds) -> Vec<Claim> {
    store.claim(now, now + LEASE, 99, kinds.clone()).await.unwrap().claims
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_workers_work_is_taken_over_when_its_lease_ends() {
    let (guard, store) = Postgres.fresh().await;
    let clock = ManualClock::at(NOON);
    let took = Took::default();
    let other = Desk::on(Postgres.reopen(&guard).await).clock(clock.clone()).lease(LEASE);
    let other = other.sink(sink(), took.clone()).build();
    happened(&store, 1, WorkKind::Deliver { sink: sink() }).await;
    // It claims, and is never heard of again.
    let kinds = WorkKinds::default().and_sink(sink());
    let dead = claim(&store, NOON, &kinds).await;
    assert_eq!(dead.len(), 1);
    clock.advance(LEASE - TimeDelta::microseconds(1));
    let early = other.run_due(9).await.unwrap();
    assert_eq!((early.done, early.next), (0, Some(NOON + LEASE)), "not before, and it is known when");
    clock.advance(TimeDelta::microseconds(1));
    assert_eq!(other.run_due(9).await.unwrap().done, 1, "from then on");
    clock.advance(LEASE * 9);
    assert_eq!(other.run_due(9).await.unwrap().done, 0);
    assert_eq!(*took.0.lock().unwrap(), [(1, 1)], "once; whoever had it may have died of it");
    let late = store.settle(dead[0], Settlement::default()).await;
    assert!(matches!(late, Err(StoreError::ClaimLost)), "{late:?}");
}

/// At the end of a lease its holder settles while two others claim: one of the three has the work, whoever is first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_workers_at_the_end_of_a_lease_one_does_the_work() {
    let (guard, one) = Postgres.fresh().await;
    let (two, three) = (Postgres.reopen(&guard).await, Postgres.reopen(&guard).await);
    let kind = WorkKind::Deliver { sink: sink() };
    let kinds = WorkKinds::default().and_sink(sink());
    let expiry = NOON + LEASE;
    let (mut kept, mut lost) = (0, 0);
    for n in 1..=100 {
        happened(&one, n, kind).await;
        let held = claim(&one, NOON, &kinds).await;
        let [held] = held[..] else { panic!("{held:?}") };
        let delivered = Settlement { delivered: Some(EventSequence(1)), ..Settlement::default() };
        let (settled, by_two, by_three) = tokio::join!(
            one.settle(held, delivered),
            claim(&two, expiry, &kinds),
            claim(&three, expiry, &kinds)
        );
        let taken: Vec<_> = by_two.into_iter().chain(by_three).collect();
        match settled {
            Ok(()) => {
                assert!(taken.is_empty(), "settled, it is nobody's");
                kept += 1;
            }
            Err(StoreError::ClaimLost) => {
                let [taken] = taken[..] else { panic!("one took it: {taken:?}") };
                assert_eq!(taken.delivered, EventSequence(0), "the loser's settlement wrote nothing");
                two.settle(taken, delivered).await.unwrap();
                lost += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    println!("the holder was first {kept} times, another {lost} times");
}

/// A commit that settles a claim writes nothing once another has the work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_losers_commit_writes_nothing() {
    let (guard, one) = Postgres.fresh().await;
    let two = Postgres.reopen(&guard).await;
    let kinds = WorkKinds::of(&[WorkKind::SUMMARISE]);
    for n in 1..=50 {
        happened(&one, n, WorkKind::Summarise { ticket: Uuid::from_u128(9).into() }).await;
        let held = claim(&one, NOON, &kinds).await;
        let [held] = held[..] else { panic!("{held:?}") };
        let before = one.load(place(n), Ask::default()).await.unwrap();
        let events = vec![event(place(n), Uuid::from_u128(9).into(), 2)];
        let late = Commit { events, settles: Some(held), ..nothing(place(n), &before) };
        let (late, taken) = tokio::join!(one.commit(late), claim(&two, NOON + LEASE, &kinds));
        match late {
            Ok(_) => assert!(taken.is_empty(), "settled by a commit, it is nobody's"),
            Err(StoreError::ClaimLost) => {
                let [taken] = taken[..] else { panic!("one took it: {taken:?}") };
                assert_eq!(
                    two.load(place(n), Ask::default()).await.unwrap(),
                    before,
                    "if the claim is lost, nothing is written"
                );
                two.settle(taken, Settlement::default()).await.unwrap();
            }
            Err(error) => panic!("{error}"),
        }
        let events = two.timeline(place(n), EventSequence(0), 9).await.unwrap().len() as u64;
        assert_eq!(events, two.load(place(n), Ask::default()).await.unwrap().events, "all of it or nothing");
    }
}
