//! A stream of a test's own, and events to put into it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, Context, Message, stream};
use async_nats::{ConnectOptions, ServerAddr};
use chrono::DateTime;
use escalate::adapters::nats::{Durability, NatsOptions, NatsSink};
use escalate::{Actor, Event, EventSequence, Place};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use uuid::Uuid;

use super::server;

/// How often a question is asked.
const TRIES: u32 = 12;

/// A stream whose subjects are its own.
pub(super) struct Bench {
    pub(super) context: Context,
    pub(super) stream: String,
    pub(super) prefix: String,
}

impl Bench {
    /// On the servers that tests share.
    pub(super) async fn new() -> Self {
        Self::on(server::shared()).await
    }

    pub(super) async fn on(addresses: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let stream = format!("escalate-test-{}-{number}", std::process::id());
        let prefix = format!("test.{stream}");
        Self { context: connect(addresses).await, stream, prefix }
    }

    pub(super) fn options(&self) -> NatsOptions {
        NatsOptions::new(&self.stream, &self.prefix, Durability::Replicated)
    }

    /// A sink, with its stream made.
    pub(super) async fn sink(&self) -> NatsSink {
        self.options().ensure_stream(self.context.clone()).await.unwrap()
    }

    /// The settings of the stream that `ensure_stream` makes.
    pub(super) async fn settings(&self) -> stream::Config {
        self.context.get_stream(&self.stream).await.unwrap().cached_info().config.clone()
    }

    /// How much is in the stream. Right after a server has died or come back, an answer may be lost.
    pub(super) async fn count(&self) -> u64 {
        for _ in 0..TRIES {
            if let Ok(stream) = self.context.get_stream(&self.stream).await {
                return stream.cached_info().state.messages;
            }
        }
        panic!("the stream {} did not answer", self.stream)
    }

    /// The first `count` messages in the stream under `filter`. A consumer reads any replica, which may have come
    /// back just now and lack some; and one of Debian's server, seldom, never sends anything. Then another is asked.
    pub(super) async fn messages(&self, filter: &str, count: usize) -> Vec<Message> {
        for _ in 0..TRIES {
            let read = tokio::time::timeout(Duration::from_secs(5), self.read(filter, count)).await;
            if let Ok(Ok(messages)) = read {
                return messages;
            }
        }
        panic!("{count} messages under {filter} did not come")
    }

    async fn read(&self, filter: &str, count: usize) -> Result<Vec<Message>, async_nats::Error> {
        let filter_subject = filter.to_owned();
        let config = pull::Config { ack_policy: AckPolicy::None, filter_subject, ..pull::Config::default() };
        let consumer = self.context.create_consumer_on_stream(config, &self.stream).await?;
        Ok(consumer.messages().await?.take(count).try_collect().await?)
    }

    /// Everything in the stream, as much as its leader has.
    pub(super) async fn events(&self) -> Vec<Event> {
        let count = usize::try_from(self.count().await).unwrap();
        self.messages(&format!("{}.*.*.*", self.prefix), count).await.iter().map(event).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // Servers of our own go as a whole.
        if let Ok(addresses) = std::env::var("NATS_URL") {
            let stream = self.stream.clone();
            let delete = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async { connect(&addresses).await.delete_stream(stream).await.ok() })
            };
            std::thread::spawn(delete).join().ok();
        }
    }
}

/// Connected, once the servers have formed a cluster that takes streams with three replicas.
async fn connect(addresses: &str) -> Context {
    let addresses: Vec<ServerAddr> = addresses.split(',').map(|address| address.parse().unwrap()).collect();
    let client = ConnectOptions::new().retry_on_initial_connect().connect(addresses).await.unwrap();
    let mut context = jetstream::new(client);
    // While the cluster forms, questions get lost.
    context.set_timeout(Duration::from_secs(1));
    let name = format!("escalate-ready-{}", Uuid::now_v7());
    let probe = stream::Config { name: name.clone(), num_replicas: 3, ..stream::Config::default() };
    let formed = async {
        while context.create_stream(probe.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), formed).await.expect("a cluster that takes streams");
    context.set_timeout(Duration::from_secs(10));
    context.delete_stream(name).await.unwrap();
    context
}

pub(super) fn event(message: &Message) -> Event {
    serde_json::from_slice(&message.payload).unwrap()
}

/// What a server compares with the greatest size that its stream takes: body and headers, as sent.
pub(super) fn size(message: &Message) -> usize {
    let fields = message.headers.iter().flat_map(|headers| headers.iter());
    let fields = fields.flat_map(|(name, values)| values.iter().map(move |value| (name.to_string(), value)));
    let fields: usize = fields.map(|(name, value)| name.len() + value.as_str().len() + ": \r\n".len()).sum();
    message.payload.len() + "NATS/1.0\r\n\r\n".len() + fields
}

pub(super) fn place(workspace: u128, conversation: u128) -> Place {
    Place::new(Uuid::from_u128(workspace).into(), Uuid::from_u128(conversation).into())
}

/// The events of one conversation with these sequences. Every second one is longer, as it names a teammate.
pub(super) fn events(place: Place, sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    let kind = |sequence| match sequence % 2 {
        0 => json!({ "type": "replied", "teammate": Uuid::from_u128(7) }),
        _ => json!({ "type": "summarised" }),
    };
    let made = sequences.map(|sequence| {
        json!({
            "id": Uuid::from_u64_pair(place.conversation.uuid().as_u64_pair().1, sequence),
            "workspace": place.workspace,
            "conversation": place.conversation,
            "ticket": Uuid::from_u128(9),
            "sequence": EventSequence(sequence),
            "epoch": 1,
            "at": DateTime::UNIX_EPOCH,
            "actor": Actor::System,
            "kind": kind(sequence),
        })
    });
    made.map(|event| serde_json::from_value(event).unwrap()).collect()
}
