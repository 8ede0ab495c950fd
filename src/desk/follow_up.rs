//! What follows a commit: a better summary, and telling the world.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Desk;
use super::due::{Outcome, later};
use crate::error::{Error, SinkError, StoreError, SummarizeError};
use crate::event::{Actor, EventKind, EventSequence};
use crate::id::{Place, TicketId};
use crate::message::Sequence;
use crate::ports::{Claim, Proposal, Settlement, SinkName, Summarizer, SummaryRequest, Window, WorkKind};
use crate::summary::{Source, Summary, check};
use crate::ticket::Ticket;

/// How many events go to a sink at once.
const BATCH: usize = 100;
/// How much of a transcript a summarizer gets, in entries (S3).
const SHOWN: usize = 200;
/// How long a summarizer that is down is left alone.
const SOONEST: TimeDelta = TimeDelta::seconds(5);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// How often one claim asks: once, and once more with what was wrong.
const TRIES: u32 = 2;

/// What came of asking the summarizer.
enum Asked {
    Summary(Box<Summary>),
    /// It has nothing that may be shown, and is not asked again.
    Nothing,
    /// The attempt counts.
    Failed(Option<TimeDelta>),
    /// It was not there; this counts as no attempt.
    Down(Option<TimeDelta>),
}

/// Asks once, and once more with the fault named: `left` is the time for both.
async fn ask(
    summarizer: &dyn Summarizer,
    mut request: SummaryRequest,
    source: &Source,
    left: impl Fn() -> Duration,
) -> Asked {
    let mut attempts = 0_u32;
    let whole = left();
    for again in 0..TRIES {
        let left = left();
        if left < whole / 3 {
            tracing::info!(ticket = %request.ticket, "no time is left to name the fault; the summarizer is asked anew later");
            return Asked::Failed(None);
        }
        request.within = Some(left);
        let Proposal { subject, text, model, attempts: calls } =
            match summarizer.summarize(request.clone()).await {
                Ok(proposal) => proposal,
                Err(SummarizeError::Permanent { .. }) => return Asked::Nothing,
                Err(SummarizeError::Unavailable { wait }) if again == 0 => return Asked::Down(wait),
                // Half an answer was had: what goes round like that comes to an end.
                Err(SummarizeError::Unavailable { wait }) => return Asked::Failed(wait),
                Err(SummarizeError::Backend(_)) => return Asked::Failed(None),
            };
        attempts = attempts.saturating_add(calls.max(1));
        match check(&subject, &text, &model, attempts, source) {
            Ok(summary) => return Asked::Summary(Box::new(summary)),
            Err(flaw) => {
                tracing::info!(ticket = %request.ticket, %flaw, "a proposed summary did not pass");
                request.flaw = Some(flaw);
            }
        }
    }
    Asked::Nothing
}

impl Desk {
    /// Asks the summarizer, checks what it proposes, and replaces the deterministic summary with it (S1).
    pub(super) async fn summarise(
        &self,
        claim: Claim,
        place: Place,
        ticket: TicketId,
    ) -> Result<Outcome, Error> {
        let done = Ok(Outcome::Settle(Settlement::default()));
        let Some(summarizer) = &self.inner.summarizer else { return done };
        if claim.attempts >= self.inner.settings.summary_attempts {
            return done;
        }
        let ticket = self.ticket(place.workspace, ticket).await?;
        // Counted from a stored instant, so that no restart moves it.
        let requested = ticket.clocks.requested;
        let deadline = later(requested, self.inner.settings.summary_within);
        if self.now() >= deadline {
            tracing::info!(ticket = %ticket.id, "no summary by the summarizer in time; the ticket keeps the one it has");
            return done;
        }
        let id = ticket.id;
        let (request, source) = self.summary_request(place, ticket).await?;
        let begun = self.now();
        // The worker drops it at half the lease: it ends before, so that the summarizer hears of its own timeouts.
        let whole = self.inner.settings.lease / 2 - self.inner.settings.lease / 20;
        // A clock that is set back makes it no longer.
        let left = || (whole - (self.now() - begun)).min(whole).to_std().unwrap_or_default();
        match ask(&**summarizer, request, &source, left).await {
            Asked::Summary(summary) => self.replace_summary(claim, place, id, *summary).await,
            Asked::Nothing => done,
            Asked::Failed(wait) => Ok(Outcome::Retry { wait, delivered: None }),
            Asked::Down(wait) => Ok(self.put_off(requested, wait)),
        }
    }

    /// Leaves a summarizer alone that is down; this counts as no attempt.
    fn put_off(&self, requested: DateTime<Utc>, wait: Option<TimeDelta>) -> Outcome {
        let (now, deadline) = (self.now(), later(requested, self.inner.settings.summary_within));
        // The longer it has been down, the less often it is asked; the ticket's age tells, whoever asks.
        let wait = wait.filter(|wait| *wait > TimeDelta::zero());
        let wait = wait.unwrap_or_else(|| ((now - requested) / 8).min(LONGEST_PAUSE));
        let again = later(now, wait.clamp(SOONEST, SinkError::LONGEST_WAIT));
        // A wait that ends too late is followed by one last try; by then nothing is left to wait for.
        let last = later(deadline, -SOONEST);
        let again_at = if again < deadline { Some(again) } else { Some(last).filter(|last| now < *last) };
        Outcome::Settle(Settlement { again_at, ..Settlement::default() })
    }

    /// What becomes of a claim whose work was dropped because it outlasted its bound. A summarizer that hangs is one
    /// that is down: a stall of minutes is not to use up the attempts of a day.
    pub(super) async fn outlasted(&self, claim: &Claim) -> Outcome {
        let retry = Outcome::Retry { wait: None, delivered: None };
        let WorkKind::Summarise { ticket } = claim.kind else { return retry };
        tracing::warn!(%ticket, "a summary took longer than half the desk's lease; give it a longer lease");
        match self.ticket(claim.workspace, ticket).await {
            Ok(ticket) => self.put_off(ticket.clocks.requested, None),
            Err(_) => retry,
        }
    }

    /// What the summarizer is shown, and what its answer is checked against.
    async fn summary_request(&self, place: Place, ticket: Ticket) -> Result<(SummaryRequest, Source), Error> {
        let transcript = self.inner.transcripts.read(place, Window::Before(None), SHOWN).await?;
        let language = transcript.conversation.language.or_else(|| ticket.summary.language.clone());
        let mut messages = transcript.messages;
        messages.retain(|entry| entry.visibility.for_model());
        let first = messages.first().map_or(Sequence(0), |entry| entry.sequence);
        let last = messages.last().map_or(transcript.conversation.last, |entry| entry.sequence);
        let texts = messages.iter().map(|entry| entry.body.as_str());
        let source = Source::new(texts, first..=last).in_language(language.clone());
        Ok((SummaryRequest::new(place, ticket.id, messages, language, ticket.summary), source))
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
