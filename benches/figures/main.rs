//! What the library costs, as ratios to a floor measured in the same run: one JSON line a figure.
//!
//! `cargo bench --bench figures`; with `-- --smoke` every figure is taken once on little work, to see that it runs.
//! Ours and the floor run in alternating blocks in one process, so that a machine that slows down slows both; a
//! ratio is the median over the pairs of blocks.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing better to do")]

mod choosing;
mod escalate;
mod floor;
mod gate;
mod measure;
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
    print(choosing::figures(size))?;
    print(summary::figures(size))?;
    print(gate::figures(size)?)?;
    print(escalate::figures(size)?)?;
    Ok(())
}
