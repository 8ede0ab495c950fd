//! Where nothing can be done: one line, status 2, and everything stays as it was.

use std::fs;

use rusqlite::Connection;

use super::contents::everything;
use super::program::{Bench, Ran, ran, sample};

fn assert_gave_up(ran: &Ran, saying: &str) {
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains(saying), "{}", ran.stderr);
}

/// The run waits for as long as the store does by default, and then gives up.
#[test]
fn locked_database() {
    let bench = Bench::new();
    assert_eq!(bench.run(&[sample()], &["--resolve"]).status, 0);
    let (before, out) = (everything(&bench.db()), bench.out());

    let other = Connection::open(bench.db()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = bench.run(&[sample()], &["--resolve", "--escalate-at-end"]);
    assert_gave_up(&locked, "locked");
    drop(other);

    assert_eq!(everything(&bench.db()), before);
    assert_eq!(bench.out(), out);
    assert!(!bench.path("out.jsonl.partial").exists());
    assert_eq!(bench.run(&[sample()], &["--resolve", "--escalate-at-end"]).total("tickets"), 12);
}

#[test]
fn database_that_cannot_be_opened() {
    let bench = Bench::new();
    let mut command = bench.command(&[sample()], &[]);
    assert_gave_up(&ran(command.args(["--db", "no/such/folder/replay.db"])), "no/such/folder/replay.db");
    bench.write("replay.db", b"These are words, and no database. ".repeat(100));
    assert_gave_up(&bench.run(&[sample()], &[]), "replay.db");
    assert!(!bench.path("out.jsonl").exists());
}

#[test]
fn output_that_cannot_be_written() {
    let bench = Bench::new();
    for out in ["no/such/folder/out.jsonl", "."] {
        let mut command = bench.command(&[sample()], &[]);
        assert_gave_up(&ran(command.args(["--out", out])), &format!("the output {out} cannot be written"));
    }
    assert!(!bench.db().exists());
}

#[test]
fn output_over_the_input_or_the_database_is_refused() {
    let bench = Bench::new();
    let input = bench.write("input.jsonl", fs::read(sample()).unwrap());
    let mut command = bench.command(&[&input], &[]);
    assert_gave_up(&ran(command.args(["--out", "./input.jsonl"])), "is also the input");
    let mut command = bench.command(&[&input], &[]);
    assert_gave_up(&ran(command.arg("--out").arg(bench.db())), "is also the database");
    assert_eq!(fs::read(input).unwrap(), fs::read(sample()).unwrap());
}

#[cfg(unix)]
#[test]
fn output_may_be_a_device() {
    let bench = Bench::new();
    let mut command = bench.command(&[sample()], &[]);
    assert_eq!(ran(command.args(["--out", "/dev/null"])).status, 0);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
