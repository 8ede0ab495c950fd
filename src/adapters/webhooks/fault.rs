//! What goes wrong: named by the endpoint's host and the answer's status. Never by the rest of the address, which
//! may hold a token, nor by anything of the secret.

use chrono::TimeDelta;
use reqwest::StatusCode;
use thiserror::Error;

use super::resolve::PrivateName;

/// Why an event was not delivered.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error("{host} answered {status}; only 2xx is success, and redirects are not followed")]
    Answered { host: String, status: StatusCode, asked: Option<TimeDelta> },
    #[error("{host} did not answer within the timeout")]
    TimedOut { host: String },
    #[error("{host} is not called: {PrivateName}")]
    Private { host: String },
    #[error("no answer from {host}: {reason}")]
    NoAnswer { host: String, reason: String },
    #[error("{host} asked to be left alone for a while")]
    Throttled { host: String },
    #[error("{host} is disabled; its events stay in the timeline until `enable` is called")]
    Disabled { host: String },
    #[error("{host} took a part; the rest follows at once")]
    Unfinished { host: String },
    #[error("webhooks need a Tokio runtime; run the desk's worker in one, with I/O and time enabled")]
    NoRuntime,
    #[error("an event cannot be written as JSON")]
    Unwritable,
}

impl Fault {
    /// What became of a request that has no answer.
    pub(super) fn no_answer(host: String, error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut { host };
        }
        let error = error.without_url();
        let causes = std::iter::successors(std::error::Error::source(&error), |error| error.source());
        let causes: Vec<_> = causes.collect();
        if causes.iter().any(|cause| cause.is::<PrivateName>()) {
            return Self::Private { host };
        }
        let reason = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        Self::NoAnswer { host, reason }
    }

    pub(super) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Answered { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// How long the receiver asks to be left alone.
    pub(super) fn asked(&self) -> Option<TimeDelta> {
        match self {
            Self::Answered { asked, .. } => *asked,
            _ => None,
        }
    }

    /// Whether other conversations had better wait too: the receiver is overloaded or cannot be reached.
    pub(super) fn is_of_the_endpoint(&self) -> bool {
        match self {
            Self::Answered { status, .. } => matches!(status.as_u16(), 429 | 502 | 503 | 504),
            Self::TimedOut { .. } | Self::NoAnswer { .. } | Self::Private { .. } => true,
            _ => false,
        }
    }
}
