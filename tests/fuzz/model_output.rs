//! Whatever a model writes: a checked summary or a typed refusal, and no panic.

#![no_main]

use escalate::adapters::llm::parse::parse;
use escalate::summary::{Source, Summary, check};
use escalate::{Language, Sequence};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|output: &[u8]| {
    let output = String::from_utf8_lossy(output);
    let Ok(written) = parse(&output) else { return };
    assert!(!written.subject.is_empty() && !written.summary.is_empty());
    let english = Language::from("en");
    for language in [None, Some(&english)] {
        let source = Source::new([&*written.summary], Sequence(1)..=Sequence(1)).in_language(language.cloned());
        let Ok(summary) = check(&written.subject, &written.summary, "m", 1, &source) else { continue };
        assert!(summary.subject.chars().count() <= Summary::MAX_SUBJECT);
        assert!(summary.text.chars().count() <= Summary::MAX_TEXT);
        assert!(!summary.subject.chars().chain(summary.text.chars()).any(char::is_control));
    }
});
