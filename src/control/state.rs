//! Who answers, and its version.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ControlEvent;
use crate::id::{TeammateId, TicketId};

/// The version of control: grows by one at every change of who answers, and never otherwise.
///
/// Everything the AI agent does is accepted only under the epoch its turn began with (C1, C6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[allow(clippy::exhaustive_structs, reason = "a number with a meaning")]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch after the next change of who answers.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who answers the customer. One value per conversation, the only place that says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "who answers is total; hosts match on it")]
pub enum Control {
    /// The AI agent.
    #[default]
    Ai,
    /// A person is awaited.
    Queued {
        /// The episode.
        ticket: TicketId,
    },
    /// A person.
    Human {
        /// The episode.
        ticket: TicketId,
        /// Who.
        teammate: TeammateId,
    },
    /// Nobody until the customer writes: the ticket was closed without resuming the AI agent.
    Closed {
        /// The episode that ended.
        ticket: TicketId,
        /// Who answered last, if anybody did.
        teammate: Option<TeammateId>,
        /// Before this instant the customer's next message reopens the ticket; from it on the AI agent answers.
        until: DateTime<Utc>,
    },
}

impl Control {
    /// The episode that lasts, if one does.
    #[must_use]
    pub const fn open_ticket(&self) -> Option<TicketId> {
        match self {
            Self::Queued { ticket } | Self::Human { ticket, .. } => Some(*ticket),
            Self::Ai | Self::Closed { .. } => None,
        }
    }

    /// The episode that control names, open or closed.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Queued { ticket } | Self::Human { ticket, .. } | Self::Closed { ticket, .. } => {
                Some(*ticket)
            }
            Self::Ai => None,
        }
    }

    /// Control after `event`. Total: every event carries all that is needed.
    #[must_use]
    pub const fn apply(self, event: &ControlEvent) -> Self {
        match *event {
            ControlEvent::Escalated { ticket }
            | ControlEvent::Released { ticket }
            | ControlEvent::Reopened { ticket, teammate: None } => Self::Queued { ticket },
            ControlEvent::TakenOver { ticket, teammate }
            | ControlEvent::Reassigned { ticket, teammate }
            | ControlEvent::Reopened { ticket, teammate: Some(teammate) } => Self::Human { ticket, teammate },
            ControlEvent::Closed { ticket, teammate, until } => Self::Closed { ticket, teammate, until },
            ControlEvent::HandedBack { .. } => Self::Ai,
        }
    }

    /// Control after a history of numbered events, whatever their order and however often each is repeated.
    ///
    /// The epoch orders them, never a clock (C6).
    #[must_use]
    pub fn replay<'a>(events: impl IntoIterator<Item = (Epoch, &'a ControlEvent)>) -> ControlState {
        let newest = events.into_iter().max_by_key(|(epoch, _)| *epoch);
        newest.map_or_else(ControlState::default, |(epoch, event)| ControlState {
            control: Self::default().apply(event),
            epoch,
        })
    }
}

/// Control with its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a value and its version")]
pub struct ControlState {
    /// Who answers.
    pub control: Control,
    /// Its version.
    pub epoch: Epoch,
}

impl ControlState {
    /// The state after `event`: one epoch later.
    #[must_use]
    pub const fn after(self, event: &ControlEvent) -> Self {
        Self { control: self.control.apply(event), epoch: self.epoch.next() }
    }
}
