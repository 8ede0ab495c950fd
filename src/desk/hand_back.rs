//! The AI agent answers again.

use super::Desk;
use super::change::Change;
use super::snapshot::KeyUse;
use crate::control::{Command, ControlEvent, Principal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::Place;
use crate::key::Key;
use crate::message::Mark;
use crate::ports::{Answer, HandBack, Snapshot, WorkKind};
use crate::ticket::TicketStatus;

impl Desk {
    /// Ends the episode: the ticket is closed, the AI agent answers again, and its next turn is told so (H1).
    ///
    /// A customer may withdraw while nobody has begun to answer; the ticket is cancelled then. A supervisor or
    /// the host may hand back what a teammate holds.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], with [`Refusal::NoAiAgent`](crate::Refusal::NoAiAgent) where no AI agent is there to
    /// receive (H2), with [`Refusal::Looping`](crate::Refusal::Looping) for the customer where people are to look first
    /// (E6), or [`Refusal::HeldByAi`](crate::Refusal::HeldByAi) where it answers already;
    /// [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the hand back or none; the same key finds out.
    pub async fn hand_back(&self, place: Place, actor: Actor, key: Key) -> Result<HandBack, Error> {
        let key = KeyUse::new(key, "hand back", &[&actor.tag()]);
        for _ in self.attempts() {
            let mut snapshot = self.snapshot(place, Some(&key)).await?;
            match key.first_answer(&mut snapshot)? {
                Some(Answer::HandBack(answer)) => return Ok(answer),
                Some(_) => return Err(key.reused()),
                None => {}
            }
            let customer = self.conversation(place).await?.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            let command = Command::HandBack { ai: self.ai_for(place, snapshot.ticket.as_ref()) };
            let Some(event) = snapshot.state.control.decide(by, command, self.now())? else {
                return Err(self.contended());
            };
            let mut change = self.change(place, &snapshot, actor);
            let status = match by {
                Principal::Customer => TicketStatus::Cancelled,
                Principal::AiAgent
                | Principal::Teammate(_)
                | Principal::Supervisor(_)
                | Principal::System => TicketStatus::Closed,
            };
            change.hand_back(event, &snapshot, status);
            let answer = HandBack { ticket: event.ticket() };
            change.answer(&key, Answer::HandBack(answer));
            if change.commit().await?.is_some() {
                return Ok(answer);
            }
        }
        Err(self.contended())
    }
}

impl Change<'_> {
    /// The one end state of every path back (H3).
    pub(super) fn hand_back(&mut self, event: ControlEvent, snapshot: &Snapshot, status: TicketStatus) {
        self.control(event);
        self.mark(Mark::EpisodeEnded { ticket: event.ticket() });
        if let Some(before) = &snapshot.ticket {
            let mut ticket = before.clone();
            ticket.handed_back(status, self.at());
            self.ticket(Some(before), ticket);
            self.free_capacity(before.status);
        }
    }

    /// Has the waiting tickets looked at, now that a teammate may have room (A6).
    pub(super) fn free_capacity(&mut self, before: TicketStatus) {
        if before.is_open() {
            self.work(WorkKind::Sweep, self.at());
        }
    }
}
