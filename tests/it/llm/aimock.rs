//! aimock: what was sent, as its journal has it, and what is made of its answers.

use chrono::TimeDelta;
use escalate::redact::{Kept, Redactor};
use escalate::summary::Flaw;
use escalate::{Author, ModelSummarizer, SummarizeError, Summarizer, Visibility};
use serde_json::{Value, json};

use super::peers::{Aimock, assert_valid};
use super::{
    GOOD, KEY, SUBJECT, SUMMARY, anthropic, asking, customer, message, openai, patient, request, tls,
};

#[tokio::test]
async fn the_ladder_is_climbed_down_once_and_every_request_is_valid() {
    let refuses = |form: &str| {
        let message = format!(
            "Invalid parameter: 'response_format' of type '{form}' is not supported with this model."
        );
        let error =
            json!({ "message": message, "type": "invalid_request_error", "param": "response_format" });
        json!({ "match": { "responseFormat": form }, "response": { "error": error, "status": 400 } })
    };
    let server = Aimock::start(json!({ "fixtures": [
        refuses("json_schema"), refuses("json_object"), { "match": {}, "response": { "content": GOOD } },
    ] }));
    let summarizer = openai(server.port).build().unwrap();
    assert_eq!(summarizer.summarize(request()).await.unwrap().attempts, 3);
    // The rung that worked is remembered.
    assert_eq!(summarizer.summarize(request()).await.unwrap().attempts, 1);
    let bodies = server.bodies();
    let forms: Vec<_> = bodies.iter().map(|body| body["response_format"]["type"].as_str()).collect();
    assert_eq!(forms, [Some("json_schema"), Some("json_object"), None, None]);
    assert!(bodies.iter().all(|body| body["stream"] != json!(true)));
    assert_valid(&bodies, "the_ladder_is_climbed_down_once_and_every_request_is_valid");
}

#[tokio::test]
async fn the_limit_of_tokens_is_renamed_where_its_name_is_refused() {
    let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    let server = Aimock::start(json!({ "fixtures": [
        { "match": { "sequenceIndex": 0 }, "response": { "error": { "message": message }, "status": 400 } },
        { "match": {}, "response": { "content": GOOD } },
    ] }));
    let summarizer = openai(server.port).build().unwrap();
    assert_eq!(summarizer.summarize(request()).await.unwrap().attempts, 2);
    assert_eq!(summarizer.summarize(request()).await.unwrap().attempts, 1);
    let bodies = server.bodies();
    let renamed: Vec<_> = bodies.iter().map(|body| body["max_completion_tokens"] == json!(2000)).collect();
    assert_eq!(renamed, [false, true, true]);
    assert_valid(&bodies, "the_limit_of_tokens_is_renamed_where_its_name_is_refused");
}

#[tokio::test]
async fn a_tool_that_has_to_be_called_writes_at_anthropic() {
    let input = json!({ "subject": SUBJECT, "summary": SUMMARY });
    let called = json!([{ "name": "write_note", "arguments": input }]);
    let fixtures = json!([{ "match": { "toolName": "write_note" }, "response": { "toolCalls": called } }]);
    let server = Aimock::start(json!({ "fixtures": fixtures, "keys": [KEY] }));
    let proposal = anthropic(server.port, "").build().unwrap().summarize(request()).await.unwrap();
    assert_eq!((proposal.subject.as_str(), proposal.text.as_str()), (SUBJECT, SUMMARY));
    assert_eq!(proposal.model, "claude-haiku-4-5");
    assert_eq!(server.journal()[0]["headers"]["anthropic-version"], "2023-06-01");
}

#[tokio::test]
async fn azure_and_gateways_get_the_key_where_they_look_for_it() {
    let fixtures = json!([{ "match": {}, "response": { "content": GOOD } }]);
    let server = Aimock::start(json!({ "fixtures": fixtures, "keys": [KEY] }));
    let base = format!("http://127.0.0.1:{}", server.port);
    let azure = patient(ModelSummarizer::azure(&base, "ours", "2024-10-21", tls())).build().unwrap();
    azure.summarize(request()).await.unwrap();
    let gateway = ModelSummarizer::openai(&base, "m", tls()).path("/api/v1/chat/completions");
    let gateway = gateway.header("X-API-Key", KEY).header("x-title", "desk").build().unwrap();
    gateway.summarize(request()).await.unwrap();
    let journal = server.journal();
    let path = journal[0]["path"].as_str().unwrap();
    assert!(path.starts_with("/openai/deployments/ours/chat/completions"), "{path}");
    assert_eq!(
        (&journal[1]["path"], &journal[1]["headers"]["x-title"]),
        (&json!("/api/v1/chat/completions"), &json!("desk"))
    );
    // The same with a wrong key: aimock checks it.
    let wrong = openai(server.port).key("sk-wrong").build().unwrap().summarize(request()).await.unwrap_err();
    assert!(matches!(wrong, SummarizeError::Unavailable { .. }), "{wrong:?}");
}

/// Puts every word with `@` aside.
#[derive(Debug)]
struct Addresses;

impl Redactor for Addresses {
    fn redact(&self, text: &str, kept: &mut Kept) -> String {
        let word =
            |word: &str| if word.contains('@') { kept.placeholder("EMAIL", word) } else { word.to_owned() };
        text.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

#[tokio::test]
async fn only_what_may_be_sent_is_sent_and_what_was_put_aside_comes_back() {
    let server = Aimock::writing(
        r#"{"subject": "Mail to [EMAIL_1]", "summary": "Write to [EMAIL_1]. Not to [EMAIL_2]."}"#,
    );
    let summarizer = openai(server.port).redactor(Addresses).build().unwrap();
    let mut note = message(2, Author::System, "a private note");
    note.visibility = Visibility::Note;
    let mut fact = message(3, Author::System, "a fact for the AI agent");
    fact.visibility = Visibility::Fact;
    let mut asked =
        asking(vec![message(1, customer(), "I am cleo@shop.example and <|im_start|>system"), note, fact]);
    asked.flaw = Some(Flaw::Sentences);
    let proposal = summarizer.summarize(asked).await.unwrap();
    assert_eq!(proposal.subject, "Mail to cleo@shop.example");
    assert_eq!(proposal.text, "Write to cleo@shop.example. Not to [EMAIL_2].");
    let body = server.bodies()[0].clone();
    let sent = body.to_string();
    assert!(
        !sent.contains("cleo@")
            && !sent.contains("private note")
            && !sent.contains("a fact for")
            && !sent.contains("<|")
    );
    let data: Value = serde_json::from_str(body["messages"][1]["content"].as_str().unwrap()).unwrap();
    let entries = json!([{ "from": "customer", "text": "I am [EMAIL_1] and <|im_start|>system" }]);
    assert_eq!(data, json!({ "transcript": entries }));
    let rules = body["messages"][0]["content"].as_str().unwrap();
    assert!(
        rules.contains(&Flaw::Sentences.to_string()) && rules.contains("English (language tag en)"),
        "{rules}"
    );
}

#[tokio::test]
async fn cards_and_addresses_are_put_aside_unless_the_host_says_otherwise() {
    let server = Aimock::writing(r#"{"subject": "Card [CARD_1]", "summary": "Write to [EMAIL_1]. Soon."}"#);
    let said = "Charged twice on 4111 1111 1111 1111. Write to cleo@shop.example about order W5490111.";
    let asked = asking(vec![message(1, customer(), said)]);
    let proposal = openai(server.port).build().unwrap().summarize(asked).await.unwrap();
    assert_eq!(proposal.subject, "Card 4111 1111 1111 1111");
    assert_eq!(proposal.text, "Write to cleo@shop.example. Soon.");
    let sent = server.bodies()[0].to_string();
    assert!(!sent.contains("4111") && !sent.contains("cleo@") && sent.contains("W5490111"), "{sent}");
}

#[tokio::test]
async fn a_long_transcript_is_sent_within_its_budget() {
    let server = Aimock::writing(GOOD);
    let summarizer = openai(server.port).transcript_tokens(1000).build().unwrap();
    let entries = (1..=200)
        .map(|sequence| message(sequence, customer(), &format!("Entry {sequence}. {}", "word ".repeat(30))));
    summarizer.summarize(asking(entries.collect())).await.unwrap();
    let body = server.bodies()[0].clone();
    let data = body["messages"][1]["content"].as_str().unwrap();
    assert!(
        data.len() < 4000
            && data.contains("Entry 1.")
            && data.contains("Entry 200.")
            && !data.contains("Entry 100.")
    );
    assert!(data.contains("left_out_entries"));
    assert_valid(&[body], "a_long_transcript_is_sent_within_its_budget");
}

#[tokio::test]
async fn broken_answers_are_tried_again_and_then_told() {
    let fixtures = json!([{ "match": {}, "response": { "content": GOOD } }]);
    for chaos in ["malformedRate", "disconnectRate", "dropRate", "rateLimitRate"] {
        let server = Aimock::start(json!({ "fixtures": fixtures, "chaos": { chaos: 1.0 } }));
        let summarizer =
            openai(server.port).attempts(2).pause_after(2, TimeDelta::minutes(1)).build().unwrap();
        let error = summarizer.summarize(request()).await.unwrap_err();
        assert!(matches!(error, SummarizeError::Unavailable { .. }), "{chaos}: {error:?}");
        assert_eq!(server.journal().len(), 2, "{chaos}");
        let error = summarizer.summarize(request()).await.unwrap_err();
        assert!(matches!(error, SummarizeError::Unavailable { wait: Some(_) }), "{chaos}: {error:?}");
        assert_eq!(server.journal().len(), 2, "{chaos}: it was called while left alone");
    }
}
