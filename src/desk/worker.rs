//! The loop around due work. The host runs it; the library spawns nothing and sleeps by the host's means.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use futures::future::{Either, select};
use futures::pin_mut;

use super::Desk;

/// How much is claimed at once.
const BATCH: usize = 64;

impl Desk {
    /// Does due work for ever: summaries, deliveries, sweeps, deadlines, and what a crash left.
    ///
    /// `sleep` is the host's timer. The worker looks at least every `idle`, and sooner if something is due.
    /// Whatever takes longer than the [lease](crate::DeskBuilder::lease) is dropped and done again later.
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
        let lease = self.inner.settings.lease.to_std().unwrap_or(idle);
        loop {
            let report = {
                let (run, bound) = (self.run_due(BATCH), sleep(lease));
                pin_mut!(run, bound);
                match select(run, bound).await {
                    Either::Left((report, _)) => report.ok(),
                    // What hung is due again when its lease has run out, which is now.
                    Either::Right(_) => None,
                }
            };
            let due = report.and_then(|report| report.next).map(|next| next - self.now());
            let wait = due.map_or(idle, |due| due.to_std().unwrap_or_default().min(idle));
            if !wait.is_zero() {
                sleep(wait).await;
            }
        }
    }
}
