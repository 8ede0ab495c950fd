//! Closing and holding.

use super::Desk;
use crate::control::Command;
use crate::error::Error;
use crate::event::Actor;
use crate::id::{Place, TicketId};
use crate::key::Key;
use crate::ports::WorkKind;
use crate::ticket::TicketStatus;

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
    /// Closes the open ticket. Closing what is closed is refused, so no key is needed but for
    /// [`AfterClose::ResumeAi`], where it is that of the hand back.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::HeldBy`](crate::Refusal::HeldBy); [`Error::Store`];
    /// [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the close or none.
    pub async fn close(
        &self,
        place: Place,
        actor: Actor,
        key: Key,
        after: AfterClose,
    ) -> Result<TicketId, Error> {
        match after {
            AfterClose::ResumeAi => Ok(self.hand_back(place, actor, key).await?.ticket),
            AfterClose::StayOff => self.close_quietly(place, actor).await,
        }
    }

    async fn close_quietly(&self, place: Place, actor: Actor) -> Result<TicketId, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let customer = self.conversation(place).await?.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            let at = self.now();
            let until = at + self.inner.settings.grace;
            let decided = snapshot.state.control.decide(by, Command::Close { until }, at)?;
            let (Some(event), Some(before)) = (decided, &snapshot.ticket) else {
                return Err(self.contended());
            };
            let mut change = self.change(place, &snapshot, actor);
            let mut ticket = before.clone();
            ticket.closed(until, change.at());
            change.control(event);
            change.ticket(Some(before), ticket);
            change.work(WorkKind::EndGrace { ticket: before.id }, until);
            change.free_capacity(before.status);
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
            ticket.held();
            change.ticket(Some(before), ticket);
            if change.commit().await?.is_some() {
                return Ok(before.id);
            }
        }
        Err(self.contended())
    }
}
