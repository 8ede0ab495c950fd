//! Plays recorded dialogues through the library, and leaves real tickets in a database.
//!
//! ```text
//! cargo run --release --example replay -- examples/data/sample.jsonl
//! ```
//!
//! Each line of a file is one dialogue: `{"id": "…", "turns": [{"role": "customer", "text": "…"}, …]}`. The customer's
//! lines come in as their messages, the recorded AI agent speaks through turns, and where it called for a person a
//! ticket is opened; what it said after that is superseded. Every command has a key made from the dialogue's id, so a
//! run that was killed is simply started again, and a second run changes nothing.
//!
//! One module a concern: [`input`] reads lines, [`dialogue`] checks them, [`play`] is what a host would write,
//! [`line`] says what came of it, [`quality`] how good its summary is, [`outfile`] keeps the file whole, [`counted`] is a store around a store.

mod counted;
mod dialogue;
mod failure;
mod input;
mod line;
mod outfile;
mod play;
mod porter;
mod quality;
mod rouge;
mod run;
mod staff;
mod steps;
mod totals;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Plays recorded dialogues through the library and leaves real tickets in a database.
///
/// Run it again over the same database and nothing doubles; kill it and start it again, and nothing is missing.
/// Exit status: 0, or 1 if lines were bad, or 2 if it could not go on.
#[derive(Debug, Parser)]
#[command(name = "replay", args_override_self = true)]
pub(crate) struct Options {
    /// Files with one dialogue a line, as JSON.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The database; made if there is none.
    #[arg(long, value_name = "PATH", default_value = "replay.db")]
    db: PathBuf,

    /// Write one JSON line per dialogue to this file.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,

    /// Escalate every dialogue at its end.
    #[arg(long)]
    escalate_at_end: bool,

    /// Have a teammate take over what was escalated, reply, and hand back.
    #[arg(long)]
    resolve: bool,

    /// How many teammates work here.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    teammates: u32,

    /// Go no further after this many steps and wait to be killed; for the test that kills.
    #[arg(long, value_name = "STEPS", hide = true)]
    halt_after: Option<u64>,
}

fn main() -> ExitCode {
    match run::run(&Options::parse()) {
        Ok(totals) => {
            // Whoever closed the output does not want it.
            let _ = write!(std::io::stdout().lock(), "{totals}");
            if totals.bad_lines == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(fatal) => {
            let _ = writeln!(std::io::stderr().lock(), "replay: {fatal}");
            ExitCode::from(2)
        }
    }
}
