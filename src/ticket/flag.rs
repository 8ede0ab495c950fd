//! What a workspace is to look at.

use serde::{Deserialize, Serialize};

/// Why people are to look at a ticket: the machine does no more about it by itself. Stored; the names are frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flag {
    /// It was escalated over and over without a person's reply (E6). Until there is one, only a teammate, a
    /// supervisor or the host hands it back.
    Looping,
    /// Everybody who could have answered let it lapse, as often as the workspace allows (A7). It waits for a person to
    /// take or assign it.
    Unanswered,
}

impl Flag {
    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Looping => "looping",
            Self::Unanswered => "unanswered",
        }
    }
}
