//! Summaries by a model, asked of real peers: llmock, aimock, and servers that break the protocol byte by byte.

mod aimock;
mod bytes;
mod example;
mod llmock;
mod mutations;
mod peers;
mod secrets;
mod server;
mod stalls;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use escalate::adapters::llm::{ModelFault, ModelSummarizerBuilder};
use escalate::ports::SummaryRequest;
use escalate::summary::draft;
use escalate::{
    Author, ConversationId, CustomerId, Draft, Language, Message, MessageId, ModelSummarizer, Place,
    Sequence, SummarizeError, TicketId, WorkspaceId,
};
use rustls::{ClientConfig, RootCertStore};

const KEY: &str = "sk-test-7f3a9c";
const SUBJECT: &str = "Broken kettle";
const SUMMARY: &str = "The kettle of order W5490111 arrived broken. The customer wants a refund.";
/// What a model that keeps to the form writes.
const GOOD: &str = r#"{"subject": "Broken kettle", "summary": "The kettle of order W5490111 arrived broken. The customer wants a refund."}"#;

/// As a host makes one: with a provider of its own choice. No test here needs a root of trust.
fn tls() -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
}

/// Patient enough for a busy machine; what tests a timeout sets its own.
fn patient(builder: ModelSummarizerBuilder) -> ModelSummarizerBuilder {
    builder.key(KEY).timeout(Duration::from_secs(120)).attempt_timeout(Duration::from_secs(60))
}

fn openai(port: u64) -> ModelSummarizerBuilder {
    patient(ModelSummarizer::openai(&format!("http://127.0.0.1:{port}/v1"), "gpt-4o-mini", tls()))
}

fn anthropic(port: u64, path: &str) -> ModelSummarizerBuilder {
    patient(ModelSummarizer::anthropic(&format!("http://127.0.0.1:{port}{path}"), "claude-haiku-4-5", tls()))
}

fn message(sequence: u64, author: Author, body: &str) -> Message {
    let id = MessageId::from_u128(u128::from(sequence));
    let draft = Draft::new(id, format!("k{sequence}").parse().unwrap(), author, body, DateTime::UNIX_EPOCH);
    draft.at_sequence(WorkspaceId::from_u128(1), ConversationId::from_u128(2), Sequence(sequence))
}

fn customer() -> Author {
    Author::Customer { id: CustomerId::from_u128(3) }
}

fn asking(messages: Vec<Message>) -> SummaryRequest {
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let current = draft(&["Help."], None, Sequence(1));
    SummaryRequest::new(place, TicketId::from_u128(4), messages, Some(Language::from("en")), current)
}

/// A short transcript.
fn request() -> SummaryRequest {
    asking(vec![
        message(1, customer(), "My kettle arrived broken, order W5490111."),
        message(2, Author::AiAgent, "I am sorry to hear that."),
        message(3, customer(), "I want a refund."),
    ])
}

/// The fault inside an error that has one.
fn fault(error: &SummarizeError) -> &ModelFault {
    let SummarizeError::Backend(source) = error else { panic!("no fault in {error:?}") };
    source.downcast_ref().unwrap()
}

/// What an error says, with all that caused it, and its `Debug`.
fn told(error: &SummarizeError) -> String {
    let causes = std::iter::successors(Some::<&dyn Error>(error), |error| (*error).source());
    causes.map(|error| format!("{error} {error:?}")).collect::<Vec<_>>().join(": ")
}
