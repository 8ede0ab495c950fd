//! What goes wrong with a call: named by the endpoint's host and the answer's status. Never by the key, nor by
//! anything that the endpoint wrote, which may quote the customer or the key.

use chrono::TimeDelta;
use thiserror::Error;

use super::parse::Unreadable;
use crate::error::SummarizeError;

/// Why a model wrote no summary: what [`SummarizeError::Backend`] holds.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelFault {
    /// It answered with a status that is no success.
    #[error("{host} answered {status}")]
    Answered {
        /// Host, and port if that is not the usual one.
        host: String,
        /// The status.
        status: u16,
        /// How long it asks to be left alone.
        asked: Option<TimeDelta>,
    },
    /// It points elsewhere; a key and a transcript are not taken there.
    #[error("{host} redirects, which is not followed; give the address that answers")]
    Redirected {
        /// Host and port.
        host: String,
    },
    /// There was no answer in time.
    #[error("{host} did not answer within the timeout")]
    TimedOut {
        /// Host and port.
        host: String,
    },
    /// There was no answer.
    #[error("no answer from {host}: {reason}")]
    NoAnswer {
        /// Host and port.
        host: String,
        /// What the transport says.
        reason: String,
    },
    /// The answer was cut off on the way, or is no answer of this protocol.
    #[error("{host} answered what no model's endpoint does; check its base URL")]
    BadAnswer {
        /// Host and port.
        host: String,
    },
    /// The answer is larger than what is read.
    #[error("{host} answered more than {limit} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// It does not offer this form of answer; a simpler one is asked for.
    #[error("{host} refuses the form of the answer")]
    FormRefused {
        /// Host and port.
        host: String,
    },
    /// It wants the limit of tokens under its other name.
    #[error("{host} refuses the name of the limit on tokens")]
    LimitRefused {
        /// Host and port.
        host: String,
    },
    /// It does not take the key, the account or the model, and says so under a status that could mean anything.
    #[error("{host} answered {status}, over the key, the account or the model")]
    AccountRefused {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
    },
    /// The transcript is longer than what the model reads.
    #[error("the transcript is too long for the model; lower `transcript_tokens`")]
    TranscriptTooLong,
    /// The model reached the limit on its output: half a summary is none.
    #[error("the model was cut off at its limit of tokens; raise `output_tokens`")]
    Cut,
    /// A filter stopped it.
    #[error("the endpoint's content filter stopped the model")]
    Filtered,
    /// The model will not.
    #[error("the model refuses")]
    Refused,
    /// It ended for another reason than being done, or gave none.
    #[error("the model did not end as one that is done")]
    Unfinished,
    /// It wrote something else.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// There is no Tokio runtime around the call.
    #[error(
        "a model's client needs a Tokio runtime; run the desk's worker in one, with I/O and time enabled"
    )]
    NoRuntime,
}

/// What to do about a fault within one call of the summarizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Ask again after a while: it may pass.
    Wait,
    /// Ask at once for a simpler form.
    StepDown,
    /// Ask at once, naming the limit otherwise.
    RenameLimit,
    /// Asking again changes nothing.
    Stop,
}

impl ModelFault {
    /// What became of a request without a whole answer.
    pub(super) fn no_answer(host: &str, error: reqwest::Error) -> Self {
        let host = host.to_owned();
        if error.is_timeout() {
            return Self::TimedOut { host };
        }
        let error = error.without_url();
        let causes = std::iter::successors(std::error::Error::source(&error), |error| error.source());
        let reason = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
        Self::NoAnswer { host, reason }
    }

    /// How long the endpoint asks to be left alone.
    pub(super) const fn asked(&self) -> Option<TimeDelta> {
        match self {
            Self::Answered { asked, .. } => *asked,
            _ => None,
        }
    }

    /// Whether time may mend it: overload, an outage, a broken connection. 408, 409 and 425 ask for a repeat by
    /// their definition (RFC 9110, section 15.5; RFC 8470, section 5.2); no other 4xx but 429 does.
    fn is_passing(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::NoAnswer { .. } | Self::BadAnswer { .. } => true,
            Self::Answered { status, .. } => matches!(status, 408 | 409 | 425 | 429 | 500..),
            _ => false,
        }
    }

    /// Whether the host has set something up wrongly: key, address, account. Repeating the call changes nothing, but
    /// mending that does, for every transcript.
    pub(super) fn is_misconfiguration(&self) -> bool {
        match self {
            Self::Redirected { .. } | Self::AccountRefused { .. } => true,
            Self::Answered { status, .. } => {
                matches!(status, 401 | 402 | 403 | 404 | 405 | 406 | 410 | 415 | 421)
            }
            _ => false,
        }
    }

    /// Whether it says that the endpoint itself does not work, whatever it is asked.
    pub(super) fn is_of_the_endpoint(&self) -> bool {
        self.is_passing() || self.is_misconfiguration()
    }

    pub(super) fn course(&self) -> Course {
        match self {
            Self::FormRefused { .. } | Self::Unreadable(_) => Course::StepDown,
            Self::LimitRefused { .. } => Course::RenameLimit,
            fault if fault.is_passing() => Course::Wait,
            _ => Course::Stop,
        }
    }

    /// What the desk is told once no further call is made; `wait` is for what may pass.
    pub(super) fn told(self, wait: Option<TimeDelta>) -> SummarizeError {
        match &self {
            fault if fault.is_of_the_endpoint() => SummarizeError::Unavailable { wait },
            Self::TranscriptTooLong => SummarizeError::Permanent {
                reason: "the transcript is too long for the model; lower `transcript_tokens`",
            },
            Self::Filtered => SummarizeError::Permanent {
                reason: "the endpoint's content filter stops the model at this transcript",
            },
            Self::Refused => {
                SummarizeError::Permanent { reason: "the model refuses to summarise this transcript" }
            }
            Self::Answered { status: 413, .. } => SummarizeError::Permanent {
                reason: "the transcript is too large for the endpoint; lower `transcript_tokens`",
            },
            // Any other 4xx may mean anything: tried again, and counted.
            _ => SummarizeError::Backend(self.into()),
        }
    }
}
