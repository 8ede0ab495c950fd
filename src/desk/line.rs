//! The line: the order in which waiting tickets are assigned (A3).

use super::Desk;
use crate::error::StoreError;
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
}
