//! Summaries by a model: any endpoint that speaks OpenAI's Chat Completions (OpenAI, Azure, vLLM, Ollama, LM Studio,
//! llama.cpp, gateways), or Anthropic's Messages.
//!
//! # What is sent
//!
//! The entries that the customer can see, and no others, with what the [`Redactor`] puts aside replaced by
//! placeholders: [`Redact`](crate::redact::Redact), unless the host has another. They are data in the prompt: one object of JSON, in which no text can pose as an instruction, another
//! role or a control token of a chat template. A transcript that is too long loses its middle, in whole entries.
//!
//! # The ladder
//!
//! The form of the answer is asked for by a JSON Schema (at Anthropic's by a tool that has to be called), then as any
//! object of JSON, then by words alone. An endpoint that refuses a form, or a model that does not keep to it, is asked
//! for the next. What the endpoint refused is not asked for again; what a model did not keep to is, for the next summary. If nothing works, the ticket keeps the summary
//! it has. All of that is inside one budget of time and attempts.
//!
//! # What an answer means
//!
//! | answer | meaning |
//! | --- | --- |
//! | done, and readable | proposed; the desk [checks](crate::summary::check) it |
//! | done, and unreadable | asked again for a simpler form |
//! | 400 or 422 that names the form | as above, and not asked for that form again |
//! | 408, 409, 425, 429, 5xx, no answer, half an answer | asked again after 0.5, 1, 2 s and up to a fifth more, or what `Retry-After` says if that is longer, if the budget lasts; else [`Unavailable`](SummarizeError::Unavailable), which counts as no attempt |
//! | 401, 402, 403, 404 and the like, a redirect | not asked again now: key, address or account are wrong. The same for a 400 or 422 that names key, account or model. `Unavailable`, so that nothing is lost until that is mended; an error in the log |
//! | 413, a transcript that is too long, a refusal, a filter | not asked again for this transcript: [`Permanent`](SummarizeError::Permanent) |
//! | any other 4xx, cut off at the limit of tokens, more than 256 KiB | [`Backend`](SummarizeError::Backend) with a [`ModelFault`] |
//!
//! After five failures in a row, or when it asks for it, the endpoint is left alone: until then every call is
//! `Unavailable` at once, with what is left of the pause. Then one call tries. Whatever the endpoint answers to it but
//! an outage ends the pause, also a 400 or 413 that is about this transcript; a timeout prolongs it, as it cannot be told
//! from an outage, unless the budget left the call too little time to say anything. What it asks for is obeyed within the call
//! too, and for other conversations.
//!
//! # What it does not do
//!
//! It streams nothing, follows no redirect, reads no environment variable, goes through no proxy (a client of the host's
//! own may), and spawns no thread. The key is in no error, no log and no `Debug`. Spans and events have the model's name
//! and counts of tokens, under OpenTelemetry's names, and nothing of the transcript. The client behind it, reqwest, needs
//! Tokio: the desk's worker has to run in a runtime of the host's with I/O and time enabled.

mod breaker;
mod budget;
mod builder;
mod dialect;
mod endpoint;
mod fault;
#[doc(hidden)]
pub mod parse;
mod prompt;
mod window;

pub use self::builder::{InvalidModel, ModelSummarizerBuilder, Transport};
pub use self::fault::ModelFault;
pub use self::parse::Unreadable;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

use self::breaker::Breaker;
use self::budget::Budget;
use self::dialect::{Dialect, Form, Rung};
use self::endpoint::Endpoint;
use self::fault::Course;
use self::parse::Written;
use self::prompt::Prompt;
use crate::error::SummarizeError;
use crate::ports::{Clock, Proposal, Summarizer, SummaryRequest};
use crate::redact::{Kept, Redactor};

/// Asks a model for a subject and two or three sentences.
///
/// ```no_run
/// # fn key() -> String { unimplemented!() }
/// # fn host() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use escalate::ModelSummarizer;
/// use rustls::pki_types::{CertificateDer, pem::PemObject};
/// use rustls::{ClientConfig, RootCertStore, crypto::ring};
///
/// // The cryptography and the roots of trust are the host's choice: here `ring`, and the system's own file.
/// let mut roots = RootCertStore::empty();
/// let system = CertificateDer::pem_file_iter("/etc/ssl/certs/ca-certificates.crt")?;
/// roots.add_parsable_certificates(system.filter_map(Result::ok));
/// let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
///     .with_safe_default_protocol_versions()?
///     .with_root_certificates(roots)
///     .with_no_client_auth();
/// let tls = || tls.clone();
///
/// let openai = ModelSummarizer::openai("https://api.openai.com/v1", "gpt-5-mini", tls()).key(key()).build()?;
/// let ollama = ModelSummarizer::openai("http://localhost:11434/v1", "llama3.2", tls()).build()?;
/// let azure = ModelSummarizer::azure("https://acme.openai.azure.com", "our-deployment", "2024-10-21", tls());
/// let claude = ModelSummarizer::anthropic("https://api.anthropic.com", "claude-haiku-4-5", tls());
/// // let desk = Desk::builder(…).summarizer(openai).lease(TimeDelta::minutes(2)).build();
/// # Ok(())
/// # }
/// ```
pub struct ModelSummarizer {
    endpoint: Endpoint,
    dialect: Dialect,
    model: String,
    redactor: Arc<dyn Redactor>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    breaker: Mutex<Breaker>,
    /// The first rung that the endpoint has not refused.
    rung: AtomicU8,
    is_renamed: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    timeout: Duration,
    attempt_timeout: Duration,
    attempts: u32,
    transcript_tokens: usize,
    output_tokens: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(25),
            attempt_timeout: Duration::from_secs(15),
            attempts: 4,
            transcript_tokens: 6000,
            output_tokens: 2000,
        }
    }
}

impl ModelSummarizer {
    /// `model` at an endpoint that speaks OpenAI's Chat Completions; `base` is its URL up to and with the version, such
    /// as `https://api.openai.com/v1` or `http://localhost:11434/v1`.
    ///
    /// It belongs to the host, not to a tenant: addresses are not checked for being public.
    pub fn openai(base: &str, model: &str, transport: impl Into<Transport>) -> ModelSummarizerBuilder {
        ModelSummarizerBuilder::new(Dialect::OpenAi, base, model, transport.into())
    }

    /// A deployment at Azure OpenAI; `resource` is such as `https://acme.openai.azure.com`, `version` such as `2024-10-21`.
    pub fn azure(
        resource: &str,
        deployment: &str,
        version: &str,
        transport: impl Into<Transport>,
    ) -> ModelSummarizerBuilder {
        let path = format!("/openai/deployments/{deployment}/chat/completions");
        let builder = ModelSummarizerBuilder::new(Dialect::Azure, resource, deployment, transport.into());
        builder.path(path).query("api-version", version)
    }

    /// `model` at an endpoint that speaks Anthropic's Messages; `base` is its URL without the version, such as
    /// `https://api.anthropic.com`.
    pub fn anthropic(base: &str, model: &str, transport: impl Into<Transport>) -> ModelSummarizerBuilder {
        ModelSummarizerBuilder::new(Dialect::Anthropic, base, model, transport.into())
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // Nothing panics while it is held.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn form(&self) -> Form {
        let rung = Rung::of(self.rung.load(Ordering::Relaxed));
        Form { rung, is_renamed: self.is_renamed.load(Ordering::Relaxed) }
    }

    /// Whatever becomes of this call, the next need not find out again what the endpoint refuses. A step down that
    /// the model's own words made necessary is for this transcript only.
    fn remember(&self, fault: &ModelFault, next: Form, was_unreadable: bool) {
        match fault {
            ModelFault::FormRefused { .. } if !was_unreadable => {
                self.rung.store(next.rung.number(), Ordering::Relaxed);
            }
            ModelFault::LimitRefused { .. } => self.is_renamed.store(next.is_renamed, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Waits until the endpoint may be called, if the budget lasts; before the first attempt there is no waiting.
    async fn admit(&self, budget: &Budget) -> Result<(), SummarizeError> {
        loop {
            let Err(wait) = self.breaker().admit(self.clock.now()) else { return Ok(()) };
            if budget.spent() == 0 || !budget.wait(wait).await {
                return Err(SummarizeError::Unavailable { wait: Some(wait) });
            }
        }
    }

    /// One attempt.
    async fn ask(&self, prompt: &Prompt, form: Form, timeout: Duration) -> Result<Written, ModelFault> {
        let body = self.dialect.body(&self.model, prompt, form, self.settings.output_tokens);
        let answer = self.endpoint.post(&body, form, self.clock.now(), timeout).await?;
        let usage = self.dialect.usage(&answer);
        tracing::debug!(
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = self.dialect.provider(),
            gen_ai.request.model = self.model,
            gen_ai.usage.input_tokens = usage.input,
            gen_ai.usage.output_tokens = usage.output,
            server.address = self.endpoint.host,
            form = ?form.rung,
            "a model answered"
        );
        Ok(parse::parse(&self.dialect.written(&answer, &self.endpoint.host)?)?)
    }

    /// Keeps what an attempt says about the endpoint; `is_fair`: whether it had time to be answered.
    fn note(&self, outcome: Result<(), &ModelFault>, is_fair: bool) {
        let now = self.clock.now();
        match outcome {
            Err(ModelFault::TimedOut { .. }) if !is_fair => {}
            Err(fault) if fault.is_of_the_endpoint() => {
                if self.breaker().failed(now, fault.asked()) {
                    tracing::warn!(server.address = self.endpoint.host, %fault, "a model's endpoint is left alone for a while");
                }
            }
            _ => self.breaker().succeeded(),
        }
    }

    /// What is asked for after `fault`; `None`: nothing.
    fn next(&self, fault: &ModelFault, form: Form) -> Option<Form> {
        match fault.course() {
            Course::Wait => Some(form),
            Course::StepDown => form.rung.below(self.dialect).map(|rung| Form { rung, ..form }),
            Course::RenameLimit if self.dialect != Dialect::Anthropic => {
                Some(Form { is_renamed: !form.is_renamed, ..form })
            }
            Course::RenameLimit | Course::Stop => None,
        }
    }

    fn give_up(&self, fault: ModelFault, wait: Option<TimeDelta>) -> SummarizeError {
        let host = &self.endpoint.host;
        if fault.is_misconfiguration() {
            tracing::error!(server.address = host, gen_ai.request.model = self.model, %fault,
                "a model's endpoint is not set up rightly: check key, base URL, model and account");
        } else {
            tracing::warn!(server.address = host, gen_ai.request.model = self.model, %fault, "a model wrote no summary");
        }
        fault.told(wait)
    }
}

#[async_trait]
impl Summarizer for ModelSummarizer {
    async fn summarize(&self, request: SummaryRequest) -> Result<Proposal, SummarizeError> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(SummarizeError::Backend(ModelFault::NoRuntime.into()));
        }
        let mut kept = Kept::default();
        let prompt = Prompt::of(&request, &*self.redactor, &mut kept, self.settings.transcript_tokens);
        let Some(prompt) = prompt else {
            return Err(SummarizeError::Permanent {
                reason: "the transcript has no entry that the customer can see",
            });
        };
        let mut budget = Budget::begin(self.settings, request.within, request.ticket);
        let mut form = self.form();
        let (mut was_renamed, mut was_unreadable) = (false, false);
        loop {
            self.admit(&budget).await?;
            let timeout = budget.spend();
            let asked = self.ask(&prompt, form, timeout).await;
            self.note(asked.as_ref().map(|_| ()), budget.is_fair(timeout));
            let fault = match asked {
                Ok(Written { subject, summary }) => {
                    let subject = kept.restore_within(&subject, crate::Summary::MAX_SUBJECT);
                    let summary = kept.restore_within(&summary, crate::Summary::MAX_TEXT);
                    let mut proposal = Proposal::new(subject, summary, &self.model);
                    proposal.attempts = budget.spent();
                    return Ok(proposal);
                }
                Err(fault) => fault,
            };
            let asked = fault.asked();
            let is_again = matches!(fault, ModelFault::LimitRefused { .. }) && was_renamed;
            let next = self.next(&fault, form).filter(|_| !is_again);
            let Some(next) = next.filter(|_| budget.is_left()) else {
                return Err(self.give_up(fault, asked));
            };
            was_renamed |= next.is_renamed != form.is_renamed;
            was_unreadable |= matches!(fault, ModelFault::Unreadable(_));
            self.remember(&fault, next, was_unreadable);
            form = next;
            if fault.course() == Course::Wait {
                // No sooner than without being asked: a date that is over would use up every attempt at once.
                let wait = budget.backoff().max(asked.unwrap_or_default());
                if !budget.wait(wait).await {
                    return Err(self.give_up(fault, asked));
                }
            }
        }
    }
}

impl fmt::Debug for ModelSummarizer {
    // Neither the address, which may hold a token, nor the headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSummarizer")
            .field("host", &self.endpoint.host)
            .field("model", &self.model)
            .field("form", &self.form())
            .field("is_paused", &!self.breaker().is_closed())
            .finish_non_exhaustive()
    }
}
