//! Connections that only read.
//!
//! A read runs on the caller's own thread: in a write-ahead log it never waits for the writer, and a point read
//! takes less time than a message to another thread. Listings are pages of a few dozen rows from an index, tens of
//! microseconds, so they run there too.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

use super::fault::Fault;
use super::row::run;

pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self { connections: connections.into_iter().map(Mutex::new).collect() }
    }

    /// Runs `read` on a free connection; waits for one if all are busy.
    pub(super) fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let connection = self.free().ok_or(Fault::NoSecondConnection)?;
        if !connection.is_autocommit() {
            // A reader that stays at an instant of the past would hide newer commits.
            run(&connection, "ROLLBACK", [])?;
        }
        read(&connection)
    }

    // The first free one, not the next: its page cache and statements are the warmest.
    fn free(&self) -> Option<MutexGuard<'_, Connection>> {
        for connection in &self.connections {
            match connection.try_lock() {
                Ok(free) => return Some(free),
                // A panic while reading leaves nothing half done.
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        // Spread over the pool by thread, so that waiting callers do not all queue behind one reader.
        let own = std::thread::current().id();
        let index = hash(&own) % self.connections.len().max(1);
        self.connections.get(index).map(|reader| reader.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn hash(id: &std::thread::ThreadId) -> usize {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    usize::try_from(hasher.finish() >> 32).unwrap_or(0)
}

/// Runs `read` at one instant: all its statements see the same commits.
pub(super) fn at_one_instant<T>(
    connection: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    run(connection, "BEGIN", [])?;
    let _ends = EndOfInstant(connection);
    read(connection)
}

struct EndOfInstant<'a>(&'a Connection);

impl Drop for EndOfInstant<'_> {
    fn drop(&mut self) {
        // If this fails, the next user of the connection finds it inside a transaction and ends it.
        let _ = run(self.0, "COMMIT", []);
    }
}
