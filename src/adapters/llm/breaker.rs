//! When an endpoint is left alone. A state and nothing else: the time comes in.

use chrono::{DateTime, TimeDelta, Utc};

/// No pause is longer, whatever an endpoint asks for.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(24);
/// Pauses that nobody asked for grow up to this, or to the first one if that is longer: an outage of hours is to be
/// over for the desk soon after it is over.
const LONGEST_UNASKED: TimeDelta = TimeDelta::minutes(5);

/// Closed: everything passes. Open: nothing does, until a time. Then half open: one call is out to see whether it is over.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    threshold: u32,
    pause: TimeDelta,
    /// How long the one call that tries may take: after that another one may, as the first was dropped.
    trial: TimeDelta,
    /// Failures in a row that nobody announced.
    failures: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: DateTime<Utc> },
    HalfOpen { until: DateTime<Utc> },
}

impl Breaker {
    /// One that opens for `pause` after `threshold` failures in a row, and for twice as long each time the trial fails.
    pub(super) fn new(threshold: u32, pause: TimeDelta, trial: TimeDelta) -> Self {
        let pause = pause.clamp(TimeDelta::milliseconds(1), LONGEST);
        Self { threshold: threshold.max(1), pause, trial, failures: 0, state: State::Closed }
    }

    /// Lets a call pass, or says how long to wait.
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        match self.state {
            State::Closed => Ok(()),
            State::Open { until } | State::HalfOpen { until } => {
                let wait = until - now;
                // A wait that is longer than any is one from before the clock was set back.
                if wait > TimeDelta::zero() && wait <= LONGEST {
                    return Err(wait);
                }
                self.state = State::HalfOpen { until: now + self.trial };
                Ok(())
            }
        }
    }

    /// The endpoint answered as it should.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.state) = (0, State::Closed);
    }

    /// It did not, or asked to be left alone for a while, which is done at once and is no failure: it knows best when
    /// it is back. Returns whether it was closed and is not any more.
    pub(super) fn failed(&mut self, now: DateTime<Utc>, asked: Option<TimeDelta>) -> bool {
        let before = self.state;
        let asked = asked.filter(|asked| *asked > TimeDelta::zero()).map(|asked| now + asked.min(LONGEST));
        self.state = match (asked, before) {
            // Calls from before it opened: they may lengthen the wait, and count for nothing.
            (Some(until), State::Open { until: earlier }) => State::Open { until: until.max(earlier) },
            (None, State::Open { .. }) => before,
            (Some(until), State::Closed | State::HalfOpen { .. }) => State::Open { until },
            (None, State::Closed | State::HalfOpen { .. }) => {
                self.failures = self.failures.saturating_add(1);
                match self.failures.checked_sub(self.threshold) {
                    None => State::Closed,
                    Some(over) => State::Open { until: now + self.pause_of(over) },
                }
            }
        };
        before == State::Closed && self.state != State::Closed
    }

    /// The pause after the trial has failed `over` times.
    fn pause_of(&self, over: u32) -> TimeDelta {
        let longest = self.pause.max(LONGEST_UNASKED);
        let doubled = 1_i32.checked_shl(over).filter(|doubled| *doubled > 0);
        doubled
            .and_then(|doubled| self.pause.checked_mul(doubled))
            .map_or(longest, |pause| pause.min(longest))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }
}

#[cfg(test)]
#[path = "breaker_test.rs"]
mod tests;
