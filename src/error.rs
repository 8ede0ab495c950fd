//! Errors: what failed, as opposed to a [`Refusal`], which is what was not allowed.

use chrono::TimeDelta;
use thiserror::Error;

use crate::control::Refusal;
use crate::event::EventSequence;
use crate::key::Key;

/// Any error of an adapter's driver.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a store, repository or roster reports.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The place has moved past the revision the caller had read. *Handling:* read and decide again.
    #[error("the conversation moved past the revision this change was decided on")]
    Conflict,
    /// There is none in this workspace (N3). *Handling:* check the id and the workspace.
    #[error("no such {entity} in this workspace")]
    NotFound {
        /// What was looked for: `conversation`, `ticket`, `teammate`.
        entity: &'static str,
    },
    /// The key has been used in this conversation with other content. *Handling:* a fault of the caller: derive
    /// the key from the content's own id.
    #[error("key {key} has been used in this conversation for something else")]
    KeyReused {
        /// The key.
        key: Key,
    },
    /// The lease ran out and another worker has the work. *Handling:* drop the result.
    #[error("another worker has taken this work over")]
    ClaimLost,
    /// The backend failed; nothing was written, unless the operation's documentation says that is unknown.
    /// *Handling:* try again under the same key.
    #[error("the {backend} store failed to {operation}")]
    Backend {
        /// Which adapter.
        backend: &'static str,
        /// What it was doing.
        operation: &'static str,
        /// The driver's own error.
        source: BoxError,
    },
}

impl StoreError {
    /// A failure of the backend; for adapters, in this crate and outside it.
    pub fn backend(backend: &'static str, operation: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Backend { backend, operation, source: source.into() }
    }

    /// Whether reading and deciding again may help.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict)
    }
}

/// What a summarizer reports. An escalation never fails because of it (S1).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SummarizeError {
    /// The model or its transport failed; it is tried again later.
    #[error("the summarizer failed")]
    Backend(#[source] BoxError),
    /// The model is down, or asks to be left alone: it is asked again, and this counts as no attempt.
    #[error("the summarizer cannot work now")]
    Unavailable {
        /// For how long to leave it alone, if it said so.
        wait: Option<chrono::TimeDelta>,
    },
    /// It will never succeed for this transcript; it is not tried again.
    #[error("the summarizer gave up: {reason}")]
    Permanent {
        /// Why, without the customer's words.
        reason: &'static str,
    },
}

/// What an assignment policy reports. The ticket waits, and the worker asks again (E4).
#[derive(Debug, Error)]
#[error("the assignment policy failed")]
#[allow(clippy::exhaustive_structs, reason = "policies build it")]
pub struct AssignmentError(#[source] pub BoxError);

/// What an event sink reports. The events are delivered again later, in order.
///
/// ```
/// use chrono::TimeDelta;
/// use escalate::SinkError;
/// let busy = SinkError::new("503 Service Unavailable").retry_after(TimeDelta::minutes(5));
/// assert_eq!(busy.wait(), Some(TimeDelta::minutes(5)));
/// ```
#[derive(Debug, Error)]
#[error("the event sink failed")]
pub struct SinkError {
    #[source]
    source: BoxError,
    wait: Option<TimeDelta>,
    taken: Option<EventSequence>,
    is_untried: bool,
}

impl SinkError {
    /// A failure for this reason, which is logged: keep customers' words and secrets out of it.
    pub fn new(source: impl Into<BoxError>) -> Self {
        Self { source: source.into(), wait: None, taken: None, is_untried: false }
    }

    /// The longest wait that is kept to: 7 days.
    pub const LONGEST_WAIT: TimeDelta = TimeDelta::days(7);

    /// Asks for the next attempt after `wait`, instead of the worker's own, which doubles from one second to 256.
    /// From nothing to [`SinkError::LONGEST_WAIT`]; what is beyond counts as the nearest of the two. Nothing that
    /// happens in the conversation meanwhile brings the attempt forward.
    #[must_use]
    pub fn retry_after(mut self, wait: TimeDelta) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Says that the events up to `last` were taken all the same: they do not go out again, and the count of attempts
    /// begins again behind them.
    #[must_use]
    pub fn taken_up_to(mut self, last: EventSequence) -> Self {
        self.taken = Some(last);
        self
    }

    /// Says that nothing failed, as nothing was tried: the count of attempts begins again, and what happens in the
    /// conversation brings the next one forward.
    #[must_use]
    pub fn untried(mut self) -> Self {
        self.is_untried = true;
        self
    }

    /// The last event that was taken, if it says so.
    #[must_use]
    pub const fn taken(&self) -> Option<EventSequence> {
        self.taken
    }

    /// Whether nothing was tried.
    #[must_use]
    pub const fn is_untried(&self) -> bool {
        self.is_untried
    }

    /// How long to leave the sink alone, if it says so.
    #[must_use]
    pub const fn wait(&self) -> Option<TimeDelta> {
        self.wait
    }
}

/// What [`Desk`](crate::Desk) returns.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Not allowed now, or not to this actor. Nothing has changed; show it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A store failed. Retry under the same key: what was done is not done twice.
    #[error(transparent)]
    Store(StoreError),
    /// Others kept changing the conversation. Nothing has changed; retry under the same key.
    #[error("the conversation kept changing; gave up after {attempts} attempts")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
}

impl Error {
    /// The refusal, if it is one.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Store(_) | Self::Contended { .. } => None,
        }
    }

    /// Whether there is no such conversation or ticket in the workspace.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::Store(StoreError::NotFound { .. }))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
