//! The example, as a program, against a real endpoint.

use std::process::Command;

use serde_json::json;

use super::peers::Aimock;
use super::{GOOD, KEY, SUBJECT, SUMMARY};

/// Whether it succeeded, what it printed, and what it said of failures.
fn run(server: &Aimock) -> (bool, String, String) {
    let mut command = Command::new(crate::example::binary("model_summary"));
    command.arg(format!("http://127.0.0.1:{}/v1", server.port)).arg("llama3.2").env("OPENAI_API_KEY", KEY);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_example_replaces_the_ticket_s_summary_by_the_model_s() {
    let fixtures = json!([{ "match": {}, "response": { "content": GOOD } }]);
    let (is_done, printed, failed) = run(&Aimock::start(json!({ "fixtures": fixtures, "keys": [KEY] })));
    assert!(is_done && failed.is_empty(), "{failed}");
    let (before, after) = printed.split_at(printed.find("Model").unwrap());
    assert!(before.contains("Deterministic"), "{printed}");
    assert!(after.contains("llama3.2") && after.contains(SUBJECT) && after.contains(SUMMARY), "{printed}");
}

#[test]
fn a_summary_that_does_not_pass_leaves_the_ticket_s_own_and_says_why() {
    for (content, why) in [
        ("Zu Hause ist es am schönsten.", "a model wrote no summary"),
        (r#"{"subject": "A", "summary": "See https://a.example. Now."}"#, "did not pass"),
    ] {
        let (is_done, printed, failed) = run(&Aimock::writing(content));
        assert!(!is_done && failed.contains(why), "{failed}");
        assert_eq!(printed.matches("Deterministic").count(), 2, "{printed}");
    }
}

#[test]
fn a_wrong_key_is_seen() {
    let fixtures = json!([{ "match": {}, "response": { "content": GOOD } }]);
    let (is_done, _, failed) = run(&Aimock::start(json!({ "fixtures": fixtures, "keys": ["another"] })));
    assert!(!is_done && failed.contains("401") && failed.contains("check key"), "{failed}");
}
