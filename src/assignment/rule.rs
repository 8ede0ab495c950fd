//! The choice among offers.

use serde::{Deserialize, Serialize};

use super::{Candidate, Load};
use crate::id::TeammateId;

/// How the choice is made. Every one is a total order: the last tie-break is the teammate's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The first with room, in the order given.
    Ranked,
    /// Fewest open tickets; tie: assigned least recently.
    FewestOpen,
    /// Assigned least recently.
    LeastRecent,
    /// The first, with room or not: a person chose, and an excess is marked.
    Given,
}

impl Rule {
    /// The sort key of `load` under this rule; smallest first.
    #[must_use]
    pub(crate) const fn key(self, load: &Load) -> (u64, u64, TeammateId) {
        match self {
            Self::FewestOpen => (load.open as u64, load.last_assigned, load.teammate),
            Self::LeastRecent => (load.last_assigned, 0, load.teammate),
            // The order given is the order; nothing is sorted.
            Self::Ranked | Self::Given => (0, 0, load.teammate),
        }
    }
}

/// A teammate a ticket may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "stores and policies build it")]
pub struct Offer {
    /// Who.
    pub teammate: TeammateId,
    /// The most open tickets the machine may give them; `0` means no cap.
    pub cap: u32,
}

/// Who was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "the whole answer")]
pub struct Pick {
    /// Who.
    pub teammate: TeammateId,
    /// Whether the choice, made by hand, exceeds the cap.
    pub over_cap: bool,
}

/// Who gets the ticket, or nobody where nobody has room.
///
/// `loads` holds the load of each of `offers`, in the same order; an offer without a load is passed over. The
/// result depends on nothing else, so the same facts give the same choice.
///
/// ```
/// use escalate::assignment::{pick, Load, Offer, Rule};
/// use escalate::TeammateId;
/// let [ana, ben] = [1, 2].map(TeammateId::from_u128);
/// let offers = [ana, ben].map(|teammate| Offer { teammate, cap: 2 });
/// let loads = [Load { open: 1, ..Load::none(ana) }, Load::none(ben)];
/// assert_eq!(pick(Rule::FewestOpen, &offers, &loads).map(|pick| pick.teammate), Some(ben));
/// ```
#[must_use]
pub fn pick(rule: Rule, offers: &[Offer], loads: &[Load]) -> Option<Pick> {
    let mut candidates =
        offers.iter().zip(loads).map(|(offer, load)| Candidate { cap: offer.cap, load: *load });
    match rule {
        Rule::Given => {
            candidates.next().map(|given| Pick { teammate: given.load.teammate, over_cap: !given.has_room() })
        }
        Rule::Ranked => candidates.find(Candidate::has_room).map(within_cap),
        Rule::FewestOpen | Rule::LeastRecent => candidates
            .filter(Candidate::has_room)
            .min_by_key(|candidate| rule.key(&candidate.load))
            .map(within_cap),
    }
}

fn within_cap(chosen: Candidate) -> Pick {
    Pick { teammate: chosen.load.teammate, over_cap: false }
}

/// `candidates` in the order in which they go under [`Rule::Ranked`], where some are preferred: by ascending tier, and
/// within a tier by `rule`. Under [`Rule::Ranked`] the order given stays within a tier.
///
/// The order is that of the loads given; the commit takes the first who has room then.
///
/// ```
/// use escalate::assignment::{prefer, Candidate, Load, Rule};
/// use escalate::TeammateId;
/// let [ana, ben, cem] = [1, 2, 3].map(TeammateId::from_u128);
/// let busy = Load { open: 2, ..Load::none(ben) };
/// let team = [Load::none(ana), busy, Load::none(cem)].map(|load| Candidate { cap: 0, load });
/// let had_last = |candidate: &Candidate| u8::from(candidate.load.teammate != ben);
/// assert_eq!(prefer(Rule::FewestOpen, &team, had_last), [ben, ana, cem]);
/// ```
#[must_use]
pub fn prefer(rule: Rule, candidates: &[Candidate], tier: impl Fn(&Candidate) -> u8) -> Vec<TeammateId> {
    let mut order: Vec<_> = candidates.iter().map(|candidate| (tier(candidate), candidate.load)).collect();
    match rule {
        Rule::Ranked | Rule::Given => order.sort_by_key(|(tier, _)| *tier),
        Rule::FewestOpen | Rule::LeastRecent => order.sort_by_key(|(tier, load)| (*tier, rule.key(load))),
    }
    order.into_iter().map(|(_, load)| load.teammate).collect()
}
