//! The line: the order in which waiting tickets are assigned (A3).

use chrono::{DateTime, Utc};

use super::Desk;
use crate::error::StoreError;
use crate::id::{TicketId, WorkspaceId};
use crate::ports::TicketFilter;
use crate::ticket::Priority;

/// What puts a ticket in its place among those of its priority.
pub(super) type Requested = (DateTime<Utc>, TicketId);

/// How many waiting tickets are looked at in one read.
pub(super) const PAGE: usize = 100;

impl Desk {
    /// How many waiting tickets of the workspace go before one of this priority, requested then.
    pub(super) async fn ahead(
        &self,
        workspace: WorkspaceId,
        priority: Priority,
        requested: Requested,
    ) -> Result<u32, StoreError> {
        let (mut ahead, mut after) = (0_u32, None);
        loop {
            let line = self.inner.tickets.tickets(workspace, TicketFilter::Unassigned, after, PAGE).await?;
            for other in line.items {
                let other = (other.priority, (other.clocks.requested, other.id));
                if other.0 < priority || other.0 == priority && other.1 >= requested {
                    return Ok(ahead);
                }
                ahead = ahead.saturating_add(1);
            }
            after = line.next;
            if after.is_none() {
                return Ok(ahead);
            }
        }
    }
}
