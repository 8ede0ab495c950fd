//! Time that moves when a test says so, and ids that count.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::ports::{Clock, IdSource};

/// A clock that stands still until it is moved. A clone is the same clock.
///
/// ```
/// use chrono::{DateTime, TimeDelta};
/// use escalate::Clock;
/// use escalate::testkit::ManualClock;
///
/// let clock = ManualClock::at(DateTime::UNIX_EPOCH);
/// let held_by_the_desk = clock.clone();
/// clock.advance(TimeDelta::minutes(5));
/// assert_eq!(held_by_the_desk.now(), DateTime::UNIX_EPOCH + TimeDelta::minutes(5));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: Arc::new(Mutex::new(now)) }
    }

    /// Moves it by `span`; a negative one moves it back, as a corrected system clock does.
    ///
    /// # Panics
    ///
    /// If the calendar has no such instant.
    pub fn advance(&self, span: TimeDelta) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now += span;
    }

    /// Sets it to `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// UUIDs that count up from 1, so that a run reads the same every time. A clone goes on counting with it.
///
/// ```
/// use escalate::IdSource;
/// use escalate::testkit::SequentialIds;
///
/// let ids = SequentialIds::new();
/// assert_eq!([ids.uuid(), ids.clone().uuid()].map(|uuid| uuid.as_u128()), [1, 2]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SequentialIds {
    used: Arc<AtomicU64>,
}

impl SequentialIds {
    /// A source whose first UUID is 1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl IdSource for SequentialIds {
    fn uuid(&self) -> Uuid {
        let used = self.used.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(u128::from(used) + 1)
    }
}
