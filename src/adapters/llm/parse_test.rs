use super::*;

fn written(subject: &str, summary: &str) -> Result<Written, Unreadable> {
    Ok(Written { subject: subject.to_owned(), summary: summary.to_owned() })
}

#[test]
fn every_form_that_models_write_is_read() {
    let outputs = [
        r#"{"subject": "S", "summary": "A b. C d."}"#,
        "```json\n{\"subject\": \"S\", \"summary\": \"A b. C d.\"}\n```",
        "Here is the note:\n{\"subject\": \"S\",\n \"summary\": \"A b. C d.\"}\nI hope that helps {really}!",
        "<think>{\"subject\": \"no\", \"summary\": \"no\"} hm</think>\n{\"subject\":\"S\",\"summary\":\"A b. C d.\"}",
        "I should write it.\n</think>\n\n{\"subject\":\"S\",\"summary\":\"A b. C d.\"}",
        "{\"Subject\": \"S\", \"Summary\": [\"A b.\", \"C d.\"]}",
        "{\"subject\": \"S\", \"summary\": \"A b.\nC d.\"}",
        "[{\"subject\": \"S\", \"summary\": \"A b. C d.\"}]",
        "{\"note\": {\"title\": \" S \", \"text\": \"A b.\\n C d.\"}}",
        "{\"subject\": \"...\", \"summary\": \"...\"} is what you want:\n{\"subject\": \"S\", \"summary\": \"A b. C d.\"}",
        r#""{\"subject\": \"S\", \"summary\": \"A b. C d.\"}""#,
        "Subject: S\nSummary: A b. C d.",
        "**Subject:** S\n\n**Summary:** A b.\nC d.\n",
        "## Subject\n### Subject: S\n- Summary:\nA b.\nC d.",
        "```\nSubject：S\nSummary：A b. C d.\n```",
        "Subject:\n\nS\nSummary: A b. C d.",
        "\u{feff}{ broken {\"subject\":\"S\",\"summary\":\"A b. C d.\"}",
    ];
    for output in outputs {
        assert_eq!(parse(output), written("S", "A b. C d."), "{output}");
    }
}

#[test]
fn tags_in_a_text_end_no_thoughts() {
    let output = r#"{"subject": "S", "summary": "It shows </think> in the chat. It stays."}"#;
    assert_eq!(parse(output), written("S", "It shows </think> in the chat. It stays."));
}

#[test]
fn what_holds_no_summary_is_refused() {
    for (output, why) in [
        ("", Unreadable::Empty),
        (" \n\t", Unreadable::Empty),
        ("<think>I never end", Unreadable::Empty),
        ("<think>done</think>  ", Unreadable::Empty),
        ("I cannot help with that.", Unreadable::NoSummary),
        ("{}", Unreadable::NoSummary),
        (r#"{"subject": "S"}"#, Unreadable::NoSummary),
        (r#"{"subject": "", "summary": "A."}"#, Unreadable::NoSummary),
        (r#"{"subject": 7, "summary": "A."}"#, Unreadable::NoSummary),
        (r#"{"subject": "S", "summary": ["A.", 7]}"#, Unreadable::NoSummary),
        (r#"{"subject": "S", "summary": "A. B"#, Unreadable::NoSummary),
        ("Subject: S", Unreadable::NoSummary),
        ("Summary: A. B.", Unreadable::NoSummary),
        ("Subject:\nSummary:\n", Unreadable::NoSummary),
    ] {
        assert_eq!(parse(output), Err(why), "{output}");
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = |open: &str, count: usize| open.repeat(count);
    for output in [
        deep("{\"a\":", 13_000),
        deep("[", 65_000),
        deep("{", 65_000),
        deep("\"", 65_000),
        deep("{}", 32_000),
    ] {
        assert_eq!(parse(&output), Err(Unreadable::NoSummary));
    }
    assert_eq!(parse(&" ".repeat(LONGEST)), Err(Unreadable::TooLong));
}

#[test]
fn nothing_of_it_is_printed() {
    let written = parse(r#"{"subject": "secret", "summary": "secret too."}"#).unwrap();
    assert!(!format!("{written:?}").contains("secret"));
}
