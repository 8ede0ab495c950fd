//! What a model writes as the arguments of the action.

#![no_main]

use escalate::action::EscalateAction;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let action = EscalateAction::new();
    match action.parse(text) {
        Ok(call) => {
            // As a value it is the same call: the two ways in agree.
            let value: serde_json::Value = serde_json::from_str(text).expect("it was parsed before");
            assert_eq!(action.parse(&value), Ok(call));
        }
        // A fault never gets long by what it is about.
        Err(fault) => assert!(fault.to_string().len() < 250),
    }
});
