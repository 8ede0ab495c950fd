//! What commands answer, and how an answer is kept for the next time the same key comes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, MessageId, TeammateId, TicketId};
use crate::key::{Fingerprint, Key};
use crate::ticket::Ticket;

/// What became of a ticket when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Routing {
    /// A teammate was put on it.
    Assigned {
        /// Who.
        teammate: TeammateId,
    },
    /// Everybody on duty has as much as they may have: it waits in the line.
    Queued {
        /// Its place in [its line](Ticket::line), from 1, when it was written. Who asks for rare skills or languages may
        /// be served later than it says, and others before those ahead of them.
        position: u32,
    },
    /// Nobody is on duty: it is with the teammate whose shift starts next.
    NextShift {
        /// Who.
        teammate: TeammateId,
        /// When their shift starts, UTC.
        starts_at: DateTime<Utc>,
    },
    /// It waits, and nobody can say for how long: nobody is on duty, or a person is to choose.
    Waiting,
}

impl Routing {
    /// Who is on it.
    #[must_use]
    pub const fn teammate(&self) -> Option<TeammateId> {
        match self {
            Self::Assigned { teammate } | Self::NextShift { teammate, .. } => Some(*teammate),
            Self::Queued { .. } | Self::Waiting => None,
        }
    }
}

/// The answer to an escalation: the same episode for every caller while it lasts (E1), and word for word the same for
/// the same key (E2). One who asks once the assignee has changed is told the present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Escalation {
    /// The episode.
    pub ticket: TicketId,
    /// The key of the command that opened it; equal to yours if it was yours.
    pub opened_by: Key,
    /// The key of the command that escalated it again, where it went on instead of a new one (E6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopened_by: Option<Key>,
    /// What became of it.
    pub routing: Routing,
    /// The customer has begun as many episodes as they may, and the ticket is that of this other conversation of
    /// theirs (N5). In the conversation that asked, nothing was opened and the AI agent goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<ConversationId>,
}

impl Escalation {
    /// The answer that tells of `ticket`.
    pub(crate) fn of(ticket: &Ticket, routing: Routing) -> Self {
        let (opened_by, reopened_by) = (ticket.opened_by.clone(), ticket.reopened_by.clone());
        Self { ticket: ticket.id, opened_by, reopened_by, routing, joined: None }
    }
}

/// The answer to a takeover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakeOver {
    /// The episode.
    pub ticket: TicketId,
    /// Who answers.
    pub teammate: TeammateId,
}

/// The answer to a hand back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HandBack {
    /// The episode that ended.
    pub ticket: TicketId,
}

/// The answer to a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Close {
    /// The episode that ended.
    pub ticket: TicketId,
}

/// The answer to a teammate's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reply {
    /// The episode.
    pub ticket: TicketId,
    /// The entry in the transcript.
    pub message: MessageId,
}

/// An answer, as kept under its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answer {
    /// To an escalation.
    Escalation(Escalation),
    /// To a takeover.
    TakeOver(TakeOver),
    /// To a hand back.
    HandBack(HandBack),
    /// To a close without resume.
    Close(Close),
    /// To a reply.
    Reply(Reply),
}

/// An answer under its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a row of three columns")]
pub struct Answered {
    /// The key.
    pub key: Key,
    /// What the command said.
    pub fingerprint: Fingerprint,
    /// The first answer.
    pub answer: Answer,
}
