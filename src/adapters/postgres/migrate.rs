//! The schema, by numbered versions.

use tokio_postgres::{GenericClient, Transaction};
use uuid::Uuid;

use super::fault::Fault;

/// Brings the schema up to date; does nothing if it is. Any number of nodes may do so at the same time.
///
/// All of it or nothing: the statements of every version are one transaction.
pub(super) async fn migrate(client: &mut tokio_postgres::Client) -> Result<(), Fault> {
    // Looked up first, so that a role that may not change the schema can use one that is up to date.
    if is_known(client).await? && pending(client).await?.is_empty() {
        return Ok(());
    }
    // Not sent by hand: dropped on the way, it rolls back before anybody else gets the connection.
    let transaction = client.transaction().await?;
    apply(&transaction).await?;
    Ok(transaction.commit().await?)
}

async fn apply(transaction: &Transaction<'_>) -> Result<(), Fault> {
    // Whoever comes second waits here, and finds the work done.
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    transaction.batch_execute(VERSIONS).await?;
    for (version, sql) in pending(transaction).await? {
        transaction.batch_execute(sql).await?;
        let insert = "INSERT INTO escalate_migrations (version, checksum) VALUES ($1, $2)";
        transaction.execute(insert, &[&version, &checksum(sql)]).await?;
    }
    Ok(())
}

async fn is_known(client: &impl GenericClient) -> Result<bool, Fault> {
    let row = client.query_one("SELECT to_regclass('escalate_migrations') IS NOT NULL", &[]).await?;
    Ok(row.try_get(0)?)
}

/// The versions that the database has not seen. Refuses what this version of the library does not know.
async fn pending(client: &impl GenericClient) -> Result<Vec<(i32, &'static str)>, Fault> {
    let seen =
        client.query("SELECT version, checksum FROM escalate_migrations ORDER BY version", &[]).await?;
    let mut pending: Vec<_> = (1..).zip(MIGRATIONS.iter().copied()).collect();
    let known = pending.last().map_or(0, |(version, _)| *version);
    for row in seen {
        let (version, made_from): (i32, Uuid) = (row.try_get(0)?, row.try_get(1)?);
        if version > known {
            return Err(Fault::NewerSchema { found: version, known });
        }
        if pending.iter().any(|(known, sql)| *known == version && checksum(sql) != made_from) {
            return Err(Fault::OtherSchema { version });
        }
        pending.retain(|(known, _)| *known != version);
    }
    Ok(pending)
}

fn checksum(sql: &str) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x6d1c_0b5a_2f7e_4c93_8a41_75e2_90bd_c6f8);
    Uuid::new_v5(&NAMESPACE, sql.as_bytes())
}

/// Any number that nobody else in the database is likely to lock.
const LOCK: i64 = 0x6573_6361_6c61_7465;

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS escalate_migrations (
    version integer PRIMARY KEY,
    checksum uuid NOT NULL
)";

/// Version `n` is at `n - 1`. A version that was released never changes; a change is a further one.
const MIGRATIONS: [&str; 6] = [
    include_str!("schema_1_tables.sql"),
    include_str!("schema_2_append.sql"),
    include_str!("schema_3_work.sql"),
    include_str!("schema_4_place.sql"),
    include_str!("schema_5_commit.sql"),
    include_str!("schema_6_load.sql"),
];
