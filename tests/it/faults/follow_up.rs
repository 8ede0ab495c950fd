//! A worker that dies at any await of a summary: it is made good once, by whoever comes next (E5).

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::ports::{Proposal, SummaryRequest};
use escalate::{
    Actor, Escalate, EventKind, EventSequence, Place, ReasonCode, SummarizeError, Summarizer, SummaryAuthor,
};
use futures::executor::block_on;

use super::deeds::{From, prepare};
use super::dropped::polled;
use super::office::{LAYOUTS, Layout, Office, here};
use super::slow::Slow;
use crate::flow::world::{ACME, key, tickets};

/// Is asked twice for each summary.
#[derive(Debug)]
struct Learns;

#[async_trait]
impl Summarizer for Learns {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        let text = match request.flaw {
            None => "One sentence.",
            Some(_) => "Order 1234 never came. A refund is wanted.",
        };
        Ok(Proposal::new("Refund for order 1234", text, "m-1"))
    }
}

/// Drops the worker after `times` polls, and lets another finish. `false`: it had finished by then.
fn dropped(layout: Layout, times: usize) -> bool {
    let office = block_on(Office::new(layout));
    let _turn = block_on(prepare(&office, From::Ai));
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    let slow = || Slow(office.shop.clone());
    let desk = office.desk(Slow(office.transcripts.clone()), slow(), slow()).summarizer(Learns).build();
    let next = office.desk(office.transcripts.clone(), office.shop.clone(), office.shop.clone());
    let next = next.summarizer(Learns).build();
    block_on(next.escalate(here(), Actor::System, key("escalate"), asked)).unwrap();
    if polled(desk.run_due(100), times).is_some() {
        return false;
    }
    office.clock.advance(TimeDelta::minutes(2));
    while block_on(next.run_due(100)).unwrap().done > 0 {}
    block_on(office.audit());
    summarised_once(&office, here(), times);
    true
}

fn summarised_once(office: &Office, place: Place, times: usize) {
    let events = block_on(office.sound.timeline(place, EventSequence(0), 100)).unwrap();
    let summarised = events.iter().filter(|event| event.kind == EventKind::Summarised).count();
    assert_eq!(summarised, 1, "{:?}, dropped after {times} polls", office.layout);
    let all = block_on(tickets(&office.shop, ACME));
    assert!(matches!(all[0].summary.author, SummaryAuthor::Model { .. }), "{:?}", all[0].summary);
}

#[test]
fn a_summary_is_made_once_wherever_its_worker_dies() {
    for layout in LAYOUTS {
        let drops = (1..1_000).take_while(|times| dropped(layout, *times)).count();
        assert!((8..999).contains(&drops), "{drops} drops");
    }
}
