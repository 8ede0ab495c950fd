//! By when a ticket is to be answered and closed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeadlineOf {
    /// A teammate's first reply.
    FirstReply,
    /// The end of the episode.
    Resolution,
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "each is told once, in this order")]
pub enum DeadlineState {
    /// Some time is left.
    Near,
    /// It has passed.
    Missed,
}

/// An instant by which something is to have happened, and what has been told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Deadline {
    /// When, UTC, microseconds.
    pub at: DateTime<Utc>,
    /// From when on it counts as near, UTC, microseconds.
    pub near_at: DateTime<Utc>,
    /// What has been told; each once.
    pub told: Option<DeadlineState>,
}

impl Deadline {
    /// A deadline that nothing has been told of.
    #[must_use]
    pub const fn new(at: DateTime<Utc>, near_at: DateTime<Utc>) -> Self {
        Self { at, near_at, told: None }
    }

    /// When there is something to tell next.
    #[must_use]
    pub fn next(&self) -> Option<DateTime<Utc>> {
        match self.told {
            None if self.near_at < self.at => Some(self.near_at),
            None | Some(DeadlineState::Near) => Some(self.at),
            Some(DeadlineState::Missed) => None,
        }
    }

    /// What is to be told at `now` and has not been: a warning that comes after the fact is none.
    pub fn tell(&mut self, now: DateTime<Utc>) -> Option<DeadlineState> {
        let state = match self.next() {
            Some(next) if next > now => return None,
            Some(_) if self.at <= now => DeadlineState::Missed,
            Some(_) => DeadlineState::Near,
            None => return None,
        };
        self.told = Some(state);
        self.told
    }
}

/// The deadlines of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Due {
    /// Of a teammate's first reply.
    pub first_reply: Option<Deadline>,
    /// Of the end of the episode.
    pub resolution: Option<Deadline>,
}

impl Due {
    /// Both, where there are any.
    #[must_use]
    pub const fn by(first_reply: Option<Deadline>, resolution: Option<Deadline>) -> Self {
        Self { first_reply, resolution }
    }

    /// When there is something to tell next of an open ticket.
    #[must_use]
    pub fn next(&self, is_answered: bool) -> Option<DateTime<Utc>> {
        let first = self.first_reply.filter(|_| !is_answered);
        [first, self.resolution].into_iter().flatten().filter_map(|deadline| deadline.next()).min()
    }

    /// What is to be told of an open ticket at `now`.
    pub fn tell(&mut self, now: DateTime<Utc>, is_answered: bool) -> Vec<(DeadlineOf, Deadline)> {
        let first = self.first_reply.as_mut().filter(|_| !is_answered);
        let both = [(DeadlineOf::FirstReply, first), (DeadlineOf::Resolution, self.resolution.as_mut())];
        let told = both.into_iter().filter_map(|(of, deadline)| {
            let deadline = deadline?;
            deadline.tell(now).map(|_| (of, *deadline))
        });
        told.collect()
    }
}
