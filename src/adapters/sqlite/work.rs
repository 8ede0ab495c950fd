//! Due work: one row a kind and conversation.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::fault::Fault;
use super::row::{all, bound, bytes, counter, first, id, instant_if_any, json, parsed, rows, run};
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::{ConversationId, Place, WorkspaceId};
use crate::ports::{Claim, Claims, Settlement, Work, WorkKind, WorkKinds};

const WORK: &str = "escalate_work";

pub(super) const SCHEDULE: &str = "INSERT INTO escalate_work
    (workspace, conversation, name, kind, due_at, lease_until, generation, token, attempts, failed, delivered)
    VALUES (?1, ?2, ?3, ?4, ?5, NULL, 1, ?6, 0, 0, 0)
    ON CONFLICT (workspace, conversation, name) DO UPDATE
    SET kind = ?4, generation = generation + 1,
        due_at = CASE WHEN failed AND kind = ?4 THEN due_at ELSE min(coalesce(due_at, ?5), ?5) END,
        attempts = CASE WHEN kind = ?4 THEN attempts ELSE 0 END, failed = failed AND kind = ?4";
pub(super) const NEXT_TOKEN: &str =
    "UPDATE escalate_meta SET tokens = tokens + 1 WHERE one = 1 RETURNING tokens";
pub(super) const SCHEDULED: &str =
    "SELECT workspace, conversation, kind, generation, token, attempts, delivered, due_at, lease_until
    FROM escalate_work WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
// Of one name, in the order of the index: what others have put off is not read; what is leased is few, and is stepped
// over.
pub(super) const READY: &str =
    "SELECT workspace, conversation, kind, generation, token, attempts, delivered, due_at, lease_until
    FROM escalate_work
    WHERE name = ?3 AND due_at IS NOT NULL AND (lease_until IS NULL OR lease_until <= ?1)
    ORDER BY due_at, workspace, conversation LIMIT ?2";
pub(super) const LEASE_ENDS: &str = "SELECT min(max(due_at, lease_until)) FROM escalate_work
    WHERE lease_until > ?1 AND instr(?2, '\"' || name || '\"')";
pub(super) const LEASE: &str =
    "UPDATE escalate_work SET lease_until = ?4, token = ?5, attempts = attempts + 1
    WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const FREE: &str =
    "UPDATE escalate_work SET lease_until = NULL, token = ?4, due_at = ?5, attempts = ?6, failed = ?7, delivered = ?8
    WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const REMOVE: &str =
    "DELETE FROM escalate_work WHERE workspace = ?1 AND conversation = ?2 AND name = ?3";
pub(super) const FORGET_OWED: &str =
    "DELETE FROM escalate_owed WHERE workspace = ?1 AND conversation = ?2 AND generation <= ?3";

/// A row as it is.
struct Found {
    claim: Claim,
    due_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
}

pub(super) fn schedule(connection: &Connection, place: Place, work: &[Work]) -> Result<(), Fault> {
    for Work { kind, due_at } in work {
        let conversation = (!kind.is_of_workspace()).then_some(place.conversation);
        let (workspace, name) = (bytes(place.workspace), kind.name());
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
    Ok(row_of(connection, place.workspace, conversation, kind)?.map(|found| found.claim))
}

/// What is due at `now`, at most `limit`, without claiming it; and when the next piece is due.
fn due(
    connection: &Connection,
    now: DateTime<Utc>,
    limit: usize,
    kinds: &WorkKinds,
) -> Result<(Vec<Found>, Option<DateTime<Utc>>), Fault> {
    let (at, names) = (now.timestamp_micros(), kinds.names());
    let mut ready = Vec::new();
    for name in &names {
        ready.extend(all(connection, READY, params![at, rows(limit.saturating_add(1)), name], found)?);
    }
    ready.sort_by_cached_key(|Found { claim, due_at, .. }| {
        (*due_at, claim.workspace, claim.conversation, claim.kind.name())
    });
    let kinds = json(WORK, &names)?;
    let due = ready.iter().take(limit).take_while(|found| found.due_at.is_some_and(|at| at <= now)).count();
    let unclaimed = ready.get(due).and_then(|found| found.due_at.max(found.lease_until));
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
    kinds: &WorkKinds,
) -> Result<Option<Claims>, Fault> {
    let (due, next) = due(connection, now, limit, kinds)?;
    Ok(due.is_empty().then_some(Claims { claims: Vec::new(), next }))
}

pub(super) fn claim(
    connection: &Connection,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: usize,
    kinds: &WorkKinds,
) -> Result<Claims, Fault> {
    let (due, next) = due(connection, now, limit, kinds)?;
    let lease = |Found { mut claim, .. }| {
        let token = next_token(connection)?;
        let (workspace, conversation) = (bytes(claim.workspace), key(claim.conversation));
        let name = claim.kind.name();
        run(
            connection,
            LEASE,
            params![workspace, conversation, name, lease_until.timestamp_micros(), token],
        )?;
        claim.token = token.cast_unsigned();
        Ok(claim)
    };
    Ok(Claims { claims: due.into_iter().map(lease).collect::<Result<_, Fault>>()?, next })
}

pub(super) fn settle(connection: &Connection, claim: &Claim, settlement: Settlement) -> Result<(), Fault> {
    let found = row_of(connection, claim.workspace, claim.conversation, claim.kind)?;
    let found = found.filter(|found| found.claim.token == claim.token).ok_or(StoreError::ClaimLost)?;
    let (workspace, conversation) = (bytes(claim.workspace), key(claim.conversation));
    let name = claim.kind.name();
    let unchanged = found.claim.generation == claim.generation;
    if unchanged && settlement.again_at.is_none() && !matches!(claim.kind, WorkKind::Deliver { .. }) {
        run(connection, REMOVE, params![workspace, conversation, name])?;
    } else {
        let failed = settlement.failed && settlement.again_at.is_some();
        let due_at = match settlement.again_at {
            // What was scheduled since may be due sooner.
            Some(again_at) if !unchanged && !failed => found.due_at.map(|due_at| due_at.min(again_at)),
            Some(again_at) => Some(again_at),
            // Done; what stays is the mark.
            None if unchanged => None,
            None => found.due_at,
        };
        let delivered = found.claim.delivered.max(settlement.delivered.unwrap_or_default());
        let moved = delivered > found.claim.delivered;
        let attempts = if failed && !moved { found.claim.attempts } else { u32::from(failed) };
        let (due_at, delivered) = (due_at.map(|due_at| due_at.timestamp_micros()), bound(delivered.0));
        let token = next_token(connection)?;
        let columns = params![workspace, conversation, name, token, due_at, attempts, failed, delivered];
        run(connection, FREE, columns)?;
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
    first(connection, SCHEDULED, params![bytes(workspace), key(conversation), kind.name()], found)
}

/// Reads the columns `workspace, conversation, kind, generation, token, attempts, delivered, due_at, lease_until`.
fn found(row: &Row<'_>) -> Result<Found, Fault> {
    let conversation = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let conversation = match conversation {
        [] => None,
        id => Some(Uuid::from_slice(id).map_err(|_| Fault::Unknown { table: WORK, column: "conversation" })?),
    };
    Ok(Found {
        claim: Claim {
            workspace: id(row, 0)?,
            conversation: conversation.map(ConversationId::new),
            kind: parsed(WORK, row, 2)?,
            generation: counter(row, 3)?,
            token: counter(row, 4)?,
            attempts: row.get(5)?,
            delivered: EventSequence(counter(row, 6)?),
        },
        due_at: instant_if_any(row, 7)?,
        lease_until: instant_if_any(row, 8)?,
    })
}

/// Empty for the work of a workspace, which no id is.
fn key(conversation: Option<ConversationId>) -> Vec<u8> {
    conversation.map(|id| bytes(id).to_vec()).unwrap_or_default()
}
