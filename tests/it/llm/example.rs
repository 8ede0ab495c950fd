//! The example, as a program, against a real endpoint.

use std::process::Command;

use serde_json::json;

use super::peers::Aimock;
use super::{GOOD, KEY, SUBJECT, SUMMARY};

fn run(server: &Aimock) -> String {
    let mut command = Command::new(crate::example::binary("model_summary"));
    command.arg(format!("http://127.0.0.1:{}/v1", server.port)).arg("llama3.2").env("OPENAI_API_KEY", KEY);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_example_replaces_the_ticket_s_summary_by_the_model_s() {
    let fixtures = json!([{ "match": {}, "response": { "content": GOOD } }]);
    let printed = run(&Aimock::start(json!({ "fixtures": fixtures, "keys": [KEY] })));
    let (before, after) = printed.split_at(printed.find("Model").unwrap());
    assert!(before.contains("Deterministic"), "{printed}");
    assert!(after.contains("llama3.2") && after.contains(SUBJECT) && after.contains(SUMMARY), "{printed}");
}

#[test]
fn a_summary_that_does_not_pass_leaves_the_ticket_s_own() {
    for content in
        ["Zu Hause ist es am schönsten.", r#"{"subject": "A", "summary": "See https://a.example. Now."}"#]
    {
        let printed = run(&Aimock::writing(content));
        assert_eq!(printed.matches("Deterministic").count(), 2, "{printed}");
    }
}
