//! What customers are told.

use serde_json::{from_value, json, to_value};

use super::*;

fn texts() -> Texts {
    Texts::new("A", "no. {position}", "{starts_at}", "W")
}

#[test]
fn the_language_is_the_nearest_there_is() {
    let messages = Messages::default().with("pt-PT", texts()).unwrap();
    let messages = messages.with("zh-Hant", Texts { assigned: "H".into(), ..texts() }).unwrap();
    let messages = messages.with("zh", Texts { assigned: "Z".into(), ..texts() }).unwrap();
    let told = |language: Option<&str>| {
        let language = language.map(Language::from);
        messages.compose(language.as_ref(), &Outcome::Assigned)
    };
    let english = Texts::english().assigned;
    for (language, text) in
        [("pt", "A"), ("PT-br", "A"), ("zh-Hant-TW", "H"), ("zh-CN", "Z"), ("ptx", &*english)]
    {
        assert_eq!(told(Some(language)), text, "{language}");
    }
    assert_eq!(told(None), english);
    let own = messages.with("en", texts()).unwrap();
    assert_eq!(own.compose(Some(&"fr".into()), &Outcome::Assigned), "A", "the host's own English");
}

#[test]
fn placeholders_are_filled_in_once() {
    let messages = Messages::default().with("pt", texts()).unwrap();
    let told = |outcome: &Outcome| messages.compose(Some(&"pt".into()), outcome);
    assert_eq!(told(&Outcome::Queued { position: 12 }), "no. 12");
    assert_eq!(
        told(&Outcome::NextShift { starts_at: "{starts_at}{position}".into() }),
        "{starts_at}{position}"
    );
    assert_eq!(told(&Outcome::Waiting), "W");
    for outcome in [Outcome::Assigned, Outcome::Queued { position: 1 }, Outcome::Waiting] {
        assert!(!Messages::default().compose(None, &outcome).contains(['{', '}']));
    }
}

#[test]
fn faults_are_refused_naming_language_and_field() {
    let built_in = check(&Language::from("en"), &Texts::english());
    assert_eq!(built_in, Ok(()), "the texts that are built in");
    for (field, text, said) in [
        ("assigned", " ", "the text `assigned` in `pt` is blank"),
        (
            "assigned",
            "{position}",
            "holds \"{position}\", which stands for nothing there; it takes no placeholder",
        ),
        (
            "queued",
            "{postion} x",
            "holds \"{postion}\", which stands for nothing there; it takes \"{position}\" only",
        ),
        ("queued", "{position", "holds \"{position\""),
        ("queued", "{position} {position}", "it takes \"{position}\" only, and once"),
        ("next_shift", "a } b", "holds \"}\""),
        ("next_shift", "{position}", "it takes \"{starts_at}\" only"),
        ("waiting", "", "`waiting` in `pt` is blank"),
    ] {
        let mut stored = json!({"pt": {"assigned": "A", "queued": "Q", "next_shift": "N", "waiting": "W"}});
        assert!(from_value::<Messages>(stored.clone()).is_ok(), "a placeholder may be left out");
        stored["pt"][field] = json!(text);
        let refused = from_value::<Messages>(stored).unwrap_err().to_string();
        assert!(refused.contains(said) && refused.contains("`pt`"), "{field}: {refused}");
    }
    assert_eq!(Messages::default().with("", texts()), Err(InvalidMessages::NoLanguage));
    let messages = Messages::default().with("pt", texts()).unwrap();
    assert_eq!(from_value::<Messages>(to_value(&messages).unwrap()).unwrap(), messages);
}
