//! A node: a process with a desk and its worker. It plays what comes in, a dialogue a line, and tells what it does.

use std::fmt;
use std::io::{self, BufRead};
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use clap::Args;
use escalate::{Desk, Event, EventSink, PostgresStore, SinkError, WorkspaceId};
use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::mpsc;

use crate::database::Database;
use crate::dialogue::Dialogue;
use crate::{Failure, play};

/// How many dialogues a node plays at the same time.
const AT_ONCE: usize = 4;
/// Work that a killed node had claimed is done by another after this.
const LEASE: TimeDelta = TimeDelta::seconds(2);
/// How often the worker looks for work, at the least.
const IDLE: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long)]
    database: String,
    #[arg(long)]
    workspace: WorkspaceId,
}

/// What a node tells the coordinator: a line of its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A step is done.
    Step,
    /// The dialogue of this number has been played to its end.
    Done(usize),
    /// An event was delivered: its conversation and sequence.
    Event(String),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step => f.write_str("step"),
            Self::Done(number) => write!(f, "done {number}"),
            Self::Event(event) => write!(f, "event {event}"),
        }
    }
}

impl FromStr for Told {
    type Err = Failure;

    fn from_str(line: &str) -> Result<Self, Failure> {
        match line.split_once(' ') {
            None if line == "step" => Ok(Self::Step),
            Some(("done", number)) => Ok(Self::Done(number.parse()?)),
            Some(("event", event)) => Ok(Self::Event(event.to_owned())),
            _ => Err(format!("a node said {line:?}").into()),
        }
    }
}

/// Where events go in this example: to the coordinator. A line in the pipe is there also when this process dies.
#[derive(Debug)]
struct Pipe;

#[async_trait]
impl EventSink for Pipe {
    async fn deliver(&self, events: &[Event], _attempt: u32) -> Result<(), SinkError> {
        for event in events {
            println!("{}", Told::Event(format!("{} {}", event.conversation, event.sequence)));
        }
        Ok(())
    }
}

/// Plays what comes in until the input ends: when the coordinator is content, or gone.
pub(crate) async fn run(options: &Options) -> Result<(), Failure> {
    let store = PostgresStore::from_pool(Database::named(&options.database)?.pool(8)?).await?;
    let desk = Desk::on(store).sink("pipe".parse()?, Pipe).lease(LEASE).build();
    let worker = desk.clone();
    tokio::spawn(async move { worker.work(IDLE, tokio::time::sleep).await });

    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        io::stdin().lock().lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    let lines =
        stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|line| (line, receiver)) });
    let desk = &desk;
    let played = lines.map(|line| async move {
        let dialogue: Dialogue = serde_json::from_str(&line)?;
        play::play(desk, options.workspace, &dialogue, &|| println!("{}", Told::Step)).await?;
        println!("{}", Told::Done(dialogue.number));
        Ok(())
    });
    played.buffer_unordered(AT_ONCE).try_collect().await
}
