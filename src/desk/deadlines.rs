//! By when a ticket is to be answered and closed, and what is told of it.

use chrono::{DateTime, Utc};

use super::Desk;
use super::change::Change;
use super::due::Outcome;
use crate::error::Error;
use crate::event::{Actor, EventKind};
use crate::id::{Place, TicketId};
use crate::ports::{Claim, Settlement, WorkKind};
use crate::rules::Rules;
use crate::ticket::{Deadline, Due, Ticket};

impl Desk {
    /// Tells of the deadlines that are near or have passed, each once, and comes again for the next.
    pub(super) async fn tell_of_deadlines(
        &self,
        claim: Claim,
        place: Place,
        ticket: TicketId,
    ) -> Result<Outcome, Error> {
        for _ in self.attempts() {
            let snapshot = self.snapshot(place, None).await?;
            let current = snapshot.ticket.as_ref();
            let Some(before) = current.filter(|current| current.id == ticket && current.status.is_open())
            else {
                return Ok(Outcome::Settle(Settlement::default()));
            };
            let is_answered = before.clocks.first_reply.is_some();
            let mut after = before.clone();
            let told = after.due.tell(self.now(), is_answered);
            let next = after.due.next(is_answered);
            if told.is_empty() {
                return Ok(Outcome::Settle(Settlement { again_at: next, ..Settlement::default() }));
            }
            let mut change = self.change(place, &snapshot, Actor::System);
            for (of, deadline) in told {
                if let Some(state) = deadline.told {
                    change.event(ticket, EventKind::Deadline { of, state, at: deadline.at });
                }
            }
            change.ticket(Some(before), after);
            change.settles(claim);
            if let Some(due_at) = next {
                change.work(WorkKind::Deadline { ticket }, due_at);
            }
            if change.commit().await?.is_some() {
                return Ok(Outcome::Settled);
            }
        }
        Err(self.contended())
    }
}

impl Change<'_> {
    /// Sets the deadlines of a ticket that begins now, by its team and priority.
    pub(super) fn set_deadlines(&mut self, rules: &Rules, ticket: &mut Ticket) {
        ticket.due = due(rules, ticket, self.at());
        if let Some(due_at) = ticket.due.next(ticket.clocks.first_reply.is_some()) {
            self.work(WorkKind::Deadline { ticket: ticket.id }, due_at);
        }
    }
}

/// Counted in the open hours of the team, or of the workspace; around the clock where neither has any.
fn due(rules: &Rules, ticket: &Ticket, from: DateTime<Utc>) -> Due {
    let Some(deadlines) = rules.deadlines.get(&ticket.priority) else { return Due::default() };
    let calendar = rules.calendar_of(ticket.team);
    let after = |open| match calendar {
        Some(calendar) => calendar.add(from, open),
        None => from.checked_add_signed(open),
    };
    let deadline = |within: Option<chrono::TimeDelta>| {
        let within = within?;
        let near_at = after(within - deadlines.warn_before.min(within))?;
        Some(Deadline::new(after(within)?, near_at))
    };
    Due::by(deadline(deadlines.first_reply), deadline(deadlines.resolution))
}
