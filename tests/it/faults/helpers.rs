//! Helpers of the host that fail, hang, panic or talk rubbish: an escalation is not moved by it (E4, S1), and
//! events come all the same (N2).

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::assignment::Candidate;
use escalate::ports::{AssignmentRequest, Choice, Proposal, Routing, SummaryRequest};
use escalate::summary::SummaryAuthor;
use escalate::{
    Actor, AssignmentError, AssignmentPolicy, Control, Desk, Escalate, Event, EventKind, EventSink,
    ReasonCode, SinkError, SummarizeError, Summarizer, Ticket,
};
use futures::executor::block_on;
use futures::future::FutureExt;

use super::deeds::{From, prepare};
use super::office::{Layout, Office, here};
use crate::flow::world::{ACME, ANA, key, tickets};

/// How a helper misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ill {
    Fails,
    Hangs,
    Panics,
    /// Ten megabytes.
    Floods,
    Garbage,
    Markup,
    WrongLanguage,
    Empty,
}

const RUBBISH: [Ill; 8] = [
    Ill::Fails,
    Ill::Hangs,
    Ill::Panics,
    Ill::Floods,
    Ill::Garbage,
    Ill::Markup,
    Ill::WrongLanguage,
    Ill::Empty,
];

#[derive(Debug)]
struct Writer(Ill);

#[async_trait]
impl Summarizer for Writer {
    async fn summarize(&self, _: SummaryRequest) -> Result<Proposal, SummarizeError> {
        let (subject, text) = match self.0 {
            Ill::Fails => return Err(SummarizeError::Backend("no such model".into())),
            Ill::Hangs => std::future::pending().await,
            Ill::Panics => panic!("the summarizer panics on purpose"),
            Ill::Floods => ("Refund".to_owned(), "More words. ".repeat(900_000)),
            Ill::Garbage => ("\u{202e}\u{0}".to_owned(), "\u{7}\u{fffd}. \u{200b}.".to_owned()),
            Ill::Markup => {
                ("Refund".to_owned(), "<script>alert(1)</script>. [here](https://x.test).".to_owned())
            }
            Ill::WrongLanguage => (
                "Erstattung".to_owned(),
                "Die Bestellung kam nie an. Der Kunde möchte sein Geld zurück.".to_owned(),
            ),
            Ill::Empty => (String::new(), String::new()),
        };
        Ok(Proposal::new(subject, text, "m-1"))
    }
}

async fn escalated(desk: &Desk) -> Routing {
    let asked = Escalate::because(ReasonCode::CustomerRequest);
    desk.escalate(here(), Actor::System, key("escalate"), asked).await.unwrap().routing
}

/// Runs what is due, but no longer than a worker waits for what hangs.
fn run_due(desk: &Desk) {
    let mut running = pin!(desk.run_due(100));
    let mut context = Context::from_waker(Waker::noop());
    // Bounded: a memory store is done at once, and whatever hangs stays so.
    let _done = (0..64).any(|_| running.as_mut().poll(&mut context).is_ready());
}

async fn the_ticket(office: &Office) -> Ticket {
    let mut all = tickets(&office.shop, ACME).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn any_summarizer_leaves_a_usable_summary() {
    for ill in RUBBISH {
        let office = block_on(Office::new(Layout::Shared));
        let _turn = block_on(prepare(&office, From::Ai));
        let desk = office.desk(office.shop.clone(), office.shop.clone(), office.shop.clone());
        let desk = desk.summarizer(Writer(ill)).summary_attempts(3).build();
        let routing = block_on(escalated(&desk));
        assert!(matches!(routing, Routing::Assigned { .. }), "{ill:?}: {routing:?}");
        let first = block_on(the_ticket(&office)).summary;
        for _ in 0..6 {
            run_due(&desk);
            office.clock.advance(TimeDelta::minutes(10));
        }
        let ticket = block_on(the_ticket(&office));
        assert_eq!(ticket.summary, first, "{ill:?} replaced the summary");
        assert_eq!(ticket.summary.author, SummaryAuthor::Deterministic);
        assert!(ticket.summary.text.contains("1234"), "{:?}", ticket.summary.text);
        block_on(office.audit());
        let report = block_on(desk.run_due(100)).unwrap();
        assert_eq!((report.done, report.failed, report.next), (0, 0, None), "{ill:?} is asked for ever");
    }
}

#[derive(Debug)]
struct Chooser(Ill);

#[async_trait]
impl AssignmentPolicy for Chooser {
    async fn choose(&self, _: AssignmentRequest, _: &[Candidate]) -> Result<Choice, AssignmentError> {
        match self.0 {
            Ill::Hangs => std::future::pending().await,
            Ill::Panics => panic!("the policy panics on purpose"),
            // Somebody who is not there.
            Ill::Garbage => Ok(Choice::Among {
                rule: escalate::assignment::Rule::Ranked,
                teammates: vec![escalate::TeammateId::new(uuid::Uuid::from_u128(404))],
            }),
            _ => Err(AssignmentError("no idea".into())),
        }
    }
}

#[test]
fn any_policy_leaves_an_escalation_that_waits() {
    for ill in [Ill::Fails, Ill::Hangs, Ill::Panics, Ill::Garbage] {
        let office = block_on(Office::new(Layout::Shared));
        let _turn = block_on(prepare(&office, From::Ai));
        let ill_desk = office.with_policy(Chooser(ill)).build();
        let routing = block_on(escalated(&ill_desk));
        assert_eq!(routing, Routing::Queued { position: 1 }, "{ill:?}");
        assert!(block_on(the_ticket(&office)).is_waiting());
        run_due(&ill_desk);
        assert!(block_on(the_ticket(&office)).is_waiting(), "{ill:?} assigned it");
        // A machine whose policy works comes by.
        block_on(office.work());
        assert_eq!(block_on(the_ticket(&office)).assigned_to(), Some(ANA), "{ill:?}");
        block_on(office.audit());
    }
}

/// Says to each delivery what it has been told to, and keeps what it took.
#[derive(Clone, Debug, Default)]
struct Sink {
    ills: Arc<Mutex<VecDeque<Ill>>>,
    took: Arc<Mutex<Vec<Event>>>,
}

#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        let ill = self.ills.lock().unwrap().pop_front();
        match ill {
            None => {}
            Some(Ill::Panics) => panic!("the sink panics on purpose"),
            Some(Ill::Hangs) => std::future::pending().await,
            // It took them, and could not say so.
            Some(Ill::Garbage) => {
                self.took.lock().unwrap().extend_from_slice(events);
                return Err(SinkError::new("connection lost"));
            }
            Some(_) => return Err(SinkError::new("no such host")),
        }
        self.took.lock().unwrap().extend_from_slice(events);
        Ok(())
    }
}

#[test]
fn a_sink_that_fails_gets_everything_later_in_order_under_the_same_ids() {
    for ills in [
        vec![],
        vec![Ill::Fails],
        vec![Ill::Panics, Ill::Fails],
        vec![Ill::Hangs, Ill::Garbage],
        vec![Ill::Garbage, Ill::Garbage, Ill::Fails],
    ] {
        let office = block_on(Office::new(Layout::Shared));
        let _turn = block_on(prepare(&office, From::Ai));
        let sink = Sink { ills: Arc::new(Mutex::new(ills.clone().into())), ..Sink::default() };
        let desk = office.desk(office.shop.clone(), office.shop.clone(), office.shop.clone());
        let desk = desk.sink("main".parse().unwrap(), sink.clone()).build();
        block_on(escalated(&desk));
        run_due(&desk);
        block_on(desk.take_over(here(), ANA, key("take"))).unwrap();
        block_on(desk.reply(here(), ANA, key("reply"), "I am on it.")).unwrap();
        for _ in 0..10 {
            office.clock.advance(TimeDelta::minutes(10));
            run_due(&desk);
        }
        let timeline = block_on(desk.timeline(here(), escalate::EventSequence(0), 100)).unwrap();
        let took = sink.took.lock().unwrap().clone();
        // At least once: repeats carry the same ids, and without them the order is the timeline's.
        let mut once: Vec<Event> = Vec::new();
        for event in took {
            match once.iter().find(|earlier| earlier.id == event.id) {
                Some(earlier) => assert_eq!(*earlier, event),
                None => once.push(event),
            }
        }
        assert_eq!(once, timeline, "{ills:?}");
        let escalations = once.iter().filter(|event| event.kind.as_str() == "escalated").count();
        assert_eq!(escalations, 1, "one notification an escalation (N2)");
        block_on(office.audit());
    }
}

/// N2: there is one notification of an escalation also where nobody is assigned.
#[test]
fn an_escalation_nobody_can_take_is_told_of() {
    block_on(async {
        let office = Office::new(Layout::Shared).await;
        let sink = Sink::default();
        let desk = office.desk(office.shop.clone(), office.shop.clone(), office.shop.clone());
        let desk = desk.sink("main".parse().unwrap(), sink.clone()).build();
        let asked = || Escalate::because(ReasonCode::Other).needing(["a skill nobody has"]);
        for n in 0..3 {
            desk.escalate(here(), Actor::System, key(format!("escalate-{n}")), asked()).await.unwrap();
        }
        desk.run_due(100).await.unwrap();
        let kinds: Vec<_> = sink.took.lock().unwrap().iter().map(|event| event.kind).collect();
        assert!(
            matches!(kinds.as_slice(), [EventKind::Control { .. }, EventKind::Waiting { position: 1 }]),
            "{kinds:?}"
        );
        assert!(matches!(desk.control(here()).await.unwrap().control, Control::Queued { .. }));
    });
}

/// A panic of the host's code stays with the piece of work it happened in.
#[test]
fn a_panic_in_one_piece_of_work_leaves_the_others_alone() {
    let office = block_on(Office::new(Layout::Shared));
    let _turn = block_on(prepare(&office, From::Ai));
    let sink = Sink::default();
    let desk = office.desk(office.shop.clone(), office.shop.clone(), office.shop.clone());
    let desk = desk.sink("main".parse().unwrap(), sink.clone()).summarizer(Writer(Ill::Panics)).build();
    block_on(escalated(&desk));
    let report =
        block_on(AssertUnwindSafe(desk.run_due(100)).catch_unwind()).expect("caught inside").unwrap();
    assert_eq!((report.done, report.failed), (1, 1), "{report:?}");
    assert!(!sink.took.lock().unwrap().is_empty());
}
