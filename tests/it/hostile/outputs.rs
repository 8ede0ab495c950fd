//! A hundred thousand answers of a model that are broken in every way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use escalate::ports::{Proposal, SummaryRequest};
use escalate::summary::check;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Actor, Desk, Escalate, MemoryStore, Place, ReasonCode, SummarizeError, Summarizer, Summary};
use futures::executor::block_on;

use crate::flow::world::{ACME, CLEO, NOON, conversation, key, place, staff, tickets, unlimited};
use crate::summarising::is_by_model;

/// Through a whole desk: claimed, asked for, checked, settled.
const OUTPUTS: usize = 100_000;
/// Desks that share them, each with a thread and a store of its own.
const DESKS: usize = 2;
/// Through the checks alone, and those that pass once more.
const CHECKED: usize = 40_000;

/// What outputs are made of.
const PIECES: [&str; 40] = [
    "",
    " ",
    ".",
    "One.",
    "Two sentences. ",
    "Order 1234 never came. ",
    "A refund is wanted.",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "{\"subject\":",
    "\"text\":null}",
    "[[[[",
    "]]",
    "```json\n",
    "</think>",
    "<script>",
    "**",
    "# ",
    "](javascript:alert(1))",
    "https://evil.example/",
    "www.evil.example",
    "W99999999",
    "€ 1.000.000",
    "DE89370400440532013000",
    "a@evil.example",
    "Die Bestellung kam nie an. ",
    "订单没有到。",
    "مرحبا. ",
    "👩‍👩‍👧‍👧",
    "\u{fffd}",
    "null",
    "As an AI language model, I cannot. ",
    "…!?",
];

/// Answers at random, and says in between that it is down, so that one ticket is asked about without end.
#[derive(Clone, Debug, Default)]
struct Babbles {
    given: Arc<AtomicUsize>,
    seed: Arc<Mutex<u64>>,
}

impl Babbles {
    /// A number below `end` (SplitMix64).
    fn random(&self, end: usize) -> usize {
        let mut seed = self.seed.lock().unwrap();
        *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn babble(&self) -> String {
        let pieces = (0..self.random(6)).map(|_| PIECES[self.random(PIECES.len())]);
        let mut text: String = pieces.collect();
        match self.random(12) {
            // Cut off, at a character's edge.
            0 => text.truncate(text.floor_char_boundary(self.random(text.len() + 1))),
            1 if self.random(200) == 0 => text = text.repeat(10_000),
            2 => text.push(char::from_u32(self.random(0x11_0000) as u32).unwrap_or('\u{fffd}')),
            _ => {}
        }
        text
    }
}

#[async_trait]
impl Summarizer for Babbles {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        if request.flaw.is_some() {
            return Err(SummarizeError::Unavailable { wait: Some(chrono::TimeDelta::zero()) });
        }
        self.given.fetch_add(1, Ordering::Relaxed);
        Ok(Proposal::new(self.babble(), self.babble(), self.babble()))
    }
}

fn usable(summary: &Summary) {
    let subject = summary.subject.chars().count();
    assert!((1..=Summary::MAX_SUBJECT).contains(&subject), "{:?}", summary.subject);
    assert!((1..=Summary::MAX_TEXT).contains(&summary.text.chars().count()), "{:?}", summary.text);
    let all = || summary.subject.chars().chain(summary.text.chars());
    assert!(!all().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{:?}", summary.text);
    assert!(!summary.text.contains("evil") && !summary.text.contains("99999999"), "{:?}", summary.text);
}

/// In few words: before each output a desk reads all that was said, and that is most of the work.
async fn asked_for(desk: &Desk, place: Place) {
    desk.open(conversation(place)).await.unwrap();
    desk.customer_message(place, CLEO, key("m"), "Order 1234.").await.unwrap();
    let asked = Escalate::because(ReasonCode::CustomerRequest).saying("Wait.");
    desk.escalate(place, Actor::System, key("e"), asked).await.unwrap();
}

/// Gives a desk that many outputs; the tickets that it has then, and how many have a summary by the model.
async fn babbled(outputs: usize, seed: u64) -> (usize, usize) {
    let (store, clock, model) = (MemoryStore::new(), ManualClock::at(NOON), Babbles::default());
    *model.seed.lock().unwrap() = seed;
    staff(&store, ACME, 0).await;
    let desk = Desk::on(store.clone()).clock(clock.clone()).rules(unlimited()).summarizer(model.clone());
    let desk = desk.ids(SequentialIds::new()).summary_attempts(u32::MAX).build();
    let mut opened = 0;
    while model.given.load(Ordering::Relaxed) < outputs {
        let before = model.given.load(Ordering::Relaxed);
        desk.run_due(16).await.unwrap();
        // Some pass; new tickets come for those that are done.
        for _ in model.given.load(Ordering::Relaxed) - before..16 {
            opened += 1;
            asked_for(&desk, place(ACME, opened)).await;
        }
    }
    let all = tickets(&store, ACME).await;
    assert_eq!(all.len(), opened as usize);
    all.iter().for_each(|ticket| usable(&ticket.summary));
    (all.len(), all.iter().filter(|ticket| is_by_model(ticket)).count())
}

#[test]
fn any_output_leaves_a_usable_summary() {
    let all: Vec<(usize, usize)> = std::thread::scope(|scope| {
        let desks =
            (0..DESKS as u64).map(|desk| scope.spawn(move || block_on(babbled(OUTPUTS / DESKS, desk))));
        let desks: Vec<_> = desks.collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    let (tickets, passed) = all.iter().fold((0, 0), |sum, desk| (sum.0 + desk.0, sum.1 + desk.1));
    assert!((1..OUTPUTS / 10).contains(&passed), "{passed} passed");
    println!("{OUTPUTS} outputs, {tickets} tickets, {passed} summaries by the model");
}

/// What passes once passes again: a summary is in the form that it is checked in.
#[test]
fn what_passes_is_left_as_it_is() {
    let model = Babbles::default();
    let said = ["Order 1234 never came. A refund is wanted."];
    let source = escalate::summary::Source::new(said, escalate::Sequence(1)..=escalate::Sequence(1));
    let mut passed = 0;
    for _ in 0..CHECKED {
        if let Ok(summary) = check(&model.babble(), &model.babble(), "m", 1, &source) {
            passed += 1;
            usable(&summary);
            assert_eq!(check(&summary.subject, &summary.text, "m", 1, &source).as_ref(), Ok(&summary));
        }
    }
    assert!(passed > 20, "{passed}");
}
