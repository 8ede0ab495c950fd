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
    settings: Settings,
    spent: u32,
    ticket: TicketId,
}

impl Budget {
    pub(super) fn begin(settings: Settings, ticket: TicketId) -> Self {
        Self { ends: Instant::now() + settings.timeout, settings, spent: 0, ticket }
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
        let mut budget = Budget::begin(summarizer.settings, TicketId::from_u128(1));
        assert!(budget.is_left());
        assert!(budget.spend() > Duration::from_secs(3600));
    }

    fn tls() -> rustls::ClientConfig {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().unwrap();
        config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
    }
}
