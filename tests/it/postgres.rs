//! The PostgreSQL store keeps the contracts of its ports, on a server that the run starts itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod assumed;
mod cluster;
mod contention;
mod cut;
mod deliveries;
mod failover;
mod faults;
mod home;
mod linear;
mod naive;
mod nodes;
mod plans;
mod recount;
mod row_security;
mod spy;
mod stale;
mod stopped;
mod tls;
mod turns;
mod wakes;

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::{Manager, Pool, Runtime};
use escalate::adapters::postgres::PostgresStore;
use escalate::testkit::{Harness, Reopen, StaffedRoster};
use escalate::{Roster, TeamId, Teammate, WorkspaceId};
use tokio_postgres::NoTls;

use self::cluster::Database;

/// Stores in a database of their own, made from a migrated template.
pub(crate) struct Postgres;

impl Harness for Postgres {
    type Guard = Arc<Database>;
    type Store = PostgresStore;

    async fn fresh(&self) -> (Arc<Database>, PostgresStore) {
        let database = Arc::new(Database::from_template().await);
        let store = self.reopen(&database).await;
        (database, store)
    }
}

impl Reopen for Postgres {
    fn reopen(&self, database: &Arc<Database>) -> impl Future<Output = PostgresStore> + Send {
        let pool = pool(database, 8);
        async move { PostgresStore::from_pool(pool).await.unwrap() }
    }
}

/// As a host makes one.
fn pool(database: &Database, size: usize) -> Pool {
    let manager = Manager::new(database.config(), NoTls);
    Pool::builder(manager).max_size(size).runtime(Runtime::Tokio1).build().unwrap()
}

/// Two stores over one database, with a pool each.
pub(crate) async fn two_nodes() -> (impl Send, [PostgresStore; 2]) {
    let (guard, one) = Postgres.fresh().await;
    let two = Postgres.reopen(&guard).await;
    (guard, [one, two])
}

/// A harness whose roster a case can fill.
struct Filled;

struct Staffed(PostgresStore);

impl Harness for Filled {
    type Guard = Arc<Database>;
    type Store = Staffed;

    async fn fresh(&self) -> (Arc<Database>, Staffed) {
        let (guard, store) = Postgres.fresh().await;
        (guard, Staffed(store))
    }
}

#[async_trait]
impl StaffedRoster for Staffed {
    fn roster(&self) -> &dyn Roster {
        &self.0
    }

    async fn put_teammate(&self, teammate: Teammate) {
        self.0.put_teammate(teammate).await.unwrap();
    }

    async fn put_team(&self, workspace: WorkspaceId, team: TeamId, capacity: u32) {
        self.0.put_team(workspace, team, capacity).await.unwrap();
    }

    async fn set_workspace_capacity(&self, workspace: WorkspaceId, capacity: u32) {
        self.0.set_workspace_capacity(workspace, capacity).await.unwrap();
    }
}

escalate::transcript_store_conformance!(#[tokio::test] transcripts => Postgres);
escalate::ticket_repository_conformance!(#[tokio::test] tickets => Postgres);
escalate::roster_conformance!(#[tokio::test] roster => Filled);
escalate::shared_database_conformance!(#[tokio::test] both => Postgres);
escalate::transcript_store_reopen_conformance!(#[tokio::test] transcripts_reopened => Postgres);
escalate::ticket_repository_reopen_conformance!(#[tokio::test] tickets_reopened => Postgres);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_on_threads() {
    crate::conformance::on_threads(&Postgres).await;
}
