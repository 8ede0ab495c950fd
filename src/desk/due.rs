//! Due work, done once by whichever desk comes first.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::{self, StreamExt};
use futures::{FutureExt, TryFutureExt};

use super::Desk;
use crate::control::{Command, Control, Principal};
use crate::error::{Error, StoreError};
use crate::event::Actor;
use crate::id::Place;
use crate::ports::{Claim, Settlement, WorkKind};
use crate::ticket::TicketStatus;

/// What one look at the due work came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueReport {
    /// Pieces of work that were done.
    pub done: usize,
    /// Pieces that failed, and are due again later.
    pub failed: usize,
    /// When the next piece is due, UTC; `None`: nothing is scheduled.
    pub next: Option<DateTime<Utc>>,
}

/// What becomes of a claim.
pub(super) enum Outcome {
    /// It has been settled, by a commit or because somebody else has it.
    Settled,
    /// To be settled like this.
    Settle(Settlement),
    /// It failed; to be tried again.
    Retry,
}

impl Desk {
    /// Does up to `limit` pieces of work that are due now, of all workspaces, and says when the next is due.
    ///
    /// Run it in a loop, on any number of machines; [`Desk::work`] is that loop. A piece is claimed for a
    /// [lease](crate::DeskBuilder::lease): if this machine dies, another does it after that. One piece that hangs
    /// holds up this call, and nothing else; [`Desk::work`] puts a bound on it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if nothing could be claimed. What fails after that is counted, and due again later.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves each piece done or to be done again after the lease.
    pub async fn run_due(&self, limit: usize) -> Result<DueReport, Error> {
        const AT_ONCE: usize = 16;
        let now = self.now();
        let claims = self.inner.tickets.claim(now, now + self.inner.settings.lease, limit).await?;
        let full = claims.claims.len() == limit && limit > 0;
        let outcomes = stream::iter(claims.claims).map(|claim| self.run_claim(claim));
        let mut report = DueReport { next: claims.next, ..DueReport::default() };
        let mut outcomes = outcomes.buffer_unordered(AT_ONCE);
        while let Some(again_at) = outcomes.next().await {
            match again_at {
                Ok(()) => report.done += 1,
                Err(again_at) => {
                    report.failed += 1;
                    report.next = Some(report.next.map_or(again_at, |next| next.min(again_at)));
                }
            }
        }
        if full {
            report.next = Some(now);
        }
        Ok(report)
    }

    /// Does one piece. `Err`: it failed, and is due again then.
    async fn run_claim(&self, claim: Claim) -> Result<(), DateTime<Utc>> {
        let again_at = self.now() + backoff(claim.attempts);
        // A summarizer or sink of the host may panic; the other work is not to suffer for it.
        let outcome = AssertUnwindSafe(self.do_work(claim)).catch_unwind().await;
        let (settlement, result) = match outcome {
            Ok(Ok(Outcome::Settled)) => return Ok(()),
            Ok(Ok(Outcome::Settle(settlement))) => (settlement, Ok(())),
            Ok(Ok(Outcome::Retry)) | Err(_) => {
                (Settlement { again_at: Some(again_at), ..Settlement::default() }, Err(again_at))
            }
            Ok(Err(error)) => {
                tracing::warn!(work = claim.kind.as_str(), %error, "due work failed; it is tried again");
                (Settlement { again_at: Some(again_at), ..Settlement::default() }, Err(again_at))
            }
        };
        match self.inner.tickets.settle(claim, settlement).await {
            Ok(()) | Err(StoreError::ClaimLost) => result,
            // The lease will run out by itself.
            Err(_) => Err(again_at),
        }
    }

    async fn do_work(&self, claim: Claim) -> Result<Outcome, Error> {
        let place = claim.conversation.map(|conversation| Place::new(claim.workspace, conversation));
        let done = Outcome::Settle(Settlement::default());
        match (claim.kind, place) {
            (WorkKind::Sweep, _) => self.sweep(claim).await,
            (WorkKind::Summarise { ticket }, Some(place)) => self.summarise(claim, place, ticket).await,
            (WorkKind::Deliver, Some(place)) => self.deliver(claim, place).await,
            (WorkKind::FinishTranscript, Some(place)) => self.snapshot(place, None).map_ok(|_| done).await,
            (WorkKind::EndGrace { .. }, Some(place)) => self.end_grace(claim, place).await,
            (
                WorkKind::Summarise { .. }
                | WorkKind::Deliver
                | WorkKind::FinishTranscript
                | WorkKind::EndGrace { .. },
                None,
            ) => Ok(done),
        }
    }

    /// The time in which a closed ticket reopens is over: the AI agent answers again.
    async fn end_grace(&self, claim: Claim, place: Place) -> Result<Outcome, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let command = Command::EndGrace { ai: self.ai_at(place) };
            let decided = snapshot.state.control.decide(Principal::System, command, self.now())?;
            // Reopened, handed back, or nobody to receive: the customer's next message decides. Closed again for
            // longer: this work took the earlier of both instants, and is due at the later one (N1).
            let Some(event) = decided else {
                let again_at = match snapshot.state.control {
                    Control::Closed { until, .. } if self.now() < until => Some(until),
                    Control::Ai | Control::Queued { .. } | Control::Human { .. } | Control::Closed { .. } => {
                        None
                    }
                };
                return Ok(Outcome::Settle(Settlement { delivered: None, again_at }));
            };
            let mut change = self.change(place, &snapshot, Actor::System);
            change.hand_back(event, &snapshot, TicketStatus::Closed);
            change.settles(claim);
            match change.commit().await {
                Ok(Some(_)) | Err(Error::Store(StoreError::ClaimLost)) => return Ok(Outcome::Settled),
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        Err(self.contended())
    }
}

/// How long to leave work alone that failed `attempts` times before: 1, 2, 4, … seconds, at most 5 minutes.
pub(super) fn backoff(attempts: u32) -> TimeDelta {
    TimeDelta::seconds(1 << attempts.min(8)).min(TimeDelta::minutes(5))
}
