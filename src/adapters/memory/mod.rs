//! All three stores in memory: for tests, examples and prototypes. The reference for every other adapter.

mod commit;
mod load;
mod roster;
mod state;
mod tickets;
mod transcripts;
mod work;

use std::fmt;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use self::state::State;
use crate::id::DatabaseId;

/// Transcripts, tickets and roster in memory, gone with the last clone.
///
/// A clone shares the contents. Everything is one database, so a change and its transcript entries are written
/// together.
#[derive(Clone)]
pub struct MemoryStore {
    inner: Arc<Inner>,
}

struct Inner {
    database: DatabaseId,
    state: RwLock<State>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        let database = DatabaseId::new(Uuid::now_v7());
        Self { inner: Arc::new(Inner { database, state: RwLock::default() }) }
    }

    // A poisoned lock is as good as a sound one: every write checks first and then cannot fail half way.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.inner.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.inner.state.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("database", &self.inner.database).finish_non_exhaustive()
    }
}
