//! The human clocks of an episode.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// When each step of an episode first happened, UTC, microseconds; each is set once (N8).
///
/// The AI agent's messages touch none of them, so a reply time is a person's reply time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Clocks {
    /// A person was asked for, or took over.
    pub requested: DateTime<Utc>,
    /// The ticket began to wait without an assignee.
    pub queued: Option<DateTime<Utc>>,
    /// Somebody was assigned.
    pub assigned: Option<DateTime<Utc>>,
    /// A teammate first replied to the customer.
    pub first_reply: Option<DateTime<Utc>>,
    /// The AI agent got the conversation back.
    pub handed_back: Option<DateTime<Utc>>,
    /// The ticket was closed; moved by a reopening.
    pub closed: Option<DateTime<Utc>>,
}

impl Clocks {
    pub(super) const fn requested(at: DateTime<Utc>) -> Self {
        Self {
            requested: at,
            queued: None,
            assigned: None,
            first_reply: None,
            handed_back: None,
            closed: None,
        }
    }
}
