//! A weekend on which the clocks change, played through a real desk in virtual time.
//!
//! ```text
//! cargo run --release --example simulated_day -- --plot weekend.svg
//! ```
//!
//! Five hundred teammates in three time zones answer twenty thousand conversations, from Saturday 28 to Monday 30 March
//! 2026; on the Sunday, Europe's clocks go forward. Everything goes through the same [`Desk`](escalate::Desk) that a
//! host uses. Only three things are not real: a clock that stands still until it is moved, ids that count, and the
//! people, who are drawn from a seeded generator. Nothing sleeps, so three days take seconds, and one seed gives one
//! report, to the letter.
//!
//! One module a concern: [`office`] says who works when and by which rules, [`arrivals`] who writes when, [`people`]
//! what customers and teammates do, [`world`] moves the clock, [`tally`] counts what happens, [`audit`] recounts the
//! library's promises, [`report`] prints and [`plot`] draws.

mod arrivals;
mod audit;
mod office;
mod people;
mod plot;
mod random;
mod report;
mod sink;
mod tally;
mod world;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

/// What any of this may fail with; the example only says so and ends.
type Failure = Box<dyn std::error::Error>;

/// Plays a weekend on which the clocks change through a real desk, in virtual time, and draws it.
///
/// The report goes to the standard output and is the same for the same numbers. Exit status: 0, or 1 if a promise of
/// the library was found broken, or 2 if it could not go on.
#[derive(Debug, Parser)]
#[command(name = "simulated_day")]
struct Options {
    /// How many customers write, over three days.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    conversations: u32,

    /// How many teammates there are; all shifts together.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(30..=100_000))]
    teammates: u32,

    /// What everything that is left to chance is drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Where the plot goes, as SVG. Default: `simulated_day.svg` under the system's folder for temporary files.
    #[arg(long, value_name = "PATH")]
    plot: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            let _ = writeln!(std::io::stderr().lock(), "simulated_day: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Whether every promise was kept.
fn run(options: &Options) -> Result<bool, Failure> {
    let started = Instant::now();
    let played = futures::executor::block_on(world::play(options))?;
    let path = options.plot.clone().unwrap_or_else(|| std::env::temp_dir().join("simulated_day.svg"));
    std::fs::write(&path, plot::draw(&played)).map_err(|error| format!("{}: {error}", path.display()))?;
    write!(std::io::stdout().lock(), "{}", report::Report(&played))?;
    // Neither is part of the report, which is the same every time.
    let took = started.elapsed().as_secs_f64();
    writeln!(std::io::stderr().lock(), "took {took:.1} s; the plot is in {}", path.display())?;
    Ok(played.audit.is_clean())
}
