//! Escalations that open no further ticket: those of an episode that lasts (E1), of a loop (E6), and beyond what one
//! customer may begin (N5).

use super::Desk;
use super::snapshot::KeyUse;
use crate::control::Control;
use crate::error::Error;
use crate::id::{CustomerId, Place};
use crate::ports::{Answer, Ask, Escalation, Recent, RecentOf, Routing, Snapshot, TicketFilter, Whereabouts};
use crate::rules::Limit;
use crate::ticket::{Assignee, Ticket};

impl Desk {
    /// The answer for one who asks while an episode lasts. `None`: it has changed; look again.
    pub(super) async fn join(
        &self,
        place: Place,
        key: &KeyUse,
        snapshot: &Snapshot,
    ) -> Result<Option<Escalation>, Error> {
        let Some(ticket) = &snapshot.ticket else { return Ok(None) };
        let escalation = self.present(ticket).await?;
        let kept = self.remember(place, key, Answer::Escalation(escalation.clone())).await?;
        Ok(kept.then_some(escalation))
    }

    /// The answer for one whose customer has begun as many episodes as they may: their open ticket in another
    /// conversation (N5). `None`: the answer has been given meanwhile; look again.
    pub(super) async fn join_elsewhere(
        &self,
        place: Place,
        key: &KeyUse,
        open: &Ticket,
    ) -> Result<Option<Escalation>, Error> {
        let escalation = Escalation { joined: Some(open.conversation), ..self.present(open).await? };
        let kept = self.remember(place, key, Answer::Escalation(escalation.clone())).await?;
        Ok(kept.then_some(escalation))
    }

    /// Where an open ticket stands.
    async fn present(&self, ticket: &Ticket) -> Result<Escalation, Error> {
        let routing = match ticket.assignee {
            Some(Assignee { teammate, starts_at: Some(starts_at), .. }) if starts_at > self.now() => {
                Routing::NextShift { teammate, starts_at }
            }
            Some(Assignee { teammate, .. }) => Routing::Assigned { teammate },
            None => self.waits(ticket).await?,
        };
        Ok(Escalation::of(ticket, routing))
    }

    /// What whoever put it into the line was told, so that n callers get one answer (E1).
    async fn waits(&self, ticket: &Ticket) -> Result<Routing, Error> {
        let key = ticket.reopened_by.as_ref().unwrap_or(&ticket.opened_by).clone();
        let told = self.inner.tickets.load(ticket.place(), Ask::about(Some(key))).await?;
        match told.answered.map(|answered| answered.answer) {
            Some(Answer::Escalation(Escalation {
                routing: routing @ (Routing::Queued { .. } | Routing::Waiting),
                ..
            })) => Ok(routing),
            // It was assigned at first and waits again, for a person to choose or in the line: count.
            _ if ticket.is_for_people() => Ok(Routing::Waiting),
            _ => Ok(Routing::Queued { position: self.ahead_of(ticket).await?.saturating_add(1) }),
        }
    }

    /// The ticket that goes on instead of a new one: no person has replied since it was escalated, which was not
    /// long ago (E6). One call more, and only where the conversation had a ticket.
    pub(super) async fn again(&self, place: Place, snapshot: &Snapshot) -> Result<Option<Ticket>, Error> {
        let Limit { count, within } = self.rules(place.workspace).loops;
        if count == 0 {
            return Ok(None);
        }
        let latest = match (snapshot.state.control, snapshot.latest) {
            (Control::Closed { .. }, _) => snapshot.ticket.clone(),
            (Control::Ai, Some(latest)) => {
                let found = self.inner.tickets.tickets(place.workspace, TicketFilter::Id(latest), None, 1);
                found.await?.items.pop()
            }
            (Control::Ai, None) | (Control::Queued { .. } | Control::Human { .. }, _) => None,
        };
        let now = self.now();
        let recent = |ticket: &Ticket| now.signed_duration_since(ticket.last_escalated()) < within;
        Ok(latest.filter(|ticket| ticket.awaits_reply() && recent(ticket)))
    }

    /// What is asked about the customer's episodes; nothing where they have no limit.
    pub(super) fn recent_of(&self, place: Place, customer: Option<CustomerId>) -> Option<RecentOf> {
        let Limit { count, within } = self.rules(place.workspace).per_customer;
        let since = self.now().checked_sub_signed(within).unwrap_or(chrono::DateTime::<chrono::Utc>::MIN_UTC);
        (count > 0).then_some(RecentOf { customer, since, limit: count })
    }

    /// The customer's open ticket that an escalation joins, where they have begun as many episodes as they may (N5).
    ///
    /// The count is of the instant of the load: callers at the same instant may go over it by their number.
    pub(super) async fn bounded(
        &self,
        place: Place,
        customer: CustomerId,
        snapshot: &mut Snapshot,
    ) -> Result<Option<Ticket>, Error> {
        let Some(asked) = self.recent_of(place, Some(customer)) else { return Ok(None) };
        let recent = match snapshot.recent.take() {
            Some(recent) => recent,
            // Only whoever keeps the transcript could tell whose conversation it is.
            None => {
                let ask = Ask { recent: Some(asked), ..Ask::default() };
                self.inner.tickets.load(place, ask).await?.recent.unwrap_or_default()
            }
        };
        let Recent { begun, open } = recent;
        Ok(open.filter(|_| begun >= asked.limit))
    }

    /// Whether the repository itself can tell whose conversation it is.
    pub(super) fn knows_customers(&self) -> bool {
        self.inner.settings.whereabouts == Whereabouts::Here
    }
}
