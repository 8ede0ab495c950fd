//! A process that is stopped in the middle and goes on when everything has changed.

mod parts;
mod process;

use std::ops::Range;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{EventSink, Proposal, Summarizer, SummaryRequest, Window};
use escalate::testkit::Harness;
use escalate::{
    Actor, Author, Desk, Escalate, Event, EventKind, EventSequence, Place, ReasonCode, SinkError,
    SummarizeError,
};

use self::process::{Other, part};
use super::cluster::Database;
use super::{Postgres, pool};
use crate::flow::world::{ACME, ANA, CLEO, WORDS, audit, conversation, key, place, staff};

/// Conversations whose turn has begun and has said nothing yet.
const HELD: Range<u128> = 1..5;
/// Conversations in which one turn follows another.
const TALKS: Range<u128> = 5..9;

/// No test: what the other process runs, and nothing in this one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_process() {
    if let Some((part, address)) = part() {
        parts::play(&part, &address).await;
    }
}

async fn begin(places: &[Place]) -> (Arc<Database>, PostgresStore, Desk) {
    let (guard, store) = Postgres.fresh().await;
    staff(&store, ACME, 0).await;
    let desk = Desk::on(store.clone()).build();
    for place in places {
        desk.open(conversation(*place)).await.unwrap();
        desk.customer_message(*place, CLEO, key("first"), WORDS).await.unwrap();
    }
    (guard, store, desk)
}

async fn said_by_ai(desk: &Desk, place: Place) -> usize {
    let transcript = desk.transcript(place, Window::Before(None), 10_000).await.unwrap();
    transcript.messages.iter().filter(|entry| entry.author == Author::AiAgent).count()
}

/// C1 where the AI agent's process is stopped with turns in flight, and a teammate takes over meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_ai_agent_says_nothing_after_a_takeover() {
    let places: Vec<_> = (HELD.start..TALKS.end).map(|n| place(ACME, n)).collect();
    let (guard, store, desk) = begin(&places).await;
    let mut other = Other::start("ai", &guard.config());
    let (mut holds, mut said) = (0, 0);
    while holds < HELD.count() || said < 4 * TALKS.count() {
        match other.told().as_deref() {
            Some("holds") => holds += 1,
            Some("said") => said += 1,
            told => panic!("{told:?}"),
        }
    }
    other.stop();
    let mut before = Vec::new();
    for place in &places {
        desk.take_over(*place, ANA, key("take")).await.unwrap();
        before.push(said_by_ai(&desk, *place).await);
    }
    other.resume();
    let mut told = Vec::new();
    while let Some(line) = other.told() {
        told.push(line);
    }
    let count = |what: &str| told.iter().filter(|line| *line == what).count();
    assert_eq!(count("held superseded"), HELD.count(), "{told:?}");
    assert_eq!(count("held said"), 0);
    assert_eq!(count("refused"), TALKS.count(), "no turn begins any more: {told:?}");
    for (place, before) in places.iter().zip(before) {
        assert_eq!(said_by_ai(&desk, *place).await, before, "a late word is in the transcript (C1)");
    }
    audit(&desk, &store, ACME, &places).await;
}

/// A worker that is stopped past its leases finds its claims lost: another did the work, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_worker_settles_nothing() {
    let place = place(ACME, 1);
    let (guard, store, _) = begin(&[place]).await;
    let here = Here::default();
    let desk = Desk::on(store.clone())
        .lease(TimeDelta::seconds(1))
        .sink("here".parse().unwrap(), here.clone())
        .summarizer(here.clone());
    let desk = desk.build();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    let escalation = desk.escalate(place, Actor::System, key("escalate"), asked).await.unwrap();
    let mut other = Other::start("worker", &guard.config());
    let mut told = [other.told().unwrap(), other.told().unwrap()];
    told.sort();
    assert_eq!(told, ["delivers", "summarises"]);
    other.stop();
    // Progress as soon as the leases have run out.
    let client = pool(&guard, 1).get().await.unwrap();
    // What a delivery leaves is its mark.
    let left = "SELECT count(*) FROM escalate_work
        WHERE (starts_with(name, 'deliver:') OR name = 'summarise') AND due_at IS NOT NULL";
    while client.query_one(left, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        desk.run_due(16).await.unwrap();
    }
    other.resume();
    let mut told = Vec::new();
    while let Some(line) = other.told() {
        told.push(line);
    }
    // Its sink may be handed an event again: at least once is what a sink is promised.
    assert_eq!(told.last().unwrap(), "lost 2", "the stopped worker's claims are lost: {told:?}");
    let events = desk.timeline(place, EventSequence(0), 99).await.unwrap();
    let summarised = events.iter().filter(|event| event.kind == EventKind::Summarised).count();
    assert_eq!(summarised, 1, "one summary, by whoever was in time");
    let ticket = desk.ticket(ACME, escalation.ticket).await.unwrap();
    assert_eq!(ticket.summary.subject, SUBJECT);
    let took: Vec<_> = here.0.lock().unwrap().iter().map(|event| event.sequence).collect();
    assert_eq!(
        took,
        events.iter().map(|event| event.sequence).collect::<Vec<_>>(),
        "each event once, in order"
    );
    assert_eq!(client.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0, "nothing is to be done again");
    audit(&desk, &store, ACME, &[place]).await;
}

const SUBJECT: &str = "Refund for order 1234";

/// Takes events and writes summaries at once.
#[derive(Clone, Debug, Default)]
struct Here(Arc<Mutex<Vec<Event>>>);

#[async_trait]
impl EventSink for Here {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        self.0.lock().unwrap().extend_from_slice(events);
        Ok(())
    }
}

#[async_trait]
impl Summarizer for Here {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        Ok(Proposal::new(SUBJECT, "The order never came. The customer wants the money back.", "in time"))
    }
}
