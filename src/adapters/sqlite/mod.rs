//! All three stores in one SQLite file: for one machine, with any number of processes.
//!
//! # One writer, many readers
//!
//! SQLite lets one connection write at a time. So one thread owns the writing connection and takes the writes of
//! all tasks from a queue: nobody holds a lock across an `.await`, a dropped future cannot leave a transaction
//! open, and writes that come together share one flush to the disk ([`SqliteStore::flushes`] counts them). Reads
//! run on the caller's own thread, on a few connections that only read: in a write-ahead log they never wait for
//! the writer, and the most frequent one ([`control`](crate::TicketRepository::control)) takes a few microseconds,
//! less than a message to another thread and back. A read sees every write that was answered before it.
//!
//! # Durability
//!
//! A write-ahead log with `synchronous = FULL`: what a method has returned survives a power cut.
//!
//! # One SQLite in the program
//!
//! The library builds its own SQLite (3.51.3 or later: earlier ones can corrupt a write-ahead log). Cargo allows one
//! crate that links `sqlite3` in a program, so a host that uses rusqlite itself shares the copy, at any version
//! from 0.39 up to, not including, 0.43; a host on sqlx's SQLite needs sqlx 0.9.

mod append;
mod commit;
mod connect;
mod control;
mod fault;
mod listing;
mod load;
mod message;
mod migrate;
mod options;
mod readers;
mod repository;
mod roster;
mod row;
mod tickets;
mod transcripts;
mod work;
mod writer;

pub use self::options::SqliteOptions;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use self::fault::Fault;
use self::readers::Readers;
use self::writer::Writer;
use crate::error::StoreError;
use crate::id::DatabaseId;

/// Transcripts, tickets and roster in one SQLite database.
///
/// A clone shares the connections. Everything is one database, so a change and its transcript entries are written
/// together. The last clone to be dropped waits for the writes that were sent and closes the file.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use escalate::adapters::sqlite::SqliteStore;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("desk.db");
/// let store = SqliteStore::open(path)?;
/// assert_eq!(store.flushes(), 0);
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping the future of a write leaves all of it or nothing: a write that was sent is done whether or not
/// anybody waits for it.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

// The readers go first: the last connection to close folds the log into the file, and that has to be one that
// writes.
struct Inner {
    readers: Readers,
    writer: Writer,
    database: DatabaseId,
}

impl SqliteStore {
    /// Opens the database in the file at `path`; makes both if there are none, and brings the schema up to date.
    ///
    /// Tables are named `escalate_…`, so the file may hold the host's own besides.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`] if the file is no database, is locked for longer than the busy timeout, or was
    /// written by a later version of this library.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        SqliteOptions::new().open(path)
    }

    /// Keeps everything in the database of `connection`, which writes from now on.
    ///
    /// For a host that has set its connection up in its own way. Its busy timeout, page cache, `synchronous`,
    /// `foreign_keys`, journal mode and checkpoint interval are set as for a file that is opened by path; readers
    /// are opened by the same path.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`]; and if the connection is inside a transaction, or its database cannot be opened a
    /// second time by its path: one in memory, say.
    pub fn from_connection(connection: Connection) -> Result<Self, StoreError> {
        SqliteOptions::new().adopt(connection)
    }

    fn open_with(path: &Path, options: &SqliteOptions) -> Result<Self, StoreError> {
        let connection = connect::writer(path, options).map_err(|fault| fault.during(OPEN))?;
        Self::start(connection, options)
    }

    fn adopt_with(connection: Connection, options: &SqliteOptions) -> Result<Self, StoreError> {
        let connection = connect::prepared(connection, options).map_err(|fault| fault.during(OPEN))?;
        Self::start(connection, options)
    }

    fn start(connection: Connection, options: &SqliteOptions) -> Result<Self, StoreError> {
        migrate::migrate(&connection).map_err(|fault| fault.during("migrate the database"))?;
        let started = || {
            let database = connect::database(&connection)?;
            let readers = Readers::new(connect::readers(&connection, database, options)?);
            Ok(Inner { readers, writer: Writer::start(connection)?, database })
        };
        let inner = started().map_err(|fault: Fault| fault.during(OPEN))?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How many times this store has flushed to the disk: transactions that changed something.
    ///
    /// Writes that come at the same time share one.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.inner.writer.flushes()
    }

    /// Runs `read` on the caller's thread.
    fn look<T>(
        &self,
        operation: &'static str,
        read: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.inner.readers.with(read).map_err(|fault| fault.during(operation))
    }

    /// Runs `write` in a transaction, and returns once it is durable.
    async fn change<T: Send + 'static>(
        &self,
        operation: &'static str,
        write: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let answer = self.inner.writer.send(write).await;
        answer.unwrap_or(Err(Fault::Panicked)).map_err(|fault| fault.during(operation))
    }
}

impl fmt::Debug for SqliteStore {
    // Neither the path nor anything inside: hosts print their state with `{:?}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("database", &self.inner.database).finish_non_exhaustive()
    }
}

const OPEN: &str = "open the database";

#[cfg(test)]
#[path = "commit_test.rs"]
mod commit_test;
#[cfg(test)]
#[path = "fixture_test.rs"]
mod fixture;
#[cfg(test)]
#[path = "measure_test.rs"]
mod measure_test;
#[cfg(test)]
#[path = "open_test.rs"]
mod open_test;
#[cfg(test)]
#[path = "plan_test.rs"]
mod plan_test;
#[cfg(test)]
#[path = "work_test.rs"]
mod work_test;
#[cfg(test)]
#[path = "writer_test.rs"]
mod writer_test;
