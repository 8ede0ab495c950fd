//! Closing and holding.

use chrono::{DateTime, Utc};

use super::Desk;
use super::change::Change;
use super::due::later;
use super::snapshot::KeyUse;
use crate::control::{Command, ControlEvent};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{Place, TicketId};
use crate::key::Key;
use crate::ports::{Answer, Close, WorkKind};
use crate::ticket::{Ticket, TicketStatus};

/// Who answers the customer after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AfterClose {
    /// The AI agent, at once: closing with this is [handing back](Desk::hand_back).
    ResumeAi,
    /// Nobody until the customer writes: inside the [grace period](crate::DeskBuilder::grace) that reopens the
    /// ticket, after it the AI agent answers.
    StayOff,
}

impl Desk {
    /// Closes the open ticket.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::HeldBy`](crate::Refusal::HeldBy); [`Error::Store`];
    /// [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the close or none; the same key finds out.
    pub async fn close(
        &self,
        place: Place,
        actor: Actor,
        key: Key,
        after: AfterClose,
    ) -> Result<TicketId, Error> {
        match after {
            AfterClose::ResumeAi => Ok(self.hand_back(place, actor, key).await?.ticket),
            AfterClose::StayOff => self.close_quietly(place, actor, key).await,
        }
    }

    async fn close_quietly(&self, place: Place, actor: Actor, key: Key) -> Result<TicketId, Error> {
        let key = KeyUse::new(key, "close", &[&actor.tag()]);
        for _ in self.attempts() {
            let mut snapshot = self.snapshot(place, Some(&key)).await?;
            match key.first_answer(&mut snapshot)? {
                Some(Answer::Close(Close { ticket })) => return Ok(ticket),
                Some(_) => return Err(key.reused()),
                None => {}
            }
            let customer = self.conversation(place).await?.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            let at = self.now();
            let until = later(at, self.inner.settings.grace);
            let decided = snapshot.state.control.decide(by, Command::Close { until }, at)?;
            let (Some(event), Some(before)) = (decided, &snapshot.ticket) else {
                return Err(self.contended());
            };
            let mut change = self.change(place, &snapshot, actor);
            change.close(event, before, until);
            change.answer(&key, Answer::Close(Close { ticket: before.id }));
            if change.commit().await?.is_some() {
                return Ok(event.ticket());
            }
        }
        Err(self.contended())
    }

    /// Marks the ticket as waiting for something external. The customer's next message ends that.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::WaitingForPerson`](crate::Refusal::WaitingForPerson)
    /// while nobody has begun; [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the ticket on hold or as it was.
    pub async fn hold(&self, place: Place, actor: Actor) -> Result<TicketId, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let customer = self.conversation(place).await?.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            snapshot.state.control.decide(by, Command::Hold, self.now())?;
            let Some(before) = &snapshot.ticket else { return Err(self.contended()) };
            if before.status == TicketStatus::OnHold {
                return Ok(before.id);
            }
            let mut change = self.change(place, &snapshot, actor);
            let mut ticket = before.clone();
            ticket.held(change.at());
            change.rest(&self.rules(place.workspace), &ticket);
            change.ticket(Some(before), ticket);
            if change.commit().await?.is_some() {
                return Ok(before.id);
            }
        }
        Err(self.contended())
    }
}

impl Change<'_> {
    /// Ends the episode with the AI agent still off until `until`, or until the customer writes.
    pub(super) fn close(&mut self, event: ControlEvent, before: &Ticket, until: DateTime<Utc>) {
        let mut ticket = before.clone();
        ticket.closed(until, self.at());
        self.control(event);
        self.ticket(Some(before), ticket);
        self.work(WorkKind::EndGrace { ticket: before.id }, until);
        self.free_capacity(before.status);
    }
}
