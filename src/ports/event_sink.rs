//! Where committed events go.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::SinkError;
use crate::event::Event;

/// Gets committed events: at least once, in order per conversation; a repeat carries the same ids.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventSink: Debug + Send + Sync + 'static {
    /// Takes `events`, all of one conversation, by ascending sequence.
    ///
    /// # Errors
    ///
    /// [`SinkError`]: all of them are delivered again later.
    async fn deliver(&self, events: &[Event]) -> Result<(), SinkError>;
}
