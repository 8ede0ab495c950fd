//! Candidates kept in order, for many choices in a row.

use std::collections::{BTreeMap, HashMap};

use super::{Candidate, Load, Offer, Rule};
use crate::id::TeammateId;

/// Candidates with room, in the order of a [`Rule`].
///
/// Making one costs a sort; each choice after that looks at the first and moves it: O(log n), whatever the size
/// of the team. It is a hint: the commit decides again from current facts.
///
/// ```
/// use escalate::assignment::{Candidate, Load, Pool, Rule};
/// use escalate::TeammateId;
/// let [ana, ben] = [1, 2].map(TeammateId::from_u128);
/// let team = [ana, ben].map(|teammate| Candidate { cap: 1, load: Load::none(teammate) });
/// let mut pool = Pool::new(Rule::LeastRecent, &team);
/// assert_eq!([pool.take(), pool.take(), pool.take()].map(|c| c.map(|c| c.load.teammate)), [Some(ana), Some(ben), None]);
/// ```
#[derive(Clone, Debug)]
pub struct Pool {
    rule: Rule,
    newest: u64,
    // The key is the order, the value what the key does not say.
    order: BTreeMap<Key, Candidate>,
    keys: HashMap<TeammateId, Key>,
}

type Key = (u64, u64, TeammateId);

impl Pool {
    /// A pool of those of `candidates` that have room.
    #[must_use]
    pub fn new(rule: Rule, candidates: &[Candidate]) -> Self {
        let newest = candidates.iter().map(|candidate| candidate.load.last_assigned).max().unwrap_or(0);
        let order: BTreeMap<_, _> = candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| candidate.has_room())
            .map(|(rank, candidate)| (Self::key(rule, rank, candidate), *candidate))
            .collect();
        let keys = order.iter().map(|(key, candidate)| (candidate.load.teammate, *key)).collect();
        Self { rule, newest, order, keys }
    }

    fn key(rule: Rule, rank: usize, candidate: &Candidate) -> Key {
        match rule {
            Rule::Ranked | Rule::Given => (rank as u64, 0, candidate.load.teammate),
            Rule::FewestOpen | Rule::LeastRecent => rule.key(&candidate.load),
        }
    }

    /// Whether nobody has room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many have room.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The rule that orders it.
    #[must_use]
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// The first `count`, as offers.
    #[must_use]
    pub fn first(&self, count: usize) -> Vec<Offer> {
        let first = self.order.values().take(count);
        first.map(|candidate| Offer { teammate: candidate.load.teammate, cap: candidate.cap }).collect()
    }

    /// The loads of those of `offers` that have room, as far as the pool knows.
    #[must_use]
    pub fn loads(&self, offers: &[Offer]) -> Vec<Load> {
        let load = |offer: &Offer| Some(self.order.get(self.keys.get(&offer.teammate)?)?.load);
        offers.iter().filter_map(load).collect()
    }

    /// The offer to `teammate`, if they have room.
    #[must_use]
    pub fn offer_to(&self, teammate: TeammateId) -> Option<Offer> {
        let candidate = self.order.get(self.keys.get(&teammate)?)?;
        Some(Offer { teammate, cap: candidate.cap })
    }

    /// Gives the first candidate a ticket and returns them as they were.
    pub fn take(&mut self) -> Option<Candidate> {
        let taken = *self.order.first_key_value()?.1;
        self.assigned(taken.load.teammate);
        Some(taken)
    }

    /// Counts a ticket that `teammate` was given.
    pub fn assigned(&mut self, teammate: TeammateId) {
        let Some(key) = self.keys.remove(&teammate) else { return };
        let Some(mut loaded) = self.order.remove(&key) else { return };
        self.newest = self.newest.saturating_add(1);
        loaded.load.open = loaded.load.open.saturating_add(1);
        loaded.load.last_assigned = self.newest;
        if loaded.has_room() {
            let key = match self.rule {
                Rule::Ranked | Rule::Given => key,
                Rule::FewestOpen | Rule::LeastRecent => self.rule.key(&loaded.load),
            };
            self.keys.insert(teammate, key);
            self.order.insert(key, loaded);
        }
    }
}
