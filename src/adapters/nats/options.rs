//! Which stream events go to, and what is asked of it.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType, Stream,
};
use async_nats::jetstream::{Context, ErrorCode};

use super::subject::Prefix;
use super::{NatsError, NatsSink};

/// How many replicas make an acknowledgement worth something without `sync_interval: always`.
const REPLICAS: usize = 3;
/// Twice the worker's longest pause between two attempts, which is 256 seconds, and a lease.
const WINDOW: Duration = Duration::from_mins(10);
/// Shorter than one such pause.
const SHORT: Duration = Duration::from_mins(5);
/// How often a stream is asked for that another node is making.
const TRIES: u32 = 4;

/// Why an acknowledgement of this stream's server is durable.
///
/// By default a server acknowledges a message before it has synced it to its disk; it syncs every two minutes (see
/// <https://docs.nats.io/nats-concepts/jetstream>, *Syncing data to disk*). One machine on its own then loses what
/// it has acknowledged when its power fails. So one of these has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Durability {
    /// The stream has three or more replicas, which is checked: an acknowledged message is on most of them. It
    /// survives the crash of any server. It may not survive a loss of power of most of them at once: put them in
    /// different places, or set `sync_interval: always` as well.
    Replicated,
    /// Every server that may hold the stream runs with `sync_interval: always` in its `jetstream { … }` settings.
    /// This is the host's word: a client cannot read that setting. Checked is only that the server is of a version
    /// that knows it, 2.10 or later. It survives a loss of power, as far as the disks do.
    SyncAlways,
}

/// Which stream events go to, under which subjects, and why its acknowledgements are durable.
///
/// ```no_run
/// # async fn host() -> Result<(), Box<dyn std::error::Error>> {
/// use escalate::{Desk, MemoryStore};
/// use escalate::adapters::nats::{Durability, NatsOptions};
/// let client = async_nats::connect("nats://nats.example:4222").await?;
/// let context = async_nats::jetstream::new(client);
/// let options = NatsOptions::new("ESCALATE", "escalate", Durability::Replicated);
/// let sink = options.ensure_stream(context).await?;
/// let desk = Desk::on(MemoryStore::new()).sink("nats".parse()?, sink).build();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "options do nothing until `sink` or `ensure_stream`"]
pub struct NatsOptions {
    stream: String,
    prefix: String,
    durability: Durability,
}

impl NatsOptions {
    /// The stream named `stream`, and subjects that begin with `prefix`: words of ASCII letters, digits, `-` and
    /// `_`, joined by dots.
    pub fn new(stream: impl Into<String>, prefix: impl Into<String>, durability: Durability) -> Self {
        Self { stream: stream.into(), prefix: prefix.into(), durability }
    }

    /// A sink for this stream, which is made unless there is one of that name, and checked as by
    /// [`NatsOptions::sink`].
    ///
    /// It is made with file storage, three replicas (for [`Durability::SyncAlways`], one), `discard: new`, no limits,
    /// and ten minutes in which a repeat is recognised. One that exists is left as it is: set limits, such as how
    /// long events are kept, in your own tools. Any number of nodes may call this at the same time.
    ///
    /// # Errors
    ///
    /// As [`NatsOptions::sink`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the stream made or not.
    pub async fn ensure_stream(&self, context: Context) -> Result<NatsSink, NatsError> {
        let prefix = Prefix::new(&self.prefix)?;
        let replicas = if self.durability == Durability::Replicated { REPLICAS } else { 1 };
        let config = Config {
            name: self.stream.clone(),
            subjects: vec![prefix.all()],
            storage: StorageType::File,
            num_replicas: replicas,
            discard: DiscardPolicy::New,
            duplicate_window: WINDOW,
            ..Config::default()
        };
        let mut tries = 0;
        let stream = loop {
            tries += 1;
            match context.get_or_create_stream(config.clone()).await {
                Ok(stream) => break stream,
                // Another node is making it: until its replicas have chosen a leader, nobody answers for it.
                Err(error) if error.kind() == CreateStreamErrorKind::TimedOut && tries < TRIES => {}
                Err(error) => return Err(NatsError::backend("make the stream", error)),
            }
        };
        self.checked(context, &stream, prefix)
    }

    /// A sink for this stream, after a check of everything that the server tells about it.
    ///
    /// `context` is the host's own, with its connection, account, TLS and timeouts; a publish waits as long for its
    /// acknowledgement as [`Context::set_timeout`] says. Checked now, not later: do not weaken the stream afterwards.
    ///
    /// # Errors
    ///
    /// [`NatsError::Stream`] if there is no such stream; if it does not capture the subjects; if it is kept in memory,
    /// has fewer than three replicas under [`Durability::Replicated`], acknowledges nothing or before it has written,
    /// or drops events that no consumer has asked for. [`NatsError::Server`] if the server cannot be what
    /// [`Durability::SyncAlways`] says. [`NatsError::Prefix`], [`NatsError::Backend`].
    pub async fn sink(&self, context: Context) -> Result<NatsSink, NatsError> {
        let prefix = Prefix::new(&self.prefix)?;
        let stream = context.get_stream(&self.stream).await.map_err(|error| match error.kind() {
            GetStreamErrorKind::JetStream(told) if told.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                self.unfit("there is none of that name; make it, or call `ensure_stream`".to_owned())
            }
            _ => NatsError::backend("describe the stream", error),
        })?;
        self.checked(context, &stream, prefix)
    }

    /// The settings are those that came with the answer: right after a stream was made, a cluster may still deny it.
    fn checked(&self, context: Context, stream: &Stream, prefix: Prefix) -> Result<NatsSink, NatsError> {
        let client = context.client();
        if self.durability == Durability::SyncAlways && !client.is_server_compatible(2, 10, 0) {
            return Err(NatsError::Server { version: client.server_info().version });
        }
        let config = &stream.cached_info().config;
        if let Some(flaw) = flaw(config, &prefix, self.durability) {
            return Err(self.unfit(flaw));
        }
        if config.duplicate_window < SHORT {
            let (stream, window) = (&self.stream, config.duplicate_window);
            tracing::warn!(stream, ?window, "a repeat after this window is another message with the same id");
        }
        Ok(NatsSink::new(context, self.stream.clone(), prefix))
    }

    fn unfit(&self, flaw: String) -> NatsError {
        NatsError::Stream { stream: self.stream.clone(), flaw }
    }
}

/// Why a stream with these settings would lose what it has acknowledged, if it would.
fn flaw(config: &Config, prefix: &Prefix, durability: Durability) -> Option<String> {
    let replicas = config.num_replicas;
    if !config.subjects.iter().any(|pattern| prefix.is_covered_by(pattern)) {
        Some(format!("it does not capture `{}`; add that to its subjects", prefix.all()))
    } else if config.storage != StorageType::File {
        Some("it is kept in memory; use file storage".to_owned())
    } else if durability == Durability::Replicated && replicas < REPLICAS {
        Some(format!("it has {replicas} of the {REPLICAS} replicas that make an acknowledgement durable"))
    } else if config.no_ack {
        Some("it acknowledges nothing (`no_ack`)".to_owned())
    } else if config.persist_mode == Some(PersistenceMode::Async) {
        Some("it acknowledges before it has written; use the default `persist_mode`".to_owned())
    } else if config.retention == RetentionPolicy::Interest {
        Some("it drops what no consumer has asked for; use `limits` retention".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
#[path = "options_test.rs"]
mod tests;
