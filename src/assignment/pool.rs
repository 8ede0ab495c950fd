//! Candidates kept in order, for many choices in a row.

use std::collections::BTreeMap;

use super::{Candidate, Rule};
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
    // A map and not a set of candidates: the key is the order, the value what the key does not say.
    candidates: BTreeMap<(u64, u64, TeammateId), Candidate>,
}

impl Pool {
    /// A pool of those of `candidates` that have room.
    #[must_use]
    pub fn new(rule: Rule, candidates: &[Candidate]) -> Self {
        let newest = candidates.iter().map(|candidate| candidate.load.last_assigned).max().unwrap_or(0);
        let candidates = candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| candidate.has_room())
            .map(|(rank, candidate)| (Self::key(rule, rank, candidate), *candidate))
            .collect();
        Self { rule, newest, candidates }
    }

    fn key(rule: Rule, rank: usize, candidate: &Candidate) -> (u64, u64, TeammateId) {
        match rule {
            Rule::Ranked | Rule::Given => (rank as u64, 0, candidate.load.teammate),
            Rule::FewestOpen | Rule::LeastRecent => rule.key(&candidate.load),
        }
    }

    /// Whether nobody has room.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// The candidate that would be taken next.
    #[must_use]
    pub fn first(&self) -> Option<&Candidate> {
        self.candidates.first_key_value().map(|(_, candidate)| candidate)
    }

    /// Gives the first candidate a ticket and returns them as they were.
    pub fn take(&mut self) -> Option<Candidate> {
        let (key, taken) = self.candidates.pop_first()?;
        self.newest = self.newest.saturating_add(1);
        let mut loaded = taken;
        loaded.load.open = loaded.load.open.saturating_add(1);
        loaded.load.last_assigned = self.newest;
        if loaded.has_room() {
            let key = match self.rule {
                Rule::Ranked | Rule::Given => key,
                Rule::FewestOpen | Rule::LeastRecent => self.rule.key(&loaded.load),
            };
            self.candidates.insert(key, loaded);
        }
        Some(taken)
    }
}
