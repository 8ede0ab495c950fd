//! Counts the steps of a run, and halts it for the test that kills it.
//!
//! A process that went on by itself could be through before the kill reaches it. This one says when it has taken
//! its last step, while the other dialogues are in the middle of theirs, and stays there.

use std::future::pending;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps taken by all dialogues together: each is something that is durable by now.
#[derive(Debug)]
pub(crate) struct Steps {
    last: Option<u64>,
    taken: AtomicU64,
}

impl Steps {
    /// At most `last` of them; `None`: as many as there are.
    pub(crate) const fn up_to(last: Option<u64>) -> Self {
        Self { last, taken: AtomicU64::new(0) }
    }

    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Takes a step. Does not return from the last one, nor from any after it.
    pub(crate) async fn take(&self) {
        let taken = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(last) = self.last else { return };
        if taken == last {
            // Nobody to tell: then nobody kills it either.
            let _ = writeln!(std::io::stderr().lock(), "halted");
        }
        if taken >= last {
            pending::<()>().await;
        }
    }
}
