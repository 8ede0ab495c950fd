//! Connections: how a pool is made, and what is asked of one that a host hands in.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Config, Socket};

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

/// Refuses a connection on which the contracts would not hold.
pub(super) async fn check(client: &deadpool_postgres::Client) -> Result<(), Fault> {
    let row = client.query_one(SETTINGS, &[]).await?;
    if row.try_get(0)? {
        return Err(Fault::Standby);
    }
    let (isolation, durable): (String, String) = (row.try_get(1)?, row.try_get(2)?);
    if isolation != "read committed" {
        let setting = format!("default_transaction_isolation = {isolation}");
        return Err(Fault::Setting { setting, needed: "the functions here need \"read committed\"" });
    }
    if durable == "off" {
        let setting = "synchronous_commit = off".to_owned();
        return Err(Fault::Setting { setting, needed: "what was answered has to survive a crash" });
    }
    Ok(())
}

/// The id that was made with the database.
pub(super) async fn database(client: &deadpool_postgres::Client) -> Result<DatabaseId, Fault> {
    let row = client.query_one("SELECT database FROM escalate_meta WHERE one = 1", &[]).await?;
    Ok(DatabaseId::new(row.try_get(0)?))
}

const SETTINGS: &str = "SELECT pg_is_in_recovery(), current_setting('default_transaction_isolation'),
    current_setting('synchronous_commit')";
