//! What a workspace decides about time: offers, deadlines, idle tickets, limits.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::invalid::{InvalidRules, length};
use super::seconds;

/// What becomes of a ticket for which nobody is on duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NobodyThere {
    /// It waits in the line.
    #[default]
    Wait,
    /// It goes to the teammate with room whose shift starts next.
    NextShift,
}

/// When an unanswered assignment is offered to the next (A7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct Unanswered {
    /// How long a teammate has; in whole seconds. It begins when they are assigned, or when their shift does.
    #[serde(with = "seconds")]
    pub within: TimeDelta,
    /// How many times everybody is asked before the ticket is flagged and waits for a person to choose.
    pub rounds: u32,
}

/// Which tickets of a teammate who goes off duty are offered again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AfterShift {
    /// Those they have not answered.
    #[default]
    OfferUnanswered,
    /// All of them, but for those that a person gave them.
    OfferAll,
    /// None.
    Keep,
}

/// Deadlines of a ticket, counted in the open hours of its team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Deadlines {
    /// Until a teammate's first reply; in whole seconds.
    #[serde(with = "seconds::optional")]
    pub first_reply: Option<TimeDelta>,
    /// Until it is closed; in whole seconds.
    #[serde(with = "seconds::optional")]
    pub resolution: Option<TimeDelta>,
    /// How long before each there is a warning; in whole seconds.
    #[serde(with = "seconds")]
    pub warn_before: TimeDelta,
}

/// What becomes of a ticket that nothing happens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct Idle {
    /// After how long; in whole seconds.
    #[serde(with = "seconds")]
    pub after: TimeDelta,
    /// What.
    pub then: Then,
}

/// How the machine ends an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Then {
    /// Closed; the AI agent stays off until the customer writes.
    Close,
    /// Handed back to the AI agent; closed where none is there to receive.
    HandBack,
}

/// So many within so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct Limit {
    /// How many; `0` means no limit.
    pub count: u32,
    /// Within how long; in whole seconds.
    #[serde(with = "seconds")]
    pub within: TimeDelta,
}

impl Unanswered {
    /// Offered to the next after `within`, everybody asked `rounds` times.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if `within` is not from one second to [`InvalidRules::LONGEST`], or `rounds` is 0.
    pub fn new(within: TimeDelta, rounds: u32) -> Result<Self, InvalidRules> {
        let built = Self { within, rounds };
        built.check().map(|()| built)
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        length("unanswered.within", self.within, 1)?;
        if self.rounds == 0 { Err(InvalidRules::NoRounds) } else { Ok(()) }
    }
}

impl Deadlines {
    /// A first reply within `delta`.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if it is not from one second to [`InvalidRules::LONGEST`], or not after the warning.
    pub fn replying_within(mut self, delta: TimeDelta) -> Result<Self, InvalidRules> {
        self.first_reply = Some(delta);
        self.check().map(|()| self)
    }

    /// Closed within `delta`.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if it is not from one second to [`InvalidRules::LONGEST`], or not after the warning.
    pub fn closing_within(mut self, delta: TimeDelta) -> Result<Self, InvalidRules> {
        self.resolution = Some(delta);
        self.check().map(|()| self)
    }

    /// A warning so long before each deadline.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if it is negative, or as long as a deadline.
    pub fn warning_before(mut self, delta: TimeDelta) -> Result<Self, InvalidRules> {
        self.warn_before = delta;
        self.check().map(|()| self)
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        length("deadlines.warn_before", self.warn_before, 0)?;
        let set = [("deadlines.first_reply", self.first_reply), ("deadlines.resolution", self.resolution)];
        for (field, deadline) in set.iter().filter_map(|(field, delta)| Some((*field, (*delta)?))) {
            length(field, deadline, 1)?;
            if self.warn_before >= deadline {
                return Err(InvalidRules::WarnsTooEarly { field, deadline, warn_before: self.warn_before });
            }
        }
        Ok(())
    }
}

impl Idle {
    /// `then` once nothing has happened for `after`.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if `after` is not from one second to [`InvalidRules::LONGEST`].
    pub fn new(after: TimeDelta, then: Then) -> Result<Self, InvalidRules> {
        let built = Self { after, then };
        built.check().map(|()| built)
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        length("idle.after", self.after, 1)
    }
}

impl Limit {
    /// At most `count` within `within`.
    ///
    /// # Errors
    ///
    /// [`InvalidRules`] if `within` is not from one second to [`InvalidRules::LONGEST`]; without a limit (`count` is 0)
    /// it may be zero.
    pub fn new(count: u32, within: TimeDelta) -> Result<Self, InvalidRules> {
        let built = Self { count, within };
        built.check().map(|()| built)
    }

    /// No limit.
    #[must_use]
    pub const fn none() -> Self {
        Self { count: 0, within: TimeDelta::zero() }
    }

    pub(super) fn check(&self) -> Result<(), InvalidRules> {
        length("limit.within", self.within, i64::from(self.count > 0))
    }
}
