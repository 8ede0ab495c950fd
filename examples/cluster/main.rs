//! Three nodes, one PostgreSQL, real processes, one of which is killed in the middle.
//!
//! ```text
//! cargo run --example cluster
//! ```
//!
//! The coordinator starts three nodes, each a process with a desk and its worker, and has them play dialogues: the
//! customer writes, the AI agent answers, a person is asked for, takes over, replies and hands back. Some dialogues
//! are played by two nodes at the same time. When two fifths of the work is done, one node gets SIGKILL, and the
//! others play again what it had not finished, under the same keys. In the end the coordinator reads the database
//! and says whether anything is missing, doubled or out of order.
//!
//! It uses the server that `DATABASE_URL` names, in a database of its own that it drops in the end, or else starts a
//! server from Debian's `postgresql` and stops it in the end, however it ends.
//!
//! One module a concern: [`play`] is what a host would write, [`node`] a process that plays, [`coordinator`] starts
//! and kills nodes, [`check`] reads what they left, [`dialogue`] is what is played, [`database`] and [`server`] are
//! where.

mod check;
mod coordinator;
mod database;
mod dialogue;
mod node;
mod play;
mod server;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

type Failure = Box<dyn Error + Send + Sync>;

/// Plays dialogues on three nodes over one PostgreSQL, kills one of them, and checks that nothing was lost.
///
/// Exit status: 0, or 1 if something was lost, doubled or out of order, or 2 if it could not go on.
#[derive(Debug, Parser)]
#[command(name = "cluster")]
struct Options {
    /// How many dialogues are played.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=10_000))]
    dialogues: u32,

    /// A directory with dialogues, one a line of its `.jsonl` files, as in the example `replay`. Without it, or where
    /// it has none, dialogues are made up.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/dialogues"))]
    data: PathBuf,

    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// One node; the coordinator starts it.
    #[command(hide = true)]
    Node(node::Options),
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| match &options.role {
        Some(Role::Node(node)) => runtime.block_on(node::run(node)).map(|()| String::new()),
        None => coordinator::run(&runtime, &options.data, options.dialogues as usize),
    });
    match ended {
        Ok(summary) => {
            // Whoever closed the output does not want it.
            let _ = write!(std::io::stdout().lock(), "{summary}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let causes = std::iter::successors(failure.source(), |cause| (*cause).source());
            let causes: String = causes.map(|cause| format!(": {cause}")).collect();
            let _ = writeln!(std::io::stderr().lock(), "cluster: {failure}{causes}");
            ExitCode::from(if failure.is::<check::Wrong>() { 1 } else { 2 })
        }
    }
}
