//! The line: the order in which waiting tickets are assigned (A3).

use super::Desk;
use super::sweep::{self, Pools};
use crate::error::{Error, StoreError};
use crate::event::Actor;
use crate::id::WorkspaceId;
use crate::ports::TicketFilter;
use crate::ticket::{Line, Standing, Ticket};

/// How many waiting tickets are looked at in one read.
pub(super) const PAGE: usize = 100;

impl Desk {
    /// How many waiting tickets of this line go before one that stands there, as a store counts them in a commit.
    pub(super) async fn ahead(
        &self,
        workspace: WorkspaceId,
        line: Line,
        standing: Standing,
    ) -> Result<u32, StoreError> {
        let (mut ahead, mut after) = (0_u32, None);
        loop {
            let waiting =
                self.inner.tickets.tickets(workspace, TicketFilter::Unassigned, after, PAGE).await?;
            let others = waiting.items.iter().take_while(|other| other.standing() < standing);
            let in_line = others.filter(|other| other.line() == line).count();
            ahead = ahead.saturating_add(u32::try_from(in_line).unwrap_or(u32::MAX));
            after =
                waiting.next.filter(|_| waiting.items.last().is_some_and(|last| last.standing() < standing));
            if after.is_none() {
                return Ok(ahead);
            }
        }
    }

    /// How many waiting tickets go before this one in its line.
    pub(super) async fn ahead_of(&self, ticket: &Ticket) -> Result<u32, StoreError> {
        self.ahead(ticket.workspace, ticket.line(), ticket.standing()).await
    }

    /// Keeps what the policy says of a ticket that goes on waiting, where it said otherwise before: that is which line it
    /// stands in (A3).
    pub(super) async fn hear(
        &self,
        ticket: &Ticket,
        line: &sweep::Line,
        pools: &mut Pools,
    ) -> Result<(), Error> {
        let by_hand = match pools.get(line) {
            Some(None) => Some(true).filter(|_| ticket.method.is_none()),
            Some(Some(choosing)) => choosing.by_hand,
            None => None,
        };
        let Some(by_hand) = by_hand.filter(|by_hand| *by_hand != ticket.by_hand) else { return Ok(()) };
        if by_hand {
            // Of the next in the line it is asked anew.
            pools.remove(line);
        }
        let snapshot = self.snapshot(ticket.place(), None).await?;
        let same = |current: &&Ticket| {
            current.id == ticket.id && current.is_waiting() && self.line_of(current) == *line
        };
        let Some(current) = snapshot.ticket.as_ref().filter(same) else { return Ok(()) };
        let mut change = self.change(ticket.place(), &snapshot, Actor::System);
        change.ticket(None, Ticket { by_hand, ..current.clone() });
        // Where somebody was faster, they have seen to it.
        change.commit().await.map(drop)
    }

    pub(super) fn line_of(&self, ticket: &Ticket) -> sweep::Line {
        sweep::Line::of(ticket, self.inner.settings.has_own_policy)
    }
}
