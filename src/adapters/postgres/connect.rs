//! Connections: how a pool is made, and what is asked of one that a host hands in.

use deadpool_postgres::{Client, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Row, Socket, Statement};

use super::PostgresOptions;
use super::fault::Fault;
use crate::id::DatabaseId;

/// The address, for the primary only.
pub(super) fn config(address: &str) -> Result<Config, Fault> {
    let mut config: Config = address.parse().map_err(|_| Fault::BadAddress)?;
    // Of several hosts, the one that takes writes: a standby may be behind, and would let a turn through that a
    // takeover has ended.
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    Ok(config)
}

pub(super) fn pool<T>(config: Config, tls: T, options: &PostgresOptions) -> Result<Pool, Fault>
where
    T: MakeTlsConnect<Socket> + Clone + Sync + Send + 'static,
    T::Stream: Sync + Send,
    T::TlsConnect: Sync + Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    // Nothing to clean up between users: no statement here leaves a transaction or a setting behind.
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(config, tls, recycling);
    let pool = Pool::builder(manager)
        .max_size(options.connections)
        .wait_timeout(Some(options.wait))
        .create_timeout(Some(options.wait))
        .runtime(Runtime::Tokio1)
        .build();
    pool.map_err(|_| Fault::NoConnection { reason: "the pool cannot be made" })
}

/// Prepares a statement. A connection that this store has not used yet may lead elsewhere than those before it: it is
/// asked, and leaves the pool unless it may be used.
pub(super) async fn prepared(client: Client, sql: &str) -> Result<(Client, Statement), Fault> {
    // The question itself is what a connection is known by: nobody else prepares it.
    let known = client.statement_cache.size();
    let prepared = client.prepare_cached(SETTINGS).await;
    let (mut client, question) = keep(client, prepared)?;
    if client.statement_cache.size() > known {
        client = seen(client, &question).await?;
    }
    let prepared = client.prepare_cached(sql).await;
    keep(client, prepared)
}

async fn seen(client: Client, question: &Statement) -> Result<Client, Fault> {
    let mut unseen = Unseen(Some(client));
    if let Some(client) = &unseen.0 {
        judge(&client.query_one(question, &[]).await?)?;
    }
    unseen.0.take().ok_or(Fault::NoConnection { reason: "it is gone" })
}

fn keep<T>(client: Client, outcome: Result<T, tokio_postgres::Error>) -> Result<(Client, T), Fault> {
    match outcome {
        Ok(value) => Ok((client, value)),
        Err(error) => give_back(client, Err(error)),
    }
}

/// Leaves the pool when it is dropped, also with the future that asks it.
struct Unseen(Option<Client>);

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            let _gone = Object::take(client);
        }
    }
}

/// Gives a connection back to the pool, unless it broke: the pool would notice only once the driver has.
pub(super) fn give_back<T>(client: Client, outcome: Result<T, tokio_postgres::Error>) -> Result<T, Fault> {
    outcome.map_err(Fault::from).inspect_err(|fault| {
        if fault.breaks_connection() {
            let _gone = Object::take(client);
        }
    })
}

/// Refuses a connection on which the contracts would not hold.
pub(super) async fn check(client: &Client) -> Result<(), Fault> {
    judge(&client.query_one(SETTINGS, &[]).await?)
}

fn judge(row: &Row) -> Result<(), Fault> {
    if row.try_get(0)? {
        return Err(Fault::Standby);
    }
    let (isolation, durable): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    if isolation != "read committed" {
        let setting = format!("default_transaction_isolation = {isolation}");
        return Err(Fault::Setting { setting, needed: "the functions here need \"read committed\"" });
    }
    if durable == "off" || durable == "local" && row.try_get(3)? {
        let setting = format!("synchronous_commit = {durable}");
        return Err(Fault::Setting { setting, needed: "what was answered has to survive a crash" });
    }
    Ok(())
}

/// The id that was made with the database.
pub(super) async fn database(client: &Client) -> Result<DatabaseId, Fault> {
    let row = client.query_one("SELECT database FROM escalate_meta WHERE one = 1", &[]).await?;
    Ok(DatabaseId::new(row.try_get(0)?))
}

const SETTINGS: &str = "SELECT pg_is_in_recovery(), current_setting('default_transaction_isolation'),
    current_setting('synchronous_commit'), current_setting('synchronous_standby_names') <> ''";
