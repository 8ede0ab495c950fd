//! The deterministic summary of 2 KB of the customer's words.

use std::hint::black_box;

use escalate::Sequence;
use escalate::summary::draft;

use crate::measure::{Figure, Size, Target, in_turn, nanoseconds};

pub(crate) fn figures(size: Size) -> Vec<Figure> {
    let sentences = [
        "Hello, I ordered a coffee grinder three weeks ago and it has not arrived.",
        "The order number is 77-4152 and I paid 129.90 EUR with my card.",
        "Your tracking page says that it was delivered on Monday, but nobody rang.",
        "I have asked the neighbours and looked in the hall.",
        "Please send me another one or give me my money back.",
    ];
    let said: Vec<&str> = sentences
        .iter()
        .cycle()
        .copied()
        .scan(0, |bytes, sentence| {
            *bytes += sentence.len();
            (*bytes <= 2048).then_some(sentence)
        })
        .collect();
    let words: String = said.concat();
    let rounds = size.of(2_000, 5);
    let blocks = in_turn(
        size.of(15, 1),
        || (0..rounds).for_each(|_| drop(black_box(draft(black_box(&said), None, Sequence(9))))),
        // The floor: looking at every character once.
        || {
            (0..rounds).for_each(|_| {
                black_box(black_box(&words).chars().filter(|c| c.is_alphabetic()).count());
            })
        },
    );
    vec![nanoseconds("summary_of_2_kb", rounds, &blocks, Some(Target::OursAtMost(250_000.0)))]
}
