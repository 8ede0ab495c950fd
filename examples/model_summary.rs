//! A summary by a model, on any server that speaks OpenAI's Chat Completions, such as Ollama, vLLM or LM Studio:
//!
//! ```text
//! cargo run --example model_summary -- http://localhost:11434/v1 llama3.2
//! OPENAI_API_KEY=… cargo run --example model_summary -- https://api.openai.com/v1 gpt-5-mini /etc/ssl/certs/ca-certificates.crt
//! ```
//!
//! The last argument is a file of certificates to trust; plain HTTP on this machine needs none. Where the model writes
//! no summary that passes, the ticket keeps its own; here the log says why, and the program fails.

use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

use escalate::{
    Conversation, ConversationId, CustomerId, Desk, Escalate, MemoryStore, ModelSummarizer, Place,
    ReasonCode, Requester, SummaryAuthor, WorkspaceId,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tracing::{Event, Metadata, Subscriber, field, span};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing::subscriber::set_global_default(Log)?;
    let mut arguments = std::env::args().skip(1);
    let (Some(base), Some(model)) = (arguments.next(), arguments.next()) else {
        return Err("give a base URL and a model, such as http://localhost:11434/v1 llama3.2".into());
    };
    let mut summarizer = ModelSummarizer::openai(&base, &model, tls(arguments.next().as_deref())?);
    if let Ok(key) = std::env::var("OPENAI_API_KEY") {
        summarizer = summarizer.key(key);
    }
    let desk = Desk::on(MemoryStore::new()).summarizer(summarizer.build()?).build();

    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    let cleo = CustomerId::from_u128(3);
    desk.open(Conversation::new(place, Requester::verified(cleo), "web", desk.now())).await?;
    let said = "My kettle arrived broken. The order is W5490111. I would like my 40 EUR back, please.";
    desk.customer_message(place, cleo, "m1".parse()?, said).await?;
    let turn = desk.begin_turn(place).await?;
    println!("{:?}", turn.escalate("e1".parse()?, Escalate::because(ReasonCode::Sensitive)).await?);

    // The ticket is there, with a summary from the customer's own words; the worker asks the model.
    let ticket = desk.latest_ticket(place).await?.ok_or("no ticket")?;
    println!("{:?}\n  {}\n  {}", ticket.summary.author, ticket.summary.subject, ticket.summary.text);
    desk.run_due(100).await?;
    let ticket = desk.latest_ticket(place).await?.ok_or("no ticket")?;
    println!("{:?}\n  {}\n  {}", ticket.summary.author, ticket.summary.subject, ticket.summary.text);
    if ticket.summary.author == SummaryAuthor::Deterministic {
        return Err(
            "the model wrote no summary that passes; the log says why: check key, base URL and model".into(),
        );
    }
    Ok(())
}

/// Prints what the library logs. A host has a subscriber of its own, such as `tracing-subscriber`'s.
struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("escalate") && *metadata.level() <= tracing::Level::INFO
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = event.metadata().level().to_string();
        event.record(&mut |field: &field::Field, value: &dyn Debug| line += &format!(" {field}={value:?}"));
        eprintln!("{line}");
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// With a provider and roots of trust of your own choice.
fn tls(roots: Option<&str>) -> Result<ClientConfig, Box<dyn Error>> {
    let mut trusted = RootCertStore::empty();
    for certificate in roots.into_iter().map(CertificateDer::pem_file_iter) {
        trusted.add_parsable_certificates(certificate?.filter_map(Result::ok));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(trusted).with_no_client_auth())
}
