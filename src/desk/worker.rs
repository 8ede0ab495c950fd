//! The loop around due work. The host runs it; the library spawns nothing and sleeps by the host's means.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use futures::future::{join, join_all};

use super::Desk;
use super::due::HOST_AT_ONCE;
use crate::ports::WorkKinds;

/// How much is claimed at once of the library's own work.
const BATCH: usize = 64;

impl Desk {
    /// Does due work for ever: summaries, deliveries, sweeps, deadlines, and what a crash left.
    ///
    /// `sleep` is the host's timer. The worker looks at least every `idle`, and sooner if something is due. The
    /// library's own work never waits for the summarizer or a sink, and no sink for another; a call of theirs that takes longer than half
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
        let own = self.work_on(Self::own_kinds(), BATCH, idle, &sleep);
        let host = self.host_kinds();
        let host = host.into_iter().map(|kinds| self.work_on(kinds, HOST_AT_ONCE, idle, &sleep));
        let (never, _) = join(own, join_all(host)).await;
        never
    }

    async fn work_on<S, F>(&self, kinds: WorkKinds, batch: usize, idle: Duration, sleep: &S) -> Infallible
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        let half = self.inner.settings.lease.to_std().unwrap_or(idle) / 2;
        loop {
            let report = self.run_kinds(kinds.clone(), batch, || sleep(half)).await.ok();
            let due = report.and_then(|report| report.next).map(|next| next - self.now());
            let wait = due.map_or(idle, |due| due.to_std().unwrap_or_default().min(idle));
            if !wait.is_zero() {
                sleep(wait).await;
            }
        }
    }
}
