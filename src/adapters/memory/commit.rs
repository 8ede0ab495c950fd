//! One atomic write: everything that can fail is checked before anything is written.

use chrono::{DateTime, Utc};

use super::state::State;
use crate::error::StoreError;
use crate::id::Place;
use crate::ports::{Claim, Commit, Committed, Settlement, TranscriptWrite, Whereabouts, Work, WorkKind};
use crate::ticket::Ticket;

impl State {
    pub(super) fn commit(&mut self, mut commit: Commit) -> Result<Committed, StoreError> {
        self.check(&commit)?;
        self.choose(&mut commit)?;
        Ok(self.apply(commit))
    }

    fn check(&mut self, commit: &Commit) -> Result<(), StoreError> {
        let cell = self.cells.entry(commit.place).or_default();
        let opens_second = commit
            .ticket
            .as_ref()
            .is_some_and(|ticket| ticket.status.is_open() && cell.open.is_some_and(|open| open != ticket.id));
        let key_taken =
            commit.answer.as_ref().is_some_and(|answered| cell.answers.contains_key(&answered.key));
        if cell.revision != commit.expected || opens_second || key_taken {
            return Err(StoreError::Conflict);
        }
        if let Some(claim) = &commit.settles {
            self.held(claim)?;
        }
        match &commit.transcript {
            Some(TranscriptWrite { whereabouts: Whereabouts::Here, entries, .. }) => {
                self.thread(commit.place)?.known(entries).map(drop)
            }
            Some(TranscriptWrite { whereabouts: Whereabouts::Elsewhere, .. }) | None => Ok(()),
        }
    }

    fn choose(&mut self, commit: &mut Commit) -> Result<(), StoreError> {
        let (Some(placement), Some(ticket)) = (&commit.placement, &commit.ticket) else { return Ok(()) };
        let workspace = self.workspaces.entry(commit.place.workspace).or_default();
        let before = workspace.tickets.get(&ticket.id).filter(|before| before.status.is_open());
        let own = before.and_then(Ticket::assigned_to);
        let loads: Vec<_> = placement
            .offers
            .iter()
            .map(|offer| {
                let mut load = workspace.load_of(offer.teammate);
                // The ticket does not stand in its own way.
                load.open = load.open.saturating_sub(u32::from(own == Some(offer.teammate)));
                load
            })
            .collect();
        let ahead = workspace.ahead_of(ticket);
        commit.place(&loads, ahead)
    }

    fn apply(&mut self, commit: Commit) -> Committed {
        let place = commit.place;
        if let Some(claim) = &commit.settles {
            self.end(claim, Settlement::default());
        }
        for work in &commit.work {
            self.schedule(place, work);
        }
        let named = commit.work.iter().any(|work| work.kind == WorkKind::FinishTranscript);
        let owed = (commit.transcript.clone())
            .and_then(|write| self.write_transcript(place, commit.at, named, write));
        let is_new = commit.ticket.as_ref().is_some_and(|ticket| {
            let workspace = self.workspaces.entry(place.workspace).or_default();
            workspace.put(ticket.clone())
        });
        let cell = self.cells.entry(place).or_default();
        cell.state = commit.state;
        cell.revision = cell.revision.next();
        let newest = commit.events.last().map(|event| event.sequence);
        if let (Some(sequence), Some(decision)) = (newest, commit.decision) {
            cell.decisions.insert(sequence, decision);
        }
        cell.events.extend(commit.events);
        if let Some(ticket) = &commit.ticket {
            // A change to an older ticket makes it neither the newest nor the open one.
            if is_new {
                cell.latest = Some(ticket.id);
            }
            if ticket.status.is_open() {
                cell.open = Some(ticket.id);
            } else if cell.open == Some(ticket.id) {
                cell.open = None;
            }
        }
        let answer = commit.answer.as_ref().map(|answered| answered.answer.clone());
        if let Some(answered) = commit.answer {
            cell.answers.insert(answered.key.clone(), answered);
        }
        Committed {
            revision: cell.revision,
            ticket: commit.ticket,
            answer,
            transcript: commit.transcript,
            owed,
        }
    }

    fn write_transcript(
        &mut self,
        place: Place,
        at: DateTime<Utc>,
        named: bool,
        write: TranscriptWrite,
    ) -> Option<Claim> {
        match write.whereabouts {
            Whereabouts::Here => {
                let thread = self.threads.get_mut(&place)?;
                thread.fence = thread.fence.max(write.fence);
                thread.append(write.entries);
                None
            }
            Whereabouts::Elsewhere => {
                let kind = WorkKind::FinishTranscript;
                if !named {
                    // What is owed is always under work, so that somebody comes for it.
                    self.schedule(place, &Work { kind, due_at: at });
                }
                let claim = self.scheduled(place, kind)?;
                self.cells.entry(place).or_default().owed.push((claim.generation, write));
                Some(claim)
            }
        }
    }
}
