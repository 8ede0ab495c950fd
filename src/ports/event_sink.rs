//! Where committed events go.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::SinkError;
use crate::event::Event;

/// Gets committed events: at least once, in order per conversation; a repeat carries the same ids.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventSink: Debug + Send + Sync + 'static {
    /// Takes `events`, all of one conversation, by ascending sequence. `attempt` is how often delivery of this
    /// conversation to this sink failed since it last got something of it: 0 at first. It is kept with the work, so
    /// it counts on over restarts and from machine to machine; a worker that died on the way counts as a failure.
    ///
    /// # Errors
    ///
    /// [`SinkError`]: all of them are delivered again later, when it says so.
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError>;
}
