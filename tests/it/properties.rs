//! Random histories on a real desk: whatever is done, in whatever order, the invariants hold after every step.

#[path = "properties/apart.rs"]
mod apart;
#[path = "properties/assignment.rs"]
mod assignment;
#[path = "properties/history.rs"]
mod history;
#[path = "properties/loops.rs"]
mod loops;
#[path = "properties/oracle.rs"]
mod oracle;
#[path = "properties/step.rs"]
mod step;
#[path = "properties/stretch.rs"]
mod stretch;

use proptest::test_runner::Config;

/// `cases` random cases, times `ESCALATE_CASES` where that is set; a failing one is printed, and not kept in a file.
pub(crate) fn config(cases: u32) -> Config {
    let times =
        std::env::var("ESCALATE_CASES").ok().map_or(1, |n| n.parse().expect("ESCALATE_CASES: a number"));
    Config { cases: cases * times, failure_persistence: None, ..Config::default() }
}
