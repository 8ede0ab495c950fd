//! How an endpoint is put together, and which addresses are none.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url, retry};
use rustls::ClientConfig;
use thiserror::Error;

use super::address::is_public_address;
use super::request::Endpoint;
use super::resolve::Checked;
use super::secret::{Secrets, WebhookSecret};
use super::{Disabled, Inner, State, WebhookSink};
use crate::event::Event;
use crate::ports::{Clock, SystemClock};

/// Why there is no sink for an address. None of them quotes it: it may hold a token.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// It is no URL with a host.
    #[error("a webhook's address is an absolute URL, such as `https://shop.example/hooks`")]
    NotAUrl,
    /// It is not `https`.
    #[error("a webhook's address begins with `https://`; plain HTTP takes `allow_plain_http`")]
    NotHttps,
    /// It holds a name or a password.
    #[error("a webhook's address holds no user name and no password; receivers know us by the signature")]
    Credentials,
    /// Its host is not one of the public internet.
    #[error("{address} is a private address, which webhooks do not go to without `allow_private_addresses`")]
    PrivateAddress {
        /// The host.
        address: IpAddr,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}

pub(super) type Wanted = Box<dyn Fn(&Event) -> bool + Send + Sync>;
pub(super) type OnDisabled = Box<dyn Fn(&Disabled) + Send + Sync>;

/// Puts a [`WebhookSink`] together. What is required was given to [`WebhookSink::builder`].
#[must_use = "a builder does nothing until `build`"]
pub struct WebhookSinkBuilder {
    url: String,
    secrets: Secrets,
    tls: ClientConfig,
    wanted: Wanted,
    on_disabled: OnDisabled,
    clock: Arc<dyn Clock>,
    timeout: Duration,
    allow_private: bool,
    allow_plain: bool,
}

impl WebhookSinkBuilder {
    pub(super) fn new(url: &str, secret: WebhookSecret, tls: ClientConfig) -> Self {
        Self {
            url: url.to_owned(),
            secrets: Secrets { current: secret, previous: None },
            tls,
            wanted: Box::new(|_| true),
            on_disabled: Box::new(|_| {}),
            clock: Arc::new(SystemClock),
            timeout: Duration::from_secs(15),
            allow_private: false,
            allow_plain: false,
        }
    }

    /// Sends only events for which `wanted` is true. Default: all, of all workspaces.
    ///
    /// An endpoint that belongs to a workspace must be given this, or it is sent the events of the others too.
    pub fn only(mut self, wanted: impl Fn(&Event) -> bool + Send + Sync + 'static) -> Self {
        self.wanted = Box::new(wanted);
        self
    }

    /// Signs with `secret` too, for receivers that do not have the current one yet. Default: none.
    pub fn previous_secret(mut self, secret: WebhookSecret) -> Self {
        self.secrets.previous = Some(secret);
        self
    }

    /// Called once each time the endpoint gets disabled: tell whoever owns it, by other means. It is called while
    /// events are delivered, so it must not wait. Default: a line in the log.
    pub fn on_disabled(mut self, tell: impl Fn(&Disabled) + Send + Sync + 'static) -> Self {
        self.on_disabled = Box::new(tell);
        self
    }

    /// The clock that attempts are dated by. Default: the system's. Receivers refuse what is more than some
    /// minutes off.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How long the receiver may take to answer, from the name's resolution on. Default: 15 seconds; the
    /// specification recommends 15 to 30.
    ///
    /// Give the desk a [lease](crate::DeskBuilder::lease) of more than twice this: half a lease is when the worker
    /// drops a call, and what it drops follows the worker's table of retries and not this one.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.max(Duration::from_millis(1));
        self
    }

    /// Lets requests go to private addresses: for tests, development, and receivers of your own. Default: refused.
    pub fn allow_private_addresses(mut self) -> Self {
        self.allow_private = true;
        self
    }

    /// Lets the address begin with `http://`: anybody on the way reads the events. Default: refused.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain = true;
        self
    }

    /// The sink.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`].
    pub fn build(self) -> Result<WebhookSink, InvalidEndpoint> {
        let (url, host) = self.address()?;
        let mut tls = self.tls;
        // A host's own configuration may offer HTTP/2, which this client does not speak.
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .https_only(!self.allow_plain)
            .no_proxy()
            .redirect(Policy::none())
            .retry(retry::never())
            .dns_resolver(Checked { allow_private: self.allow_private })
            .user_agent(concat!("escalate/", env!("CARGO_PKG_VERSION")));
        let client = client.build().map_err(|error| InvalidEndpoint::Client(error.without_url()))?;
        let inner = Inner {
            endpoint: Endpoint { client, url, host },
            wanted: self.wanted,
            on_disabled: self.on_disabled,
            clock: self.clock,
            timeout: self.timeout,
            state: Mutex::new(State::new(self.secrets)),
        };
        Ok(WebhookSink { inner: Arc::new(inner) })
    }

    /// The address, and what of it is named.
    fn address(&self) -> Result<(Url, String), InvalidEndpoint> {
        let url = Url::parse(&self.url).map_err(|_| InvalidEndpoint::NotAUrl)?;
        let host = url.host_str().ok_or(InvalidEndpoint::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_plain => {}
            _ => return Err(InvalidEndpoint::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidEndpoint::Credentials);
        }
        // Whatever its spelling was: parsing has made one form of `0x7f.1`, `2130706433` and the like. A literal is
        // connected to without a resolver, so it is checked here.
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if let Some(address) =
            literal.ok().filter(|address| !self.allow_private && !is_public_address(*address))
        {
            return Err(InvalidEndpoint::PrivateAddress { address });
        }
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok((url, host))
    }
}

impl fmt::Debug for WebhookSinkBuilder {
    // Not the address: its path or query may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSinkBuilder").finish_non_exhaustive()
    }
}
