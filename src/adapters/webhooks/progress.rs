//! What the sink remembers of conversations whose delivery is under way. Only a hint: without it events are sent
//! again, under the same ids.

use std::collections::HashMap;

use super::schedule::ATTEMPTS;
use crate::event::EventSequence;
use crate::id::Place;

/// How many conversations are remembered.
const CAPACITY: usize = 4096;

/// Where the delivery of one conversation stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The last event that the receiver took, of a batch that was not delivered as a whole.
    pub(super) delivered: EventSequence,
    /// The worker's count of failures from which this event's own attempts are counted.
    pub(super) base: u32,
}

#[derive(Debug, Default)]
pub(super) struct Progress {
    standings: HashMap<Place, Standing>,
    /// Whether the endpoint was enabled again: attempts from before do not count.
    is_anew: bool,
}

impl Progress {
    /// Where the delivery of a batch that begins with `first` stands, at the worker's `attempt`.
    pub(super) fn standing(&self, place: Place, first: EventSequence, attempt: u32) -> Standing {
        let known = self.standings.get(&place).copied();
        // Another node, or a replay, has moved the mark past what is remembered here.
        let fits = |standing: &Standing| {
            standing.base <= attempt.saturating_add(1)
                && (standing.delivered == EventSequence::default() || first <= standing.delivered)
        };
        let is_new_round = self.is_anew || attempt >= ATTEMPTS;
        let fresh = Standing { base: if is_new_round { attempt } else { 0 }, ..Standing::default() };
        known.filter(fits).unwrap_or(fresh)
    }

    pub(super) fn keep(&mut self, place: Place, standing: Standing) {
        if self.standings.len() >= CAPACITY && !self.standings.contains_key(&place) {
            // Any one: which is forgotten costs no more than a repeat.
            if let Some(other) = self.standings.keys().next().copied() {
                self.standings.remove(&other);
            }
        }
        self.standings.insert(place, standing);
    }

    pub(super) fn forget(&mut self, place: Place) {
        self.standings.remove(&place);
    }

    /// Every conversation begins with its first attempt again.
    pub(super) fn begin_anew(&mut self) {
        *self = Self { is_anew: true, ..Self::default() };
    }
}
