//! How tickets are listed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::assignment::Decision;
use crate::event::Event;
use crate::id::{ConversationId, CustomerId, TeammateId, TicketId};
use crate::ticket::{Priority, Ticket};

/// Which tickets of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TicketFilter {
    /// That one.
    Id(TicketId),
    /// Open ones without an assignee: the line, in the order in which it is served.
    Unassigned,
    /// Open ones of one assignee.
    AssignedTo(TeammateId),
    /// Open ones.
    Open,
    /// Closed and cancelled ones.
    Closed,
    /// All of one customer.
    OfCustomer(CustomerId),
    /// Open ones in any of these conversations.
    OpenIn(Vec<ConversationId>),
}

impl TicketFilter {
    /// Whether `ticket` is one of them.
    #[must_use]
    pub fn admits(&self, ticket: &Ticket) -> bool {
        let open = ticket.status.is_open();
        match self {
            Self::Id(id) => ticket.id == *id,
            Self::Unassigned => ticket.is_waiting(),
            Self::AssignedTo(teammate) => open && ticket.assigned_to() == Some(*teammate),
            Self::Open => open,
            Self::Closed => !open,
            Self::OfCustomer(customer) => ticket.requester.customer == *customer,
            Self::OpenIn(conversations) => open && conversations.contains(&ticket.conversation),
        }
    }

    /// Whether they are listed newest first. The others are listed in the order in which they are served:
    /// highest priority first, then oldest first (A3).
    #[must_use]
    pub const fn newest_first(&self) -> bool {
        matches!(self, Self::Closed | Self::OfCustomer(_))
    }
}

/// Where a page ended: the sort key of its last ticket. It stays good while tickets come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct TicketCursor {
    /// Its priority.
    pub priority: Priority,
    /// When it was requested, UTC.
    pub requested: DateTime<Utc>,
    /// Its id.
    pub id: TicketId,
}

impl From<&Ticket> for TicketCursor {
    fn from(ticket: &Ticket) -> Self {
        Self { priority: ticket.priority, requested: ticket.clocks.requested, id: ticket.id }
    }
}

/// A choice of an assignee with what it was made on (A8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Decided {
    /// The event that tells of it.
    pub event: Event,
    /// What it was made on.
    pub decision: Decision,
}

/// Some items, and where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Page<T, C> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Pass it to get the items after these; `None` if there are none.
    pub next: Option<C>,
}
