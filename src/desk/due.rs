//! Due work, done once by whichever desk comes first.

use std::panic::AssertUnwindSafe;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use futures::future::{self, Either, select};
use futures::stream::{self, StreamExt};
use futures::{FutureExt, TryFutureExt, pin_mut};

use super::Desk;
use super::bell::Bell;
use crate::control::Control;
use crate::error::{Error, SinkError, StoreError};
use crate::event::EventSequence;
use crate::id::Place;
use crate::ports::{Claim, Settlement, SinkName, WorkKind, WorkKinds};

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
    /// It failed; to be tried again, after this long if somebody said so. Of a delivery, what was taken all the same.
    Retry { wait: Option<TimeDelta>, delivered: Option<EventSequence> },
}

/// How much is claimed at once of the library's own work.
const BATCH: usize = 64;
/// How much work of the host's own making is done at once: no more is claimed than is begun.
const HOST_AT_ONCE: usize = 16;

/// Work that waits for no other crew's.
pub(super) struct Crew {
    pub(super) kinds: WorkKinds,
    /// How much is claimed at once.
    pub(super) batch: usize,
    /// Rung when work of these kinds was scheduled that is due.
    pub(super) bell: Bell,
}

impl Crew {
    /// First what needs nobody but the stores. Then what calls the host, each by itself, so that none waits for
    /// another: the summarizer, if there is one, and every sink.
    pub(super) fn all(summarizer: bool, sinks: impl Iterator<Item = SinkName>) -> Vec<Self> {
        let own = WorkKinds::of(&[
            WorkKind::SWEEP,
            WorkKind::FINISH_TRANSCRIPT,
            WorkKind::END_GRACE,
            WorkKind::OFFER_AGAIN,
            WorkKind::DEADLINE,
            WorkKind::IDLE,
        ]);
        let summarise = summarizer.then(|| WorkKinds::of(&[WorkKind::SUMMARISE]));
        let deliver = sinks.map(|sink| WorkKinds::default().and_sink(sink));
        let host = summarise.into_iter().chain(deliver);
        let host = host.map(|kinds| Self { kinds, batch: HOST_AT_ONCE, bell: Bell::default() });
        std::iter::once(Self { kinds: own, batch: BATCH, bell: Bell::default() }).chain(host).collect()
    }
}

impl Desk {
    /// Does up to `limit` pieces of work that are due now, of all workspaces, and says when the next is due.
    ///
    /// Run it in a loop, on any number of machines; [`Desk::work`] is that loop. A piece is claimed for a
    /// [lease](crate::DeskBuilder::lease): if this machine dies, another does it after that. The library's own work
    /// is done before the summarizer and the sinks are called, which then run beside each other; `limit` holds for
    /// each of them. One that hangs holds up this call; [`Desk::work`] bounds them. A desk without a summarizer, or
    /// without a sink of that name, leaves that work to others.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if nothing could be claimed. What fails after that is counted, and due again later.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves each piece done or to be done again after the lease.
    pub async fn run_due(&self, limit: usize) -> Result<DueReport, Error> {
        let Some((own, host)) = self.inner.crews.split_first() else { return Ok(DueReport::default()) };
        let run = |crew: &Crew| self.run_kinds(crew.kinds.clone(), limit.min(crew.batch), future::pending);
        let mut report = self.run_kinds(own.kinds.clone(), limit, future::pending).await?;
        let host = host.iter().map(run);
        for host in future::join_all(host).await {
            let DueReport { done, failed, next } = host?;
            report.done += done;
            report.failed += failed;
            report.next = report.next.into_iter().chain(next).min();
        }
        Ok(report)
    }

    /// Does what is due of these kinds. A piece that outlasts its `bound` has failed; a summary is put off.
    pub(super) async fn run_kinds<F: Future<Output = ()>>(
        &self,
        kinds: WorkKinds,
        limit: usize,
        bound: impl Fn() -> F,
    ) -> Result<DueReport, Error> {
        let now = self.now();
        let lease_until = later(now, self.inner.settings.lease);
        let claims = self.inner.tickets.claim(now, lease_until, limit, kinds.clone()).await?;
        let mut report = DueReport { next: claims.next, ..DueReport::default() };
        if claims.claims.is_empty() {
            return Ok(report);
        }
        let pieces = stream::iter(claims.claims).map(|claim| self.run_claim(claim, bound()));
        let mut pieces = pieces.buffer_unordered(HOST_AT_ONCE);
        while let Some(failed) = pieces.next().await {
            report.done += usize::from(!failed);
            report.failed += usize::from(failed);
        }
        // What was done may have scheduled more, sooner than what was known before. Claims nothing; where even that
        // fails, the next look tells why.
        let left = self.inner.tickets.claim(now, lease_until, 0, kinds).await;
        report.next = left.map_or(Some(now), |left| left.next);
        Ok(report)
    }

    /// Does one piece of work and ends its claim. Whether it failed.
    async fn run_claim(&self, claim: Claim, bound: impl Future<Output = ()>) -> bool {
        // A summarizer or sink of the host may panic; the other work is not to suffer for it.
        let work = AssertUnwindSafe(self.do_work(claim)).catch_unwind();
        pin_mut!(work, bound);
        let outcome = match select(work, bound).await {
            Either::Left((Ok(Ok(outcome)), _)) => outcome,
            Either::Left((Ok(Err(error)), _)) => {
                tracing::warn!(work = %claim.kind.name(), %error, "due work failed; it is tried again");
                Outcome::Retry { wait: None, delivered: None }
            }
            Either::Left((Err(_), _)) => Outcome::Retry { wait: None, delivered: None },
            // What is dropped here is not polled again, and ends with this call.
            Either::Right(_) => self.outlasted(&claim).await,
        };
        let (settlement, failed) = match outcome {
            Outcome::Settled => return false,
            Outcome::Settle(settlement) => (settlement, false),
            Outcome::Retry { wait, delivered } => {
                let again_at = Some(later(self.now(), self.patience(&claim, wait)));
                (Settlement { delivered, again_at, failed: true }, true)
            }
        };
        match self.inner.tickets.settle(claim, settlement).await {
            Ok(()) | Err(StoreError::ClaimLost) => failed,
            // The lease will run out by itself.
            Err(_) => true,
        }
    }

    /// How long to leave work alone that failed.
    fn patience(&self, claim: &Claim, wait: Option<TimeDelta>) -> TimeDelta {
        match (wait, claim.kind) {
            (Some(wait), _) => wait.clamp(TimeDelta::zero(), SinkError::LONGEST_WAIT),
            // What fails is not hurried, and nobody waits in the line for longer than a sweep (A6).
            (None, WorkKind::Sweep) => self.inner.settings.sweep_every,
            (
                None,
                WorkKind::Summarise { .. }
                | WorkKind::Deliver { .. }
                | WorkKind::FinishTranscript
                | WorkKind::EndGrace { .. }
                | WorkKind::OfferAgain { .. }
                | WorkKind::Deadline { .. }
                | WorkKind::Idle { .. },
            ) => backoff(claim.attempts),
        }
    }

    async fn do_work(&self, claim: Claim) -> Result<Outcome, Error> {
        let place = claim.conversation.map(|conversation| Place::new(claim.workspace, conversation));
        let done = Outcome::Settle(Settlement::default());
        match (claim.kind, place) {
            (WorkKind::Sweep, _) => self.sweep(claim).await,
            (WorkKind::Summarise { ticket }, Some(place)) => self.summarise(claim, place, ticket).await,
            (WorkKind::Deliver { sink }, Some(place)) => self.deliver(claim, place, sink).await,
            (WorkKind::FinishTranscript, Some(place)) => self.snapshot(place, None).map_ok(|_| done).await,
            (WorkKind::EndGrace { .. }, Some(place)) => self.end_grace(place).await,
            (WorkKind::Deadline { ticket }, Some(place)) => {
                self.tell_of_deadlines(claim, place, ticket).await
            }
            (WorkKind::Idle { ticket }, Some(place)) => self.end_idle(claim, place, ticket).await,
            (WorkKind::OfferAgain { ticket }, Some(place)) => self.offer_again(claim, place, ticket).await,
            (
                WorkKind::Summarise { .. }
                | WorkKind::Deliver { .. }
                | WorkKind::FinishTranscript
                | WorkKind::EndGrace { .. }
                | WorkKind::OfferAgain { .. }
                | WorkKind::Deadline { .. }
                | WorkKind::Idle { .. },
                None,
            ) => Ok(done),
        }
    }

    /// The time in which a closed ticket reopens is over: looking ends the episode.
    async fn end_grace(&self, place: Place) -> Result<Outcome, Error> {
        let again_at = match self.snapshot(place, None).await?.state.control {
            // Closed again for longer: this work took the earlier of both instants, and is due at the later one (N1).
            Control::Closed { until, .. } if self.now() < until => Some(until),
            // Ended, reopened, or with nobody to receive it: then the customer's next message decides.
            Control::Ai | Control::Queued { .. } | Control::Human { .. } | Control::Closed { .. } => None,
        };
        Ok(Outcome::Settle(Settlement { again_at, ..Settlement::default() }))
    }
}

/// How long to leave work alone that failed `attempts` times before: 1, 2, 4, … seconds, at most 256.
fn backoff(attempts: u32) -> TimeDelta {
    TimeDelta::seconds(1 << attempts.min(8))
}

/// `at` plus `delta`, or the last instant there is: a deadline of *never* is no fault. In microseconds, as the desk's
/// clock and the stores keep them: an instant between two of them would never have come.
pub(super) fn later(at: DateTime<Utc>, delta: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(delta).unwrap_or(DateTime::<Utc>::MAX_UTC).trunc_subsecs(6)
}
