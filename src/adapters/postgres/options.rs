//! How a store uses its server.

use std::time::Duration;

#[cfg(feature = "postgres-tls")]
use rustls::ClientConfig;
use tokio_postgres::NoTls;

use super::{CONNECT, PostgresStore, connect};
use crate::error::StoreError;

/// How a [`PostgresStore`] that makes its own pool uses its server.
#[derive(Clone, Debug)]
#[must_use]
pub struct PostgresOptions {
    pub(super) connections: usize,
    pub(super) wait: Duration,
}

impl PostgresOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { connections: 16, wait: Duration::from_secs(10) }
    }

    /// How many connections there are at most, at least one; 16 unless set.
    pub const fn connections(mut self, connections: usize) -> Self {
        self.connections = if connections == 0 { 1 } else { connections };
        self
    }

    /// How long to wait for a free or a new connection; 10 seconds unless set.
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Connects without TLS to the server at `address`, a URL or a list of `key=value` pairs.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`].
    pub async fn connect(&self, address: &str) -> Result<PostgresStore, StoreError> {
        let pool = connect::config(address).and_then(|config| connect::pool(config, NoTls, self));
        PostgresStore::from_pool(pool.map_err(|fault| fault.during(CONNECT))?).await
    }

    /// Connects to the server at `address` with TLS and nothing but TLS, as `tls` says.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`]; and if the server has no TLS or its certificate is not trusted.
    #[cfg(feature = "postgres-tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres-tls")))]
    pub async fn connect_tls(&self, address: &str, tls: ClientConfig) -> Result<PostgresStore, StoreError> {
        let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
        let pool = connect::config(address).and_then(|mut config| {
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
            connect::pool(config, tls, self)
        });
        PostgresStore::from_pool(pool.map_err(|fault| fault.during(CONNECT))?).await
    }
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self::new()
    }
}
