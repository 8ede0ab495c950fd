//! C8: what happens to one conversation is the same whether or not others go on beside it.

use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Desk, Manual, MemoryStore};
use futures::executor::block_on;
use proptest::prelude::*;

use super::config;
use super::step::{Bench, Do, OTHER, Step, Who, places, steps};
use crate::flow::world::{ACME, NOON, conversation, seen, staff};

/// The history of one conversation as it looks from outside, ids left out.
async fn story(steps: &[Step], at: usize) -> (Vec<String>, Vec<String>) {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    // Nobody is chosen by machine: an assignment depends on what others have, and is meant to.
    let desk = Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new()).policy(Manual).build();
    for workspace in [ACME, OTHER] {
        staff(&store, workspace, 0).await;
    }
    for place in places() {
        desk.open(conversation(place)).await.unwrap();
    }
    let mut bench = Bench::new(desk, store, clock);
    let mut outcomes = Vec::new();
    for step in steps {
        let outcome = bench.take(*step).await;
        if step.at == at {
            // A refusal may name a ticket, whose id depends on how many there are.
            outcomes.push(match outcome {
                Ok(done) => format!("{done}"),
                Err(error) => format!("{error:?}").chars().take_while(|c| *c != '{').collect(),
            });
        }
    }
    let seen = seen(&bench.desk, places()[at]).await;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        seen.events
            .iter()
            .map(|event| format!("{} {} {:?} {}", event.kind.as_str(), event.epoch, event.actor, event.at)),
    );
    lines.extend(
        seen.messages.iter().map(|entry| format!("{:?} {:?} {}", entry.author, entry.visibility, entry.at)),
    );
    (outcomes, lines)
}

/// Time is everybody's, and so are teammates: whoever is away does not get a reopened ticket back.
fn concerns(step: &Step, at: usize) -> bool {
    step.at == at || matches!(step.what, Do::Pass(_) | Do::RunDue | Do::Available(..))
}

/// Little but the AI agent's turns and what ends them, so that turns often span what others do.
fn turns(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let what = prop_oneof![
        4 => Just(Do::BeginTurn),
        4 => Just(Do::TurnReplies),
        1 => Just(Do::TurnEscalates),
        1 => Just(Do::TakeOver(Who::Ana)),
        1 => Just(Do::HandBack(Who::Host)),
    ];
    let step = (0..4_usize, 0..200_u8, what).prop_map(|(at, key, what)| Step { at, key, what });
    prop::collection::vec(step, 1..most)
}

fn goes_as_if_alone(steps: &[Step], at: usize) {
    let alone: Vec<Step> = steps.iter().copied().filter(|step| concerns(step, at)).collect();
    assert_eq!(block_on(story(steps, at)), block_on(story(&alone, at)));
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn a_conversation_goes_as_if_it_were_alone(steps in steps(60), at in 0..4_usize) {
        goes_as_if_alone(&steps, at);
    }

    #[test]
    fn pausing_one_conversation_pauses_no_other(steps in turns(60), at in 0..4_usize) {
        goes_as_if_alone(&steps, at);
    }
}
