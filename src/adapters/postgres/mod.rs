//! All three stores in one PostgreSQL database: for any number of machines.
//!
//! # Round trips
//!
//! Every method is one statement, so one round trip once a connection has prepared it. What takes several steps is
//! a function on the server, made by the migrations: a commit checks its revision and its claim, counts the loads,
//! chooses the assignee and writes all there is to write in one call. Nothing sends `BEGIN` by hand, so a dropped
//! future leaves no connection inside a transaction: whatever was sent is done as a whole or not at all.
//!
//! # Isolation
//!
//! `READ COMMITTED`, PostgreSQL's default, is enough, because everything that is decided is decided under a lock on
//! the row it is about. A commit begins by moving the conversation's row from the revision it expects to the next;
//! of two, the second waits and then finds another revision. A load grows only under a lock on the teammate's row,
//! and is counted by a statement that begins after the lock was taken and so sees every commit before (A1). An
//! append holds the conversation's row. Locks are taken in one order, so nobody waits in a circle. A stricter
//! default is refused when a store is made: its statements would count on a snapshot from before the lock.
//!
//! # Primary only
//!
//! Every read goes to the primary: a standby may be behind, and would let a turn of the AI agent through that a
//! takeover has ended. With several hosts in its address, a store connects to the one that takes writes. A pool that
//! leads to a standby is refused, and so is a later connection of it that does: each is asked before it is used for
//! the first time, because after a failover a host's own pool may lead anywhere.
//!
//! # Choosing an assignee under contention
//!
//! First whoever comes first under the rule among those with room whom no other commit is choosing at this moment
//! (`SKIP LOCKED`): nobody waits. If all with room are being chosen, the commit waits for the best of them, looks
//! again from fresh counts and goes on so until it has somebody or nobody has room. So no cap is exceeded and nobody
//! is told "nobody available" while there is a seat; what the rule gives up is that one who is being chosen at this
//! moment is passed over. Not so round robin: whoever is passed over would never make up for it, so its commits wait
//! for whose turn it is, one after another in a workspace (A2).
//!
//! # Durability
//!
//! What a method has returned is on the disk, and on a synchronous standby where there is one; a server or role
//! with `synchronous_commit = off` is refused, and one with `local` where the server has synchronous standbys. If the
//! connection breaks after a write was sent, the answer is [`StoreError::Backend`], and whether it was done is not
//! known: the same command under the same key finds out.

mod append;
mod commit;
mod connect;
mod control;
mod draft;
mod fault;
mod listing;
mod load;
mod message;
mod migrate;
mod notify;
mod open;
mod options;
mod repository;
mod roster;
mod rosters;
mod row;
mod row_security;
mod threads;
mod tickets;
mod transcripts;
mod work;

pub use self::notify::listen;
pub use self::options::PostgresOptions;

use std::fmt;
use std::sync::Arc;

use deadpool_postgres::Pool;
use tokio_postgres::Row;

use self::fault::Fault;
use self::rosters::Rosters;
use self::row::Param;
use self::threads::Threads;
use crate::error::StoreError;
use crate::id::DatabaseId;

/// Transcripts, tickets and roster in one PostgreSQL database.
///
/// A clone shares the connections. Everything is one database, so a change and its transcript entries are written
/// together. Tables and functions are named `escalate_…` and are in the first schema of the connections' search
/// path, so the database may hold the host's own besides.
///
/// ```no_run
/// # async fn run() -> Result<(), escalate::StoreError> {
/// use escalate::adapters::postgres::PostgresStore;
/// let store = PostgresStore::connect("postgres://desk@db.example/desk").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping the future of a write leaves all of it or nothing: a statement that was sent is done whether or not
/// anybody waits for it, and one that was not is not done at all.
#[derive(Clone)]
pub struct PostgresStore {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    database: DatabaseId,
    /// Whether commits tell other machines of work.
    notifies: bool,
    rosters: Arc<Rosters>,
    threads: Arc<Threads>,
}

impl PostgresStore {
    /// Connects without TLS to the server at `address`, a URL or a list of `key=value` pairs, and brings the schema
    /// up to date.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`] if the server cannot be reached, is a standby, does not keep what it has answered,
    /// defaults to another isolation than `READ COMMITTED`, or has the schema of a later version of this library.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        PostgresOptions::new().connect(address).await
    }

    /// Keeps everything in the database that the host's own `pool` leads to, and brings the schema up to date.
    ///
    /// The pool's TLS, timeouts and size are the host's. A role that may not change the schema is enough where
    /// [`PostgresStore::migrate`] was run before.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::connect`].
    pub async fn from_pool(pool: Pool) -> Result<Self, StoreError> {
        // Before anything is written: what the migrations do counts on the isolation, too.
        let checked = async { connect::check(&pool.get().await?).await };
        checked.await.map_err(|fault: Fault| fault.during(CONNECT))?;
        Self::migrate(&pool).await?;
        let database = async { connect::database(&pool.get().await?).await };
        let database = database.await.map_err(|fault: Fault| fault.during(CONNECT))?;
        let (rosters, threads) = (Arc::default(), Arc::default());
        Ok(Self { inner: Arc::new(Inner { pool, database, notifies: false, rosters, threads }) })
    }

    /// Brings the schema of the database behind `pool` up to date; any number of nodes may do so at the same time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Backend`]; nothing was changed. Among others if the schema is that of a later version of this
    /// library; the error names both versions.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the old schema or the new one.
    pub async fn migrate(pool: &Pool) -> Result<(), StoreError> {
        let migrated = async {
            let mut client = pool.get().await?;
            migrate::migrate(&mut client).await
        };
        migrated.await.map_err(|fault: Fault| fault.during("migrate the database"))
    }

    /// Runs one statement: one round trip.
    async fn ask(&self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
        let (client, statement) = connect::prepared(self.inner.pool.get().await?, sql).await?;
        let rows = client.query(&statement, params).await;
        connect::give_back(client, rows)
    }

    async fn ask_one(&self, sql: &str, params: &[Param<'_>]) -> Result<Row, Fault> {
        let row = self.ask(sql, params).await?.into_iter().next();
        row.ok_or(Fault::Unknown { table: "a function's answer", column: "end" })
    }

    /// Runs one statement that changes rows; gives their number.
    async fn run(&self, sql: &str, params: &[Param<'_>]) -> Result<u64, Fault> {
        let (client, statement) = connect::prepared(self.inner.pool.get().await?, sql).await?;
        let changed = client.execute(&statement, params).await;
        connect::give_back(client, changed)
    }
}

impl fmt::Debug for PostgresStore {
    // Neither the address nor anything inside: hosts print their state with `{:?}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("database", &self.inner.database).finish_non_exhaustive()
    }
}

const CONNECT: &str = "connect to the database";
