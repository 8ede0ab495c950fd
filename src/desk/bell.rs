//! A bell in this process: whoever schedules work that is due wakes the workers that wait for the time to pass.
//!
//! A hint and no more. What is due is in the store, and is looked for whether or not anybody rang.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Counts how often it was rung, so that a ring while nobody waits is heard by the next who does.
#[derive(Default)]
pub(super) struct Bell {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rings: u64,
    /// The next number for one who waits.
    next: u64,
    waiting: BTreeMap<u64, Waker>,
}

impl Bell {
    /// How often it was rung. Ask before looking for work; then wait for [`Bell::after`] it.
    pub(super) fn rings(&self) -> u64 {
        self.lock().rings
    }

    /// Wakes all who wait.
    pub(super) fn ring(&self) {
        let waiting = {
            let mut state = self.lock();
            state.rings = state.rings.wrapping_add(1);
            std::mem::take(&mut state.waiting)
        };
        waiting.into_values().for_each(Waker::wake);
    }

    /// Waits until it was rung more often than `heard` times.
    pub(super) fn after(&self, heard: u64) -> Waiting<'_> {
        Waiting { bell: self, heard, number: None }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A count and a list are whole whatever their holder did.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits; leaves the list when dropped.
pub(super) struct Waiting<'a> {
    bell: &'a Bell,
    heard: u64,
    number: Option<u64>,
}

impl Future for Waiting<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.bell.lock();
        if state.rings != self.heard {
            return Poll::Ready(());
        }
        let number = self.number.unwrap_or(state.next);
        if self.number.is_none() {
            state.next = state.next.wrapping_add(1);
        }
        state.waiting.insert(number, context.waker().clone());
        drop(state);
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.bell.lock().waiting.remove(&number);
        }
    }
}
