//! Why an assignment lapsed.

use serde::{Deserialize, Serialize};

/// Why a teammate lost a ticket that the machine had given them. Stored; the names are frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lapse {
    /// They did not answer in time (A7).
    Unanswered,
    /// They went off duty.
    OffDuty,
}
