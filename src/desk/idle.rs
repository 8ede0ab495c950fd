//! Episodes in which nothing happens are ended as the workspace decides.

use super::Desk;
use super::change::Change;
use super::due::{Outcome, later};
use crate::control::{Command, Principal, Refusal};
use crate::error::Error;
use crate::event::Actor;
use crate::id::{Place, TicketId};
use crate::ports::{Claim, Settlement, Snapshot, WorkKind};
use crate::rules::{Idle, Rules, Then};
use crate::ticket::{Ticket, TicketStatus};

impl Desk {
    /// Ends the episode if it has waited for the customer, or been on hold, for too long.
    pub(super) async fn end_idle(
        &self,
        claim: Claim,
        place: Place,
        ticket: TicketId,
    ) -> Result<Outcome, Error> {
        let rules = self.rules(place.workspace);
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let current = snapshot.ticket.as_ref().filter(|current| current.id == ticket);
            let rest =
                current.and_then(|current| Some((current, limit(&rules, current)?, current.resting_since?)));
            let Some((before, Idle { after, then }, since)) = rest else {
                return Ok(Outcome::Settle(Settlement::default()));
            };
            let until = later(since, after);
            if self.now() < until {
                // The teammate wrote once more since this was scheduled.
                return Ok(Outcome::Settle(Settlement { again_at: Some(until), ..Settlement::default() }));
            }
            let mut change = self.change(place, &snapshot, Actor::System);
            let ends = match then {
                // A loop is ended by people (E6).
                Then::HandBack if !before.is_looping() => self.end_with_hand_back(&mut change, &snapshot),
                Then::HandBack | Then::Close => Err(Refusal::NoAiAgent),
            };
            // Where nobody is there to receive it, it is closed: an episode in which nothing happens ends (N1).
            if ends.is_err() && self.end_with_close(&mut change, &snapshot, before).is_err() {
                return Ok(Outcome::Settle(Settlement::default()));
            }
            change.settles(claim);
            if change.commit().await?.is_some() {
                return Ok(Outcome::Settled);
            }
        }
        Err(self.contended())
    }

    fn end_with_hand_back(&self, change: &mut Change<'_>, snapshot: &Snapshot) -> Result<(), Refusal> {
        let command = Command::HandBack { ai: self.ai_at(change.place()) };
        let decided = snapshot.state.control.decide(Principal::System, command, change.at())?;
        let event = decided.ok_or(Refusal::NotAllowed)?;
        change.hand_back(event, snapshot, TicketStatus::Closed);
        Ok(())
    }

    fn end_with_close(
        &self,
        change: &mut Change<'_>,
        snapshot: &Snapshot,
        before: &Ticket,
    ) -> Result<(), Refusal> {
        let until = later(change.at(), self.inner.settings.grace);
        let decided =
            snapshot.state.control.decide(Principal::System, Command::Close { until }, change.at())?;
        change.close(decided.ok_or(Refusal::NotAllowed)?, before, until);
        Ok(())
    }
}

impl Change<'_> {
    /// Has somebody look at a ticket that waits for the customer or is on hold, when it has for too long.
    pub(super) fn rest(&mut self, rules: &Rules, ticket: &Ticket) {
        if let Some(Idle { after, .. }) = limit(rules, ticket) {
            self.work(WorkKind::Idle { ticket: ticket.id }, later(self.at(), after));
        }
    }
}

/// How long a ticket may rest where it stands.
fn limit(rules: &Rules, ticket: &Ticket) -> Option<Idle> {
    match ticket.status {
        TicketStatus::OnCustomer => rules.on_customer,
        TicketStatus::OnHold => rules.on_hold,
        TicketStatus::New | TicketStatus::OnYou | TicketStatus::Closed | TicketStatus::Cancelled => None,
    }
}
