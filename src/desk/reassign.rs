//! Teammate to teammate.

use super::Desk;
use crate::control::Command;
use crate::error::Error;
use crate::event::Actor;
use crate::id::{Place, TeammateId, TicketId};
use crate::ticket::AssignedBy;

impl Desk {
    /// Puts the ticket into the hands of teammate `to`. The machine never overwrites that choice.
    ///
    /// While a person answers, `to` answers from now on; while one is awaited, the ticket waits for `to`. A cap
    /// may be exceeded; the excess is marked.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::UnknownTeammate`](crate::Refusal::UnknownTeammate);
    /// [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the change or none.
    pub async fn reassign(&self, place: Place, actor: Actor, to: TeammateId) -> Result<TicketId, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let customer = self.conversation(place).await?.requester.customer;
            let by = self.principal(place.workspace, Some(customer), actor).await?;
            self.known_teammate(place.workspace, to).await?;
            let decided = snapshot.state.control.decide(by, Command::Reassign { to }, self.now())?;
            let Some(before) = &snapshot.ticket else { return Err(self.contended()) };
            let assigned = before.assignee.map(|assignee| (assignee.teammate, assignee.by));
            let by_hand = matches!(assigned, Some((id, by)) if id == to && by != AssignedBy::Policy);
            if decided.is_none() && by_hand {
                return Ok(before.id);
            }
            let mut change = self.change(place, &snapshot, actor);
            if let Some(event) = decided {
                change.control(event);
            }
            let cap = self.cap_of(place.workspace, before.team, to).await?;
            let mut ticket = before.clone();
            ticket.waits_for_teammate();
            ticket.asked_anew();
            change.ticket(Some(before), ticket);
            change.place_with(before, to, cap, AssignedBy::Hand);
            if change.commit().await?.is_some() {
                return Ok(before.id);
            }
        }
        Err(self.contended())
    }
}
