//! Identifiers: newtypes over [`Uuid`], so that a ticket's id is never passed where a teammate's is meant.
//!
//! No identifier makes itself; [`IdSource`](crate::IdSource) does, so that a test or a replay is reproducible.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier with this UUID; usable in constants.
            #[must_use]
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The identifier with this number for a UUID: for examples and tests.
            #[must_use]
            pub const fn from_u128(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id! {
    /// A tenant. Every key in every store leads with it.
    WorkspaceId
}
id! {
    /// One thread between a customer and whoever answers.
    ConversationId
}
id! {
    /// The person asking; a ticket's requester is a customer.
    CustomerId
}
id! {
    /// A human who answers.
    TeammateId
}
id! {
    /// A group of teammates.
    TeamId
}
id! {
    /// One period in human hands: one ticket is one escalation episode.
    TicketId
}
id! {
    /// One entry of a transcript.
    MessageId
}
id! {
    /// One committed event; a repeated delivery carries the same id.
    EventId
}
id! {
    /// One turn of the AI agent, from asking for the permit to its last effect.
    TurnId
}
id! {
    /// The database behind a store. Two ports with the same one can be written in one transaction.
    DatabaseId
}

/// Where a command acts: one conversation of one workspace.
///
/// The two travel together so that an id from another workspace cannot be looked up by accident (N3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "two coordinates, complete by definition")]
pub struct Place {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The thread.
    pub conversation: ConversationId,
}

impl Place {
    /// The conversation `conversation` of `workspace`.
    #[must_use]
    pub const fn new(workspace: WorkspaceId, conversation: ConversationId) -> Self {
        Self { workspace, conversation }
    }
}
