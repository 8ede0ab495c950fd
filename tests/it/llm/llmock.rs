//! llmock's faults, and its strict report on how they were taken.

use std::time::Duration;

use chrono::TimeDelta;
use escalate::adapters::llm::ModelFault;
use escalate::testkit::ManualClock;
use escalate::{SummarizeError, Summarizer};
use serde_json::{Value, json};

use super::peers::Llmock;
use super::{GOOD, SUBJECT, SUMMARY, anthropic, fault, openai, request};

fn good() -> Value {
    json!({ "type": "reply", "text": GOOD, "times": null })
}

#[tokio::test]
async fn overload_is_waited_for_as_long_as_it_asks() {
    for is_anthropic in [false, true] {
        let server = Llmock::with(json!([
            { "type": "fail", "status": 429, "retry_after": 1.2 },
            { "type": "fail", "status": if is_anthropic { 529 } else { 503 }, "retry_after": 0.3 },
            { "type": "fail", "status": 500 },
            good(),
        ]));
        let summarizer =
            if is_anthropic { anthropic(server.port, "/anthropic") } else { openai(server.port) };
        let summarizer = summarizer.build().unwrap();
        let proposal = summarizer.summarize(request()).await.unwrap();
        assert_eq!((proposal.subject.as_str(), proposal.text.as_str()), (SUBJECT, SUMMARY));
        assert_eq!(proposal.attempts, 4);
        assert_eq!(server.statuses().len(), 4);
        server.assert_resilient();
    }
}

#[tokio::test]
async fn the_waits_between_failures_grow() {
    let server = Llmock::with(json!([{ "type": "fail", "status": 500, "times": 3 }, good()]));
    let proposal = openai(server.port).build().unwrap().summarize(request()).await.unwrap();
    assert_eq!(proposal.attempts, 4);
    server.assert_resilient();
}

#[tokio::test]
async fn attempts_end_and_the_endpoint_is_left_alone() {
    let server = Llmock::with(json!([{ "type": "fail", "status": 502, "times": null }]));
    let clock = ManualClock::at(chrono::Utc::now());
    let summarizer =
        openai(server.port).attempts(3).pause_after(3, TimeDelta::minutes(2)).clock(clock.clone());
    let summarizer = summarizer.build().unwrap();
    let error = summarizer.summarize(request()).await.unwrap_err();
    assert!(matches!(error, SummarizeError::Unavailable { .. }), "{error:?}");
    assert_eq!(server.statuses(), [502; 3]);
    let error = summarizer.summarize(request()).await.unwrap_err();
    let SummarizeError::Unavailable { wait } = error else { panic!("{error:?}") };
    assert_eq!(
        (wait, server.statuses().len()),
        (Some(TimeDelta::minutes(2)), 3),
        "it was called while left alone"
    );
    server.assert_resilient();
    // The pause is over and the endpoint is back.
    clock.advance(TimeDelta::minutes(2));
    let back = Llmock::with(json!([good()]));
    assert!(openai(back.port).build().unwrap().summarize(request()).await.is_ok());
    assert!(matches!(
        summarizer.summarize(request()).await.unwrap_err(),
        SummarizeError::Unavailable { wait: Some(wait) } if wait == TimeDelta::minutes(4)
    ));
    assert_eq!(server.statuses().len(), 4, "half open is one call");
}

#[tokio::test]
async fn a_longer_wait_than_the_budget_is_handed_to_the_desk() {
    let server = Llmock::with(json!([{ "type": "fail", "status": 429, "retry_after": 3 }, good()]));
    let summarizer = openai(server.port).timeout(Duration::from_millis(2900)).build().unwrap();
    let error = summarizer.summarize(request()).await.unwrap_err();
    let SummarizeError::Unavailable { wait: Some(wait) } = error else { panic!("{error:?}") };
    assert_eq!(wait, TimeDelta::seconds(3));
    // As the worker does.
    tokio::time::sleep(wait.to_std().unwrap()).await;
    assert!(summarizer.summarize(request()).await.is_ok());
    assert_eq!(server.statuses(), [429, 200]);
    server.assert_resilient();
}

#[tokio::test]
async fn a_stall_is_cut_off_and_tried_again() {
    let server = Llmock::with(json!([{ "type": "delay", "seconds": 8 }, good()]));
    let summarizer = openai(server.port).attempt_timeout(Duration::from_secs(2)).build().unwrap();
    let proposal = summarizer.summarize(request()).await.unwrap();
    assert!(proposal.attempts >= 2, "it sat through the stall");
    server.assert_resilient();
}

#[tokio::test]
async fn half_a_summary_is_none() {
    for is_anthropic in [false, true] {
        let cut = json!([{ "type": "reply", "text": GOOD, "finish_reason": "length" }]);
        let filtered = json!([{ "type": "reply", "text": GOOD, "finish_reason": "content_filter" }]);
        let (server, refusing) = (Llmock::with(cut), Llmock::with(filtered));
        let summarizer =
            |port| if is_anthropic { anthropic(port, "/anthropic") } else { openai(port) }.build().unwrap();
        let error = summarizer(server.port).summarize(request()).await.unwrap_err();
        assert_eq!(fault(&error), &ModelFault::Cut);
        let error = summarizer(refusing.port).summarize(request()).await.unwrap_err();
        assert!(matches!(error, SummarizeError::Permanent { .. }), "{error:?}");
        assert_eq!((server.statuses(), refusing.statuses()), (vec![200], vec![200]));
        server.assert_resilient();
    }
}

#[tokio::test]
async fn malformed_output_steps_down_the_ladder() {
    let server = Llmock::with(json!([
        { "type": "reply", "text": "{\"subject\": \"Broken" },
        { "type": "reply", "text": "Certainly! Here it comes." },
        { "type": "reply", "text": "Subject: Broken kettle\nSummary: One came. It is broken." },
    ]));
    let summarizer = openai(server.port).build().unwrap();
    let proposal = summarizer.summarize(request()).await.unwrap();
    assert_eq!((proposal.subject.as_str(), proposal.attempts), (SUBJECT, 3));
    let asked = |request: &Value| request["body"]["response_format"]["type"].clone();
    assert_eq!(
        server.requests().iter().map(asked).collect::<Vec<_>>(),
        [json!("json_schema"), json!("json_object"), Value::Null]
    );
    server.assert_resilient();
}

#[tokio::test]
async fn one_bad_output_is_not_remembered() {
    let server = Llmock::with(json!([{ "type": "reply", "text": "Certainly!" }, good(), good()]));
    let summarizer = openai(server.port).build().unwrap();
    for attempts in [2, 1] {
        assert_eq!(summarizer.summarize(request()).await.unwrap().attempts, attempts);
    }
    let last = server.requests().remove(2);
    assert_eq!(last["body"]["response_format"]["type"], json!("json_schema"));
}

#[tokio::test]
async fn output_that_stays_malformed_is_a_typed_refusal() {
    let server = Llmock::with(json!([{ "type": "reply", "text": "I like kettles.", "times": null }]));
    let error = openai(server.port).build().unwrap().summarize(request()).await.unwrap_err();
    assert!(matches!(fault(&error), ModelFault::Unreadable(_)), "{error:?}");
    assert_eq!(server.statuses().len(), 3, "one a rung");
    server.assert_resilient();
}

#[tokio::test]
async fn what_no_retry_can_mend_is_not_retried() {
    for status in [400, 401, 403, 404, 413, 422] {
        let server =
            Llmock::with(json!([{ "type": "fail", "status": status, "times": null, "message": "no" }]));
        let error = openai(server.port).build().unwrap().summarize(request()).await.unwrap_err();
        match error {
            SummarizeError::Permanent { .. } => assert_eq!(status, 413),
            SummarizeError::Unavailable { .. } => assert!([401, 403, 404].contains(&status), "{status}"),
            // What it means is not known, so it is not given up at once.
            error => assert!([400, 422].contains(&status), "{status}: {error:?}"),
        }
        assert_eq!(server.statuses(), [status]);
        server.assert_resilient();
    }
}
