//! Events into a stream of NATS JetStream: from any number of machines, to any number of consumers.
//!
//! # What is published
//!
//! One message an event, under `<prefix>.<workspace>.<conversation>.<kind>`, where the kind is
//! [`EventKind::as_str`](crate::EventKind::as_str). The body is the [`Event`] as JSON. `Nats-Msg-Id` is the event's
//! id, and `Nats-Expected-Stream` the stream, so that no other one takes it.
//!
//! # When an event counts as delivered
//!
//! Only once the server has acknowledged it, under the name of this stream. [`Durability`] says why that is worth
//! something: by default a server acknowledges what it has not yet synced to its disk. Everything else (no answer, no
//! stream, a full one, another stream's name) is an error, and the events stay in the store until a later attempt.
//!
//! # Order, and repeats
//!
//! Events of one conversation go one after another, each after the acknowledgement of the one before. Sent ahead of
//! it, the next could be in the stream without it: when the stream's leader changes in between, say. Conversations do
//! not wait for each other: a worker delivers those of sixteen at a time. So in the stream, the *first* message of
//! each event comes after the first of every event before it in its conversation, also where a worker that was
//! believed dead comes back.
//!
//! A worker gives a delivery half its [lease](crate::DeskBuilder::lease), and up to a hundred events of one
//! conversation. With the usual minute, an acknowledgement may so take 300 ms: where it takes longer, as over
//! several regions, set a longer lease, or pages are dropped and go out again in smaller ones.
//!
//! An event whose acknowledgement got lost is published again under the same id. The server drops the repeat within
//! the stream's duplicate window (two minutes unless set; [`NatsOptions::ensure_stream`] sets ten, as a worker's
//! attempts may be more than four minutes apart). After an outage longer than that it is another message with
//! the same id. So a consumer keeps the last [`sequence`](Event::sequence) of each conversation, and skips what is
//! not above it:
//!
//! ```no_run
//! use std::collections::HashMap;
//! use async_nats::jetstream::{Context, consumer::pull};
//! use escalate::Event;
//! use futures::TryStreamExt;
//!
//! async fn consume(context: Context) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//!     let durable = pull::Config { durable_name: Some("crm".to_owned()), ..pull::Config::default() };
//!     let stream = context.get_stream("ESCALATE").await?;
//!     let mut messages = stream.create_consumer(durable).await?.messages().await?;
//!     let mut seen = HashMap::new(); // In a real host: in its database, written together with the effect.
//!     while let Some(message) = messages.try_next().await? {
//!         let event: Event = serde_json::from_slice(&message.payload)?;
//!         let last = seen.entry(event.place()).or_default();
//!         if event.sequence > *last {
//!             *last = event.sequence;
//!             println!("{} in {}", event.kind.as_str(), event.conversation);
//!         }
//!         message.ack().await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Limits of a stream
//!
//! What a stream drops by its limits (age, bytes, messages a subject) is gone for whoever has not read it, as with
//! any stream. With `discard: new` a full stream refuses instead, and events wait in the store.
//!
//! # Tasks and TLS
//!
//! This library spawns no task. `async-nats` does: one for its connection, where the host makes its client, and
//! one for acknowledgements with each context; so it takes the host's Tokio runtime. TLS, accounts and
//! reconnecting are settings of that client; for TLS enable a provider of `async-nats`, such as its feature `ring`.

mod error;
mod options;
mod subject;

pub use self::error::NatsError;
pub use self::options::{Durability, NatsOptions};

use std::fmt;

use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use async_trait::async_trait;

use self::subject::Prefix;
use crate::error::{BoxError, SinkError};
use crate::event::Event;
use crate::ports::EventSink;

/// Publishes events to a stream of NATS JetStream; [`NatsOptions`] make it. A clone shares the connection.
///
/// # Cancel safety
///
/// Dropping the future of a delivery leaves a beginning of its events in the stream, the last of which may arrive
/// later. They are delivered again, under the same ids.
#[derive(Clone)]
pub struct NatsSink {
    context: Context,
    stream: String,
    prefix: Prefix,
}

impl NatsSink {
    const fn new(context: Context, stream: String, prefix: Prefix) -> Self {
        Self { context, stream, prefix }
    }

    /// Returns once the server has acknowledged `event`.
    async fn publish(&self, event: &Event) -> Result<(), BoxError> {
        let message = PublishMessage::build()
            .message_id(event.id.to_string())
            .expected_stream(&self.stream)
            .header("Content-Type", "application/json")
            .payload(serde_json::to_vec(event)?.into());
        let acknowledgement = self.context.send_publish(self.prefix.subject(event), message).await?.await?;
        if acknowledgement.stream == self.stream {
            Ok(())
        } else {
            Err(format!("the stream {:?} took an event meant for {:?}", acknowledgement.stream, self.stream)
                .into())
        }
    }
}

#[async_trait]
impl EventSink for NatsSink {
    async fn deliver(&self, events: &[Event], _attempt: u32) -> Result<(), SinkError> {
        for event in events {
            // One at a time: sent ahead of an acknowledgement that fails, the next would be in the stream without it.
            self.publish(event).await.map_err(SinkError::new)?;
        }
        Ok(())
    }
}

impl fmt::Debug for NatsSink {
    // Not the context: its client knows addresses and credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, prefix, .. } = self;
        f.debug_struct("NatsSink").field("stream", stream).field("prefix", prefix).finish_non_exhaustive()
    }
}
