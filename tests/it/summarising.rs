//! Summaries by a model, as the worker asks for them: with the fault named, through an outage, and once.

#[path = "summarising/once.rs"]
mod once;
#[path = "summarising/outage.rs"]
mod outage;
#[path = "summarising/time.rs"]
mod time;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::ports::{Proposal, SummaryRequest};
use escalate::summary::Flaw;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{
    Actor, Clock, Desk, Escalate, EventKind, EventSequence, MemoryStore, Place, ReasonCode, Sequence,
    SummarizeError, Summarizer, SummaryAuthor, Ticket,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, ANA, CLEO, NOON, WORDS, conversation, key, place, staff, tickets};

/// What a model says next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Good,
    /// With a number that nobody has said.
    Invents,
    Down,
    Fails,
}

/// Says what it was told to, one after the other, and `Good` after that; keeps which faults it was told of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) next: Arc<Mutex<Vec<Says>>>,
    pub(crate) told: Arc<Mutex<Vec<Option<Flaw>>>>,
}

impl Model {
    fn that_says(says: &[Says]) -> Self {
        let model = Self::default();
        *model.next.lock().unwrap() = says.iter().rev().copied().collect();
        model
    }

    fn told(&self) -> Vec<Option<Flaw>> {
        self.told.lock().unwrap().clone()
    }
}

#[async_trait]
impl Summarizer for Model {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        self.told.lock().unwrap().push(request.flaw);
        let text = match self.next.lock().unwrap().pop().unwrap_or(Says::Good) {
            Says::Good => "Order 1234 never came. A refund is wanted.",
            Says::Invents => "Order 1235 never came. A refund is wanted.",
            Says::Down => return Err(SummarizeError::Unavailable { wait: None }),
            Says::Fails => return Err(SummarizeError::Backend("cut off".into())),
        };
        Ok(Proposal::new("Order 1234", text, "m-1"))
    }
}

pub(crate) async fn escalated(desk: &Desk, place: Place) {
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("m"), WORDS).await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(place, Actor::System, key("e"), asked).await.unwrap();
}

pub(crate) async fn times_summarised(desk: &Desk, place: Place) -> usize {
    let events = desk.timeline(place, EventSequence(0), 100).await.unwrap();
    events.iter().filter(|event| event.kind == EventKind::Summarised).count()
}

pub(crate) fn is_by_model(ticket: &Ticket) -> bool {
    matches!(ticket.summary.author, SummaryAuthor::Model { .. })
}

/// A desk with that model, after one escalation.
async fn shop(model: &Model) -> (Desk, MemoryStore, ManualClock) {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    staff(&store, ACME, 0).await;
    let desk =
        Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new()).summarizer(model.clone());
    let desk = desk.build();
    escalated(&desk, place(ACME, 1)).await;
    (desk, store, clock)
}

/// Works until nothing is due any more, moving the clock on; how often it looked.
async fn work_off(desk: &Desk, clock: &ManualClock) -> usize {
    for looks in 1..10_000 {
        let Some(next) = desk.run_due(100).await.unwrap().next else { return looks };
        clock.set(next.max(desk.now()));
    }
    panic!("there is no end to it");
}

#[test]
fn a_proposal_that_does_not_pass_is_asked_for_once_more_with_the_fault_named() {
    block_on(async {
        let model = Model::that_says(&[Says::Invents]);
        let (desk, store, clock) = shop(&model).await;
        desk.note(place(ACME, 1), Actor::from(ANA), key("n"), "Not for models: 99999").await.unwrap();
        work_off(&desk, &clock).await;
        assert_eq!(model.told(), [None, Some(Flaw::Invented)]);
        let summary = tickets(&store, ACME).await.remove(0).summary;
        assert_eq!(summary.text, "Order 1234 never came. A refund is wanted.");
        let told = SummaryAuthor::Model { name: "m-1".into(), attempts: 2, first: Sequence(1) };
        assert_eq!(summary.author, told);
        let shown =
            desk.transcript(place(ACME, 1), escalate::ports::Window::Before(None), 100).await.unwrap();
        let last = shown.messages.iter().rfind(|entry| entry.visibility.for_model()).unwrap().sequence;
        assert_eq!(summary.covers, last, "the note is not covered");
        assert!(last < shown.conversation.last);
    });
}

#[test]
fn after_a_second_fault_the_deterministic_summary_stays() {
    block_on(async {
        let model = Model::that_says(&[Says::Invents, Says::Invents]);
        let (desk, store, clock) = shop(&model).await;
        let first = tickets(&store, ACME).await.remove(0).summary;
        work_off(&desk, &clock).await;
        assert_eq!(model.told(), [None, Some(Flaw::Invented)], "asked again");
        assert_eq!(tickets(&store, ACME).await.remove(0).summary, first);
        assert_eq!(times_summarised(&desk, place(ACME, 1)).await, 0);
    });
}

/// Failures are counted, whether on the first question or on the second, and come to an end.
#[test]
fn failures_are_counted_and_an_outage_is_not() {
    block_on(async {
        let model = Model::that_says(&[Says::Fails, Says::Invents, Says::Fails]);
        let (desk, store, clock) = shop(&model).await;
        work_off(&desk, &clock).await;
        assert_eq!(model.told(), [None, None, Some(Flaw::Invented), None]);
        let author = tickets(&store, ACME).await.remove(0).summary.author;
        assert!(matches!(author, SummaryAuthor::Model { attempts: 1, .. }), "{author:?}");

        let model = Model::that_says(&[Says::Fails; 100]);
        let (desk, _, clock) = shop(&model).await;
        work_off(&desk, &clock).await;
        assert_eq!(model.told().len(), 8);

        // Half an answer does not make it an outage.
        let model = Model::that_says(&[Says::Invents, Says::Down].repeat(100));
        let (desk, _, clock) = shop(&model).await;
        work_off(&desk, &clock).await;
        assert_eq!(model.told().len(), 16);
        assert!(clock.now() - NOON < TimeDelta::hours(1));
    });
}
