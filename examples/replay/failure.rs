//! What can go wrong, by what follows from it: a bad line is skipped, and what is fatal ends the run.

use std::io;
use std::path::PathBuf;

use escalate::{Desk, StoreError};
use thiserror::Error;

use crate::input::{MAX_LINE, Spot};

/// What is wrong with a line. Quotes of it are escaped and cut: it may hold anything.
#[derive(Debug, Error)]
pub(crate) enum Flaw {
    #[error("cannot be read: {0}")]
    CannotRead(io::Error),
    #[error("the line is longer than {MAX_LINE} bytes")]
    LineTooLong,
    #[error("not UTF-8 from byte {byte} on")]
    NotUtf8 { byte: usize },
    #[error("not JSON: {0}")]
    NotJson(String),
    #[error("there is no {what}")]
    Missing { what: &'static str },
    #[error("the id is empty")]
    EmptyId,
    #[error("there are no turns")]
    NoTurns,
    #[error("turn {turn}: there is no {what}")]
    MissingInTurn { turn: usize, what: &'static str },
    #[error("turn {turn}: unknown role {role}")]
    UnknownRole { turn: usize, role: String },
    #[error("turn {turn}: the text is empty")]
    EmptyText { turn: usize },
    #[error("turn {turn}: the text has {bytes} bytes, and {max} is the limit", max = Desk::MAX_TEXT_BYTES)]
    TextTooLong { turn: usize, bytes: usize },
    #[error("the id {id} is the one of {first}")]
    Duplicate { id: String, first: Spot },
    #[error("cannot be played: {0}")]
    Unplayable(String),
}

/// Why a dialogue could not be played to its end.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Desk(#[from] escalate::Error),
    #[error("turn {turn}: the AI agent's reply got through after the escalation")]
    GotThrough { turn: usize },
    #[error("turn {turn}: a second ticket was opened")]
    SecondTicket { turn: usize },
    #[error("the line for the output cannot be written: {0}")]
    Line(#[from] serde_json::Error),
    #[error("the task that played it ended: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl Failure {
    /// A store that fails will fail for the other dialogues too; everything else is about this one.
    pub(crate) fn into_flaw(self) -> Result<Flaw, Fatal> {
        match self {
            Self::Desk(escalate::Error::Store(error @ StoreError::Backend { .. })) => Err(error.into()),
            other => Ok(Flaw::Unplayable(chain(&other))),
        }
    }
}

/// What ends the run.
#[derive(Debug, Error)]
pub(crate) enum Fatal {
    #[error("the database {}: {error}", path.display(), error = chain(source))]
    Open { path: PathBuf, source: StoreError },
    #[error("{}", chain(.0))]
    Store(#[from] StoreError),
    #[error("{}", chain(.0))]
    Desk(#[from] escalate::Error),
    #[error("the output {} cannot be written: {source}", path.display())]
    Output { path: PathBuf, source: io::Error },
    #[error("the output {} is also the {what}", path.display())]
    OutputIs { path: PathBuf, what: &'static str },
    #[error("no threads: {0}")]
    Runtime(io::Error),
}

/// The error and all that it came from, on one line; what only says it again is left out.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    for error in std::iter::successors(Some(error), |error| error.source()) {
        let text = one_line(&error.to_string());
        if !texts.last().is_some_and(|last| text.ends_with(last)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// `text` without line breaks and other control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
