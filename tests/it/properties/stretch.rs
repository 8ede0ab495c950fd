//! H1: the AI agent's next turn sees the whole human stretch, once, in order, and its end by id.

use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Actor, Desk, MemoryStore, ReasonCode, Turn};
use futures::executor::block_on;
use proptest::prelude::*;

use super::config;
use crate::flow::world::{ACME, ANA, CLEO, NOON, WORDS, conversation, key, place, staff};

/// What happens within a human stretch.
#[derive(Clone, Copy, Debug)]
enum Word {
    Customer,
    Ana,
    Note,
}

fn words() -> impl Strategy<Value = Vec<Word>> {
    let word = prop_oneof![3 => Just(Word::Customer), 3 => Just(Word::Ana), 1 => Just(Word::Note)];
    // Beyond what a turn reads at once, and at its edges.
    let most = prop_oneof![4 => 0..20_usize, 1 => 195..205_usize, 1 => 395..420_usize];
    most.prop_flat_map(move |most| prop::collection::vec(word.clone(), most))
}

/// A stretch with these words, said under keys `n-…`; gives what the AI agent has to see of it, in order.
async fn stretch(desk: &Desk, n: usize, words: &[Word], by_escalation: bool) -> Vec<String> {
    let here = place(ACME, 1);
    let named = |what: &str| key(format!("{n}-{what}"));
    let mut wanted = Vec::new();
    if by_escalation {
        let asked = escalate::Escalate::because(ReasonCode::Other);
        desk.escalate(here, Actor::System, named("escalate"), asked).await.unwrap();
    }
    let ticket = desk.take_over(here, ANA, named("take")).await.unwrap().ticket;
    wanted.push(format!("opened {ticket}"));
    if by_escalation {
        wanted.push("handoff".to_owned());
    }
    for (index, word) in words.iter().enumerate() {
        let (text, key) = (format!("{n}: {index}"), named(&index.to_string()));
        match word {
            Word::Customer => _ = desk.customer_message(here, CLEO, key, text.clone()).await.unwrap(),
            Word::Ana => _ = desk.reply(here, ANA, key, text.clone()).await.unwrap(),
            Word::Note => {
                desk.note(here, Actor::from(ANA), key, text).await.unwrap();
                continue;
            }
        }
        wanted.push(text);
    }
    desk.hand_back(here, Actor::from(ANA), named("back")).await.unwrap();
    wanted.push(format!("ended {ticket}"));
    wanted
}

fn told(turn: &Turn) -> Vec<String> {
    use escalate::Mark::{EpisodeEnded, EpisodeOpened};
    let line = |entry: &escalate::Message| match entry.mark {
        Some(EpisodeOpened { ticket }) => format!("opened {ticket}"),
        Some(EpisodeEnded { ticket }) => format!("ended {ticket}"),
        _ if crate::flow::world::is_handoff(entry) => "handoff".to_owned(),
        _ => entry.body.clone(),
    };
    turn.context().iter().map(line).collect()
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn the_next_turn_sees_the_whole_human_stretch(
        first in words(), second in words(), by_escalation in any::<bool>(), after in 0..3_usize,
    ) {
        let store = MemoryStore::new();
        let desk = Desk::on(store.clone()).clock(ManualClock::at(NOON)).ids(SequentialIds::new()).build();
        block_on(async {
            staff(&store, ACME, 0).await;
            let here = place(ACME, 1);
            desk.open(conversation(here)).await.unwrap();
            desk.customer_message(here, CLEO, key("first"), WORDS).await.unwrap();
            for (n, words) in [&first, &second].into_iter().enumerate() {
                let wanted = stretch(&desk, n, words, by_escalation).await;
                let turn = desk.begin_turn(here).await.unwrap();
                let told = told(&turn);
                let start = told.iter().rposition(|line| *line == wanted[0]).expect("its beginning is told");
                assert_eq!(told[start..], wanted, "in order, once, and nothing else");
                let last = words.iter().rev().find(|word| !matches!(word, Word::Note));
                if let Some(last) = last {
                    assert_eq!(turn.is_awaited(), matches!(last, Word::Customer));
                }
                // What was said since stays in view together with the stretch.
                for more in 0..after {
                    let key = key(format!("after-{n}-{more}"));
                    desk.customer_message(here, CLEO, key, "And another thing.").await.unwrap();
                }
                let turn = desk.begin_turn(here).await.unwrap();
                assert!(self::told(&turn).windows(wanted.len()).any(|window| *window == wanted));
                assert!(after == 0 || turn.is_awaited());
            }
        });
    }
}
