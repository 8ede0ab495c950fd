//! Where committed events go.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::SinkError;
use crate::event::Event;

/// Gets committed events: at least once, in order per conversation; a repeat carries the same ids.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventSink: Debug + Send + Sync + 'static {
    /// Takes `events`, all of one conversation, by ascending sequence. `attempt` is how often delivery failed
    /// since something was last delivered of this conversation: 0 at first.
    ///
    /// # Errors
    ///
    /// [`SinkError`]: all of them are delivered again later, when it says so.
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError>;
}
