//! What is asked of control, and by whom.

use chrono::{DateTime, Utc};

use crate::id::{TeammateId, TicketId};

/// Who acts, with the authority they have been found to have.
///
/// [`Desk`](crate::Desk) makes it from an [`Actor`](crate::Actor): a teammate's role comes from the
/// [`Roster`](crate::Roster), and a customer is one only in their own conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the machine is total over it")]
pub enum Principal {
    /// The AI agent, within a turn.
    AiAgent,
    /// The customer whose conversation it is.
    Customer,
    /// A member of the workspace.
    Teammate(TeammateId),
    /// A supervisor of the workspace.
    Supervisor(TeammateId),
    /// The host itself.
    System,
}

impl Principal {
    /// The human who acts.
    #[must_use]
    pub const fn teammate(self) -> Option<TeammateId> {
        match self {
            Self::Teammate(id) | Self::Supervisor(id) => Some(id),
            Self::AiAgent | Self::Customer | Self::System => None,
        }
    }
}

/// Whether an AI agent is there to receive the conversation (H2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the machine is total over it")]
pub enum AiPresence {
    /// There is one.
    Present,
    /// There is none.
    Absent,
    /// There is one, but it has asked for a person over and over: only people give this conversation back (E6).
    Barred,
}

/// What is asked of control. Imperative, as an order; ids and instants come with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the machine is total over it")]
pub enum Command {
    /// The AI agent wants to answer, or to do something.
    Speak,
    /// A person is asked for.
    Escalate {
        /// The id of the ticket, if one is to be opened.
        ticket: TicketId,
        /// The ticket that is to go on instead of a new one: that of an episode in which no person replied (E6).
        again: Option<TicketId>,
    },
    /// A teammate wants to answer from now on.
    TakeOver {
        /// The id of the ticket, if one is to be opened.
        ticket: TicketId,
    },
    /// A teammate writes to the customer.
    Reply {
        /// The id of the ticket, if one is to be opened.
        ticket: TicketId,
    },
    /// The ticket is to be another teammate's.
    Reassign {
        /// Whose.
        to: TeammateId,
    },
    /// The ticket is to be anybody's again.
    Release,
    /// The ticket waits for something external.
    Hold,
    /// The AI agent is to answer again.
    HandBack {
        /// Whether one is there.
        ai: AiPresence,
    },
    /// The ticket is to end with the AI agent still off.
    Close {
        /// Until when the customer's next message reopens it.
        until: DateTime<Utc>,
    },
    /// The customer wrote.
    CustomerWrite {
        /// Whether an AI agent is there.
        ai: AiPresence,
    },
    /// The time in which a closed ticket reopens may be over.
    EndGrace {
        /// Whether an AI agent is there.
        ai: AiPresence,
    },
}
