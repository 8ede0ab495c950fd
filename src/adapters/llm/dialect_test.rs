use super::*;

fn prompt() -> Prompt {
    Prompt { system: "the rules".to_owned(), data: "{\"transcript\":[]}".to_owned() }
}

const FORM: Form = Form { rung: Rung::JsonSchema, is_renamed: false };

fn openai(choice: Value) -> Result<String, ModelFault> {
    Dialect::OpenAi.written(&json!({ "choices": [choice] }), "host")
}

fn anthropic(stop: &str, content: Value) -> Result<String, ModelFault> {
    Dialect::Anthropic.written(&json!({ "stop_reason": stop, "content": content }), "host")
}

#[test]
fn every_rung_asks_for_its_form() {
    let body = |dialect: Dialect, rung| dialect.body("m", &prompt(), Form { rung, ..FORM }, 7);
    let format = |rung| body(Dialect::OpenAi, rung)["response_format"]["type"].clone();
    assert_eq!(format(Rung::JsonSchema), "json_schema");
    assert_eq!(format(Rung::JsonObject), "json_object");
    assert_eq!(format(Rung::Plain), Value::Null);
    let tool = body(Dialect::Anthropic, Rung::JsonSchema);
    assert_eq!(tool["tool_choice"]["name"], tool["tools"][0]["name"]);
    assert_eq!(body(Dialect::Anthropic, Rung::Plain)["tools"], Value::Null);
    assert_eq!(tool["system"], "the rules");
    let renamed = Dialect::Azure.body("m", &prompt(), Form { is_renamed: true, ..FORM }, 7);
    assert_eq!((&renamed["max_completion_tokens"], &renamed["max_tokens"]), (&json!(7), &Value::Null));
    assert_eq!(body(Dialect::OpenAi, Rung::Plain)["stream"], Value::Null);
}

#[test]
fn the_ladder_ends() {
    for dialect in [Dialect::OpenAi, Dialect::Azure, Dialect::Anthropic] {
        let steps: Vec<_> =
            std::iter::successors(Some(Rung::JsonSchema), |rung| rung.below(dialect)).collect();
        assert_eq!(steps.last(), Some(&Rung::Plain));
        assert_eq!(steps.len(), if dialect == Dialect::Anthropic { 2 } else { 3 });
        assert!(steps.iter().all(|rung| Rung::of(rung.number()) == *rung));
    }
}

#[test]
fn only_a_model_that_is_done_is_heard() {
    let ended = |reason: Value| openai(json!({ "finish_reason": reason, "message": { "content": "x" } }));
    assert_eq!(ended(json!("stop")), Ok("x".to_owned()));
    assert_eq!(ended(json!("length")), Err(ModelFault::Cut));
    assert_eq!(ended(json!("content_filter")), Err(ModelFault::Filtered));
    for other in [json!("tool_calls"), json!("function_call"), json!(null), json!(7), json!("STOP")] {
        assert_eq!(ended(other), Err(ModelFault::Unfinished));
    }
    let refusal = json!({ "finish_reason": "stop", "message": { "content": null, "refusal": "I can't." } });
    assert_eq!(openai(refusal), Err(ModelFault::Refused));
    let text = || json!([{ "type": "text", "text": "x" }]);
    assert_eq!(anthropic("end_turn", text()), Ok("x".to_owned()));
    assert_eq!(anthropic("max_tokens", text()), Err(ModelFault::Cut));
    assert_eq!(anthropic("refusal", text()), Err(ModelFault::Refused));
    for other in ["tool_use", "pause_turn", "stop_sequence", ""] {
        assert_eq!(anthropic(other, text()), Err(ModelFault::Unfinished));
    }
}

#[test]
fn texts_are_found_among_other_parts() {
    let parts = json!([{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "x" }]);
    assert_eq!(
        openai(json!({ "finish_reason": "stop", "message": { "content": parts } })),
        Ok("x".to_owned())
    );
    let called = json!([{ "type": "text", "text": "Here:" }, { "type": "tool_use", "name": NAME, "input": { "a": 1 } }]);
    assert_eq!(anthropic("tool_use", called.clone()), Ok("{\"a\":1}".to_owned()));
    assert_eq!(anthropic("end_turn", called), Ok("{\"a\":1}".to_owned()));
}

#[test]
fn what_is_no_answer_is_said_to_be_none() {
    let bad = Err(ModelFault::BadAnswer { host: "host".to_owned() });
    for answer in [json!(null), json!({}), json!([]), json!({ "choices": [] }), json!({ "choices": [{}] })] {
        assert_eq!(Dialect::OpenAi.written(&answer, "host"), bad);
        assert_eq!(Dialect::Anthropic.written(&answer, "host"), bad);
    }
}

#[test]
fn tokens_are_counted_under_each_name() {
    let openai = Dialect::OpenAi.usage(&json!({ "usage": { "prompt_tokens": 3, "completion_tokens": 4 } }));
    assert_eq!(openai, Usage { input: Some(3), output: Some(4) });
    let anthropic =
        Dialect::Anthropic.usage(&json!({ "usage": { "input_tokens": 3, "output_tokens": "4" } }));
    assert_eq!(anthropic, Usage { input: Some(3), output: None });
}
