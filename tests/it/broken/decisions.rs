//! Stores that get one thing wrong of what a choice was made on, and of what is told of it.

use escalate::assignment::Load;
use escalate::ports::{Answer, Commit, Committed, Decided, Routing};
use escalate::{EventSequence, MemoryStore, Place, StoreError, TicketRepository};

use super::forward::{TicketFault, TranscriptFault};
use super::{stores, ticket_fault};

stores! {
    KeepsNoDecision KeepsTheLoadsOffered ForgetsTheStart TellsWhatWaits TellsTheOwedAsGiven ReadsAnyDecisions
    ReadsDecisionsBackwards IgnoresTheDecisionLimit SaysNobodyIsThere TellsAsGiven
}

type Answered<T> = Result<T, StoreError>;

ticket_fault! { KeepsNoDecision:
    async fn commit(&self, mut commit: Commit) -> Answered<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.decision = None;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { KeepsTheLoadsOffered:
    async fn decisions(&self, place: Place, after: EventSequence, limit: usize) -> Answered<Vec<Decided>> {
        let mut all = self.0.decisions(place, after, limit).await?;
        // As they were when the desk looked, and not when the commit chose.
        for seen in all.iter_mut().flat_map(|decided| &mut decided.decision.seen) {
            seen.load = Some(Load::none(seen.teammate));
        }
        Ok(all)
    }
}

ticket_fault! { ForgetsTheStart:
    async fn commit(&self, mut commit: Commit) -> Answered<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.starts_at = None;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { TellsWhatWaits:
    async fn commit(&self, mut commit: Commit) -> Answered<Committed> {
        if let Some(telling) = commit.placement.as_mut().and_then(|placement| placement.telling.as_mut()) {
            telling.placed.clone_from(&telling.waits);
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { TellsTheOwedAsGiven:
    async fn commit(&self, mut commit: Commit) -> Answered<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.telling = None;
        }
        self.0.commit(commit).await
    }
}

ticket_fault! { ReadsAnyDecisions:
    async fn decisions(&self, place: Place, after: EventSequence, limit: usize) -> Answered<Vec<Decided>> {
        let home = Place::new(super::forward::HOME, place.conversation);
        self.0.decisions(home, after, limit).await
    }
}

ticket_fault! { ReadsDecisionsBackwards:
    async fn decisions(&self, place: Place, after: EventSequence, limit: usize) -> Answered<Vec<Decided>> {
        let mut all = self.0.decisions(place, after, limit).await?;
        all.reverse();
        Ok(all)
    }
}

ticket_fault! { IgnoresTheDecisionLimit:
    async fn decisions(&self, place: Place, after: EventSequence, _: usize) -> Answered<Vec<Decided>> {
        self.0.decisions(place, after, 1_000).await
    }
}

ticket_fault! { SaysNobodyIsThere:
    async fn commit(&self, commit: Commit) -> Answered<Committed> {
        let mut committed = self.0.commit(commit).await?;
        if let Some(Answer::Escalation(escalation)) = &mut committed.answer
            && matches!(escalation.routing, Routing::Queued { .. })
        {
            escalation.routing = Routing::Waiting;
        }
        Ok(committed)
    }
}

// Writes the transcript before it chooses.
ticket_fault! { TellsAsGiven:
    async fn commit(&self, mut commit: Commit) -> Answered<Committed> {
        if let Some(placement) = &mut commit.placement {
            placement.telling = None;
        }
        self.0.commit(commit).await
    }
}

impl TranscriptFault for TellsAsGiven {
    fn sound(&self) -> &MemoryStore {
        &self.0
    }
}
