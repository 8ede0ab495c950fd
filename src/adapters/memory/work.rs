//! Due work: one row a kind and conversation.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::state::{Cell, State};
use crate::error::StoreError;
use crate::event::EventSequence;
use crate::id::{ConversationId, Place, WorkspaceId};
use crate::ports::{Claim, Claims, Owed, Settlement, Work, WorkKind, WorkKinds};

pub(super) type WorkKey = (WorkspaceId, Option<ConversationId>, Cow<'static, str>);

pub(super) struct WorkRow {
    kind: WorkKind,
    /// `None`: it is done, and stays for its delivery mark.
    due_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
    generation: u64,
    token: u64,
    attempts: u32,
    failed: bool,
    delivered: EventSequence,
}

impl WorkRow {
    /// From when on it may be claimed.
    fn ready_at(&self) -> Option<DateTime<Utc>> {
        self.due_at.map(|due_at| self.lease_until.map_or(due_at, |lease| lease.max(due_at)))
    }
}

fn key(place: Place, kind: &WorkKind) -> WorkKey {
    (place.workspace, (!kind.is_of_workspace()).then_some(place.conversation), kind.name())
}

fn key_of(claim: &Claim) -> WorkKey {
    (claim.workspace, claim.conversation, claim.kind.name())
}

impl State {
    pub(super) fn schedule(&mut self, place: Place, work: &Work) {
        let token = self.next_token();
        let key = key(place, &work.kind);
        self.unlist(&key);
        let row = self.work.entry(key.clone()).or_insert(WorkRow {
            kind: work.kind,
            due_at: None,
            lease_until: None,
            generation: 0,
            token,
            attempts: 0,
            failed: false,
            delivered: EventSequence::default(),
        });
        if row.kind != work.kind {
            // Other contents: nobody has failed at them.
            (row.kind, row.attempts, row.failed) = (work.kind, 0, false);
        }
        if !row.failed {
            row.due_at = Some(row.due_at.map_or(work.due_at, |due_at| due_at.min(work.due_at)));
        }
        row.generation = row.generation.saturating_add(1);
        self.list(&key);
    }

    /// Takes a row that is about to change out of those that are scheduled; [`State::list`] puts it back.
    fn unlist(&mut self, key: &WorkKey) {
        let Some(ready_at) = self.work.get(key).and_then(WorkRow::ready_at) else { return };
        if let Some(rows) = self.ready.get_mut(&key.2) {
            rows.remove(&(ready_at, key.clone()));
        }
    }

    fn list(&mut self, key: &WorkKey) {
        let Some(ready_at) = self.work.get(key).and_then(WorkRow::ready_at) else { return };
        self.ready.entry(key.2.clone()).or_default().insert((ready_at, key.clone()));
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
        Some(claim_on(&key, row))
    }

    pub(super) fn owed(&self, place: Place, cell: &Cell) -> Option<Owed> {
        let claim = self.scheduled(place, WorkKind::FinishTranscript)?;
        let writes: Vec<_> = cell.owed.iter().map(|(_, write)| write.clone()).collect();
        (!writes.is_empty()).then_some(Owed { claim, writes })
    }

    pub(super) fn held(&self, claim: &Claim) -> Result<(), StoreError> {
        let row = self.work.get(&key_of(claim)).filter(|row| row.token == claim.token);
        row.map(drop).ok_or(StoreError::ClaimLost)
    }

    /// Ends a claim that [`State::held`] has found good.
    pub(super) fn end(&mut self, claim: &Claim, settlement: Settlement) {
        let key = key_of(claim);
        self.unlist(&key);
        self.settle_row(&key, claim, settlement);
        self.list(&key);
        let place = claim.conversation.map(|conversation| Place::new(claim.workspace, conversation));
        if let (Some(place), WorkKind::FinishTranscript, None) = (place, claim.kind, settlement.again_at) {
            let cell = self.cells.entry(place).or_default();
            cell.owed.retain(|(generation, _)| *generation > claim.generation);
        }
    }

    fn settle_row(&mut self, key: &WorkKey, claim: &Claim, settlement: Settlement) {
        let token = self.next_token();
        let Some(row) = self.work.get_mut(key) else { return };
        let moved = settlement.delivered.is_some_and(|delivered| delivered > row.delivered);
        row.delivered = row.delivered.max(settlement.delivered.unwrap_or_default());
        row.lease_until = None;
        row.token = token;
        row.failed = settlement.failed && settlement.again_at.is_some();
        row.attempts = if row.failed && !moved { row.attempts } else { u32::from(row.failed) };
        let unchanged = row.generation == claim.generation;
        if let Some(again_at) = settlement.again_at {
            // What was scheduled since may be due sooner.
            let sooner = row.due_at.filter(|_| !unchanged && !row.failed);
            row.due_at = Some(sooner.map_or(again_at, |due_at| due_at.min(again_at)));
            return;
        }
        if unchanged {
            match claim.kind {
                WorkKind::Deliver { .. } => row.due_at = None,
                WorkKind::Summarise { .. }
                | WorkKind::Sweep
                | WorkKind::FinishTranscript
                | WorkKind::EndGrace { .. }
                | WorkKind::OfferAgain { .. }
                | WorkKind::Deadline { .. }
                | WorkKind::Idle { .. } => drop(self.work.remove(key)),
            }
        }
    }

    pub(super) fn claim(
        &mut self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
        limit: usize,
        kinds: &WorkKinds,
    ) -> Claims {
        let mut claims = Claims::default();
        let mut ready = Vec::new();
        for rows in kinds.names().iter().filter_map(|name| self.ready.get(name)) {
            let due = rows.iter().take_while(|(ready_at, _)| *ready_at <= now);
            ready.extend(due.map(|(ready_at, key)| {
                let due_at = self.work.get(key).and_then(|row| row.due_at);
                (due_at, key.clone(), *ready_at)
            }));
            let later = rows.iter().map(|(ready_at, _)| *ready_at).find(|ready_at| *ready_at > now);
            claims.next = claims.next.into_iter().chain(later).min();
        }
        // Longest due first.
        ready.sort_unstable();
        for (_, key, ready_at) in ready {
            if claims.claims.len() >= limit {
                claims.next = claims.next.into_iter().chain([ready_at]).min();
                continue;
            }
            let token = self.next_token();
            self.unlist(&key);
            if let Some(row) = self.work.get_mut(&key) {
                row.lease_until = Some(lease_until);
                row.token = token;
                claims.claims.push(claim_on(&key, row));
                row.attempts = row.attempts.saturating_add(1);
            }
            self.list(&key);
        }
        claims
    }
}

fn claim_on(key: &WorkKey, row: &WorkRow) -> Claim {
    let (workspace, conversation, _) = *key;
    let WorkRow { kind, generation, token, attempts, delivered, .. } = *row;
    Claim { workspace, conversation, kind, generation, token, attempts, delivered }
}
