//! What keeps a sink from being made.

use thiserror::Error;

use crate::error::BoxError;

/// Why a [`NatsSink`](super::NatsSink) was not made. Nothing was published.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NatsError {
    /// The prefix of the subjects cannot be used.
    #[error("the subject prefix {prefix:?} cannot be used: {flaw}; use words such as `support.events`")]
    Prefix {
        /// The prefix.
        prefix: String,
        /// What is wrong with it.
        flaw: &'static str,
    },
    /// The stream is missing, or its settings would lose or mix up events that the server has acknowledged.
    #[error("the stream {stream:?} cannot be used: {flaw}")]
    Stream {
        /// The stream.
        stream: String,
        /// What is wrong with it, and what to do.
        flaw: String,
    },
    /// The server is too old to be what [`Durability::SyncAlways`](super::Durability::SyncAlways) says of it.
    #[error(
        "a NATS server of version {version:?} knows no `sync_interval: always`: 2.10 was the first that does"
    )]
    Server {
        /// Its version.
        version: String,
    },
    /// The server did not answer, or refused.
    #[error("the NATS server could not {operation}")]
    Backend {
        /// What it was asked to do.
        operation: &'static str,
        /// The client's own error.
        source: BoxError,
    },
}

impl NatsError {
    pub(super) fn backend(operation: &'static str, source: impl Into<BoxError>) -> Self {
        Self::Backend { operation, source: source.into() }
    }
}
