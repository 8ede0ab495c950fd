//! The line that a waiting ticket stands in.

use super::{Flag, Method, Priority, Ticket};
use crate::id::{TeamId, TicketId};

use chrono::{DateTime, Utc};

/// Whom a waiting ticket waits behind: those of the same line that go before it, and nobody else (A3).
///
/// Skills and languages are no part of it on purpose: who asks for rare ones stands among the others of the team, and
/// may be served later than its place says, or earlier than those ahead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "stores count by it")]
pub struct Line {
    /// The team asked for; those without one have a line of their own.
    pub team: Option<TeamId>,
    /// Whether people choose who gets its tickets. They are in nobody's way whom the machine serves.
    pub is_for_people: bool,
}

/// A place in a line, in the order in which it is served: highest priority first, then oldest, then by id.
pub(crate) type Standing = (std::cmp::Reverse<Priority>, DateTime<Utc>, TicketId);

impl Ticket {
    /// The line that it stands in while it [waits](Self::is_waiting).
    #[must_use]
    pub fn line(&self) -> Line {
        Line { team: self.team, is_for_people: self.is_for_people() }
    }

    /// Whether a person chooses who gets it, and no machine: by its [method](Method::Manual), as the policy
    /// [said](Self::by_hand), or because [everybody has had it](Flag::Unanswered).
    #[must_use]
    pub fn is_for_people(&self) -> bool {
        self.by_hand || self.method == Some(Method::Manual) || self.flags.contains(&Flag::Unanswered)
    }

    pub(crate) const fn standing(&self) -> Standing {
        (std::cmp::Reverse(self.priority), self.clocks.requested, self.id)
    }
}
