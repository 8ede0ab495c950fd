//! A hundred thousand malformed outputs: a checked summary or a typed refusal, and no panic.

use escalate::adapters::llm::parse::{LONGEST, parse};
use escalate::summary::{Source, Summary, check};
use escalate::{Language, Sequence};
use serde_json::Value;

use super::GOOD;

const OUTPUTS: usize = 100_000;

/// Xorshift: the same run every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let forms = [
        GOOD.to_owned(),
        format!("```json\n{GOOD}\n```"),
        format!("<think>Let me see. {{}}</think>Here it is:\n{GOOD}\nAnything else?"),
        format!("[{{\"note\": {GOOD}}}]"),
        "**Subject:** Broken kettle\n**Summary:** One came. It is broken.".to_owned(),
        serde_json::to_string(GOOD).unwrap(),
    ];
    forms.map(String::into_bytes).into()
}

/// The lines of the adversarial data; the texts in them, and each as the value of a good output.
fn hostile(test: &str) -> Vec<Vec<u8>> {
    let Some(data) = crate::summaries::shared_data(test) else { return Vec::new() };
    let mut files: Vec<_> =
        std::fs::read_dir(data.join("adversarial")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            found.push(line.as_bytes().to_vec());
            let value: Value = serde_json::from_str(line).unwrap();
            if let Some(text) = value["text"].as_str().or(value["line"].as_str()) {
                found.push(text.as_bytes().to_vec());
                let written = serde_json::json!({ "subject": text, "summary": text });
                found.push(written.to_string().into_bytes());
                found.push(format!("Subject: Broken kettle\nSummary: {text}").into_bytes());
            }
        }
    }
    assert!(found.len() > 2000, "{} hostile outputs", found.len());
    found
}

const PIECES: [&str; 20] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ":",
    ",",
    "\\u0000",
    "\\ud800",
    "```",
    "<think>",
    "</think>",
    "\u{202e}",
    "\u{0}",
    "\n",
    "Subject:",
    "Summary:",
    "\u{1f642}",
    "{\"subject\":",
];

fn mutated(mut output: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(6) {
        let at = random.below(output.len() + 1);
        match random.below(6) {
            0 => output.truncate(at),
            1 => drop(output.drain(at..(at + random.below(12)).min(output.len()))),
            2 => drop(output.splice(at..at, PIECES[random.below(PIECES.len())].bytes())),
            3 => {
                if let Some(byte) = output.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            4 => {
                let end = (at + random.below(60)).min(output.len());
                let copied = output[at..end].repeat(1 + random.below(20));
                drop(output.splice(at..at, copied));
            }
            _ => {
                let byte = u8::try_from(random.below(256)).unwrap();
                drop(output.splice(at..at, [byte]));
            }
        }
    }
    output
}

#[test]
fn every_malformed_output_is_a_checked_summary_or_a_typed_refusal() {
    let mut random = Random(0x5EED_CA11_AB1E_0005);
    let (good, hostile) =
        (seeds(), hostile("every_malformed_output_is_a_checked_summary_or_a_typed_refusal"));
    let said: Vec<_> = good.iter().map(|good| String::from_utf8_lossy(good)).collect();
    let source = Source::new(said.iter().map(AsRef::as_ref), Sequence(1)..=Sequence(1));
    let source = source.in_language(Some(Language::from("en")));
    let (mut passed, mut flawed, mut unreadable) = (0, 0, 0);
    for nth in 0..OUTPUTS {
        let output = match hostile.get(nth) {
            // Each as it is, once; then mutations.
            Some(hostile) => hostile.clone(),
            None if nth % 16 == 0 => {
                (0..random.below(400)).map(|_| u8::try_from(random.below(256)).unwrap()).collect()
            }
            None if nth % 4 == 0 && !hostile.is_empty() => {
                mutated(hostile[random.below(hostile.len())].clone(), &mut random)
            }
            None => mutated(good[random.below(good.len())].clone(), &mut random),
        };
        let output = String::from_utf8_lossy(&output);
        let Ok(written) = parse(&output) else {
            unreadable += 1;
            continue;
        };
        assert!(!written.subject.is_empty() && !written.summary.is_empty() && output.len() < LONGEST);
        match check(&written.subject, &written.summary, "m", 1, &source) {
            Ok(summary) => {
                passed += 1;
                assert!(summary.subject.chars().count() <= Summary::MAX_SUBJECT);
                assert!(summary.text.chars().count() <= Summary::MAX_TEXT);
                assert!(!summary.text.chars().chain(summary.subject.chars()).any(char::is_control));
            }
            Err(_) => flawed += 1,
        }
    }
    // All three ends are reached often, or the outputs test nothing.
    assert!(passed > 5000 && flawed > 5000 && unreadable > 5000, "{passed} {flawed} {unreadable}");
}
