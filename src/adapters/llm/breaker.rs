//! When an endpoint is left alone. A state and nothing else: the time comes in.

use chrono::{DateTime, TimeDelta, Utc};

/// No pause is longer, whatever an endpoint asks for.
pub(super) const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Closed: everything passes. Open: nothing does, until a time. Half open: one call is out to see whether it is over.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    threshold: u32,
    pause: TimeDelta,
    /// How long the one call that tries may take: after that another one may, as the first was dropped.
    trial: TimeDelta,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: DateTime<Utc>, pause: TimeDelta },
    HalfOpen { until: DateTime<Utc>, pause: TimeDelta },
}

impl Breaker {
    /// One that opens for `pause` after `threshold` failures in a row, and for twice as long each time the trial fails.
    pub(super) fn new(threshold: u32, pause: TimeDelta, trial: TimeDelta) -> Self {
        let pause = pause.clamp(TimeDelta::milliseconds(1), LONGEST);
        Self { threshold: threshold.max(1), pause, trial, state: State::Closed { failures: 0 } }
    }

    /// Lets a call pass, or says how long to wait.
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        match self.state {
            State::Closed { .. } => Ok(()),
            State::Open { until, pause } | State::HalfOpen { until, pause } => {
                let wait = until - now;
                // A wait that is longer than any is one from before the clock was set back.
                if wait > TimeDelta::zero() && wait <= LONGEST {
                    return Err(wait);
                }
                self.state = State::HalfOpen { until: now + self.trial, pause };
                Ok(())
            }
        }
    }

    /// The endpoint answered as it should.
    pub(super) fn succeeded(&mut self) {
        self.state = State::Closed { failures: 0 };
    }

    /// It did not, or asked to be left alone for a while. Returns whether it was closed and is not any more.
    pub(super) fn failed(&mut self, now: DateTime<Utc>, asked: Option<TimeDelta>) -> bool {
        let asked = asked.filter(|asked| *asked > TimeDelta::zero()).map(|asked| asked.min(LONGEST));
        let (next, is_new) = match self.state {
            State::Closed { failures } => {
                let failures = failures.saturating_add(1);
                if failures < self.threshold && asked.is_none() {
                    (State::Closed { failures }, false)
                } else {
                    let until = now + asked.unwrap_or(self.pause);
                    (State::Open { until, pause: self.pause }, true)
                }
            }
            State::HalfOpen { pause, .. } => {
                let pause = pause.checked_mul(2).map_or(LONGEST, |pause| pause.min(LONGEST));
                (State::Open { until: now + asked.unwrap_or(pause), pause }, false)
            }
            // A call from before it opened: what it was asked may lengthen the wait.
            State::Open { until, pause } => {
                let longer = asked.map_or(until, |asked| until.max(now + asked));
                (State::Open { until: longer, pause }, false)
            }
        };
        self.state = next;
        is_new
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }
}

#[cfg(test)]
#[path = "breaker_test.rs"]
mod tests;
