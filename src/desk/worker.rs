//! The loop around due work. The host runs it; the library spawns nothing and sleeps by the host's means.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use futures::future::{join_all, pending, select};
use futures::pin_mut;

use super::Desk;
use super::due::Crew;
use crate::ports::WorkKind;

impl Desk {
    /// Does due work for ever: summaries, deliveries, sweeps, deadlines, and what a crash left.
    ///
    /// `sleep` is the host's timer. The worker looks at least every `idle`, and sooner if something is due; at once
    /// for what this desk or a clone of it schedules, and when [`Desk::wake`] is called. The library's own work never
    /// waits for the summarizer or a sink, and no sink for another; a call of theirs that takes longer than half
    /// the [lease](crate::DeskBuilder::lease) is dropped, and made again later.
    ///
    /// ```no_run
    /// # async fn host(desk: escalate::Desk) {
    /// use std::time::Duration;
    /// tokio::spawn(async move { desk.work(Duration::from_secs(1), tokio::time::sleep).await });
    /// # }
    /// ```
    ///
    /// # Cancel safety
    ///
    /// Drop it at any time: each piece of work is done, or done again after its lease by whoever comes next.
    pub async fn work<S, F>(&self, idle: Duration, sleep: S) -> Infallible
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        join_all(self.inner.crews.iter().map(|crew| self.work_in(crew, idle, &sleep))).await;
        // No crew ever ends.
        pending().await
    }

    /// Has the workers of this desk, and of its clones, look for due work at once. Nothing is lost without it: a
    /// worker looks by itself after its `idle`. Call it when something outside tells of work that another machine
    /// has scheduled. Cheap, and harmless as often as you like.
    pub fn wake(&self) {
        self.inner.crews.iter().for_each(|crew| crew.bell.ring());
    }

    /// Wakes those who do work of these kinds.
    pub(super) fn ring_for(&self, kinds: &[WorkKind]) {
        let crews = self.inner.crews.iter();
        let meant = crews.filter(|crew| kinds.iter().any(|kind| crew.kinds.contains(kind)));
        meant.for_each(|crew| crew.bell.ring());
    }

    async fn work_in<S, F>(&self, crew: &Crew, idle: Duration, sleep: &S) -> Infallible
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let half = self.inner.settings.lease.to_std().unwrap_or(idle) / 2;
        loop {
            // Before looking: what is rung for from here on may have been scheduled after the look.
            let heard = crew.bell.rings();
            let report = self.run_kinds(crew.kinds.clone(), crew.batch, || sleep(half)).await;
            let report = report.inspect_err(|error| {
                let reason = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
                tracing::warn!(%error, reason, "the worker cannot claim due work; it looks again");
            });
            let due = report.ok().and_then(|report| report.next).map(|next| next - self.now());
            let wait = due.map_or(idle, |due| due.to_std().unwrap_or_default().min(idle));
            if wait.is_zero() {
                // A store in memory and a sink that refuses at once never wait: without this, nobody else has a turn.
                step_aside().await;
            } else {
                let (pause, rung) = (sleep(wait), crew.bell.after(heard));
                pin_mut!(pause, rung);
                select(pause, rung).await;
            }
        }
    }
}

/// Lets whatever shares this task or its thread go on, once.
async fn step_aside() {
    let mut has_stepped = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_stepped, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
