//! What the desk tells the host.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use escalate::{Event, EventSink, SinkError};

/// Keeps events until the simulation asks for them. A clone is the same one.
///
/// This is how the people here learn that they have a ticket: from the events, as the pages of a host would.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<Event>>>);

impl Heard {
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl EventSink for Heard {
    async fn deliver(&self, events: &[Event], _attempt: u32) -> Result<(), SinkError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(events);
        Ok(())
    }
}
