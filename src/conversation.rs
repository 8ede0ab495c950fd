//! The thread between a customer and whoever answers.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, CustomerId, Place, WorkspaceId};
use crate::message::Sequence;
use crate::summary::Language;

/// Who asks: the customer, and whether the host has verified that they are who they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Requester {
    /// The customer.
    pub customer: CustomerId,
    /// Whether the host verified the identity. Earlier tickets are shown only then.
    pub verified: bool,
}

impl Requester {
    /// A customer whose identity the host verified, by a login or a signed token.
    #[must_use]
    pub const fn verified(customer: CustomerId) -> Self {
        Self { customer, verified: true }
    }

    /// A customer known by their own word only.
    #[must_use]
    pub const fn claimed(customer: CustomerId) -> Self {
        Self { customer, verified: false }
    }
}

/// The channel a conversation came from, in the host's own words: `web`, `whatsapp`, `email`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Channel(String);

impl Channel {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Channel {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl From<String> for Channel {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A thread: what is known of it besides its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conversation {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: ConversationId,
    /// Who asks.
    pub requester: Requester,
    /// Where it came from.
    pub channel: Channel,
    /// The customer's language, where the host knows it; it wins over detection.
    pub language: Option<Language>,
    /// When it began, UTC, microseconds.
    pub opened_at: DateTime<Utc>,
    /// When the newest entry was written, UTC, microseconds; `opened_at` while there is none.
    pub active_at: DateTime<Utc>,
    /// Place of the newest entry; zero while there is none.
    pub last: Sequence,
}

impl Conversation {
    /// A conversation that begins at `at`.
    #[must_use]
    pub fn new(place: Place, requester: Requester, channel: impl Into<Channel>, at: DateTime<Utc>) -> Self {
        Self {
            workspace: place.workspace,
            id: place.conversation,
            requester,
            channel: channel.into(),
            language: None,
            opened_at: at,
            active_at: at,
            last: Sequence(0),
        }
    }

    /// Sets the customer's language.
    #[must_use]
    pub fn in_language(mut self, language: impl Into<Language>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::new(self.workspace, self.id)
    }
}
