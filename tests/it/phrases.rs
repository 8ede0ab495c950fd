//! Promises and requests in plain words, in every language that there is a table for (S5).
//!
//! The sentences are of general knowledge, at least twelve of each kind a language: `P` a reply of the AI agent, `A` a
//! customer's message; `+` says it, `-` does not.

use escalate::phrases::{MOST_BYTES, asks_for_person, promises_person};

use crate::summaries::shared_data;

const SETS: [(&str, &str); 13] = [
    ("de", include_str!("phrases/de.txt")),
    ("en", include_str!("phrases/en.txt")),
    ("es", include_str!("phrases/es.txt")),
    ("fr", include_str!("phrases/fr.txt")),
    ("hi", include_str!("phrases/hi.txt")),
    ("hi-Latn", include_str!("phrases/hi-Latn.txt")),
    ("it", include_str!("phrases/it.txt")),
    ("ja", include_str!("phrases/ja.txt")),
    ("ko", include_str!("phrases/ko.txt")),
    ("nl", include_str!("phrases/nl.txt")),
    ("pt", include_str!("phrases/pt.txt")),
    ("sv", include_str!("phrases/sv.txt")),
    ("zh", include_str!("phrases/zh.txt")),
];

/// What the line says it is, and the sentence.
fn sentences(set: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    set.lines().filter_map(|line| line.split_at_checked(3)).map(|(kind, text)| (kind.trim(), text))
}

fn says(kind: &str, text: &str) -> bool {
    match kind.starts_with('P') {
        true => promises_person(text).is_some(),
        false => asks_for_person(text).is_some(),
    }
}

#[test]
fn every_sentence_is_known_for_what_it_is() {
    let mut wrong = Vec::new();
    for (language, set) in SETS {
        for kind in ["P+", "P-", "A+", "A-"] {
            let own: Vec<_> = sentences(set).filter(|(of, _)| *of == kind).collect();
            assert!(own.len() >= 12, "{language} {kind}");
            wrong.extend(
                own.into_iter()
                    .filter(|(_, text)| says(kind, text) != kind.ends_with('+'))
                    .map(|line| (language, line)),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a keyboard, a channel or a hurry makes of a sentence changes nothing.
#[test]
fn writing_makes_no_difference() {
    let wide = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
                c => c,
            })
            .collect()
    };
    let curly = |text: &str| text.replace('\'', "\u{2019}");
    let hidden = |text: &str| text.replace(' ', " \u{200B}").replace('e', "e\u{AD}");
    let bold = |text: &str| format!("**{text}**");
    let among = |text: &str| format!("Hello! 123.\n{text}\nThanks, bye 😀");
    let ways: [&dyn Fn(&str) -> String; 6] =
        [&|text| text.to_uppercase(), &wide, &curly, &hidden, &bold, &among];
    for (language, set) in SETS {
        for (kind, text) in sentences(set).filter(|(kind, _)| kind.ends_with('+')) {
            for (at, way) in ways.iter().enumerate() {
                let written = way(text);
                assert!(says(kind, &written), "{language} {kind} way {at}: {written}");
            }
        }
    }
}

#[test]
fn the_sentence_is_told_and_only_the_edges_of_a_long_text_are_read() {
    let text = "Es tut mir leid. I'm transferring you to a colleague now! Bye.";
    let found = promises_person(text).unwrap();
    assert_eq!((&text[found.sentence], found.table), (" I'm transferring you to a colleague now!", "en"));
    let filler = "Wörter, 言葉. ".repeat(MOST_BYTES);
    for text in [format!("{text}{filler}"), format!("{filler}{text}")] {
        let found = promises_person(&text).unwrap();
        assert_eq!(&text[found.sentence], " I'm transferring you to a colleague now!");
    }
    assert!(promises_person(&format!("{filler}{text}{filler}")).is_none());
    // Nothing of this says anything, and nothing of it takes long.
    for hostile in ["i will ".repeat(10_000), "人".repeat(30_000), "?".repeat(30_000), "a".repeat(100_000)] {
        assert!(promises_person(&hostile).is_none() && asks_for_person(&hostile).is_none());
    }
}

/// Every hit in the recorded dialogues was judged by eye: all of these customers do ask, all of these replies do promise,
/// and each of the four comes with a recorded transfer.
#[test]
fn recorded_dialogues_hold_the_hits_that_were_judged() {
    let Some(folder) = shared_data("recorded_dialogues_hold_the_hits_that_were_judged") else { return };
    let (mut promises, mut asks, mut turns) = (0, 0, 0);
    for file in std::fs::read_dir(folder.join("dialogues")).unwrap() {
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            let dialogue: serde_json::Value = serde_json::from_str(line).unwrap();
            for turn in dialogue["turns"].as_array().unwrap() {
                let text = turn["text"].as_str().unwrap();
                match turn["role"].as_str() {
                    Some("ai" | "agent") if promises_person(text).is_some() => {
                        assert_eq!(dialogue["human_transfer"], true, "{text}");
                        promises += 1;
                    }
                    Some("customer") => asks += usize::from(asks_for_person(text).is_some()),
                    _ => {}
                }
                turns += 1;
            }
        }
    }
    assert_eq!((promises, asks), (4, 28), "in {turns} turns: look at every new hit before you change this");
}
