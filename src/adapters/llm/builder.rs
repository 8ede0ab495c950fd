//! How a summarizer is put together, and which endpoints are none.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8};
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Url, retry};
use rustls::ClientConfig;
use thiserror::Error;

use super::breaker::Breaker;
use super::dialect::Dialect;
use super::endpoint::Endpoint;
use super::{ModelSummarizer, Settings};
use crate::ports::{Clock, SystemClock};
use crate::redact::{Redact, Redactor};

/// Beyond it an instant may be none that a clock can hold.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Why there is no summarizer. None of them quotes an address or a key.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InvalidModel {
    /// It is no URL with a host.
    #[error(
        "a model's base URL is absolute, such as `https://api.openai.com/v1` or `http://localhost:11434/v1`"
    )]
    NotAUrl,
    /// It is not `https`, and not on this machine.
    #[error(
        "a model's base URL begins with `https://`; plain HTTP to another machine takes `allow_plain_http`"
    )]
    NotHttps,
    /// It holds a name or a password.
    #[error("a model's base URL holds no user name and no password; give them as a header")]
    Credentials,
    /// The model has no name.
    #[error("name the model")]
    NoModel,
    /// The key has characters that no header can hold.
    #[error("the key has characters that cannot be sent; take the line end off it")]
    Key,
    /// A header that cannot be sent.
    #[error("`{name}` is no header, or its value cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

/// What requests go over: the host's own TLS configuration, from which a client is made, or the host's own client.
pub struct Transport(Kind);

enum Kind {
    Tls(Box<ClientConfig>),
    Client(Client),
}

impl From<ClientConfig> for Transport {
    /// Its list of application protocols is replaced.
    fn from(tls: ClientConfig) -> Self {
        Self(Kind::Tls(Box::new(tls)))
    }
}

impl From<Client> for Transport {
    /// Give it `redirect::Policy::none()`: an answer from a redirect is refused, but the request will have gone there.
    fn from(client: Client) -> Self {
        Self(Kind::Client(client))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// Puts a [`ModelSummarizer`] together.
#[must_use = "a builder does nothing until `build`"]
pub struct ModelSummarizerBuilder {
    dialect: Dialect,
    base: String,
    path: String,
    query: Vec<(String, String)>,
    model: String,
    transport: Transport,
    key: Option<String>,
    headers: Vec<(String, String)>,
    redactor: Arc<dyn Redactor>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    pause_after: u32,
    pause: TimeDelta,
    allow_plain: bool,
}

impl ModelSummarizerBuilder {
    pub(super) fn new(dialect: Dialect, base: &str, model: &str, transport: Transport) -> Self {
        Self {
            dialect,
            base: base.to_owned(),
            path: dialect.path().to_owned(),
            query: Vec::new(),
            model: model.to_owned(),
            transport,
            key: None,
            headers: Vec::new(),
            redactor: Arc::new(Redact),
            clock: Arc::new(SystemClock),
            settings: Settings::default(),
            pause_after: 5,
            pause: TimeDelta::seconds(30),
            allow_plain: false,
        }
    }

    /// The key, sent as the endpoint expects it: `Authorization: Bearer`, at Azure's `api-key`, at Anthropic's `x-api-key`.
    /// Default: none, as local servers need none.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// A header for every request, such as a gateway's own key. Its value is treated as a secret. One that is set
    /// again replaces what would be sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The path below the base URL. Default: `/chat/completions`, at Anthropic's `/v1/messages`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// A parameter of the URL's query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// What puts aside what the model need not see. Default: [`Redact`].
    pub fn redactor(mut self, redactor: impl Redactor) -> Self {
        self.redactor = Arc::new(redactor);
        self
    }

    /// The clock that pauses are measured by. Default: the system's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long one summary may take altogether, with all attempts and the waits between them; at most a day.
    /// Default: 25 seconds.
    ///
    /// The desk may leave less ([`SummaryRequest::within`](crate::ports::SummaryRequest::within)): not quite half its
    /// [lease](crate::DeskBuilder::lease), for this call and, if what it brings does not pass, a second one. With the
    /// default lease of one minute these are 27 seconds for both. A slow model gets its second call at once with a lease
    /// of five times this, such as two minutes; else later, as a new one.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout.clamp(Duration::from_millis(1), LONGEST_TIMEOUT);
        self
    }

    /// How long one attempt may take, from the name's resolution to the answer's last byte; at most a
    /// day. Default: 15 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout.clamp(Duration::from_millis(1), LONGEST_TIMEOUT);
        self
    }

    /// How often the model is called for one summary, steps down the ladder included; at least once. Default: 4 times.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.settings.attempts = attempts.max(1);
        self
    }

    /// How much of a transcript is sent, in tokens by an estimate on the safe side. Default: 6,000.
    pub fn transcript_tokens(mut self, tokens: usize) -> Self {
        self.settings.transcript_tokens = tokens;
        self
    }

    /// How much the model may write, in tokens, thoughts included. Default: 2,000.
    pub fn output_tokens(mut self, tokens: u32) -> Self {
        self.settings.output_tokens = tokens.max(1);
        self
    }

    /// After how many failures in a row the endpoint is left alone, and for how long; twice as long each time it fails
    /// again, up to five minutes, or to `pause` if that is longer. Only the endpoint itself may ask for more, up to a
    /// day. Default: 5 failures, 30 seconds.
    pub fn pause_after(mut self, failures: u32, pause: TimeDelta) -> Self {
        (self.pause_after, self.pause) = (failures, pause);
        self
    }

    /// Lets the base URL begin with `http://` on other machines than this: anybody on the way reads the key and the
    /// transcripts. Default: refused.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain = true;
        self
    }

    /// The summarizer.
    ///
    /// # Errors
    ///
    /// [`InvalidModel`].
    pub fn build(self) -> Result<ModelSummarizer, InvalidModel> {
        let (url, host) = self.address()?;
        let headers = self.sent()?;
        if self.model.trim().is_empty() {
            return Err(InvalidModel::NoModel);
        }
        let client = match self.transport.0 {
            Kind::Client(client) => client,
            Kind::Tls(tls) => client(*tls)?,
        };
        let trial = TimeDelta::from_std(self.settings.attempt_timeout).unwrap_or(TimeDelta::MAX);
        // A little more than a call takes, so that a second one is let out only if the first was dropped.
        let trial = trial.min(super::breaker::LONGEST - TimeDelta::seconds(1)) + TimeDelta::seconds(1);
        Ok(ModelSummarizer {
            endpoint: Endpoint { client, url, headers, host },
            dialect: self.dialect,
            model: self.model,
            redactor: self.redactor,
            clock: self.clock,
            settings: self.settings,
            breaker: Mutex::new(Breaker::new(self.pause_after, self.pause, trial)),
            rung: AtomicU8::new(0),
            is_renamed: AtomicBool::new(false),
        })
    }

    /// The address, and what of it is named.
    fn address(&self) -> Result<(Url, String), InvalidModel> {
        let mut url = Url::parse(&self.base).map_err(|_| InvalidModel::NotAUrl)?;
        let host = url.host_str().ok_or(InvalidModel::NotAUrl)?.to_owned();
        match url.scheme() {
            "https" => {}
            "http" if self.allow_plain || is_this_machine(&host) => {}
            "http" => return Err(InvalidModel::NotHttps),
            _ => return Err(InvalidModel::NotAUrl),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidModel::Credentials);
        }
        let path = format!("{}/{}", url.path().trim_end_matches('/'), self.path.trim_start_matches('/'));
        url.set_path(&path);
        url.set_fragment(None);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let host = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        Ok((url, host))
    }

    fn sent(&self) -> Result<HeaderMap, InvalidModel> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("escalate/", env!("CARGO_PKG_VERSION"))));
        if self.dialect == Dialect::Anthropic {
            // The only version there is since 2023; what is added since comes by headers and fields of its own.
            let version = HeaderValue::from_static("2023-06-01");
            headers.insert(HeaderName::from_static("anthropic-version"), version);
        }
        if let Some(key) = &self.key {
            let (name, before) = self.dialect.key_header();
            let value = HeaderValue::from_str(&format!("{before}{key}")).map_err(|_| InvalidModel::Key)?;
            headers.insert(HeaderName::from_static(name), value);
        }
        for (name, value) in &self.headers {
            let invalid = || InvalidModel::Header { name: name.clone() };
            let value = HeaderValue::from_str(value).map_err(|_| invalid())?;
            headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?, value);
        }
        // Whatever prints them prints `Sensitive`.
        headers.values_mut().for_each(|value| value.set_sensitive(true));
        Ok(headers)
    }
}

fn client(mut tls: ClientConfig) -> Result<Client, InvalidModel> {
    // A host's own configuration may offer HTTP/2, which this client does not speak.
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .no_proxy()
        .redirect(Policy::none())
        .retry(retry::never());
    client.build().map_err(|error| InvalidModel::Client(error.without_url()))
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for ModelSummarizerBuilder {
    // Neither the address, which may hold a token, nor the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSummarizerBuilder").field("model", &self.model).finish_non_exhaustive()
    }
}
