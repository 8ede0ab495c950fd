//! Where a ticket stands.

use serde::{Deserialize, Serialize};

/// Where a ticket stands. It moves by itself; see the commands of [`Desk`](crate::Desk).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the closed set of statuses; hosts match on it")]
pub enum TicketStatus {
    /// Just arrived.
    New,
    /// Waits for a teammate.
    OnYou,
    /// A teammate replied; waits for the customer.
    OnCustomer,
    /// Waits for something external.
    OnHold,
    /// Closed: resolved.
    Closed,
    /// Closed without resolution.
    Cancelled,
}

impl TicketStatus {
    /// All of them, active ones first.
    pub const ALL: [Self; 6] =
        [Self::New, Self::OnYou, Self::OnCustomer, Self::OnHold, Self::Closed, Self::Cancelled];

    /// Whether the episode lasts.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::New | Self::OnYou | Self::OnCustomer | Self::OnHold => true,
            Self::Closed | Self::Cancelled => false,
        }
    }

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::OnYou => "on_you",
            Self::OnCustomer => "on_customer",
            Self::OnHold => "on_hold",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
        }
    }
}
