//! Due work: one row a kind and conversation.

use chrono::{DateTime, Utc};

use super::state::{Cell, State};
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::{ConversationId, Place, WorkspaceId};
use crate::ports::{Claim, Claims, Owed, Settlement, Work, WorkKind, WorkKinds};

pub(super) type WorkKey = (WorkspaceId, Option<ConversationId>, &'static str);

pub(super) struct WorkRow {
    kind: WorkKind,
    due_at: DateTime<Utc>,
    lease_until: Option<DateTime<Utc>>,
    generation: u64,
    token: u64,
    attempts: u32,
}

impl WorkRow {
    /// From when on it may be claimed.
    fn ready_at(&self) -> DateTime<Utc> {
        self.lease_until.map_or(self.due_at, |lease| lease.max(self.due_at))
    }
}

fn key(place: Place, kind: &WorkKind) -> WorkKey {
    (place.workspace, (!kind.is_of_workspace()).then_some(place.conversation), kind.as_str())
}

fn key_of(claim: &Claim) -> WorkKey {
    (claim.workspace, claim.conversation, claim.kind.as_str())
}

impl State {
    pub(super) fn schedule(&mut self, place: Place, work: &Work) {
        let token = self.next_token();
        let row = self.work.entry(key(place, &work.kind)).or_insert(WorkRow {
            kind: work.kind,
            due_at: work.due_at,
            lease_until: None,
            generation: 0,
            token,
            attempts: 0,
        });
        row.kind = work.kind;
        row.due_at = row.due_at.min(work.due_at);
        row.generation = row.generation.saturating_add(1);
    }

    /// A token no claim ever had, so that an old claim never fits work that came later.
    fn next_token(&mut self) -> u64 {
        self.tokens = self.tokens.saturating_add(1);
        self.tokens
    }

    /// The claim on work that is scheduled, as it stands.
    pub(super) fn scheduled(&self, place: Place, kind: WorkKind) -> Option<Claim> {
        let key = key(place, &kind);
        let row = self.work.get(&key)?;
        let delivered = self.delivered(key.0, key.1);
        Some(claim_on(key, row, delivered))
    }

    pub(super) fn owed(&self, place: Place, cell: &Cell) -> Option<Owed> {
        let claim = self.scheduled(place, WorkKind::FinishTranscript)?;
        let writes: Vec<_> = cell.owed.iter().map(|(_, write)| write.clone()).collect();
        (!writes.is_empty()).then_some(Owed { claim, writes })
    }

    fn delivered(&self, workspace: WorkspaceId, conversation: Option<ConversationId>) -> EventSequence {
        let place = conversation.map(|conversation| Place::new(workspace, conversation));
        let cell = place.and_then(|place| self.cells.get(&place));
        cell.map(|cell| cell.delivered).unwrap_or_default()
    }

    pub(super) fn held(&self, claim: &Claim) -> Result<(), StoreError> {
        let row = self.work.get(&key_of(claim)).filter(|row| row.token == claim.token);
        row.map(drop).ok_or(StoreError::ClaimLost)
    }

    /// Ends a claim that [`State::held`] has found good.
    pub(super) fn end(&mut self, claim: &Claim, settlement: Settlement) {
        let key = key_of(claim);
        let place = claim.conversation.map(|conversation| Place::new(claim.workspace, conversation));
        if let (Some(place), Some(delivered)) = (place, settlement.delivered) {
            let cell = self.cells.entry(place).or_default();
            cell.delivered = cell.delivered.max(delivered);
        }
        let token = self.next_token();
        let Some(row) = self.work.get_mut(&key) else { return };
        row.lease_until = None;
        row.token = token;
        if let Some(again_at) = settlement.again_at {
            // What was scheduled since may be due sooner.
            row.due_at = if row.generation == claim.generation { again_at } else { row.due_at.min(again_at) };
            return;
        }
        if row.generation == claim.generation {
            self.work.remove(&key);
        } else {
            row.attempts = 0;
        }
        if let (Some(place), WorkKind::FinishTranscript) = (place, claim.kind) {
            let cell = self.cells.entry(place).or_default();
            cell.owed.retain(|(generation, _)| *generation > claim.generation);
        }
    }

    pub(super) fn claim(
        &mut self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: WorkKinds,
    ) -> Claims {
        let mut ready: Vec<_> = self
            .work
            .iter()
            .filter(|(_, row)| kinds.contains(&row.kind))
            .map(|(key, row)| (row.ready_at(), row.due_at, *key))
            .collect();
        ready.sort_unstable_by_key(|(ready_at, due_at, key)| (*ready_at > now, *due_at, *key));
        let mut claims = Claims::default();
        for (ready_at, _, key) in ready {
            if ready_at > now || claims.claims.len() >= limit {
                claims.next = Some(claims.next.map_or(ready_at, |next| next.min(ready_at)));
                continue;
            }
            let (delivered, token) = (self.delivered(key.0, key.1), self.next_token());
            let Some(row) = self.work.get_mut(&key) else { continue };
            row.lease_until = Some(lease_until);
            row.token = token;
            claims.claims.push(claim_on(key, row, delivered));
            row.attempts = row.attempts.saturating_add(1);
        }
        claims
    }
}

fn claim_on(key: WorkKey, row: &WorkRow, delivered: EventSequence) -> Claim {
    let (workspace, conversation, _) = key;
    let WorkRow { kind, generation, token, attempts, .. } = *row;
    Claim { workspace, conversation, kind, generation, token, attempts, delivered }
}
