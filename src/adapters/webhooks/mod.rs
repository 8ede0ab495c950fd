//! Webhooks after the [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks) specification,
//! version 1.0.0, with symmetric signatures.
//!
//! # What a receiver gets
//!
//! A `POST` for each event, in order per conversation, at least once; a repeat carries the same `webhook-id`, which
//! is the event's id. The body is `{"type", "timestamp", "data"}`: the type is `ticket.` and
//! [`EventKind::as_str`](crate::EventKind::as_str), the timestamp is the event's (RFC 3339, UTC), the data is the
//! [`Event`] as the timeline has it: ids and codes, no customer's words. `webhook-timestamp` is the attempt's.
//!
//! # What its answer means
//!
//! | answer | meaning |
//! | --- | --- |
//! | 2xx | taken |
//! | 410 | the endpoint gets disabled at once |
//! | anything else, a redirect included, or none in time | failed; tried again after 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h, and up to a fifth more |
//! | 429, 502, 503, 504, none | as above; and for 5 s no other conversation calls, but waits as if it had failed |
//! | with `Retry-After` | the wait is at least that, at most 24 h and a fifth; for 429 and 50x that of the others too |
//!
//! When the tenth attempt of one event has failed, after three days, the endpoint gets disabled.
//!
//! # Disabled
//!
//! A disabled endpoint is not called. Its events are *not* passed over: they stay due and in the timeline, and
//! [`WebhookSink::enable`] lets them go out, in order, within an hour; those of a conversation in which something
//! happens go out then, and those that had failed before when the table says. To give up on them instead, build the desk without the sink. Being disabled is the
//! process's own knowledge: keep it in your database with the endpoint ([`WebhookSinkBuilder::on_disabled`]), and
//! tell other nodes and later runs ([`WebhookSink::disable`]).
//!
//! # What it does not do
//!
//! It follows no redirect, reads no environment variable, goes through no proxy, reads no body of an answer that is
//! longer than 4 KiB, and connects to no address that is not [public](is_public_address), whatever a name resolves
//! to. It spawns no thread; but the HTTP client behind it, reqwest, needs Tokio: the desk's worker has to run in a
//! runtime of the host's with I/O and time enabled.

mod address;
mod builder;
mod fault;
mod progress;
mod request;
mod resolve;
mod schedule;
mod secret;

pub use self::address::is_public_address;
pub use self::builder::{InvalidEndpoint, WebhookSinkBuilder};
pub use self::secret::{InvalidSecret, WebhookSecret};

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use rustls::ClientConfig;

use self::builder::{OnDisabled, Wanted};
use self::fault::Fault;
use self::progress::{Progress, Standing};
use self::request::Endpoint;
use self::secret::Secrets;
use crate::error::SinkError;
use crate::event::Event;
use crate::id::{EventId, Place};
use crate::ports::{Clock, EventSink};

/// Sends events to one endpoint. A clone is the same sink: keep one to look after the endpoint.
///
/// ```no_run
/// # fn tls() -> rustls::ClientConfig { unimplemented!() }
/// # fn secret() -> String { unimplemented!() }
/// # fn host() -> Result<(), Box<dyn std::error::Error>> {
/// use escalate::adapters::webhooks::WebhookSink;
/// use escalate::WorkspaceId;
///
/// let acme = WorkspaceId::from_u128(1);
/// let hooks = WebhookSink::builder("https://acme.example/hooks", secret().parse()?, tls())
///     .only(move |event| event.workspace == acme)
///     .on_disabled(|disabled| eprintln!("{} takes no more webhooks: {:?}", disabled.host, disabled.because))
///     .build()?;
/// // let desk = Desk::builder(…).sink("hooks".parse()?, hooks.clone()).lease(TimeDelta::minutes(1)).build();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct WebhookSink {
    inner: Arc<Inner>,
}

struct Inner {
    endpoint: Endpoint,
    wanted: Wanted,
    on_disabled: OnDisabled,
    clock: Arc<dyn Clock>,
    timeout: Duration,
    state: Mutex<State>,
}

struct State {
    secrets: Secrets,
    is_disabled: bool,
    paused_until: Option<DateTime<Utc>>,
    progress: Progress,
}

/// That an endpoint was disabled, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disabled {
    /// The endpoint's host, with its port if that is not the usual one.
    pub host: String,
    /// Why.
    pub because: Because,
    /// The conversation of the event that was not taken.
    pub place: Place,
    /// The event that was not taken, and is still due.
    pub event: EventId,
}

/// Why an endpoint was disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Because {
    /// It answered 410: it wants no more webhooks.
    Gone,
    /// The last attempt of the table failed.
    Exhausted,
}

impl WebhookSink {
    /// A sink for the endpoint at `url`, signing with `secret`.
    ///
    /// `tls` is the host's own configuration with its own cryptography and roots of trust; its list of application
    /// protocols is replaced.
    pub fn builder(url: &str, secret: WebhookSecret, tls: ClientConfig) -> WebhookSinkBuilder {
        WebhookSinkBuilder::new(url, secret, tls)
    }

    /// Whether it is disabled.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.state().is_disabled
    }

    /// Stops calling the endpoint, as if it had answered 410: when its owner asks for it, or when another node or an
    /// earlier run has found that it is gone. [`WebhookSinkBuilder::on_disabled`] is not called.
    pub fn disable(&self) {
        self.state().is_disabled = true;
    }

    /// Lets events go out again, beginning with those that are still due, and every table of retries from the start.
    pub fn enable(&self) {
        let mut state = self.state();
        state.is_disabled = false;
        state.paused_until = None;
        state.progress.begin_anew();
    }

    /// Signs with `secret` from now on, and with the one before it too until
    /// [`retire_previous_secret`](Self::retire_previous_secret), so that the receiver can change over in between.
    pub fn rotate_secret(&self, secret: WebhookSecret) {
        let mut state = self.state();
        let before = std::mem::replace(&mut state.secrets.current, secret);
        state.secrets.previous = Some(before);
    }

    /// Signs with the current secret only.
    pub fn retire_previous_secret(&self) {
        self.state().secrets.previous = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses while no request may be made; else says where the delivery stands.
    fn begin(&self, first: &Event, attempt: u32) -> Result<Standing, SinkError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(SinkError::new(Fault::NoRuntime));
        }
        self.secrets()?;
        let now = self.inner.clock.now();
        let mut state = self.state();
        let standing = state.progress.standing(first.place(), first.sequence, attempt);
        let pause = state.paused_until.map(|until| until - now);
        // A pause that is longer than any is one from before the clock was set back.
        let is_paused = |pause: &TimeDelta| *pause > TimeDelta::zero() && *pause <= schedule::LONGEST;
        if let Some(pause) = pause.filter(is_paused) {
            // It counts as a failure, so that many conversations do not come back every few seconds; but only an
            // attempt can be the last one.
            state.progress.keep(first.place(), standing);
            let wait = schedule::wait(attempt.saturating_sub(standing.base), first.id, Some(pause));
            let fault = Fault::Throttled { host: self.inner.endpoint.host.clone() };
            return Err(SinkError::new(fault).retry_after(wait.unwrap_or(schedule::LONGEST)));
        }
        Ok(standing)
    }

    /// Answers for a failed attempt of `event`.
    fn failed(&self, event: &Event, attempt: u32, standing: Standing, fault: Fault) -> SinkError {
        let nth = attempt.saturating_sub(standing.base);
        let now = self.inner.clock.now();
        let wait = schedule::wait(nth, event.id, fault.asked());
        // A worker that died, or dropped a call, counts as a failure too: without as much time there were fewer.
        let wait = wait.or_else(|| (now - event.at < schedule::TABLE).then_some(schedule::LONGEST));
        let because = match fault.status() {
            Some(StatusCode::GONE) => Some(Because::Gone),
            _ if wait.is_none() => Some(Because::Exhausted),
            _ => None,
        };
        let mut state = self.state();
        state.progress.keep(event.place(), standing);
        if fault.is_of_the_endpoint() {
            let until = Some(now + fault.asked().unwrap_or(schedule::PAUSE));
            let longer = state.paused_until.filter(|until| *until - now <= schedule::LONGEST);
            state.paused_until = until.max(longer);
        }
        let was_disabled = state.is_disabled;
        state.is_disabled |= because.is_some();
        drop(state);
        if let Some(because) = because.filter(|_| !was_disabled) {
            let host = self.inner.endpoint.host.clone();
            tracing::warn!(host, ?because, "a webhook endpoint was disabled; its events stay due");
            (self.inner.on_disabled)(&Disabled { host, because, place: event.place(), event: event.id });
        }
        match wait.filter(|_| because.is_none()) {
            Some(wait) => SinkError::new(fault).retry_after(wait),
            // Should it be enabled again, be it by a restart, its table begins anew.
            None => SinkError::new(fault).retry_after(schedule::WHILE_DISABLED).untried(),
        }
    }

    /// The secrets, unless the endpoint is disabled.
    fn secrets(&self) -> Result<Secrets, SinkError> {
        let state = self.state();
        if state.is_disabled {
            let fault = Fault::Disabled { host: self.inner.endpoint.host.clone() };
            return Err(SinkError::new(fault).retry_after(schedule::WHILE_DISABLED).untried());
        }
        Ok(state.secrets.clone())
    }

    /// Answers that a part was delivered in the time there is for one call, and the rest is due at once.
    fn unfinished(&self) -> SinkError {
        let fault = Fault::Unfinished { host: self.inner.endpoint.host.clone() };
        SinkError::new(fault).retry_after(TimeDelta::zero()).untried()
    }
}

#[async_trait]
impl EventSink for WebhookSink {
    async fn deliver(&self, events: &[Event], attempt: u32) -> Result<(), SinkError> {
        let inner = &*self.inner;
        let wanted: Vec<&Event> = events.iter().filter(|event| (inner.wanted)(event)).collect();
        let Some(first) = wanted.first() else { return Ok(()) };
        let mut standing = self.begin(first, attempt)?;
        // A bound on waiting for the network, not a fact about anything: so it is no matter for the clock.
        let started = Instant::now();
        let delivered = standing.delivered;
        let mut has_moved = false;
        for event in wanted.iter().filter(|event| event.sequence > delivered) {
            let left = inner.timeout.saturating_sub(started.elapsed());
            // With less, a slow receiver would be cut off while it takes the event, and get it twice.
            if left < inner.timeout / 2 && has_moved {
                return Err(self.unfinished().taken_up_to(standing.delivered));
            }
            let secrets = match self.secrets() {
                Ok(secrets) => secrets,
                Err(disabled) if has_moved => return Err(disabled.taken_up_to(standing.delivered)),
                Err(disabled) => return Err(disabled),
            };
            // Where attempts are counted from if the worker drops this call.
            let next = if has_moved { attempt.saturating_add(1) } else { standing.base.saturating_add(1) };
            let dropped =
                Dropped { sink: self, place: event.place(), standing: Standing { base: next, ..standing } };
            let answer = inner.endpoint.post(event, &secrets, inner.clock.now(), left).await;
            std::mem::forget(dropped);
            match answer {
                Ok(()) => {
                    has_moved = true;
                    // The worker's count begins again behind it.
                    standing = Standing { delivered: event.sequence, base: 0 };
                    self.state().progress.keep(event.place(), standing);
                }
                // It was given less time than is its due.
                Err(Fault::TimedOut { .. }) if has_moved => {
                    return Err(self.unfinished().taken_up_to(standing.delivered));
                }
                Err(fault) if has_moved => {
                    return Err(self.failed(event, 0, standing, fault).taken_up_to(standing.delivered));
                }
                Err(fault) => return Err(self.failed(event, attempt, standing, fault)),
            }
        }
        self.state().progress.forget(first.place());
        Ok(())
    }
}

/// A call that the worker has dropped is counted by it as a failure, and is none of this table.
struct Dropped<'a> {
    sink: &'a WebhookSink,
    place: Place,
    standing: Standing,
}

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.sink.state().progress.keep(self.place, self.standing);
    }
}

impl State {
    fn new(secrets: Secrets) -> Self {
        Self { secrets, is_disabled: false, paused_until: None, progress: Progress::default() }
    }
}

impl fmt::Debug for WebhookSink {
    // Neither the address nor the secret: hosts print their state with `{:?}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("WebhookSink");
        shown.field("host", &self.inner.endpoint.host).field("is_disabled", &self.is_disabled());
        shown.finish_non_exhaustive()
    }
}
