//! Due work: one row a kind and conversation.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;
use uuid::Uuid;

use super::PostgresStore;
use super::fault::Fault;
use super::row::{Param, counter, get, id, instant_if_any, json, parsed, rows, small};
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::{ConversationId, Place};
use crate::ports::{Claim, Claims, Settlement, Work, WorkKind, WorkKinds};

pub(super) const WORK: &str = "escalate_work";

// What others are claiming at this moment is passed over, and not waited for. Each name by itself, in the order of the
// index: what other names have put off is not read. The last column tells when the next piece is due that was not
// claimed, as the statement saw it when it began.
pub(super) const CLAIM: &str = "WITH due AS MATERIALIZED (
        SELECT w.workspace, w.conversation, w.name FROM unnest($4::text[]) AS kind (name) CROSS JOIN LATERAL (
            SELECT w.workspace, w.conversation, w.name, w.due_at FROM escalate_work w
            WHERE w.name = kind.name AND w.due_at <= $1 AND (w.lease_until IS NULL OR w.lease_until <= $1)
            ORDER BY w.due_at, w.workspace, w.conversation LIMIT $3 FOR UPDATE SKIP LOCKED) AS w
        ORDER BY w.due_at, w.workspace, w.conversation, w.name LIMIT $3),
    claimed AS (
        UPDATE escalate_work w
        SET lease_until = $2, token = nextval('escalate_tokens'), attempts = w.attempts + 1
        FROM due WHERE w.workspace = due.workspace AND w.conversation = due.conversation AND w.name = due.name
        RETURNING w.workspace, w.conversation, w.kind, w.generation, w.token, w.attempts - 1 AS attempts,
            w.delivered, w.due_at, w.name),
    next AS (SELECT least(
        (SELECT min(greatest(w.due_at, w.lease_until)) FROM unnest($4::text[]) AS kind (name) CROSS JOIN LATERAL (
            SELECT w.due_at, w.lease_until FROM escalate_work w
            WHERE w.name = kind.name AND w.due_at IS NOT NULL AND (w.lease_until IS NULL OR w.lease_until <= $1)
                AND NOT EXISTS (SELECT FROM due WHERE due.workspace = w.workspace
                    AND due.conversation = w.conversation AND due.name = w.name)
            ORDER BY w.due_at, w.workspace, w.conversation LIMIT 1) AS w),
        (SELECT min(greatest(w.due_at, w.lease_until)) FROM escalate_work w
            WHERE w.due_at IS NOT NULL AND w.lease_until > $1 AND w.name = ANY($4))) AS at)
    SELECT claimed.workspace, claimed.conversation, claimed.kind, claimed.generation, claimed.token,
        claimed.attempts, claimed.delivered, next.at
    FROM next LEFT JOIN claimed ON true
    ORDER BY claimed.due_at, claimed.workspace, claimed.conversation, claimed.name";
pub(super) const SETTLE: &str = "SELECT escalate_settle($1, $2, $3, $4, $5, $6, $7, $8)";

impl PostgresStore {
    pub(super) async fn claim_due(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Result<Claims, Fault> {
        let kinds = kinds.names();
        let until = lease_until;
        let (now, lease_until) = (now.timestamp_micros(), lease_until.timestamp_micros());
        let found = self.ask(CLAIM, &[&now, &lease_until, &rows(limit), &kinds]).await?;
        // At the latest when these leases end.
        let next = found.first().map(|row| instant_if_any(WORK, row, 7).unwrap_or(Some(until)));
        let mut claims = Vec::with_capacity(found.len());
        for row in &found {
            let Some(workspace) = get::<Option<Uuid>>(row, 0)? else { continue };
            match claimed(row) {
                Ok(claim) => claims.push(claim),
                // It stays, leased now and then; what other workspaces have to do does not wait for it.
                Err(error) => tracing::warn!(%workspace, %error, "due work cannot be read"),
            }
        }
        Ok(Claims { claims, next: next.flatten() })
    }

    pub(super) async fn settle_claim(&self, claim: &Claim, settlement: Settlement) -> Result<(), Fault> {
        let columns = ClaimColumns::from(claim);
        let delivered = settlement.delivered.filter(|_| claim.conversation.is_some());
        let delivered = delivered.map(|sequence| sequence.0.cast_signed());
        let again_at = settlement.again_at.map(|at| at.timestamp_micros());
        let mut params = columns.params().to_vec();
        let ends: [Param<'_>; 3] = [&delivered, &again_at, &settlement.failed];
        params.extend(ends);
        match get(&self.ask_one(SETTLE, &params).await?, 0)? {
            true => Ok(()),
            false => Err(StoreError::ClaimLost.into()),
        }
    }
}

/// Reads the columns `workspace, conversation, kind, generation, token, attempts, delivered`.
fn claimed(row: &Row) -> Result<Claim, Fault> {
    let kind: WorkKind = parsed(WORK, row, 2)?;
    let conversation = if kind.is_of_workspace() { None } else { Some(id(row, 1)?) };
    Ok(Claim {
        workspace: id(row, 0)?,
        conversation,
        kind,
        generation: counter(row, 3)?,
        token: counter(row, 4)?,
        attempts: small(row, 5)?,
        delivered: EventSequence(counter(row, 6)?),
    })
}

/// A claim in columns.
pub(super) struct ClaimColumns {
    workspace: Uuid,
    conversation: Uuid,
    name: Cow<'static, str>,
    token: i64,
    generation: i64,
}

impl From<&Claim> for ClaimColumns {
    fn from(claim: &Claim) -> Self {
        Self {
            workspace: claim.workspace.uuid(),
            conversation: key(claim.conversation),
            name: claim.kind.name(),
            token: claim.token.cast_signed(),
            generation: claim.generation.cast_signed(),
        }
    }
}

impl ClaimColumns {
    pub(super) fn params(&self) -> [Param<'_>; 5] {
        [&self.workspace, &self.conversation, &self.name, &self.token, &self.generation]
    }
}

/// Work to be scheduled, a column each: that of the conversation first, in the order of all locks.
#[derive(Default)]
pub(super) struct Schedule {
    conversations: Vec<Uuid>,
    names: Vec<Cow<'static, str>>,
    kinds: Vec<Vec<u8>>,
    dues: Vec<i64>,
}

impl Schedule {
    pub(super) fn of(place: Place, work: &[Work], if_waiting: Option<&Work>) -> Result<Self, Fault> {
        let mut schedule = Self::default();
        let mut sorted: Vec<_> = work.iter().collect();
        sorted.sort_by_key(|work| work.kind.is_of_workspace());
        for Work { kind, due_at } in sorted.into_iter().chain(if_waiting) {
            schedule.conversations.push(key((!kind.is_of_workspace()).then_some(place.conversation)));
            schedule.names.push(kind.name());
            schedule.kinds.push(json(WORK, kind)?);
            schedule.dues.push(due_at.timestamp_micros());
        }
        Ok(schedule)
    }

    pub(super) fn params(&self) -> [Param<'_>; 4] {
        [&self.conversations, &self.names, &self.kinds, &self.dues]
    }
}

/// All zeros for the work of a workspace, whose names are its own.
fn key(conversation: Option<ConversationId>) -> Uuid {
    conversation.map_or(Uuid::nil(), Uuid::from)
}
