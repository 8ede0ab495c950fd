//! Which teammate gets a ticket: pure rules.
//!
//! Two steps. [`eligible`] says who may get it, and why not. [`pick`] chooses among those, at commit, from the
//! loads of that very instant (A1, A4): a store calls it inside its atomic write, through
//! [`Commit::place`](crate::ports::Commit::place), so neither a cap nor the fairness of a method depends on facts
//! that have aged since they were read.
//!
//! [`pick`] looks at every offer once. Where one choice follows another over a large team (a sweep), a [`Pool`]
//! keeps the candidates in order, and each choice costs a look at the first.

mod decision;
mod eligibility;
mod pool;
mod rule;

pub use self::decision::{Decision, PassedOver, Seen};
pub use self::eligibility::{Exclusion, Need, eligible};
pub use self::pool::Pool;
pub use self::rule::{Offer, Pick, Rule, pick, prefer};

use serde::{Deserialize, Serialize};

use crate::id::TeammateId;

/// How loaded a teammate is, recounted by the ticket repository (A5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores build it; a new fact would change every policy")]
pub struct Load {
    /// Who.
    pub teammate: TeammateId,
    /// How many open tickets they are on.
    pub open: u32,
    /// When they were last assigned one: a number that grows with every assignment of the workspace. Zero if
    /// never. A counter and not an instant, as many assignments can share one instant.
    pub last_assigned: u64,
}

impl Load {
    /// The load of a teammate who never had a ticket.
    #[must_use]
    pub const fn none(teammate: TeammateId) -> Self {
        Self { teammate, open: 0, last_assigned: 0 }
    }
}

/// A teammate as a policy sees them: eligible, with cap and load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "policies and their tests build it")]
pub struct Candidate {
    /// The most open tickets the machine may give them; `0` means no cap.
    pub cap: u32,
    /// Who, and how loaded.
    pub load: Load,
}

impl Candidate {
    /// Whether one ticket more stays within the cap.
    #[must_use]
    pub const fn has_room(&self) -> bool {
        self.cap == 0 || self.load.open < self.cap
    }
}

#[cfg(test)]
#[path = "assignment_test.rs"]
mod tests;
