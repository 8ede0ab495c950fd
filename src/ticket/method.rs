//! How a ticket's assignee is to be chosen.

use serde::{Deserialize, Serialize};

/// How the assignee is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Nobody is chosen: the ticket waits for a person to take or assign it.
    Manual,
    /// Fewest open tickets; tie: assigned least recently.
    Balanced,
    /// Assigned least recently.
    RoundRobin,
}

/// Whether the teammate's languages count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speaks {
    /// They do not.
    #[default]
    Any,
    /// One who speaks the customer's goes before one who does not.
    Preferred,
    /// Only one who speaks the customer's. Where that is not known, anybody.
    Required,
}
