//! One budget for a summary: time, and attempts.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, sleep};

use super::Settings;
use crate::id::TicketId;

/// The first wait after a failure that says nothing about when to come back.
const FIRST: TimeDelta = TimeDelta::milliseconds(500);

/// What is left of it.
pub(super) struct Budget {
    ends: Instant,
    /// How long an attempt may take that has the whole budget before it.
    whole: Duration,
    settings: Settings,
    spent: u32,
    ticket: TicketId,
}

impl Budget {
    /// What the settings allow, or who asks, whichever is less.
    pub(super) fn begin(settings: Settings, within: Option<Duration>, ticket: TicketId) -> Self {
        let time = within.map_or(settings.timeout, |within| within.min(settings.timeout));
        let whole = time.min(settings.attempt_timeout);
        Self { ends: Instant::now() + time, whole, settings, spent: 0, ticket }
    }

    /// How many attempts were made.
    pub(super) const fn spent(&self) -> u32 {
        self.spent
    }

    /// Whether there is an attempt left, and time for it.
    pub(super) fn is_left(&self) -> bool {
        self.spent < self.settings.attempts && Instant::now() < self.ends
    }

    /// Takes one attempt; it may last as long as is returned.
    pub(super) fn spend(&mut self) -> Duration {
        self.spent = self.spent.saturating_add(1);
        self.ends.saturating_duration_since(Instant::now()).min(self.settings.attempt_timeout)
    }

    /// Whether an attempt that may last so long tells something of the endpoint by timing out: half of what the first
    /// one gets. One at the end of the budget would have failed at a healthy endpoint too.
    pub(super) fn is_fair(&self, attempt: Duration) -> bool {
        attempt >= self.whole / 2
    }

    /// Waits, if there is time left after it; else returns false at once.
    pub(super) async fn wait(&self, wait: TimeDelta) -> bool {
        // A clock of milliseconds may be just before what was asked for.
        let wait = wait.to_std().unwrap_or_default() + Duration::from_millis(1);
        if wait >= self.ends.saturating_duration_since(Instant::now()) {
            return false;
        }
        sleep(wait).await;
        true
    }

    /// Twice as long after each attempt, and up to a fifth more, so that what failed together does not come back
    /// together; it follows from the ticket's id, so the library needs no source of randomness.
    pub(super) fn backoff(&self) -> TimeDelta {
        let doubled = FIRST * (1_i32 << self.spent.saturating_sub(1).min(10));
        let mut hasher = DefaultHasher::new();
        (self.ticket, self.spent).hash(&mut hasher);
        let thousandths = i32::try_from(hasher.finish() % 200).unwrap_or_default();
        doubled + doubled * thousandths / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelSummarizer;

    #[test]
    fn no_timeout_is_too_long() {
        let builder = ModelSummarizer::openai("http://localhost", "m", tls());
        let summarizer = builder.timeout(Duration::MAX).attempt_timeout(Duration::MAX).build().unwrap();
        let mut budget = Budget::begin(summarizer.settings, None, TicketId::from_u128(1));
        assert!(budget.is_left());
        assert!(budget.spend() > Duration::from_secs(3600));
    }

    #[test]
    fn who_asks_may_shorten_it_and_not_lengthen_it() {
        let settings = Settings::default();
        for (within, most) in [(None, 25), (Some(60), 25), (Some(9), 9), (Some(0), 0)] {
            let most = Duration::from_secs(most);
            let budget = Budget::begin(settings, within.map(Duration::from_secs), TicketId::from_u128(1));
            let left = budget.ends.saturating_duration_since(Instant::now());
            assert!(left <= most && left + Duration::from_secs(9) > most, "{within:?}: {left:?}");
        }
    }

    #[test]
    fn an_attempt_at_the_end_of_the_budget_tells_nothing_of_the_endpoint() {
        let budget = Budget::begin(Settings::default(), None, TicketId::from_u128(1));
        let fair = |seconds| budget.is_fair(Duration::from_secs(seconds));
        // 15 seconds, and what is left of 25 after that.
        assert!(fair(15) && fair(9) && !fair(7));
        let short = Budget::begin(Settings::default(), Some(Duration::from_secs(4)), TicketId::from_u128(1));
        assert!(short.is_fair(Duration::from_secs(4)), "all that it can get");
    }

    fn tls() -> rustls::ClientConfig {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    }
}
