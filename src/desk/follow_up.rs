//! What follows a commit: a better summary, and telling the world.

use chrono::TimeDelta;

use super::Desk;
use super::due::{Outcome, later};
use crate::error::{Error, SinkError, StoreError, SummarizeError};
use crate::event::{Actor, EventKind, EventSequence};
use crate::id::{Place, TicketId};
use crate::ports::{Claim, Proposal, Settlement, SinkName, SummaryRequest, Window};
use crate::summary::{Summary, check};

/// How many events go to a sink at once.
const BATCH: usize = 100;
/// How much of a transcript a summarizer gets, in entries (S3).
const SHOWN: usize = 200;

impl Desk {
    /// Asks the summarizer, checks what it proposes, and replaces the deterministic summary with it (S1).
    pub(super) async fn summarise(
        &self,
        claim: Claim,
        place: Place,
        ticket: TicketId,
    ) -> Result<Outcome, Error> {
        let done = Outcome::Settle(Settlement::default());
        let Some(summarizer) = &self.inner.summarizer else { return Ok(done) };
        if claim.attempts >= self.inner.settings.summary_attempts {
            return Ok(done);
        }
        let ticket = self.ticket(place.workspace, ticket).await?;
        let transcript = self.inner.transcripts.read(place, Window::Before(None), SHOWN).await?;
        let covers = transcript.conversation.last;
        let language = transcript.conversation.language.or_else(|| ticket.summary.language.clone());
        let messages = transcript.messages.into_iter().filter(|entry| entry.visibility.for_model()).collect();
        let id = ticket.id;
        let request = SummaryRequest::new(place, id, messages, language.clone(), ticket.summary);
        let Proposal { subject, text, model, .. } = match summarizer.summarize(request).await {
            Ok(proposal) => proposal,
            Err(SummarizeError::Permanent { .. }) => return Ok(done),
            Err(SummarizeError::Unavailable { wait }) => {
                return Ok(Outcome::Retry { wait, delivered: None });
            }
            Err(SummarizeError::Backend(_)) => return Ok(Outcome::Retry { wait: None, delivered: None }),
        };
        match check(&subject, &text, language.as_ref(), &model, covers) {
            Ok(summary) => self.replace_summary(claim, place, id, summary).await,
            Err(flaw) => {
                tracing::info!(ticket = %id, %flaw, "a proposed summary did not pass");
                Ok(Outcome::Retry { wait: None, delivered: None })
            }
        }
    }

    async fn replace_summary(
        &self,
        claim: Claim,
        place: Place,
        id: TicketId,
        summary: Summary,
    ) -> Result<Outcome, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            // Read beside the snapshot: an ended episode is no longer in it. The commit's revision ties the two.
            let mut ticket = match snapshot.ticket.clone().filter(|ticket| ticket.id == id) {
                Some(ticket) => ticket,
                None if snapshot.latest == Some(id) => self.ticket(place.workspace, id).await?,
                // Another episode has begun; nobody reads this one first any more.
                None => return Ok(Outcome::Settle(Settlement::default())),
            };
            let mut change = self.change(place, &snapshot, Actor::System);
            ticket.summary = summary.clone();
            change.event(id, EventKind::Summarised);
            change.ticket(None, ticket);
            change.settles(claim);
            match change.commit().await {
                Ok(Some(_)) | Err(Error::Store(StoreError::ClaimLost)) => return Ok(Outcome::Settled),
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        Err(self.contended())
    }

    /// Gives a sink the next events of the conversation, in order, from where its last delivery ended.
    ///
    /// One page a claim: what a page brought is kept before the next goes out, so a long conversation does not keep the
    /// others waiting. After a failure the page is half as long: what a slow sink does not get through in the time of
    /// one call would otherwise go out again and again, and nothing behind it ever.
    pub(super) async fn deliver(&self, claim: Claim, place: Place, name: SinkName) -> Result<Outcome, Error> {
        // Only desks with that sink claim it.
        let Some(sink) = self.inner.sinks.get(&name) else {
            return Ok(Outcome::Retry { wait: None, delivered: None });
        };
        let page = (BATCH >> claim.attempts.min(BATCH.ilog2())).max(1);
        let events = self.inner.tickets.timeline(place, claim.delivered, page).await?;
        let Some(last) = events.last() else { return Ok(Outcome::Settle(Settlement::default())) };
        if let Err(error) = sink.deliver(&events, claim.attempts).await {
            return Ok(self.undelivered(place, name, &error, last.sequence));
        }
        // A full page may have another behind it; what is committed from here on schedules itself.
        let again_at = (events.len() == page).then(|| self.now());
        Ok(Outcome::Settle(Settlement { delivered: Some(last.sequence), again_at, failed: false }))
    }

    /// What becomes of a delivery that a sink did not take as a whole.
    fn undelivered(&self, place: Place, sink: SinkName, error: &SinkError, last: EventSequence) -> Outcome {
        let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        // A mark beyond what the sink was given would lose events.
        let delivered = error.taken().map(|taken| taken.min(last));
        if error.is_untried() {
            tracing::debug!(%place.conversation, %sink, reason, "a sink puts a delivery off");
            let wait = error.wait().unwrap_or_default().clamp(TimeDelta::zero(), SinkError::LONGEST_WAIT);
            let again_at = Some(later(self.now(), wait));
            return Outcome::Settle(Settlement { delivered, again_at, failed: false });
        }
        tracing::warn!(%place.conversation, %sink, reason, "a sink failed; it is tried again");
        Outcome::Retry { wait: error.wait(), delivered }
    }
}
