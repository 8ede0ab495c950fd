//! Teammate to the line, and teammate to team.

use super::Desk;
use super::change::Change;
use super::placing::{Had, Offers};
use crate::control::{Command, ControlEvent};
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::{Place, TeamId, TicketId};
use crate::ports::Snapshot;
use crate::rules::Routed;
use crate::ticket::{AssignedBy, Ticket};

impl Desk {
    /// Puts the ticket back into the line: it is nobody's, and the next sweep, due at once, gives it to somebody else.
    ///
    /// While a person answers, a person is awaited again; the AI agent stays off. Whoever had the ticket does not
    /// get it back from the machine while there is another who may have it. A ticket that nobody has stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`], for example with [`Refusal::HeldBy`](crate::Refusal::HeldBy) where another teammate
    /// answers; [`Error::Store`]; [`Error::Contended`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the change or none.
    pub async fn release(&self, place: Place, actor: Actor) -> Result<TicketId, Error> {
        for _ in self.attempts() {
            let (snapshot, decided) = self.releasing(place, actor).await?;
            let Some(before) = &snapshot.ticket else { return Err(self.contended()) };
            if decided.is_none() && before.is_waiting() {
                return Ok(before.id);
            }
            let mut change = self.change(place, &snapshot, actor);
            let mut ticket = change.release(before, decided);
            ticket.asked_anew();
            change.ticket(Some(before), ticket.clone());
            change.place_by_policy(self, &ticket, Offers::at_the_next_sweep(), None);
            if change.commit().await?.is_some() {
                return Ok(before.id);
            }
        }
        Err(self.contended())
    }

    /// Gives the ticket to a team: whoever has it is out, and the policy chooses anew among the team, or it waits
    /// for one of them.
    ///
    /// While a person answers, a person is awaited again; the AI agent stays off. A team that nobody is in keeps
    /// the ticket waiting. A ticket that this team has already, by the policy's choice or in the line, stays as it is.
    ///
    /// # Errors
    ///
    /// As [`Desk::release`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves all of the change or none.
    pub async fn reassign_to_team(
        &self,
        place: Place,
        actor: Actor,
        team: TeamId,
    ) -> Result<TicketId, Error> {
        for _ in self.attempts() {
            let (snapshot, decided) = self.releasing(place, actor).await?;
            let Some(before) = &snapshot.ticket else { return Err(self.contended()) };
            let by_machine = before.assignee.is_none_or(|assignee| assignee.by == AssignedBy::Policy);
            if decided.is_none() && before.team == Some(team) && by_machine {
                return Ok(before.id);
            }
            let mut change = self.change(place, &snapshot, actor);
            let mut ticket = change.release(before, decided);
            ticket.team = Some(team);
            // Of this team the policy has not been asked.
            ticket.by_hand = false;
            ticket.asked_anew();
            change.event(ticket.id, EventKind::SentTo { team });
            change.ticket(Some(before), ticket.clone());
            let offers = self.offers(place, &Routed::from(&ticket), &Had::of(&ticket), None).await;
            change.place_by_policy(self, &ticket, offers, None);
            if change.commit().await?.is_some() {
                return Ok(before.id);
            }
        }
        Err(self.contended())
    }

    async fn releasing(&self, place: Place, actor: Actor) -> Result<(Snapshot, Option<ControlEvent>), Error> {
        let snapshot = self.snapshot(place, None).await?;
        let customer = self.conversation(place).await?.requester.customer;
        let by = self.principal(place.workspace, Some(customer), actor).await?;
        let decided = snapshot.state.control.decide(by, Command::Release, self.now())?;
        Ok((snapshot, decided))
    }
}

impl Change<'_> {
    /// The ticket as it is once nobody has it.
    pub(super) fn release(&mut self, before: &Ticket, decided: Option<ControlEvent>) -> Ticket {
        if let Some(event) = decided {
            self.control(event);
        }
        let mut ticket = before.clone();
        ticket.released();
        ticket
    }
}
