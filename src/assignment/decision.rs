//! Why a ticket went where it went (A8).

use serde::{Deserialize, Serialize};

use super::{Exclusion, Load, Need, Offer, Rule, pick};
use crate::id::TeammateId;

/// A choice of assignee with all that it was made on, kept with the event that tells of it.
///
/// The same facts give the same choice: [`Decision::replay`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "desks and stores build it")]
pub struct Decision {
    /// The name of the routing rule that sent the ticket here; `None` where none matched.
    pub routed_by: Option<String>,
    /// What the ticket asked for.
    pub need: Need,
    /// How the choice was made.
    pub rule: Rule,
    /// Who could get it, as they were when it was chosen, in the order in which they were offered.
    pub seen: Vec<Seen>,
    /// Who could not, and why; at most [`Decision::MOST_PASSED_OVER`].
    pub passed_over: Vec<PassedOver>,
    /// How many more could not, or were not offered it as others go before them.
    pub more_passed_over: u32,
    /// Whether it waits while others are ahead of it in the line (A3).
    pub in_line: bool,
    /// Its place in [its line](crate::Ticket::line), from 1, if nobody got it.
    pub position: Option<u32>,
    /// Who got it; `None`: it waits.
    pub chosen: Option<TeammateId>,
}

/// A teammate who could get the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
#[allow(clippy::exhaustive_structs, reason = "desks and stores build it")]
pub struct Seen {
    /// Who.
    pub teammate: TeammateId,
    /// The most open tickets the machine may give them; `0` means no cap.
    pub cap: u32,
    /// What they had to do. `None`: somebody else's command was choosing them at that instant.
    pub load: Option<Load>,
}

/// Who, the cap, open tickets, number of the last assignment: a team's worth of names would fill the record.
type Row = (TeammateId, u32, Option<(u32, u64)>);

impl From<Row> for Seen {
    fn from((teammate, cap, load): Row) -> Self {
        let load = load.map(|(open, last_assigned)| Load { teammate, open, last_assigned });
        Self { teammate, cap, load }
    }
}

impl From<Seen> for Row {
    fn from(seen: Seen) -> Self {
        (seen.teammate, seen.cap, seen.load.map(|load| (load.open, load.last_assigned)))
    }
}

/// A teammate who could not get the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "a name and a reason")]
pub struct PassedOver {
    /// Who.
    pub teammate: TeammateId,
    /// Why.
    pub why: Exclusion,
}

impl Decision {
    /// How many of those passed over are named.
    pub const MOST_PASSED_OVER: usize = 64;

    /// A decision about a ticket with this need, not made yet.
    #[must_use]
    pub fn about(need: Need, passed_over: &[PassedOver]) -> Self {
        let named = passed_over.len().min(Self::MOST_PASSED_OVER);
        Self {
            routed_by: None,
            need,
            rule: Rule::Ranked,
            seen: Vec::new(),
            passed_over: passed_over.iter().take(named).copied().collect(),
            more_passed_over: u32::try_from(passed_over.len() - named).unwrap_or(u32::MAX),
            in_line: false,
            position: None,
            chosen: None,
        }
    }

    /// Notes one more who could not get it.
    pub fn pass_over(&mut self, one: PassedOver) {
        if self.passed_over.len() < Self::MOST_PASSED_OVER {
            self.passed_over.push(one);
        } else {
            self.more_passed_over = self.more_passed_over.saturating_add(1);
        }
    }

    /// Notes that so many more were not offered it.
    #[must_use]
    pub fn leaving_out(mut self, count: usize) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.more_passed_over = self.more_passed_over.saturating_add(count);
        self
    }

    /// Notes what the choice was made on. An offer whose teammate has no load in `loads` was not to be had.
    #[must_use]
    pub fn among(mut self, rule: Rule, offers: &[Offer], loads: &[Load]) -> Self {
        self.rule = rule;
        self.seen = (offers.iter().enumerate())
            .map(|(index, offer)| {
                // As a rule in the same order.
                let here = loads.get(index).filter(|load| load.teammate == offer.teammate);
                let load = here.or_else(|| loads.iter().find(|load| load.teammate == offer.teammate));
                Seen { teammate: offer.teammate, cap: offer.cap, load: load.copied() }
            })
            .collect();
        self
    }

    /// Whom the facts in the record give.
    #[must_use]
    pub fn replay(&self) -> Option<TeammateId> {
        if self.in_line && self.position.is_some_and(|position| position > 1) {
            return None;
        }
        let had = self
            .seen
            .iter()
            .filter_map(|seen| Some((Offer { teammate: seen.teammate, cap: seen.cap }, seen.load?)));
        let (offers, loads): (Vec<_>, Vec<_>) = had.unzip();
        pick(self.rule, &offers, &loads).map(|pick| pick.teammate)
    }
}
