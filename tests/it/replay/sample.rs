//! The sample of the README's command.

use super::contents::everything;
use super::program::{Bench, ran, sample};

#[test]
fn sample_becomes_six_tickets() {
    let bench = Bench::new();
    let ran = bench.run(&[sample()], &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.total("dialogues"), 12);
    assert_eq!(ran.total("escalated"), 6);
    assert_eq!(ran.total("tickets"), 6);
    assert_eq!(ran.total("superseded"), 3);
    assert_eq!(ran.total("bad lines"), 0);

    let out = bench.out();
    let late: Vec<_> = out
        .iter()
        .filter(|line| line["superseded"] != 0)
        .map(|line| (line["id"].as_str().unwrap(), line["superseded"].as_u64().unwrap()))
        .collect();
    assert_eq!(late, [("sample-en-03", 2), ("sample-ja-01", 1)]);
    for line in out {
        let ticket = &line["ticket"];
        if line["escalated"] == true {
            assert_eq!(line["control"], "queued");
            assert_eq!((&ticket["kind"], &ticket["ai_replies"]), (&"live_chat".into(), &false.into()));
            assert!(ticket["assignee"].as_str().is_some_and(|name| name.starts_with("Teammate ")));
            let language = line["id"].as_str().unwrap().split('-').nth(1).unwrap();
            assert_eq!(ticket["language"], language);
            assert_eq!(line["timeline"][0]["event"], "escalated");
        } else {
            assert_eq!(line["control"], "ai");
            assert!(ticket.is_null());
        }
    }
}

/// E2: every key gives its first answer.
#[test]
fn second_run_changes_nothing() {
    for flags in [&[][..], &["--escalate-at-end"], &["--escalate-at-end", "--resolve"]] {
        let bench = Bench::new();
        assert_eq!(bench.run(&[sample()], flags).status, 0);
        let (before, lines) = (everything(&bench.db()), bench.out());
        let again = bench.run(&[sample()], flags);
        assert_eq!((again.status, again.total("commits"), again.total("flushes")), (0, 0, 0));
        assert_eq!(everything(&bench.db()), before);
        assert_eq!(bench.out(), lines);
    }
}

/// One stretch after the other over one database comes to the same as all at once.
#[test]
fn flags_may_be_added_later() {
    let bench = Bench::new();
    for flags in [&[][..], &["--escalate-at-end"], &["--resolve", "--escalate-at-end"], &[]] {
        assert_eq!(bench.run(&[sample()], flags).status, 0);
    }
    for line in bench.out() {
        assert_eq!((&line["control"], &line["ticket"]["status"]), (&"ai".into(), &"closed".into()));
        let late = line["superseded"].as_u64().unwrap();
        let expected = match line["id"].as_str().unwrap() {
            "sample-en-03" => 2,
            "sample-ja-01" => 1,
            _ => 0,
        };
        assert_eq!(late, expected, "{line}");
    }
}

#[test]
fn help_tells_the_options() {
    let bench = Bench::new();
    let help = ran(&mut bench.command::<&str>(&[], &["--help"]));
    assert_eq!(help.status, 0);
    for option in ["--db", "--out", "--escalate-at-end", "--resolve", "--teammates"] {
        assert!(help.stdout.contains(option), "{}", help.stdout);
    }
    assert!(!help.stdout.contains("halt"), "{}", help.stdout);
}
