//! Why not.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::{TeammateId, TicketId};

/// Why a command was refused: data a host can show, not a failure. Nothing has changed.
///
/// `Display` is a sentence in English for a teammate or a log; match on the variant to say it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// A teammate answers this conversation.
    #[error("teammate {teammate} is answering this conversation")]
    HeldBy {
        /// Who answers.
        teammate: TeammateId,
    },
    /// A person is awaited in this conversation.
    #[error("this conversation waits for a person on ticket {ticket}")]
    WaitingForPerson {
        /// The episode.
        ticket: TicketId,
    },
    /// The conversation has an open ticket already; nothing needs doing.
    #[error("this conversation has been escalated already, as ticket {ticket}")]
    AlreadyEscalated {
        /// The open ticket.
        ticket: TicketId,
    },
    /// The teammate answers this conversation already; nothing needs doing.
    #[error("you are answering this conversation already, on ticket {ticket}")]
    AlreadyYours {
        /// The open ticket.
        ticket: TicketId,
    },
    /// The AI agent answers this conversation; there is no episode to act on.
    #[error("the AI agent is answering this conversation; take it over first")]
    HeldByAi,
    /// The ticket has been closed, with the AI agent still off.
    #[error("ticket {ticket} has been closed; take the conversation over or hand it back to the AI agent")]
    TicketClosed {
        /// The episode that ended.
        ticket: TicketId,
    },
    /// No AI agent is there to receive the conversation (H2).
    #[error("no AI agent is there to receive this conversation; switch one on first")]
    NoAiAgent,
    /// It has been escalated over and over without a person's reply, so only people hand it back (E6).
    #[error(
        "ticket {ticket} has been escalated again and again and nobody has replied; until somebody has, only a \
         teammate, a supervisor or the host may hand it back"
    )]
    Looping {
        /// The episode.
        ticket: TicketId,
    },
    /// This kind of actor may not do this.
    #[error("this actor may not do that; ask a teammate of the workspace")]
    NotAllowed,
    /// The conversation or ticket belongs to another customer.
    #[error("this conversation is another customer's")]
    NotYours,
    /// The workspace has no such teammate.
    #[error("the workspace has no teammate {teammate}")]
    UnknownTeammate {
        /// Who was named.
        teammate: TeammateId,
    },
    /// The AI agent's text promises the customer a person, and nobody has been asked (S5).
    #[error(
        "the text promises the customer a person and nobody has been asked; escalate first, or say something else"
    )]
    EmptyPromise,
    /// The text is empty or blank.
    #[error("the text is empty; write something first")]
    EmptyText,
    /// The text is too long.
    #[error("the text has {bytes} bytes, more than the {limit} allowed; shorten or split it")]
    TextTooLong {
        /// Its length in bytes of UTF-8.
        bytes: usize,
        /// The most that is taken.
        limit: usize,
    },
}
