//! The model is down for an hour, or for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::ports::{Proposal, SummaryRequest};
use escalate::testkit::{Flaky, ManualClock};
use escalate::{Clock, Desk, MemoryStore, SummarizeError, Summarizer};
use futures::executor::block_on;

use super::{escalated, is_by_model, times_summarised};
use crate::aside::step_aside;
use crate::flow::world::{ACME, NOON, place, staff, tickets, unlimited};

#[derive(Clone, Debug, Default)]
struct Outage {
    over: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
    wait: Option<TimeDelta>,
}

#[async_trait]
impl Summarizer for Outage {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        if !self.over.load(Ordering::Relaxed) {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(SummarizeError::Unavailable { wait: self.wait });
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(Proposal::new("Order 1234", "Order 1234 never came. A refund is wanted.", "m-1"))
    }
}

struct Shop {
    desk: Desk,
    calls: Flaky<MemoryStore>,
    clock: ManualClock,
}

async fn shop(model: Option<Outage>) -> Shop {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    staff(&store, ACME, 0).await;
    let calls = Flaky::new(store);
    let desk = Desk::on(calls.clone()).clock(clock.clone()).rules(unlimited());
    let desk = match model {
        Some(model) => desk.summarizer(model),
        None => desk,
    };
    Shop { desk: desk.build(), calls, clock }
}

/// One escalation a minute for an hour, with the worker running; the store calls of each.
async fn an_hour(shop: &Shop) -> Vec<u64> {
    let mut each = Vec::new();
    for minute in 0..60 {
        let before = shop.calls.calls();
        escalated(&shop.desk, place(ACME, minute)).await;
        each.push(shop.calls.calls() - before);
        until(shop, NOON + TimeDelta::minutes(minute as i64 + 1)).await;
    }
    each
}

/// Does what is due up to `end`, when it is due.
async fn until(shop: &Shop, end: chrono::DateTime<chrono::Utc>) {
    loop {
        match shop.desk.run_due(1_000).await.unwrap().next {
            Some(next) if next <= end => shop.clock.set(next.max(shop.desk.now())),
            _ => return shop.clock.set(end),
        }
    }
}

#[test]
fn an_hour_without_the_model_costs_escalations_nothing_and_no_summary() {
    block_on(async {
        let model = Outage::default();
        let (with, without) = (shop(Some(model.clone())).await, shop(None).await);
        let calls = an_hour(&with).await;
        assert_eq!(calls, an_hour(&without).await, "escalations call the stores more");
        let all = tickets(with.calls.get_ref(), ACME).await;
        assert!(all.len() == 60 && !all.iter().any(is_by_model));
        let refused = model.refused.load(Ordering::Relaxed);
        // Far less than one a look: the older a ticket, the longer the pause.
        assert!((60..60 * 40).contains(&refused), "{refused}");

        model.over.store(true, Ordering::Relaxed);
        until(&with, with.clock.now() + TimeDelta::minutes(10)).await;
        assert!(tickets(with.calls.get_ref(), ACME).await.iter().all(is_by_model));
        assert_eq!(model.asked.load(Ordering::Relaxed), 60);
        for n in 0..60 {
            assert_eq!(times_summarised(&with.desk, place(ACME, n)).await, 1);
        }
        assert_eq!(with.desk.run_due(100).await.unwrap().next, None);
        println!("60 escalations of {} store calls, {refused} refusals in the hour", calls[30]);
    });
}

/// A ticket is not tried for ever, and a restart does not prolong it.
#[test]
fn after_a_day_the_deterministic_summary_stays() {
    block_on(async {
        let model = Outage::default();
        let shop = shop(Some(model.clone())).await;
        escalated(&shop.desk, place(ACME, 1)).await;
        for hour in 1..=25 {
            until(&shop, NOON + TimeDelta::hours(hour)).await;
            // Another machine each hour.
            let desk =
                Desk::on(shop.calls.clone()).clock(shop.clock.clone()).summarizer(model.clone()).build();
            let due = desk.run_due(100).await.unwrap().next;
            assert_eq!(due.is_some(), hour < 24, "after {hour} hours: {due:?}");
        }
        let refused = model.refused.load(Ordering::Relaxed);
        model.over.store(true, Ordering::Relaxed);
        until(&shop, NOON + TimeDelta::hours(48)).await;
        assert_eq!(model.asked.load(Ordering::Relaxed), 0);
        assert!(!is_by_model(&tickets(shop.calls.get_ref(), ACME).await[0]));
        assert!(refused < 400, "{refused}");
    });
}

/// Never answers.
#[derive(Clone, Debug, Default)]
struct Hangs(Arc<AtomicUsize>);

#[async_trait]
impl Summarizer for Hangs {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
}

/// The worker drops a call that hangs. That is an outage, not an attempt, and comes to an end all the same.
#[test]
fn a_model_that_hangs_is_asked_until_the_day_is_over() {
    block_on(async {
        let (store, clock, model) = (MemoryStore::new(), ManualClock::at(NOON), Hangs::default());
        staff(&store, ACME, 0).await;
        let desk = Desk::on(store.clone()).clock(clock.clone()).summarizer(model.clone()).build();
        escalated(&desk, place(ACME, 1)).await;
        // Time passes where the worker waits, once everybody else had a turn.
        let sleep = async |span: std::time::Duration| {
            step_aside().await;
            clock.advance(TimeDelta::from_std(span).unwrap());
        };
        let over = async {
            while clock.now() < NOON + TimeDelta::hours(26) {
                step_aside().await;
            }
        };
        let work = desk.work(std::time::Duration::from_secs(60), sleep);
        futures::pin_mut!(work, over);
        futures::future::select(work, over).await;
        let asked = model.0.load(Ordering::Relaxed);
        assert!((9..400).contains(&asked), "{asked}");
        assert_eq!(desk.run_due(100).await.unwrap().next, None, "it is still asked");
        assert!(!is_by_model(&tickets(&store, ACME).await[0]));
    });
}

/// An endpoint that asks for longer than there is left is asked once more, just before it is too late.
#[test]
fn a_wait_beyond_the_deadline_is_followed_by_one_last_try() {
    block_on(async {
        let model = Outage { wait: Some(TimeDelta::hours(20)), ..Outage::default() };
        let shop = shop(Some(model.clone())).await;
        escalated(&shop.desk, place(ACME, 1)).await;
        until(&shop, NOON + TimeDelta::hours(48)).await;
        assert_eq!(model.refused.load(Ordering::Relaxed), 3, "at once, after 20 hours, and at last");
        assert_eq!(shop.desk.run_due(100).await.unwrap().next, None);
    });
}
