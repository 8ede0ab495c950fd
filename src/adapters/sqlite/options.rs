//! How a store uses its file.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::SqliteStore;
use crate::error::StoreError;

/// How a [`SqliteStore`] uses its file.
#[derive(Clone, Debug)]
#[must_use]
pub struct SqliteOptions {
    pub(super) busy_timeout: Duration,
    pub(super) readers: usize,
    pub(super) page_cache_kib: u32,
}

impl SqliteOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { busy_timeout: Duration::from_secs(5), readers: 4, page_cache_kib: 8_192 }
    }

    /// How long to wait for another process that holds the write lock; 5 seconds unless set.
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// How many connections read, at least one: as many reads run at the same time; 4 unless set.
    pub const fn readers(mut self, readers: usize) -> Self {
        self.readers = if readers == 0 { 1 } else { readers };
        self
    }

    /// The page cache of each connection in KiB; 8192 unless set.
    pub const fn page_cache_kib(mut self, kib: u32) -> Self {
        self.page_cache_kib = kib;
        self
    }

    /// Opens the database in the file at `path`; makes both if there are none.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`].
    pub fn open(&self, path: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_with(path.as_ref(), self)
    }

    /// Keeps everything in the database of `connection`, which writes from now on.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::from_connection`].
    pub fn adopt(&self, connection: Connection) -> Result<SqliteStore, StoreError> {
        SqliteStore::adopt_with(connection, self)
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self::new()
    }
}
