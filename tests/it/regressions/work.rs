//! Due work.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::assignment::{Candidate, Rule};
use escalate::ports::*;
use escalate::testkit::ManualClock;
use escalate::*;
use futures::executor::block_on;

use super::hook::Hook;
use super::{NOON, ana, ben, hire, k, open, place, sys, w};

#[derive(Debug)]
struct Hangs(Arc<AtomicUsize>);
#[async_trait]
impl Summarizer for Hangs {
    async fn summarize(&self, _r: SummaryRequest) -> Result<Proposal, SummarizeError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        futures::future::pending().await
    }
}
async fn starve(n: u128) -> i64 {
    let s = MemoryStore::new();
    let clock = ManualClock::at(NOON);
    let asked = Arc::new(AtomicUsize::new(0));
    let desk = Desk::on(s.clone()).clock(clock.clone()).summarizer(Hangs(asked.clone())).build();
    for i in 1..=n {
        open(&desk, place(i)).await;
        desk.escalate(place(i), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
    }
    clock.advance(TimeDelta::seconds(1));
    hire(&s, ana()).await; // from now on somebody is eligible
    let started = clock.now();
    // Desk::work with virtual time
    let c2 = clock.clone();
    let work = desk.work(Duration::from_secs(1), move |d| {
        let c = c2.clone();
        async move {
            // let everything else run first
            for _ in 0..3 {
                let mut f = true;
                futures::future::poll_fn(|cx| {
                    if std::mem::take(&mut f) {
                        cx.waker().wake_by_ref();
                        std::task::Poll::Pending
                    } else {
                        std::task::Poll::Ready(())
                    }
                })
                .await;
            }
            c.advance(TimeDelta::from_std(d).unwrap());
        }
    });
    futures::pin_mut!(work);
    let s2 = s.clone();
    let c3 = clock.clone();
    let done = async move {
        loop {
            let left = s2.tickets(w(), TicketFilter::Unassigned, None, 1).await.unwrap().items.len();
            if left == 0 || c3.now() - started > TimeDelta::hours(5) {
                break;
            }
            let mut f = true;
            futures::future::poll_fn(|cx| {
                if std::mem::take(&mut f) {
                    cx.waker().wake_by_ref();
                    std::task::Poll::Pending
                } else {
                    std::task::Poll::Ready(())
                }
            })
            .await;
        }
    };
    futures::pin_mut!(done);
    futures::future::select(work, done).await;
    (clock.now() - started).num_seconds()
}

/// A6, E4.
#[test]
fn hanging_summaries_do_not_starve_sweeps() {
    block_on(async {
        let a = starve(10).await;
        let b = starve(100).await;
        let c = starve(640).await;
        assert!(a.max(b).max(c) <= 60, "{a} {b} {c}");
    })
}

#[derive(Debug, Clone, Default)]
struct Sink(Arc<Mutex<usize>>, bool);
#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, e: &[Event], _: u32) -> Result<(), SinkError> {
        if self.1 {
            return Err(SinkError::new("down"));
        }
        *self.0.lock().unwrap() += e.len();
        Ok(())
    }
}

/// E5.
#[test]
fn a_worker_without_a_sink_leaves_deliveries_to_others() {
    block_on(async {
        let s = MemoryStore::new();
        let sink = Sink::default();
        let a = Desk::on(s.clone()).sink("main".parse().unwrap(), sink.clone()).build();
        let b = Desk::on(s.clone()).build();
        open(&a, place(1)).await;
        a.escalate(place(1), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
        b.run_due(64).await.unwrap();
        for _ in 0..5 {
            a.run_due(64).await.unwrap();
        }
        assert!(*sink.0.lock().unwrap() > 0, "events were dropped");
    })
}

/// N1.
#[test]
fn a_failed_delivery_is_reported_and_due_again() {
    block_on(async {
        let s = MemoryStore::new();
        let clock = ManualClock::at(NOON);
        let desk = Desk::on(s.clone())
            .clock(clock.clone())
            .sink("main".parse().unwrap(), Sink(Arc::default(), true))
            .build();
        open(&desk, place(1)).await;
        desk.escalate(place(1), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
        clock.advance(TimeDelta::seconds(10));
        let report = desk.run_due(64).await.unwrap();
        assert!(report.failed == 1 && report.next.is_some(), "{report:?}");
    })
}

#[derive(Debug)]
struct Meanwhile(MemoryStore, Arc<AtomicUsize>);
#[async_trait]
impl AssignmentPolicy for Meanwhile {
    async fn choose(&self, r: AssignmentRequest, c: &[Candidate]) -> Result<Choice, AssignmentError> {
        if self.1.fetch_add(1, Ordering::Relaxed) == 0 {
            // another machine, an urgent customer
            let other = Desk::on(self.0.clone()).policy(RoundRobin).build();
            let e = other
                .escalate(
                    place(9),
                    Actor::System,
                    k("u"),
                    sys(ReasonCode::Other).with_priority(Priority::Urgent),
                )
                .await
                .unwrap();
            assert_eq!(e.routing, Routing::Assigned { teammate: ana() });
        }
        RoundRobin.choose(r, c).await
    }
}

/// Gives as a person would, while another machine fills the seat.
#[derive(Debug)]
struct Gives(MemoryStore, Arc<AtomicUsize>);
#[async_trait]
impl AssignmentPolicy for Gives {
    async fn choose(&self, _: AssignmentRequest, c: &[Candidate]) -> Result<Choice, AssignmentError> {
        if self.1.fetch_add(1, Ordering::Relaxed) == 0 {
            let other = Desk::on(self.0.clone()).build();
            other.escalate(place(9), Actor::System, k("u"), sys(ReasonCode::Other)).await.unwrap();
        }
        Ok(Choice::Among { rule: Rule::Given, teammates: c.iter().map(|c| c.load.teammate).collect() })
    }
}

/// A1.
#[test]
fn a_policy_exceeds_no_cap() {
    block_on(async {
        for sweeps in [false, true] {
            let s = MemoryStore::new();
            let desk = Desk::on(s.clone()).policy(Gives(s.clone(), Arc::default())).build();
            let plain = Desk::on(s.clone()).build();
            for i in [1, 9] {
                open(&plain, place(i)).await;
            }
            if sweeps {
                // The newcomer is the more urgent one of the two, so it does not wait in the line.
                let low = sys(ReasonCode::Other).with_priority(Priority::Low);
                plain.escalate(place(1), Actor::System, k("e"), low).await.unwrap();
            }
            s.put_teammate(Teammate::new(w(), ana(), "x").with_capacity(1)).await.unwrap();
            if sweeps {
                desk.assign_waiting(w()).await.unwrap();
            } else {
                desk.escalate(place(1), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
            }
            assert_eq!(s.workload(w(), vec![ana()]).await.unwrap()[0].open, 1, "sweeps: {sweeps}");
        }
    })
}

/// A2.
#[test]
fn a_sweep_chooses_from_the_loads_of_the_commit() {
    block_on(async {
        let s = MemoryStore::new();
        let plain = Desk::on(s.clone()).policy(RoundRobin).build();
        for i in [1, 9] {
            open(&plain, place(i)).await;
        }
        plain.escalate(place(1), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
        hire(&s, ana()).await;
        hire(&s, ben()).await;
        let desk = Desk::on(s.clone()).policy(Meanwhile(s.clone(), Arc::default())).build();
        desk.assign_waiting(w()).await.unwrap();
        let loads = s.workload(w(), vec![ana(), ben()]).await.unwrap();
        assert!(loads[0].open.abs_diff(loads[1].open) <= 1);
    })
}

/// A6.
#[test]
fn one_conversation_that_fails_does_not_stop_the_line() {
    block_on(async {
        let (t, r) = (MemoryStore::new(), MemoryStore::new());
        let clock = ManualClock::at(NOON);
        let hook = Hook { inner: t, refuse: Some(place(1).conversation), reply_after: Arc::default() };
        let desk = Desk::builder(hook, r.clone(), r.clone()).clock(clock.clone()).build();
        for i in 1..=3 {
            open(&desk, place(i)).await;
        }
        desk.escalate(place(2), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
        hire(&r, ana()).await;
        for _ in 0..200 {
            clock.advance(TimeDelta::minutes(5));
            desk.run_due(64).await.unwrap();
        }
        desk.escalate(place(3), Actor::System, k("e"), sys(ReasonCode::Other)).await.unwrap();
        let left = r.tickets(w(), TicketFilter::Unassigned, None, 10).await.unwrap().items.len();
        assert!(left <= 1, "{left} waiting, Ana free");
    })
}
