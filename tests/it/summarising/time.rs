//! The time of one piece of work is for both questions.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::ports::{Proposal, SummaryRequest};
use escalate::testkit::ManualClock;
use escalate::{Desk, MemoryStore, SummarizeError, Summarizer, SummaryAuthor};
use futures::executor::block_on;

use super::{escalated, work_off};
use crate::flow::world::{ACME, NOON, place, staff, tickets};

/// Answers after so many seconds each, and what does not pass but at the last time; keeps what time it had.
#[derive(Debug)]
struct Slow {
    clock: ManualClock,
    takes: Mutex<Vec<i64>>,
    had: Mutex<Vec<Option<Duration>>>,
}

#[async_trait]
impl Summarizer for Slow {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        self.had.lock().unwrap().push(request.within);
        let mut takes = self.takes.lock().unwrap();
        self.clock.advance(TimeDelta::seconds(takes.remove(0)));
        let text =
            if takes.is_empty() { "Order 1234 never came. A refund is wanted." } else { "Order 1235." };
        Ok(Proposal::new("Order 1234", text, "m-1"))
    }
}

/// What time each question had, in seconds, and how many calls the summary took in the end.
fn asked(takes: &[i64], lease: Option<TimeDelta>) -> (Vec<u64>, u32) {
    block_on(async {
        let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
        staff(&store, ACME, 0).await;
        let slow = Slow { clock: clock.clone(), takes: Mutex::new(takes.to_vec()), had: Mutex::default() };
        let slow = Arc::new(slow);
        let desk = Desk::on(store.clone()).clock(clock.clone()).summarizer(slow.clone());
        let desk = lease.into_iter().fold(desk, escalate::DeskBuilder::lease).build();
        escalated(&desk, place(ACME, 1)).await;
        work_off(&desk, &clock).await;
        let had = slow.had.lock().unwrap().iter().map(|within| within.unwrap().as_secs()).collect();
        let author = tickets(&store, ACME).await.remove(0).summary.author;
        let SummaryAuthor::Model { attempts, .. } = author else { panic!("{author:?}") };
        (had, attempts)
    })
}

#[test]
fn the_second_question_has_what_the_first_left() {
    assert_eq!(asked(&[10, 5], None), (vec![27, 17], 2));
    // Too little for an answer: asked anew, in a piece of work of its own.
    assert_eq!(asked(&[24, 5], None), (vec![27, 27], 1));
    assert_eq!(asked(&[24, 5], Some(TimeDelta::minutes(2))), (vec![54, 30], 2));
    assert_eq!(asked(&[1, 1], Some(TimeDelta::MAX)).1, 2, "no lease is too long");
}
