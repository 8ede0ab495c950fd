//! What the nodes left in the database, by plain SQL and by what a desk reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use deadpool_postgres::Pool;
use escalate::ports::Window;
use escalate::{Author, Desk, Mark, Message, PostgresStore, Visibility, WorkspaceId};
use thiserror::Error;

use crate::Failure;
use crate::dialogue::{Dialogue, Speaker};
use crate::play::place;

/// What is lost, doubled or out of order.
#[derive(Debug, Error)]
#[error("{}", .0.join("\ncluster: "))]
pub(crate) struct Wrong(Vec<String>);

/// Counts of a run in which nothing is wrong.
pub(crate) struct Found {
    dialogues: usize,
    messages: usize,
    tickets: i64,
    events: usize,
    repeats: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dialogues, messages, tickets, events, repeats } = self;
        writeln!(
            f,
            "{dialogues} of {dialogues} dialogues are complete: {messages} messages, none missing, none twice"
        )?;
        writeln!(
            f,
            "{tickets} tickets, one an episode; no AI agent spoke while a teammate had the conversation"
        )?;
        writeln!(f, "{events} events without a gap, all delivered, {repeats} of them more than once")?;
        writeln!(f, "nothing was lost")
    }
}

/// In so many conversations there are events that nobody was told of.
pub(crate) async fn undelivered(pool: &Pool, workspace: WorkspaceId) -> Result<i64, Failure> {
    let sql = "SELECT count(*) FROM escalate_controls c WHERE c.workspace = $1 AND c.events > coalesce((SELECT w.delivered
        FROM escalate_work w WHERE w.workspace = $1 AND w.conversation = c.conversation AND w.name = 'deliver:pipe'), 0)";
    count(pool, workspace, sql).await
}

/// Compares everything with what was played. `told` is how often each event was delivered.
pub(crate) async fn check(
    pool: &Pool,
    store: PostgresStore,
    workspace: WorkspaceId,
    dialogues: &[Dialogue],
    told: &BTreeMap<String, usize>,
) -> Result<Found, Failure> {
    let (desk, mut wrong, mut messages) = (Desk::on(store).build(), Vec::new(), 0);
    for dialogue in dialogues {
        let place = place(workspace, dialogue.number);
        let transcript = match desk.transcript(place, Window::Before(None), 10_000).await {
            Ok(transcript) => transcript.messages,
            Err(error) if error.is_not_found() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        wrong.extend(flaw(dialogue, &transcript).map(|flaw| format!("dialogue {}: {flaw}", dialogue.number)));
        messages += transcript.len();
    }
    for (flaw, sql) in FLAWS {
        let count = count(pool, workspace, sql).await?;
        wrong.extend((count != 0).then(|| format!("{count} {flaw}")));
    }
    let tickets =
        count(pool, workspace, "SELECT count(*) FROM escalate_tickets WHERE workspace = $1").await?;
    wrong.extend(
        (tickets != dialogues.len() as i64).then(|| format!("{tickets} tickets, and not one a dialogue")),
    );
    let events = events(pool, workspace).await?;
    let missing = events.iter().filter(|event| !told.contains_key(*event)).count();
    wrong.extend((missing != 0).then(|| format!("{missing} events were never delivered")));
    if !wrong.is_empty() {
        return Err(Wrong(wrong).into());
    }
    let repeats = told.values().filter(|times| **times > 1).count();
    Ok(Found { dialogues: dialogues.len(), messages, tickets, events: events.len(), repeats })
}

/// What must not be there: each counts rows.
const FLAWS: [(&str, &str); 5] = [
    (
        "conversations have events with a gap",
        "SELECT count(*) FROM (SELECT FROM escalate_events WHERE workspace = $1 GROUP BY conversation
         HAVING min(sequence) <> 1 OR max(sequence) <> count(*)) AS gaps",
    ),
    (
        "conversations have a transcript with a gap",
        "SELECT count(*) FROM (SELECT FROM escalate_messages WHERE workspace = $1 GROUP BY conversation
         HAVING min(sequence) <> 1 OR max(sequence) <> count(*)) AS gaps",
    ),
    (
        "conversations have more than one ticket",
        "SELECT count(*) FROM (SELECT FROM escalate_tickets WHERE workspace = $1 GROUP BY conversation
         HAVING count(*) > 1) AS doubled",
    ),
    ("tickets are still open", "SELECT count(*) FROM escalate_tickets WHERE workspace = $1 AND open"),
    (
        "conversations were not handed back",
        "SELECT count(*) FROM escalate_controls WHERE workspace = $1 AND holder <> 'ai'",
    ),
];

async fn count(pool: &Pool, workspace: WorkspaceId, sql: &str) -> Result<i64, Failure> {
    Ok(pool.get().await?.query_one(sql, &[&workspace.uuid()]).await?.try_get(0)?)
}

/// Every event, named as a node names it.
async fn events(pool: &Pool, workspace: WorkspaceId) -> Result<BTreeSet<String>, Failure> {
    let sql = "SELECT conversation || ' ' || sequence FROM escalate_events WHERE workspace = $1";
    let rows = pool.get().await?.query(sql, &[&workspace.uuid()]).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// What is wrong with the transcript of a dialogue, if anything is.
fn flaw(dialogue: &Dialogue, transcript: &[Message]) -> Option<String> {
    let speaker = |message: &Message| match message.author {
        Author::Customer { .. } => Some(Speaker::Customer),
        Author::AiAgent => Some(Speaker::AiAgent),
        Author::Teammate { .. } => Some(Speaker::Teammate),
        // What the desk tells the customer of the escalation, and where the episode begins and ends.
        _ => None,
    };
    let public = transcript.iter().filter(|message| message.visibility == Visibility::Public);
    let said: Vec<_> =
        public.filter_map(|message| Some((speaker(message)?, message.body.as_str()))).collect();
    let expected: Vec<_> = dialogue.lines().map(|line| (line.speaker, line.text.as_str())).collect();
    if said != expected {
        let differ = said.iter().zip(&expected).position(|(said, expected)| said != expected);
        let (at, said, expected) =
            (differ.unwrap_or(said.len().min(expected.len())) + 1, said.len(), expected.len());
        return Some(format!("{said} lines where {expected} were played; they differ from line {at} on"));
    }
    let mut is_human = false;
    for message in transcript {
        match message.mark {
            Some(Mark::EpisodeOpened { .. }) => is_human = true,
            Some(Mark::EpisodeEnded { .. }) => is_human = false,
            _ if is_human && message.author == Author::AiAgent => {
                return Some("the AI agent spoke while a teammate had the conversation".to_owned());
            }
            _ => {}
        }
    }
    None
}
