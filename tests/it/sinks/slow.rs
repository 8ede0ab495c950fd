//! A sink too slow for a whole page.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use escalate::{Event, EventSink, SinkError};

/// In the time it is given it takes so many events; with more it fails, as one that the worker drops.
#[derive(Clone, Debug)]
pub(super) struct Slow {
    pub(super) most: usize,
    pub(super) got: Arc<Mutex<Vec<u64>>>,
}

#[async_trait]
impl EventSink for Slow {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        if events.len() > self.most {
            return Err(SinkError::new("too much"));
        }
        self.got.lock().unwrap().extend(events.iter().map(|event| event.sequence.0));
        Ok(())
    }
}
