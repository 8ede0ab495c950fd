//! Time and ids come in from outside.

use std::fmt::Debug;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current instant, UTC. The desk cuts it to microseconds, the precision every store keeps.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "a name and nothing else")]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// Makes ids.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdSource: Debug + Send + Sync + 'static {
    /// A UUID that no other call, on any machine, returns.
    fn uuid(&self) -> Uuid;
}

/// UUIDs of version 7 (RFC 9562, section 5.7): random, and ordered by time, which keeps index pages together.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "a name and nothing else")]
pub struct TimeOrderedIds;

impl IdSource for TimeOrderedIds {
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
