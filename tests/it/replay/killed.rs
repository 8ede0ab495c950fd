//! SIGKILL anywhere, then started again: the same as a run that was never killed (E5).

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rusqlite::Connection;

use super::contents::{Contents, normalised, scrubbed_text};
use super::program::{Bench, sample};

const ROUNDS: u64 = 50;
const FLAGS: [&str; 2] = ["--escalate-at-end", "--resolve"];
/// How often the sample is repeated, under other ids.
const COPIES: usize = 3;

#[test]
fn killed_fifty_times_nothing_is_lost_or_doubled() {
    let input = Bench::new();
    let recordings = input.write("recordings.jsonl", recordings());
    let whole = Bench::new();
    let ran = whole.run(&[&recordings], &FLAGS);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let (steps, expected) = (ran.total("steps"), Outcome::of(&whole));
    assert_eq!(expected.lines.len(), 12 * COPIES);

    let mut random = Random(0x5eed);
    let mut kills = 0;
    for round in 0..ROUNDS {
        let bench = Bench::new();
        // Every third database is killed over again before it gets its peace.
        for _ in 0..=u64::from(round % 3 == 0) {
            let last = 1 + random.below(steps);
            kill_after(&bench, &recordings, last);
            kills += 1;
            assert_sound(&bench, &format!("round {round}, killed after step {last}"));
            assert!(!bench.path("out.jsonl").exists(), "round {round}: half an output");
        }
        let ran = bench.run(&[&recordings], &FLAGS);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "round {round}");
        let outcome = Outcome::of(&bench);
        for (table, rows) in &expected.contents {
            assert_eq!(outcome.contents.get(table), Some(rows), "round {round}: {table}");
        }
        assert_eq!(outcome, expected, "round {round}");
        assert_sound(&bench, &format!("round {round}, at its end"));
    }
    assert!(kills >= ROUNDS);
}

/// The sample several times over.
fn recordings() -> String {
    let sample = fs::read_to_string(sample()).unwrap();
    let copy = |number: usize| sample.replace(r#""id": "sample-"#, &format!(r#""id": "copy-{number}-"#));
    (0..COPIES).map(copy).collect()
}

/// Starts a run that halts after `last` steps, in the middle of others, and kills it there.
fn kill_after(bench: &Bench, recordings: &PathBuf, last: u64) {
    let last = last.to_string();
    let mut command = bench.command(&[recordings], &[&FLAGS[..], &["--halt-after", &last]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "halted\n");
    child.kill().unwrap();
    let status = child.wait().unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    assert!(!status.success());
}

/// What a user finds: the database's content, and the lines.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    contents: Contents,
    lines: Vec<String>,
}

impl Outcome {
    fn of(bench: &Bench) -> Self {
        let without_assignee = |mut line: serde_json::Value| {
            assert!(line["ticket"]["assignee"].is_string(), "{line}");
            line["ticket"]["assignee"] = serde_json::Value::Null;
            scrubbed_text(&line.to_string(), &BTreeSet::new())
        };
        assert!(!bench.path("out.jsonl.partial").exists());
        let lines = bench.out().into_iter().map(without_assignee).collect();
        Self { contents: normalised(&bench.db()), lines }
    }
}

/// The database opens and is consistent in itself, whatever was being done to it.
///
/// A copy is looked at, with its log: the next run is to recover the original by itself.
fn assert_sound(bench: &Bench, when: &str) {
    let copy = Bench::new();
    for suffix in ["", "-wal"] {
        let from = Path::new(&format!("{}{suffix}", bench.db().display())).to_owned();
        if from.exists() {
            fs::copy(from, format!("{}{suffix}", copy.db().display())).unwrap();
        }
    }
    let connection = Connection::open(copy.db()).unwrap();
    let integrity: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok", "{when}");
    for (rule, violations) in RULES {
        let sql = format!("SELECT count(*) FROM ({violations})");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{when}: {rule}");
    }
}

/// What must hold at every moment, each with a query for what breaks it.
const RULES: [(&str, &str); 8] = [
    (
        "E1: one ticket a conversation",
        "SELECT 1 FROM escalate_tickets GROUP BY conversation HAVING count(*) > 1",
    ),
    (
        "messages are numbered without gaps, up to the conversation's last",
        "SELECT 1 FROM escalate_conversations AS c LEFT JOIN escalate_messages AS m ON m.conversation = c.id
            GROUP BY c.id, c.last HAVING count(m.sequence) <> c.last OR coalesce(max(m.sequence), 0) <> c.last",
    ),
    (
        "events are numbered without gaps, up to the count in control",
        "SELECT 1 FROM escalate_controls AS c LEFT JOIN escalate_events AS e ON e.conversation = c.conversation
            GROUP BY c.conversation, c.events
            HAVING count(e.sequence) <> c.events OR coalesce(max(e.sequence), 0) <> c.events",
    ),
    (
        "whoever is awaited or answers has an open ticket",
        "SELECT 1 FROM escalate_controls AS c WHERE c.holder IN ('queued', 'human') AND NOT EXISTS
            (SELECT 1 FROM escalate_tickets AS t WHERE t.id = c.ticket AND t.conversation = c.conversation AND t.open)",
    ),
    (
        "an open ticket is the one that control names",
        "SELECT 1 FROM escalate_tickets AS t WHERE t.open AND NOT EXISTS
            (SELECT 1 FROM escalate_controls AS c WHERE c.conversation = t.conversation AND c.ticket = t.id)",
    ),
    (
        "C1: the fence has control's epoch",
        "SELECT 1 FROM escalate_controls AS c JOIN escalate_conversations AS t ON t.id = c.conversation
            WHERE t.fence <> c.epoch",
    ),
    (
        "E3: a ticket's handoff and facts are there with it, and only with it",
        "SELECT 1 FROM escalate_tickets AS t WHERE 2 <> (SELECT count(*) FROM escalate_messages AS m
            WHERE m.conversation = t.conversation AND m.author = 'system' AND m.mark IS NULL
                OR m.conversation = t.conversation AND m.mark LIKE '%opened%')",
    ),
    ("nothing is owed within one database", "SELECT 1 FROM escalate_owed"),
];

/// Marsaglia's xorshift: the same kills in every run of this test.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
