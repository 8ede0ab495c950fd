//! What providers are sent has the form that they document, by schemas and a validator that are not ours.

use std::io::Write;
use std::process::{Command, Stdio};

use escalate::action::{EscalateAction, InvalidAction, Trigger};
use escalate::chat::{Chat, SystemRole};
use escalate::{Author, Draft, MessageId, Sequence};
use serde_json::{Value, json};

use crate::flow::world::{ACME, ANA, CLEO, NOON, key, place};
use crate::python::{NEEDED, python};
use crate::summaries::shared_data;

/// Reads a schema and then instances, one a line, and says of each whether it is valid.
const VALIDATOR: &str = "
import json, sys, jsonschema
schema = json.loads(sys.stdin.readline())
validator = jsonschema.Draft202012Validator(schema)
jsonschema.Draft202012Validator.check_schema(schema)
for line in sys.stdin:
    error = next(validator.iter_errors(json.loads(line)), None)
    print(json.dumps(error and error.message[:300]))
";

/// What is wrong with each instance, by Python's `jsonschema`.
fn validate(schema: &Value, instances: &[Value]) -> Vec<Option<String>> {
    let mut command = Command::new(python());
    command.args(["-c", VALIDATOR]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = command.spawn().unwrap_or_else(|error| panic!("{error}: {NEEDED}"));
    let lines: Vec<_> = std::iter::once(schema).chain(instances).map(Value::to_string).collect();
    running.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{NEEDED}");
    let told: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), instances.len());
    told
}

fn actions() -> Vec<EscalateAction> {
    let plain = EscalateAction::new();
    let host = EscalateAction::new().named("Zum Menschen!").without(Trigger::RefundDispute).without_words();
    vec![plain, host.when("the customer\n mentions a lawyer").unwrap()]
}

/// A request as a host would send it, by the schema of OpenAI's own specification.
#[test]
fn openai_takes_the_tool_and_the_messages() {
    let Some(folder) = shared_data("openai_takes_the_tool_and_the_messages") else { return };
    let document = std::fs::read_to_string(folder.join("openai_chat_completions_schema.json")).unwrap();
    let mut document: Value = serde_json::from_str(&document).unwrap();
    let body = &document["paths"]["/chat/completions"]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    let schema = json!({ "$ref": body["$ref"], "components": document["components"].take() });
    let authors =
        [Author::Customer { id: CLEO }, Author::Teammate { id: ANA }, Author::AiAgent, Author::System];
    let entries = (1..).zip(authors).map(|(sequence, author)| {
        let draft = Draft::new(
            MessageId::from_u128(sequence.into()),
            key(format!("k{sequence}")),
            author,
            "Hello",
            NOON,
        );
        draft.at_sequence(ACME, place(ACME, 1).conversation, Sequence(sequence))
    });
    let entries: Vec<_> = entries.collect();
    let request = |tool: Value, role| json!({ "model": "gpt-5", "messages": Chat::of(&entries).to_openai(role), "tools": [tool] });
    let mut requests: Vec<_> =
        actions().iter().map(|action| request(action.to_openai(), SystemRole::Developer)).collect();
    requests.push(request(actions()[0].to_openai(), SystemRole::System));
    assert_eq!(validate(&schema, &requests), [const { None }; 3]);
    // It can tell.
    let mut broken = actions()[0].to_openai();
    broken["function"]["name"] = json!(7);
    assert!(validate(&schema, &[request(broken, SystemRole::System)])[0].is_some());
}

/// Strict mode: every field is required, no other is taken, and no keyword stands there that it does not know.
#[test]
fn strict_mode_gets_what_it_demands() {
    const KNOWN: [&str; 6] =
        ["type", "enum", "description", "properties", "required", "additionalProperties"];
    for action in actions() {
        let tool = action.to_openai();
        let parameters = tool["function"]["parameters"].as_object().unwrap();
        let fields: Vec<_> = parameters["properties"].as_object().unwrap().keys().cloned().collect();
        let mut required: Vec<String> = serde_json::from_value(parameters["required"].clone()).unwrap();
        required.sort();
        assert_eq!((required, &parameters["additionalProperties"]), (fields, &json!(false)));
        let inner = parameters["properties"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|field| field.as_object().unwrap().keys());
        for keyword in parameters.keys().chain(inner) {
            assert!(KNOWN.contains(&keyword.as_str()), "{keyword}");
        }
        assert!(tool["function"]["description"].as_str().unwrap().chars().count() <= 1024);
    }
}

/// What the schemas allow is what the parser takes, over all combinations of telling values.
#[test]
fn schemas_and_the_parser_agree() {
    let values = [
        json!("customer_request"),
        json!("urgent"),
        json!("takeover"),
        json!(""),
        json!(1),
        json!({}),
        Value::Null,
    ];
    let mut calls = vec![json!([]), json!("other"), json!(null), json!({ "reason": "other", "team": "a" })];
    for reason in &values {
        for urgency in &values {
            for details in &values {
                let call = json!({ "reason": reason, "urgency": urgency, "details": details, "message_to_customer": details });
                calls.push(call);
            }
        }
    }
    let action = EscalateAction::new();
    let strict = validate(&action.to_openai()["function"]["parameters"], &calls);
    let mut given = calls.clone();
    for call in given.iter_mut().filter_map(Value::as_object_mut) {
        call.retain(|_, value| !value.is_null());
    }
    let full = validate(&action.parameters(), &given);
    let mut valid = 0;
    for (((call, given), strict), full) in calls.iter().zip(&given).zip(strict).zip(full) {
        let parsed = action.parse(call);
        assert_eq!(parsed.is_ok(), strict.is_none(), "{call}: {strict:?}");
        assert_eq!(action.parse(given).is_ok(), full.is_none(), "{given}: {full:?}");
        valid += usize::from(parsed.is_ok());
    }
    assert!(valid >= 10, "{valid}");
}

#[test]
fn anthropic_and_mcp_get_their_own_forms() {
    for action in actions() {
        let (anthropic, mcp) = (action.to_anthropic(), action.to_mcp());
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&anthropic), ["description", "input_schema", "name"]);
        assert_eq!(keys(&mcp), ["annotations", "description", "inputSchema", "name", "title"]);
        assert_eq!((&anthropic["name"], &mcp["name"]), (&json!(action.name()), &json!(action.name())));
        assert_eq!(anthropic["input_schema"], action.parameters());
        let read: escalate::mcp::rmcp::model::Tool = serde_json::from_value(mcp.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), mcp, "the SDK reads all of it");
    }
}

#[test]
fn descriptions_and_prompts_say_the_host_s_triggers() {
    let [plain, host] = <[EscalateAction; 2]>::try_from(actions()).unwrap();
    assert_eq!(host.name(), "Zum_Menschen");
    for text in [host.description(), host.prompt()] {
        assert!(text.contains("the customer mentions a lawyer") && !text.contains("refund"), "{text}");
    }
    for needed in ["say so, and offer", "If the customer says yes, call `escalate_to_human`", "refund"] {
        assert!(plain.prompt().contains(needed), "{needed}");
    }
    assert_eq!(EscalateAction::new().named("  ").named("é"), plain);
    assert_eq!(plain.clone().when("\u{7} \n"), Err(InvalidAction::BlankTrigger));
    let long = plain.clone().when("a".repeat(201));
    assert_eq!(long, Err(InvalidAction::TriggerTooLong { chars: 201, limit: 200 }));
    let many = (0..9).try_fold(plain, |action, _| action.when("b".repeat(200)));
    assert!(matches!(many, Err(InvalidAction::DescriptionTooLong { limit: 1024, .. })));
}
