//! The run: lines in, dialogues played side by side, lines out in the same order.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

use escalate::Desk;
use escalate::adapters::sqlite::SqliteStore;
use futures::stream::{self, StreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use crate::Options;
use crate::counted::Counted;
use crate::dialogue::Reader;
use crate::failure::{Failure, Fatal, Flaw};
use crate::input::{self, Line, Spot};
use crate::line::Outcome;
use crate::outfile::OutFile;
use crate::play::Player;
use crate::staff::Staff;
use crate::steps::Steps;
use crate::totals::Totals;

/// How many dialogues are played at once: enough that their commits share flushes.
const AT_ONCE: usize = 128;

pub(crate) fn run(options: &Options) -> Result<Totals, Fatal> {
    let started = Instant::now();
    let out = OutFile::begin(options)?;
    let store =
        SqliteStore::open(&options.db).map_err(|source| Fatal::Open { path: options.db.clone(), source })?;
    let counted = Counted::new(store.clone());
    let runtime = Runtime::new().map_err(Fatal::Runtime)?;
    let mut totals = runtime.block_on(play_all(options, &store, &counted, out))?;
    totals.commits = counted.commits();
    totals.flushes = store.flushes();
    totals.wall = started.elapsed();
    Ok(totals)
}

async fn play_all(
    options: &Options,
    store: &SqliteStore,
    counted: &Counted<SqliteStore>,
    mut out: Option<OutFile>,
) -> Result<Totals, Fatal> {
    let player = Arc::new(Player {
        desk: Desk::builder(counted.clone(), counted.clone(), store.clone()).build(),
        staff: Staff::hired(store, options.teammates).await?,
        steps: Steps::up_to(options.halt_after),
        escalate_at_end: options.escalate_at_end,
        resolve: options.resolve,
    });
    player.steps.take().await;
    let bar = progress(input::size(&options.files));
    let mut totals = Totals::default();
    let mut reader = Reader::default();
    // In order: a dialogue that is played before its predecessors waits for them.
    let lines = stream::iter(input::lines(&options.files));
    let mut played = lines.map(|line| begin(&player, &mut reader, line)).buffered(AT_ONCE);
    while let Some(Played { spot, width, outcome }) = played.next().await {
        match outcome? {
            Ok(outcome) => {
                out.as_mut().map_or(Ok(()), |out| out.write(&outcome.json))?;
                totals.add(&outcome);
            }
            Err(flaw) => {
                bar.suspend(|| writeln!(std::io::stderr().lock(), "{spot}: {flaw}").ok());
                totals.bad_lines += 1;
            }
        }
        bar.inc(width);
    }
    drop(played);
    finish_due(&player.desk).await?;
    bar.finish_and_clear();
    out.map_or(Ok(()), OutFile::finish)?;
    totals.steps = player.steps.taken();
    Ok(totals)
}

/// A line that has been done with.
struct Played {
    spot: Spot,
    width: u64,
    outcome: Result<Result<Outcome, Flaw>, Fatal>,
}

/// Begins to play the dialogue in `line`.
fn begin(player: &Arc<Player>, reader: &mut Reader, line: Line) -> impl Future<Output = Played> + use<> {
    let Line { spot, width, content } = line;
    let dialogue = content.and_then(|line| reader.read(&line, &spot));
    // A task of its own, so that every processor has dialogues to play.
    let task = dialogue.map(|dialogue| tokio::spawn(Arc::clone(player).play(dialogue)));
    async move {
        let outcome = match task {
            Ok(task) => match task.await.map_err(Failure::from).flatten() {
                Ok(outcome) => Ok(Ok(outcome)),
                Err(failure) => failure.into_flaw().map(Err),
            },
            Err(flaw) => Ok(Err(flaw)),
        };
        Played { spot, width, outcome }
    }
}

/// Does what is due now: what the commits left for later, and what a killed run left undone.
async fn finish_due(desk: &Desk) -> Result<(), escalate::Error> {
    const BATCH: usize = 64;
    loop {
        let report = desk.run_due(BATCH).await?;
        let is_idle = report.done + report.failed == 0;
        if is_idle || report.next.is_none_or(|next| next > desk.now()) {
            return Ok(());
        }
    }
}

/// A bar over the bytes read; none where nobody looks.
fn progress(bytes: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {elapsed} (about {eta} left)");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
