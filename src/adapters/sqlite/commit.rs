//! One atomic write.

use rusqlite::{Connection, params};

use super::append::append_committed;
use super::control::{self, Cell};
use super::fault::Fault;
use super::row::{bytes, json, run};
use super::tickets::{self, Before};
use super::work;
use crate::adapters::columns::misplaced;
use crate::assignment::{Decision, Rule};
use crate::error::StoreError;
use crate::event::Event;
use crate::id::Place;
use crate::ports::{
    Answer, Answered, Claim, Commit, Committed, Revision, Settlement, TranscriptWrite, Unplaced, Whereabouts,
    Work, WorkKind,
};
use crate::ticket::Ticket;

pub(super) const ANSWERS: &str = "escalate_answers";
pub(super) const EVENTS: &str = "escalate_events";
pub(super) const OWED: &str = "escalate_owed";

pub(super) const INSERT_EVENT: &str = "INSERT INTO escalate_events (workspace, conversation, sequence, body, decision) VALUES (?1, ?2, ?3, ?4, ?5)";
pub(super) const INSERT_ANSWER: &str =
    "INSERT INTO escalate_answers (workspace, conversation, key, body) VALUES (?1, ?2, ?3, ?4)";
pub(super) const INSERT_OWED: &str = "INSERT INTO escalate_owed
    (workspace, conversation, revision, generation, body) VALUES (?1, ?2, ?3, ?4, ?5)";

/// Writes all of `commit`. Runs inside a savepoint, so an error on the way leaves nothing.
pub(super) fn commit(connection: &Connection, mut commit: Commit) -> Result<Committed, Fault> {
    let place = commit.place;
    let cell = control::cell(connection, place)?;
    if cell.revision != commit.expected {
        return Err(StoreError::Conflict.into());
    }
    if let Some(entity) = misplaced(&commit) {
        return Err(Fault::Misplaced { entity });
    }
    if let Some(claim) = &commit.settles {
        work::settle(connection, claim, Settlement::default())?;
    }
    let before = before(connection, &commit)?;
    choose(connection, &mut commit, before.as_ref())?;
    let revision = cell.revision.next();
    put_cell(connection, &commit, &cell, revision, before.is_none())?;
    if let Some(ticket) = &commit.ticket {
        tickets::put(connection, ticket, before.as_ref())?;
    }
    for (index, event) in commit.events.iter().enumerate() {
        let is_newest = index + 1 == commit.events.len();
        insert_event(connection, event, commit.decision.as_ref().filter(|_| is_newest))?;
    }
    if let Some(answered) = &commit.answer {
        remember(connection, place, answered)?;
    }
    work::schedule(connection, place, &commit.work)?;
    let owed = match &commit.transcript {
        Some(write) => write_transcript(connection, &commit, revision, write)?,
        None => None,
    };
    let answer: Option<Answer> = commit.answer.map(|answered| answered.answer);
    Ok(Committed { revision, ticket: commit.ticket, answer, transcript: commit.transcript, owed })
}

fn before(connection: &Connection, commit: &Commit) -> Result<Option<Before>, Fault> {
    let Some(ticket) = &commit.ticket else { return Ok(None) };
    let before = tickets::before(connection, ticket)?;
    match before {
        Some(before) if before.conversation != commit.place.conversation => {
            Err(Fault::Misplaced { entity: "ticket" })
        }
        before => Ok(before),
    }
}

/// Counts what the choice of an assignee needs, and has it made (A1, A4).
fn choose(connection: &Connection, commit: &mut Commit, before: Option<&Before>) -> Result<(), Fault> {
    let (Some(placement), Some(ticket)) = (&commit.placement, &commit.ticket) else { return Ok(()) };
    let offered = placement.offers.iter().map(|offer| offer.teammate);
    let holder = before.and_then(Before::holder);
    let loads = tickets::loads(connection, ticket.workspace, offered, holder)?;
    // Counting the line costs its length, and matters only to a ticket that may join it.
    let joins = placement.unplaced == Unplaced::Wait && placement.rule != Rule::Given;
    let ahead = if joins { tickets::ahead(connection, ticket)? } else { 0 };
    Ok(commit.place(&loads, ahead)?)
}

fn put_cell(
    connection: &Connection,
    commit: &Commit,
    cell: &Cell,
    revision: Revision,
    is_new: bool,
) -> Result<(), Fault> {
    let events = commit.events.iter().map(|event| event.sequence.0).fold(cell.events, u64::max);
    // A change to an older ticket does not make it the newest.
    let new = commit.ticket.as_ref().filter(|_| is_new).map(|ticket: &Ticket| ticket.id);
    control::put(connection, commit, revision, events, new.or(cell.latest))
}

fn insert_event(connection: &Connection, event: &Event, decision: Option<&Decision>) -> Result<(), Fault> {
    let (workspace, conversation) = (bytes(event.workspace), bytes(event.conversation));
    let decision = decision.map(|decision| json(EVENTS, decision)).transpose()?;
    let sequence = event.sequence.0.cast_signed();
    let columns = params![workspace, conversation, sequence, json(EVENTS, event)?, decision];
    run(connection, INSERT_EVENT, columns).map_err(Fault::or_conflict)?;
    Ok(())
}

/// Keeps an answer; a key that is there already is a conflict (E2).
pub(super) fn remember(connection: &Connection, place: Place, answered: &Answered) -> Result<(), Fault> {
    let (workspace, conversation) = (bytes(place.workspace), bytes(place.conversation));
    let columns = params![workspace, conversation, answered.key.as_str(), json(ANSWERS, answered)?];
    run(connection, INSERT_ANSWER, columns).map_err(Fault::or_conflict)?;
    Ok(())
}

fn write_transcript(
    connection: &Connection,
    commit: &Commit,
    revision: Revision,
    write: &TranscriptWrite,
) -> Result<Option<Claim>, Fault> {
    let place = commit.place;
    if write.whereabouts == Whereabouts::Here {
        append_committed(connection, place, &write.entries, write.fence)?;
        return Ok(None);
    }
    let kind = WorkKind::FinishTranscript;
    if !commit.work.iter().any(|work| work.kind == kind) {
        // What is owed is always under work, so that somebody comes for it.
        work::schedule(connection, place, &[Work { kind, due_at: commit.at }])?;
    }
    let Some(claim) = work::scheduled(connection, place, kind)? else { return Ok(None) };
    let owed = params![
        bytes(place.workspace),
        bytes(place.conversation),
        revision.0.cast_signed(),
        claim.generation.cast_signed(),
        json(OWED, write)?,
    ];
    run(connection, INSERT_OWED, owed)?;
    Ok(Some(claim))
}
