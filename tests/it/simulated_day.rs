//! The example `simulated_day`, small: one seed gives one report, every promise is kept, and the plot shows it all.

use std::path::Path;
use std::process::Command;

use crate::example::binary;

/// The report, with the plot in `plot`.
fn run(plot: &Path, seed: &str) -> String {
    let mut command = Command::new(binary("simulated_day"));
    command.args(["--conversations", "600", "--teammates", "40", "--seed", seed, "--plot"]).arg(plot);
    let output = command.output().unwrap();
    let (report, complaints) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaints}\n{report}");
    report
}

#[test]
fn one_seed_gives_one_report_and_every_promise_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, other] = ["first", "second", "other"].map(|name| folder.path().join(name));
    let report = run(&first, "7");
    assert_eq!(report, run(&second, "7"), "one seed, one report");
    assert_ne!(report, run(&other, "8"), "the seed is what it is drawn from");
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap(), "and one plot");
    for check in ["A1", "A5", "A6", "A8", "N1", "due"] {
        let kept = report.lines().any(|line| line.starts_with(&format!("{check:<4} ok ")));
        assert!(kept, "{check} is missing in:\n{report}");
    }
    // The night in which the clocks change is an hour short, and the Sunday after it is not.
    for shift in ["Sat 21:00       Sat 22:00     7 h", "Sun 20:00       Sun 22:00     8 h"] {
        assert!(report.contains(shift), "{shift:?} is missing in:\n{report}");
    }
    plot(&std::fs::read_to_string(&first).unwrap());
}

/// Well-formed as far as nobody needs a parser for it: every element ends, and no number was lost.
fn plot(svg: &str) {
    let opened = svg.matches('<').count() - svg.matches("</").count();
    assert_eq!(opened, svg.matches("/>").count() + svg.matches("</").count(), "an element does not end");
    assert!(
        svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf")
    );
    let series = |name: &str| {
        let line = svg.lines().find(|line| line.contains(&format!("data-series=\"{name}\"")));
        line.and_then(|line| line.split("points=\"").nth(1)).map_or(0, |points| points.matches(',').count())
    };
    for team in ["General", "Billing", "Technical", "Contracts", "Partners", "General: seats"] {
        assert!(series(team) > 400, "{team} has {} points", series(team));
    }
    assert!(series("p50") > 60 && series("p99") > 60, "hours are missing");
    let marks = ["midnight in Berlin", "midnight in New York", "midnight in Kolkata", "clocks change", "UTC"];
    marks.into_iter().for_each(|mark| assert!(svg.contains(mark), "{mark:?} is not marked"));
}
