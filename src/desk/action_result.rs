//! What came of a call of the action, as a fact for the model.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::action::InvalidCall;
use crate::control::Refusal;
use crate::id::TicketId;
use crate::key::Key;
use crate::ports::{Escalation, Routing, Supersession};

/// What came of a model's call of the action.
///
/// A fact about that call, with the id of this conversation's ticket: never an order for what comes after, as a model
/// would find that in its transcript long after it has stopped being true. Whether the AI agent may speak is said by
/// each turn anew. It names no teammate: what a model sees is an allow-list (N4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActionResult {
    /// A teammate was put on it.
    Assigned {
        /// The episode.
        ticket: TicketId,
    },
    /// It waits in the line.
    Queued {
        /// The episode.
        ticket: TicketId,
        /// Its place in the line, from 1, when it was written.
        position: u32,
    },
    /// Nobody is on duty: it is with somebody who starts later.
    NextShift {
        /// The episode.
        ticket: TicketId,
        /// When they start, UTC.
        starts_at: DateTime<Utc>,
    },
    /// It waits, and nobody can say for how long.
    Waiting {
        /// The episode.
        ticket: TicketId,
    },
    /// A person had been asked for before, by another call or door.
    AlreadyOpen {
        /// The episode.
        ticket: TicketId,
    },
    /// The customer has an open ticket in another conversation, and may open no more (N5). The AI agent goes on.
    OpenElsewhere {
        /// That ticket, for the host: a model is not told, as whoever has it may be another than who writes here (N4).
        #[serde(skip_serializing)]
        ticket: TicketId,
    },
    /// It is not allowed, as while a person answers (C5). Nothing was done.
    Refused {
        /// Why, for the host; a model is told its kind only.
        #[serde(serialize_with = "kind")]
        refusal: Refusal,
    },
    /// The turn came too late (C2). Nothing was done; the host drops what else the turn has to say.
    Superseded {
        /// By what.
        by: Supersession,
    },
    /// The arguments were not understood. Nothing was done; the model may call again.
    InvalidCall {
        /// What is wrong with them.
        fault: InvalidCall,
    },
}

impl ActionResult {
    /// What came of an escalation that was asked for under `key`.
    #[must_use]
    pub fn of(escalation: &Escalation, key: &Key) -> Self {
        let ticket = escalation.ticket;
        if escalation.joined.is_some() {
            return Self::OpenElsewhere { ticket };
        }
        if escalation.opened_by != *key && escalation.reopened_by.as_ref() != Some(key) {
            return Self::AlreadyOpen { ticket };
        }
        match escalation.routing {
            Routing::Assigned { .. } => Self::Assigned { ticket },
            Routing::Queued { position } => Self::Queued { ticket, position },
            Routing::NextShift { starts_at, .. } => Self::NextShift { ticket, starts_at },
            Routing::Waiting => Self::Waiting { ticket },
        }
    }

    /// The ticket by which a person is asked for in this conversation, if there is one.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Assigned { ticket }
            | Self::Queued { ticket, .. }
            | Self::NextShift { ticket, .. }
            | Self::Waiting { ticket }
            | Self::AlreadyOpen { ticket } => Some(*ticket),
            Self::OpenElsewhere { .. }
            | Self::Refused { .. }
            | Self::Superseded { .. }
            | Self::InvalidCall { .. } => None,
        }
    }

    /// For the model, in English: what happened, in the past tense.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Assigned { ticket } => {
                format!(
                    "Ticket {ticket} was opened and given to a person of the team. The customer has been told."
                )
            }
            Self::Queued { ticket, position } => format!(
                "Ticket {ticket} was opened for a person of the team, as number {position} in the line. The customer \
                 has been told."
            ),
            Self::NextShift { ticket, starts_at } => format!(
                "Ticket {ticket} was opened and given to a person of the team whose shift starts at {}. The customer \
                 has been told.",
                starts_at.to_rfc3339_opts(SecondsFormat::Secs, true)
            ),
            Self::Waiting { ticket } => format!(
                "Ticket {ticket} was opened for a person of the team; it was not known when one is free. The \
                 customer has been told."
            ),
            Self::AlreadyOpen { ticket } => format!(
                "Ticket {ticket} was open already: a person of the team had been asked before this call. No other was \
                 opened."
            ),
            Self::OpenElsewhere { .. } => {
                "No ticket was opened: the customer had one open in another conversation \
                 with the team. The customer has not been told so."
                    .to_owned()
            }
            Self::Refused { refusal } => format!("No ticket was opened: {}.", told(refusal)),
            Self::Superseded { by } => format!("Nothing was done: {}.", late(by)),
            Self::InvalidCall { fault } => format!("Nothing was done: {fault}."),
        }
    }

    /// For the model, as an object: the outcome, the id of this conversation's ticket, and the text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // It is an object of plain values, whose serialization cannot fail.
        let mut object = serde_json::to_value(self).unwrap_or_default();
        if let Some(object) = object.as_object_mut() {
            object.insert("text".to_owned(), Value::String(self.to_text()));
        }
        object
    }
}

/// Without the ids of people, and without advice for teammates.
const fn told(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::HeldBy { .. } => "a person of the team was answering this conversation",
        Refusal::WaitingForPerson { .. } | Refusal::AlreadyEscalated { .. } => {
            "a person of the team had been asked before this call"
        }
        Refusal::TicketClosed { .. } => "a person of the team had closed this conversation's ticket",
        _ => "it was not allowed at the time of this call",
    }
}

const fn late(by: &Supersession) -> &'static str {
    match by {
        Supersession::Control { .. } => "who answers had changed since this turn began",
        Supersession::NewerMessage { .. } => "the customer had written again since this turn began",
        Supersession::OtherTurn { .. } => "another turn had answered since this turn began",
    }
}

fn kind<S: Serializer>(refusal: &Refusal, serializer: S) -> Result<S::Ok, S::Error> {
    let value = serde_json::to_value(refusal).map_err(serde::ser::Error::custom)?;
    value.get("type").and_then(Value::as_str).unwrap_or("refused").serialize(serializer)
}
