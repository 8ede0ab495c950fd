//! What the library costs, as ratios to a floor measured in the same run: one JSON line a figure.
//!
//! `cargo bench --bench figures`; with `-- --smoke` every figure is taken once on little work, to see that it runs.
//! Ours and the floor run in alternating blocks in one process, so that a machine that slows down slows both; a
//! ratio is the median over the pairs of blocks.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing better to do")]

mod choosing;
#[allow(dead_code, clippy::panic, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/it/postgres/cluster.rs"]
mod cluster;
mod draining;
mod escalate;
mod floor;
mod gate;
#[allow(dead_code, clippy::panic, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/it/postgres/home.rs"]
mod home;
mod measure;
mod postgres;
mod shifts;
mod summary;

use std::io::Write as _;

use measure::{Figure, Size};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let size = if std::env::args().any(|argument| argument == "--smoke") { Size::Smoke } else { Size::Full };
    let mut out = std::io::stdout().lock();
    let mut print = |figures: Vec<Figure>| -> std::io::Result<()> {
        for figure in figures {
            writeln!(out, "{}", figure.json())?;
        }
        out.flush()
    };
    // Words after `--` choose among these; none: all.
    let chosen = |name: &str| {
        let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).peekable();
        named.peek().is_none() || named.any(|argument| argument == name)
    };
    if chosen("choosing") {
        print(choosing::figures(size))?;
    }
    if chosen("shifts") {
        print(shifts::figures(size))?;
    }
    if chosen("summary") {
        print(summary::figures(size))?;
    }
    if chosen("gate") {
        print(gate::figures(size)?)?;
    }
    if chosen("sqlite") {
        print(escalate::figures(size)?)?;
    }
    if chosen("draining") {
        print(draining::figures(size)?)?;
    }
    if chosen("postgres") {
        print(postgres::figures(size)?)?;
    }
    Ok(())
}
