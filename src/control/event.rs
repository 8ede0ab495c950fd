//! What happened to control. Stored; the names and fields are frozen by a test.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{TeammateId, TicketId};

/// A change of who answers. Carries all that [`Control::apply`](super::Control::apply) needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the machine is total over it")]
pub enum ControlEvent {
    /// A person is awaited: an episode began.
    Escalated {
        /// The episode.
        ticket: TicketId,
    },
    /// A teammate answers from now on.
    TakenOver {
        /// The episode.
        ticket: TicketId,
        /// Who.
        teammate: TeammateId,
    },
    /// Another teammate answers from now on.
    Reassigned {
        /// The episode.
        ticket: TicketId,
        /// Who.
        teammate: TeammateId,
    },
    /// The teammate has put it back into the line: a person is awaited again.
    Released {
        /// The episode.
        ticket: TicketId,
    },
    /// The AI agent answers from now on: the episode ended.
    HandedBack {
        /// The episode.
        ticket: TicketId,
    },
    /// Nobody answers until the customer writes.
    Closed {
        /// The episode that ended.
        ticket: TicketId,
        /// Who answered last, if anybody did.
        teammate: Option<TeammateId>,
        /// Until when the customer's next message reopens it.
        until: DateTime<Utc>,
    },
    /// The episode goes on, with whoever answered last.
    Reopened {
        /// The episode.
        ticket: TicketId,
        /// Who answers; nobody yet if `None`.
        teammate: Option<TeammateId>,
    },
}

impl ControlEvent {
    /// The episode it is about.
    #[must_use]
    pub const fn ticket(&self) -> TicketId {
        match *self {
            Self::Escalated { ticket }
            | Self::TakenOver { ticket, .. }
            | Self::Reassigned { ticket, .. }
            | Self::Released { ticket }
            | Self::HandedBack { ticket }
            | Self::Closed { ticket, .. }
            | Self::Reopened { ticket, .. } => ticket,
        }
    }

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Escalated { .. } => "escalated",
            Self::TakenOver { .. } => "taken_over",
            Self::Reassigned { .. } => "reassigned",
            Self::Released { .. } => "released",
            Self::HandedBack { .. } => "handed_back",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
        }
    }
}
