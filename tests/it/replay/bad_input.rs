//! Bad lines are named and skipped; the rest is done.

use escalate::Desk;

use super::program::Bench;

fn good(id: &str) -> Vec<u8> {
    format!(r#"{{"id":"{id}","turns":[{{"role":"customer","text":"Where is order 4711?"}}]}}"#).into_bytes()
}

fn turn(role: &str, text: &str) -> Vec<u8> {
    let turns = serde_json::json!([{ "role": "customer", "text": "Hello!" }, { "role": role, "text": text }]);
    serde_json::json!({ "id": "bad", "turns": turns }).to_string().into_bytes()
}

/// Bad lines, and how what is said of each begins.
fn cases() -> Vec<(Vec<u8>, String)> {
    const MIB: usize = 1 << 20;
    let broken = [&b"{\"id\":\"b\xFFd\""[..], b",\"turns\":[]}"].concat();
    let texts = [
        ("nonsense", "not JSON: "),
        (r#"{"id":"cut off","turns":[{"role":"custo"#, "not JSON: EOF "),
        (r#"{"id":"surrogate \ud800","turns":[]}"#, "not JSON: "),
        (r#"[["customer","hello"]]"#, "there is no id, a string"),
        (r#"{"turns":[{"role":"customer","text":"hello"}]}"#, "there is no id, a string"),
        (r#"{"id":5,"turns":[]}"#, "there is no id, a string"),
        (r#"{"id":" ","turns":[]}"#, "the id is empty"),
        (r#"{"id":"bad"}"#, "there is no turns, a list"),
        (r#"{"id":"bad","turns":{}}"#, "there is no turns, a list"),
        (r#"{"id":"bad","turns":[]}"#, "there are no turns"),
        (r#"{"id":"bad","turns":[["customer","hello"]]}"#, "turn 1: there is no role, a string"),
        (r#"{"id":"bad","turns":[{"text":"hello"}]}"#, "turn 1: there is no role, a string"),
        (r#"{"id":"bad","turns":[{"role":"ai","text":null}]}"#, "turn 1: there is no text, a string"),
    ];
    let limit = Desk::MAX_TEXT_BYTES;
    let mut cases: Vec<_> = texts.map(|(line, said)| (line.as_bytes().to_vec(), said.to_owned())).into();
    cases.extend([
        (turn("wizard", "Abracadabra"), r#"turn 2: unknown role "wizard""#.to_owned()),
        (turn("\u{1b}[2J", "Boo"), r#"turn 2: unknown role "\u{1b}[2J""#.to_owned()),
        (turn("customer", " \n\t"), "turn 2: the text is empty".to_owned()),
        (
            turn("ai", &"a".repeat(limit + 1)),
            format!("turn 2: the text has {} bytes, and {limit} is the limit", limit + 1),
        ),
        (turn("customer", &"x".repeat(10 * MIB)), format!("turn 2: the text has {} bytes", 10 * MIB)),
        (turn("customer", &"x".repeat(17 * MIB)), format!("the line is longer than {} bytes", 16 * MIB)),
        (broken, "not UTF-8 from byte 9 on".to_owned()),
        (good("first"), r#"the id "first" is the one of input.jsonl:1"#.to_owned()),
    ]);
    cases
}

#[test]
fn each_bad_line_is_named_and_the_rest_is_done() {
    let bench = Bench::new();
    let cases = cases();
    let mut lines = vec![good("first")];
    lines.extend(cases.iter().map(|(line, _)| line.clone()));
    // A blank line is none.
    lines.extend([Vec::new(), good("last")]);
    bench.write("input.jsonl", lines.join(&b'\n'));

    let ran = bench.run(&["input.jsonl"], &["--escalate-at-end"]);
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let said: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(said.len(), cases.len(), "{said:#?}");
    for (number, (said, (_, expected))) in (2..).zip(said.iter().zip(&cases)) {
        let expected = format!("input.jsonl:{number}: {expected}");
        assert!(said.starts_with(&expected), "{said}\n{expected}");
    }
    assert_eq!((ran.total("dialogues"), ran.total("bad lines")), (2, cases.len() as u64));
    let ids: Vec<_> = bench.out().into_iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, ["first", "last"]);
}

/// Nothing of a bad line is played: a good one with its id may follow.
#[test]
fn bad_line_is_checked_as_a_whole() {
    let bench = Bench::new();
    let half =
        br#"{"id":"again","turns":[{"role":"customer","text":"Hello!"},{"role":"ai","text":""}]}"#.to_vec();
    bench.write("input.jsonl", [half, good("again")].join(&b'\n'));
    let ran = bench.run(&["input.jsonl"], &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, "input.jsonl:1: turn 2: the text is empty\n"));
    assert_eq!((ran.total("dialogues"), ran.total("messages")), (1, 1));
}

#[test]
fn files_are_read_as_far_as_they_can_be() {
    let bench = Bench::new();
    // With a byte order mark, and line ends of two characters.
    bench
        .write("a.jsonl", [b"\xEF\xBB\xBF", good("a").as_slice(), b"\r\n\r\n", &good("b"), b"\r\n"].concat());
    bench.write("b.jsonl", good("a"));
    bench.write("c.jsonl", good("c"));
    let ran = bench.run(&["a.jsonl", "missing.jsonl", "b.jsonl", ".", "c.jsonl"], &[]);
    let said: Vec<_> = ran.stderr.lines().collect();
    let [missing, double, folder] = said.as_slice() else { panic!("{said:#?}") };
    assert!(missing.starts_with("missing.jsonl:1: cannot be read: No such file"), "{missing}");
    assert_eq!(*double, r#"b.jsonl:1: the id "a" is the one of a.jsonl:1"#);
    assert!(folder.starts_with(".:1: cannot be read: Is a directory"), "{folder}");
    assert_eq!((ran.status, ran.total("dialogues"), ran.total("bad lines")), (1, 3, 3));
}

/// A dialogue that was played with other words is not played over them.
#[test]
fn changed_recording_is_named() {
    let bench = Bench::new();
    bench.write("input.jsonl", [good("same"), good("changed")].join(&b'\n'));
    assert_eq!(bench.run(&["input.jsonl"], &[]).status, 0);
    let changed = String::from_utf8(good("changed")).unwrap().replace("4711", "4712");
    bench.write("input.jsonl", [changed.into_bytes(), good("same")].join(&b'\n'));
    let ran = bench.run(&["input.jsonl"], &[]);
    assert!(ran.stderr.starts_with("input.jsonl:1: cannot be played: key "), "{}", ran.stderr);
    assert_eq!((ran.status, ran.total("dialogues"), ran.total("messages")), (1, 1, 1));
}
