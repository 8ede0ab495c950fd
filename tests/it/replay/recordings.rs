//! The real recordings.
//!
//! They lie beside the project, not in it. Cargo cannot skip a test at run time, so where they are missing these say
//! so and pass; on the build machine (`CI` is set) that is a failure.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::program::Bench;

/// The files, or `None` where there are none and need not be any.
fn recordings() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dialogues");
    let mut files: Vec<_> = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) if std::env::var_os("CI").is_none() => {
            // Past the test harness, which keeps what a passing test prints.
            let text = format!("SKIPPED: no recordings in {}\n", folder.display());
            std::io::stderr().write_all(text.as_bytes()).unwrap();
            return None;
        }
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort_unstable();
    Some(files)
}

fn dialogues(files: &[PathBuf]) -> Vec<Value> {
    let text = |file: &PathBuf| fs::read_to_string(file).unwrap();
    files.iter().map(text).flat_map(|text| text.lines().map(parse).collect::<Vec<_>>()).collect()
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// One run as recorded, and then one over the same database that escalates the rest and resolves everything.
#[test]
fn every_recorded_transfer_becomes_one_ticket() {
    let Some(files) = recordings() else { return };
    let recorded = dialogues(&files);
    let transfers = recorded.iter().filter(|dialogue| dialogue["human_transfer"] == true).count();
    assert!(recorded.len() >= 2_000 && transfers >= 39, "{} {transfers}", recorded.len());

    let bench = Bench::new();
    let ran = bench.run(&files, &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.total("tickets"), transfers as u64);
    assert_eq!(ran.total("superseded"), 4);
    let out = bench.out();
    assert_eq!(out.len(), recorded.len());
    for (line, dialogue) in out.iter().zip(&recorded) {
        assert_eq!(line["id"], dialogue["id"], "lines are in the order of the input");
        assert_eq!(line["escalated"], dialogue["human_transfer"], "{line}");
        assert_eq!(line["ticket"].is_object(), dialogue["human_transfer"] == true, "{line}");
    }

    let all = bench.run(&files, &["--escalate-at-end", "--resolve"]);
    assert_eq!((all.status, all.stderr.as_str()), (0, ""));
    assert_eq!((all.total("tickets"), all.total("superseded")), (recorded.len() as u64, 4));
    for line in bench.out() {
        let ticket = &line["ticket"];
        assert_eq!((&line["control"], &ticket["status"]), (&"ai".into(), &"closed".into()), "{line}");
        let escalations = line["timeline"].as_array().unwrap().iter();
        assert_eq!(escalations.filter(|event| event["event"] == "escalated").count(), 1, "{line}");
    }
}
