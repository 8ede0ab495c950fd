//! The ROUGE of the report is the ROUGE of others.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::program::Bench;
use crate::python::{NEEDED, python};
use crate::summaries::shared_data;

/// The figures of the report, and those by the `rouge-score` package.
fn both(bench: &Bench, file: &Path) -> (Vec<String>, Vec<String>) {
    let ran = bench.run(&[file], &["--escalate-at-end"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let report = ran.stdout.lines().skip_while(|line| !line.starts_with("ROUGE")).skip(1).take(4);
    let figures = |line: &str| line.split_whitespace().rev().take(3).map(str::to_owned).collect::<Vec<_>>();
    let ours = report.map(|line| figures(line).into_iter().rev().collect::<Vec<_>>().join(" ")).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/replay/rouge.py");
    let output = Command::new(python()).arg(script).arg(file).arg(bench.path("out.jsonl")).output();
    let output = output.unwrap_or_else(|error| panic!("{NEEDED} ({error})"));
    assert!(output.status.success(), "{NEEDED}\n{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    (ours, theirs.lines().map(str::to_owned).collect())
}

#[test]
fn rouge_is_what_the_usual_package_says() {
    let bench = Bench::new();
    // Words for every step of the stemmer.
    let said = "Hello! My flies and ponies were cancelled, agreed? The airline's hopefulness is controlling. \
        I was dying, tying and lying about a relational operator... Rating: 3.5 of 5! It is adjustable, electrical, \
        formative and happily enjoyable. Geology and apology succeed; the news fell. Hopping, filing, hissing, sized.";
    let reference = "The customer agrees that the cancellation of flying ponies is a controlled adjustment, and hopes \
        the operator relates geological apologies; formal, electric and happy enjoyment. He tried, died, and hopped.";
    let line = json!({
        "id": "one",
        "lang": "en",
        "turns": [{"role": "customer", "text": said}, {"role": "customer", "text": "A filed size fails the sky."}],
        "reference_summary": reference,
    });
    let file: PathBuf = bench.write("in.jsonl", format!("{line}\n"));
    let (ours, theirs) = both(&bench, &file);
    assert_eq!(theirs.len(), 4);
    assert_eq!(ours, theirs);
}

#[test]
fn summaries_of_real_transfers_are_above_every_baseline() {
    let Some(folder) = shared_data("summaries_of_real_transfers_are_above_every_baseline") else { return };
    let bench = Bench::new();
    let (ours, theirs) = both(&bench, &folder.join("dialogues/tau_bench_airline_gpt4o.jsonl"));
    assert_eq!(ours, theirs);
    let rows: Vec<Vec<f64>> =
        ours.iter().map(|row| row.split(' ').map(|figure| figure.parse().unwrap()).collect()).collect();
    let (first, others) = rows.split_first().unwrap();
    for other in others {
        assert!(first.iter().zip(other).all(|(ours, theirs)| ours >= &(theirs + 2.0)), "{rows:?}");
    }
}
