//! What happened in a conversation: the timeline's entries, which are also the outgoing events.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::control::{ControlEvent, Epoch};
use crate::id::{ConversationId, CustomerId, EventId, Place, TeamId, TeammateId, TicketId, WorkspaceId};
use crate::ticket::{AssignedBy, DeadlineOf, DeadlineState, Flag, Lapse, TicketStatus};

/// Who asked for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "hosts build it, and every command decides about each")]
pub enum Actor {
    /// The AI agent, within its turn.
    AiAgent,
    /// A customer, in their own conversation.
    Customer {
        /// Which.
        id: CustomerId,
    },
    /// A teammate of the workspace.
    Teammate {
        /// Which.
        id: TeammateId,
    },
    /// The host itself.
    System,
}

impl Actor {
    /// What tells actors apart in a stored fingerprint: a tag, then the id.
    pub(crate) fn tag(&self) -> Vec<u8> {
        let (tag, id) = match self {
            Self::AiAgent => (1, None),
            Self::Customer { id } => (2, Some(id.uuid())),
            Self::Teammate { id } => (3, Some(id.uuid())),
            Self::System => (4, None),
        };
        std::iter::once(tag).chain(id.into_iter().flat_map(uuid::Uuid::into_bytes)).collect()
    }
}

impl From<TeammateId> for Actor {
    fn from(id: TeammateId) -> Self {
        Self::Teammate { id }
    }
}

impl From<CustomerId> for Actor {
    fn from(id: CustomerId) -> Self {
        Self::Customer { id }
    }
}

/// Place of an event in its conversation: 1, 2, 3, … without gaps. Zero means *before the first*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[allow(clippy::exhaustive_structs, reason = "a number with a meaning")]
pub struct EventSequence(pub u64);

impl EventSequence {
    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for EventSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One thing that happened, committed with the change it tells of.
///
/// It holds ids and codes and none of the customer's words, so it may be logged and sent on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// Its id; a repeated delivery carries the same one.
    pub id: EventId,
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The thread.
    pub conversation: ConversationId,
    /// The episode.
    pub ticket: TicketId,
    /// Place in the conversation's timeline.
    pub sequence: EventSequence,
    /// The version of control after it.
    pub epoch: Epoch,
    /// When, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// Who asked for it.
    pub actor: Actor,
    /// What.
    pub kind: EventKind,
}

impl Event {
    /// Where it happened.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::new(self.workspace, self.conversation)
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// Who answers changed. An escalation is `change: escalated`: the one notification of it (N2).
    Control {
        /// The change.
        change: ControlEvent,
    },
    /// A teammate was put on the ticket.
    Assigned {
        /// Who.
        teammate: TeammateId,
        /// How.
        by: AssignedBy,
        /// Whether the choice, made by hand, exceeded the cap (A1).
        over_cap: bool,
        /// When they begin, where that is not at once: their next shift (UTC).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        starts_at: Option<DateTime<Utc>>,
    },
    /// Nobody could be put on the ticket; it waits.
    Waiting {
        /// Its place in [its line](crate::Ticket::line), from 1, counted when it was written.
        position: u32,
    },
    /// A teammate wrote to the customer.
    Replied {
        /// Who.
        teammate: TeammateId,
    },
    /// The ticket moved.
    StatusMoved {
        /// From where.
        from: TicketStatus,
        /// To where.
        to: TicketStatus,
    },
    /// A deadline is near, or has passed.
    Deadline {
        /// What it is for.
        of: DeadlineOf,
        /// How it stands.
        state: DeadlineState,
        /// When it is, UTC.
        at: DateTime<Utc>,
    },
    /// A person gave the ticket to a team.
    SentTo {
        /// Which.
        team: TeamId,
    },
    /// A teammate lost the ticket that the machine had given them.
    Lapsed {
        /// Who.
        teammate: TeammateId,
        /// Why.
        why: Lapse,
    },
    /// People are to look at the ticket: the machine does no more about it by itself.
    Flagged {
        /// Why.
        flag: Flag,
    },
    /// A summarizer's summary replaced the one before.
    Summarised,
}

impl EventKind {
    /// The name under which it is stored; of a change of control, the change's name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Control { change } => change.as_str(),
            Self::Assigned { .. } => "assigned",
            Self::Waiting { .. } => "waiting",
            Self::Replied { .. } => "replied",
            Self::StatusMoved { .. } => "status_moved",
            Self::Deadline { .. } => "deadline",
            Self::SentTo { .. } => "sent_to",
            Self::Lapsed { .. } => "lapsed",
            Self::Flagged { .. } => "flagged",
            Self::Summarised => "summarised",
        }
    }
}
