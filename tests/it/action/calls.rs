//! What models write as arguments: whatever it is, a call or a text that says what is wrong, and never a panic.

use escalate::action::{EscalateAction, InvalidCall};
use escalate::{Priority, Reason, ReasonCode};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::properties::config;
use crate::summaries::shared_data;

fn fault(arguments: &str) -> InvalidCall {
    EscalateAction::new().parse(arguments).unwrap_err()
}

#[test]
fn each_fault_names_the_field_and_what_is_allowed() {
    let cases = [
        (
            r#"{}"#,
            "`reason` is missing; give one of `customer_request`, `out_of_scope`, `sensitive`, `other`",
        ),
        (
            r#"{"reason": null}"#,
            "`reason` is missing; give one of `customer_request`, `out_of_scope`, `sensitive`, `other`",
        ),
        (r#"{"reason": 7}"#, "`reason` is of type number; it has to be a string"),
        (
            r#"{"reason": "takeover"}"#,
            "`reason` has a value that is not allowed; give one of `customer_request`, `out_of_scope`, `sensitive`, `other`",
        ),
        (r#"{"reason": "other", "reason": "other"}"#, "`reason` is given more than once; give it once"),
        (
            r#"{"reason": "other", "urgency": "asap"}"#,
            "`urgency` has a value that is not allowed; give one of `low`, `normal`, `high`, `urgent`",
        ),
        (r#"{"reason": "other", "details": ["a"]}"#, "`details` is of type array; it has to be a string"),
        (
            r#"{"reason": "other", "team": "billing"}"#,
            "`team` is not a field of this action; it takes `reason`, `details`, `urgency`, `message_to_customer` only",
        ),
        (
            r#"{"reason": "other", "Cleo's card is 4111": 1}"#,
            "a name among the arguments is not a field of this action; it takes `reason`, `details`, `urgency`, \
             `message_to_customer` only",
        ),
        (
            r#""customer_request""#,
            "the arguments are of type string; send one JSON object such as {\"reason\": \"customer_request\"}",
        ),
        (
            "{\"reason\": \"other\"",
            "the arguments are not valid JSON (line 1, column 18); send one JSON object such as {\"reason\": \"customer_request\"}",
        ),
        (
            "",
            "the arguments are not valid JSON (line 1, column 0); send one JSON object such as {\"reason\": \"customer_request\"}",
        ),
    ];
    for (arguments, expected) in cases {
        assert_eq!(fault(arguments).to_string(), expected, "{arguments}");
    }
}

#[test]
fn long_and_deep_arguments_are_refused_in_few_words() {
    let megabyte = "x".repeat(1 << 20);
    let text = json!({ "reason": "other", "message_to_customer": megabyte }).to_string();
    assert!(
        matches!(fault(&text), InvalidCall::TooLong { bytes, limit: EscalateAction::MAX_ARGUMENTS } if bytes > 1 << 20)
    );
    let value = json!({ "reason": "other", "message_to_customer": megabyte });
    let too_long = EscalateAction::new().parse(&value).unwrap_err();
    assert!(matches!(
        too_long,
        InvalidCall::TextTooLong { field: "message_to_customer", chars: 1_048_576, .. }
    ));
    let deep = format!("{{\"reason\": {}{}}}", "[".repeat(1000), "]".repeat(1000));
    assert_eq!(fault(&deep), InvalidCall::TooDeep);
    let name = json!({ megabyte: 1 });
    for fault in [too_long, fault(&text), fault(&deep), EscalateAction::new().parse(&name).unwrap_err()] {
        assert!(fault.to_string().len() < 200, "{fault}");
    }
}

#[test]
fn words_that_say_nothing_are_none() {
    let nothing = [
        "\u{200B}",
        "\u{2060}\u{FEFF} \n",
        "\u{AD}\u{E0041}",
        "null",
        " None ",
        "\u{200B}none",
        "⟦teammate⟧",
    ];
    for words in nothing {
        let arguments = json!({ "reason": "other", "message_to_customer": words });
        assert_eq!(EscalateAction::new().parse(&arguments).unwrap().words, None, "{words:?}");
    }
    for words in ["None of us can.", "نعم", "👩\u{200D}💻", "0"] {
        let arguments = json!({ "reason": "other", "message_to_customer": words });
        assert_eq!(EscalateAction::new().parse(&arguments).unwrap().words.as_deref(), Some(words));
    }
}

/// A reason for teammates may be cut; words to the customer are theirs as written, but for what could mislead.
#[test]
fn details_are_cut_and_words_are_kept() {
    let call = EscalateAction::new()
        .parse(&json!({
            "reason": "sensitive", "details": "d".repeat(600), "message_to_customer": "Ab\u{0}c\u{202E}d\nם\u{200F}",
        }))
        .unwrap();
    assert_eq!(call.reason.text.len(), Reason::MAX_TEXT);
    assert_eq!(call.words.as_deref(), Some("Abcd\nם\u{200F}"));
    let blank = EscalateAction::new().parse(r#"{"reason": "other", "message_to_customer": " \n"}"#).unwrap();
    assert_eq!(blank.words, None);
    let without = EscalateAction::new().without_words();
    let fault = without.parse(r#"{"reason": "other", "message_to_customer": "hi"}"#).unwrap_err();
    assert!(matches!(fault, InvalidCall::UnknownField { .. }));
    assert!(without.parameters()["properties"].get("message_to_customer").is_none());
}

#[test]
fn the_json_test_suite_as_arguments() {
    let Some(folder) = shared_data("the_json_test_suite_as_arguments") else { return };
    let suite = std::fs::read_to_string(folder.join("adversarial/json_test_suite.jsonl")).unwrap();
    let mut refused = 0;
    for line in suite.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let bytes = match (case["bytes_b64"].as_str(), case["id"].as_str().unwrap()) {
            (Some(text), _) => base64(text),
            // Too long to be in the file; made as their names say.
            (None, "n_structure_100000_opening_arrays.json") => vec![b'['; 100_000],
            (None, "n_structure_open_array_object.json") => b"[{\"\":".repeat(50_000),
            (None, other) => panic!("{other} is left out"),
        };
        // Arguments are text by the time they are here.
        let text = String::from_utf8_lossy(&bytes);
        let fault = EscalateAction::new().parse(&*text).expect_err("nothing there is a call");
        assert!(fault.to_string().len() < 200, "{}", case["id"]);
        let is_json = !matches!(
            fault,
            InvalidCall::NotJson { .. } | InvalidCall::TooDeep | InvalidCall::TooLong { .. }
        );
        match case["expect"].as_str().unwrap() {
            "y" => assert!(is_json, "{} is JSON: {fault}", case["id"]),
            // What is no UTF-8 was mended above.
            "n" if std::str::from_utf8(&bytes).is_ok() => {
                assert!(!is_json, "{} is no JSON: {fault}", case["id"])
            }
            _ => {}
        }
        let inside = format!(r#"{{"reason": "other", "details": {text}}}"#);
        if let Ok(call) = EscalateAction::new().parse(&*inside) {
            assert!(text.trim().starts_with(['"', 'n']), "{} is no string: {call:?}", case["id"]);
        }
        refused += 1;
    }
    assert!(refused > 150);
}

fn base64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| alphabet.iter().position(|other| *other == byte));
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for digit in digits {
        (bits, held) = ((bits << 6) | digit as u32, held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn code() -> impl Strategy<Value = ReasonCode> {
    use ReasonCode::{CustomerRequest, Other, OutOfScope, Sensitive};
    prop::sample::select(vec![CustomerRequest, OutOfScope, Sensitive, Other])
}

fn urgency() -> impl Strategy<Value = Option<Priority>> {
    let all = vec![Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
    prop::option::of(prop::sample::select(all))
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn whatever_is_written_gives_a_call_or_a_fault(text in ".{0,200}") {
        if let Err(fault) = EscalateAction::new().parse(text.as_str()) {
            prop_assert!(fault.to_string().len() < 250);
        }
    }

    #[test]
    fn what_looks_like_a_call_never_panics(text in r#"\{?("(reason|details|urgency|x)": ?("(other|low|ü)"|null|-?[0-9.e]{1,9}|\[+|\{+)[,}]?){0,4}"#) {
        let _ = EscalateAction::new().parse(text.as_str());
    }

    #[test]
    fn every_call_comes_back_as_it_was_made(
        code in code(), details in "[^\\p{Cc}]{0,80}", urgency in urgency(), words in "[a-zא-ת。\n]{1,40}", nulls: bool,
    ) {
        let mut arguments = json!({ "reason": code.as_str(), "details": details, "message_to_customer": words });
        if urgency.is_some() || nulls {
            arguments["urgency"] = json!(urgency.map(Priority::as_str));
        }
        let action = EscalateAction::new();
        let call = action.parse(&arguments).unwrap();
        prop_assert_eq!(&call, &action.parse(arguments.to_string().as_str()).unwrap());
        prop_assert_eq!((call.reason.code, call.reason.text.as_str(), call.urgency()), (code, details.as_str(), urgency));
        prop_assert_eq!(call.words, Some(words).filter(|words| !words.trim().is_empty()));
    }

    #[test]
    fn names_are_what_every_provider_takes(name in ".{0,90}") {
        let action = EscalateAction::new().named(&name);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        prop_assert!((1..=60).contains(&action.name().len()) && action.name().chars().all(is_plain), "{}", action.name());
        prop_assert_eq!(EscalateAction::new().named(action.name()), action);
    }

    /// S4: a model's urgency never lowers a priority, and never raises one beyond what the host allows.
    #[test]
    fn urgency_stays_below_the_ceiling(asked in urgency(), urgency in urgency(), ceiling in urgency()) {
        let asked = asked.unwrap_or_default();
        let action = ceiling.map_or_else(EscalateAction::new, |ceiling| EscalateAction::new().raising_priority_to(ceiling));
        let priority = action.priority(asked, urgency);
        prop_assert!(priority >= asked);
        prop_assert!(priority <= ceiling.map_or(asked, |ceiling| ceiling.max(asked)));
    }
}
