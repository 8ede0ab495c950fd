//! Due work: one row a kind and conversation.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::control;
use super::fault::Fault;
use super::row::{all, bytes, counter, first, id, instant, instant_if_any, json, parsed, rows, run};
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::{ConversationId, Place, WorkspaceId};
use crate::ports::{Claim, Claims, Settlement, Work, WorkKind, WorkKinds};

const WORK: &str = "escalate_work";

pub(super) const SCHEDULE: &str = "INSERT INTO escalate_work
    (workspace, conversation, name, kind, due_at, lease_until, generation, token, attempts)
    VALUES (?1, ?2, ?3, ?4, ?5, NULL, 1, ?6, 0)
    ON CONFLICT (workspace, conversation, name) DO UPDATE
    SET kind = ?4, due_at = min(due_at, ?5), generation = generation + 1";
pub(super) const NEXT_TOKEN: &str =
    "UPDATE escalate_meta SET tokens = tokens + 1 WHERE one = 1 RETURNING tokens";
pub(super) const SCHEDULED: &str =
    "SELECT workspace, conversation, kind, generation, token, attempts, due_at, lease_until FROM escalate_work
    WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
// In the order of the index: what is leased is few, and is stepped over.
pub(super) const READY: &str =
    "SELECT workspace, conversation, kind, generation, token, attempts, due_at, lease_until FROM escalate_work
    WHERE (lease_until IS NULL OR lease_until <= ?1) AND instr(?3, '\"' || name || '\"')
    ORDER BY due_at, workspace, conversation, name LIMIT ?2";
pub(super) const LEASE_ENDS: &str = "SELECT min(max(due_at, lease_until)) FROM escalate_work
    WHERE lease_until > ?1 AND instr(?2, '\"' || name || '\"')";
pub(super) const LEASE: &str =
    "UPDATE escalate_work SET lease_until = ?4, token = ?5, attempts = attempts + 1
    WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const FREE: &str =
    "UPDATE escalate_work SET lease_until = NULL, token = ?4, due_at = ?5, attempts = ?6
    WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const REMOVE: &str =
    "DELETE FROM escalate_work WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const FORGET_OWED: &str =
    "DELETE FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 AND generation <= ?3";

/// A row as it is. `delivered` of the claim is left to whoever gives it away.
struct Found {
    claim: Claim,
    due_at: DateTime<Utc>,
    ready_at: DateTime<Utc>,
}

pub(super) fn schedule(connection: &Connection, place: Place, work: &[Work]) -> Result<(), Fault> {
    for Work { kind, due_at } in work {
        let conversation = (!kind.is_of_workspace()).then_some(place.conversation);
        let (workspace, name) = (bytes(place.workspace), kind.as_str());
        let conversation = key(conversation);
        let due_at = due_at.timestamp_micros();
        let token = next_token(connection)?;
        let columns = params![workspace, conversation, name, json(WORK, kind)?, due_at, token];
        run(connection, SCHEDULE, columns)?;
    }
    Ok(())
}

/// A token no claim ever had, so that an old claim never fits work that came later.
fn next_token(connection: &Connection) -> Result<i64, Fault> {
    let token = first(connection, NEXT_TOKEN, [], |row| Ok(row.get(0)?))?;
    token.ok_or(rusqlite::Error::QueryReturnedNoRows.into())
}

/// The claim on work of a conversation that is scheduled, as it stands.
pub(super) fn scheduled(
    connection: &Connection,
    place: Place,
    kind: WorkKind,
) -> Result<Option<Claim>, Fault> {
    let conversation = (!kind.is_of_workspace()).then_some(place.conversation);
    let found = row_of(connection, place.workspace, conversation, kind)?;
    found.map(|found| with_delivered(connection, found.claim)).transpose()
}

/// What is due at `now`, at most `limit`, without claiming it; and when the next piece is due.
fn due(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: usize,
    kinds: WorkKinds,
) -> Result<(Vec<Found>, Option<DateTime<Utc>>), Fault> {
    let (at, kinds) = (now.timestamp_micros(), json(WORK, &kinds.names())?);
    let mut ready = all(connection, READY, params![at, rows(limit.saturating_add(1)), kinds], found)?;
    let due = ready.iter().take(limit).take_while(|found| found.due_at <= now).count();
    let unclaimed = ready.get(due).map(|found| found.ready_at);
    ready.truncate(due);
    let lease_ends =
        first(connection, LEASE_ENDS, params![at, kinds], |row| instant_if_any(row, 0))?.flatten();
    Ok((ready, unclaimed.into_iter().chain(lease_ends).min()))
}

/// The answer to a claim that finds nothing due; `None` if something is.
pub(super) fn idle(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: usize,
    kinds: WorkKinds,
) -> Result<Option<Claims>, Fault> {
    let (due, next) = due(connection, now, limit, kinds)?;
    Ok(due.is_empty().then_some(Claims { claims: Vec::new(), next }))
}

pub(super) fn claim(
    connection: &Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: usize,
    kinds: WorkKinds,
) -> Result<Claims, Fault> {
    let (due, next) = due(connection, now, limit, kinds)?;
    let lease = |Found { mut claim, .. }| {
        let token = next_token(connection)?;
        let (workspace, conversation) = (bytes(claim.workspace), key(claim.conversation));
        let name = claim.kind.as_str();
        run(
            connection,
            LEASE,
            params![workspace, conversation, name, lease_until.timestamp_micros(), token],
        )?;
        claim.token = token.cast_unsigned();
        with_delivered(connection, claim)
    };
    Ok(Claims { claims: due.into_iter().map(lease).collect::<Result<_, Fault>>()?, next })
}

pub(super) fn settle(connection: &Connection, claim: &Claim, settlement: Settlement) -> Result<(), Fault> {
    let found = row_of(connection, claim.workspace, claim.conversation, claim.kind)?;
    let found = found.filter(|found| found.claim.token == claim.token).ok_or(StoreError::ClaimLost)?;
    let place = claim.conversation.map(|conversation| Place::new(claim.workspace, conversation));
    if let (Some(place), Some(delivered)) = (place, settlement.delivered) {
        control::move_delivered(connection, place, delivered)?;
    }
    let (workspace, conversation) = (bytes(claim.workspace), key(claim.conversation));
    let name = claim.kind.as_str();
    let unchanged = found.claim.generation == claim.generation;
    let stays = match settlement.again_at {
        Some(again_at) if unchanged => Some((again_at, found.claim.attempts)),
        // What was scheduled since may be due sooner.
        Some(again_at) => Some((again_at.min(found.due_at), found.claim.attempts)),
        None if unchanged => None,
        None => Some((found.due_at, 0)),
    };
    match stays {
        Some((due_at, attempts)) => {
            let token = next_token(connection)?;
            let due_at = due_at.timestamp_micros();
            run(connection, FREE, params![workspace, conversation, name, token, due_at, attempts])?;
        }
        None => drop(run(connection, REMOVE, params![workspace, conversation, name])?),
    }
    if settlement.again_at.is_none() && claim.kind == WorkKind::FinishTranscript {
        let generation = claim.generation.cast_signed();
        run(connection, FORGET_OWED, params![workspace, conversation, generation])?;
    }
    Ok(())
}

fn row_of(
    connection: &Connection,
    workspace: WorkspaceId,
    conversation: Option<ConversationId>,
    kind: WorkKind,
) -> Result<Option<Found>, Fault> {
    first(connection, SCHEDULED, params![bytes(workspace), key(conversation), kind.as_str()], found)
}

/// Reads the columns `workspace, conversation, kind, generation, token, attempts, due_at, lease_until`.
fn found(row: &Row<'_>) -> Result<Found, Fault> {
    let conversation = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let conversation = match conversation {
        [] => None,
        id => Some(Uuid::from_slice(id).map_err(|_| Fault::Unknown { table: WORK, column: "conversation" })?),
    };
    let due_at = instant(row, 6)?;
    Ok(Found {
        claim: Claim {
            workspace: id(row, 0)?,
            conversation: conversation.map(ConversationId::new),
            kind: parsed(WORK, row, 2)?,
            generation: counter(row, 3)?,
            token: counter(row, 4)?,
            attempts: row.get(5)?,
            delivered: EventSequence::default(),
        },
        due_at,
        ready_at: instant_if_any(row, 7)?.map_or(due_at, |lease| lease.max(due_at)),
    })
}

fn with_delivered(connection: &Connection, mut claim: Claim) -> Result<Claim, Fault> {
    if let Some(conversation) = claim.conversation {
        claim.delivered = control::cell(connection, Place::new(claim.workspace, conversation))?.delivered;
    }
    Ok(claim)
}

/// Empty for the work of a workspace, which no id is.
fn key(conversation: Option<ConversationId>) -> Vec<u8> {
    conversation.map(|id| bytes(id).to_vec()).unwrap_or_default()
}
