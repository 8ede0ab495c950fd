//! The schema, by numbered versions.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use super::fault::Fault;
use super::row::{Bytes, all, first};

/// Brings the schema up to date; does nothing if it is. Two processes may do so at the same time.
pub(super) fn migrate(connection: &Connection) -> Result<(), Fault> {
    if is_known(connection)? && pending(connection)?.is_empty() {
        return Ok(());
    }
    // Whoever comes second waits for the lock, and finds the work done.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS escalate_migrations (
            version INTEGER PRIMARY KEY,
            checksum BLOB NOT NULL
        ) STRICT",
    )?;
    for (version, sql) in pending(&transaction)? {
        transaction.execute_batch(sql)?;
        transaction.execute(
            "INSERT INTO escalate_migrations (version, checksum) VALUES (?1, ?2)",
            params![version, checksum(sql)],
        )?;
    }
    Ok(transaction.commit()?)
}

fn is_known(connection: &Connection) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'escalate_migrations'";
    Ok(first(connection, sql, [], |_| Ok(()))?.is_some())
}

/// The versions that the database has not seen. Refuses what this version of the library does not know.
fn pending(connection: &Connection) -> Result<Vec<(i64, &'static str)>, Fault> {
    let seen =
        all(connection, "SELECT version, checksum FROM escalate_migrations ORDER BY version", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Bytes>(1)?))
        })?;
    let mut pending: Vec<_> = (1..).zip(MIGRATIONS.iter().copied()).collect();
    let known = pending.last().map_or(0, |(version, _)| *version);
    if let Some((found, _)) = seen.last().filter(|(found, _)| *found > known) {
        return Err(Fault::NewerSchema { found: *found, known });
    }
    for (version, made_from) in seen {
        if pending.iter().any(|(known, sql)| *known == version && checksum(sql) != made_from) {
            return Err(Fault::OtherSchema { version });
        }
        pending.retain(|(known, _)| *known != version);
    }
    Ok(pending)
}

fn checksum(sql: &str) -> Bytes {
    const NAMESPACE: Uuid = Uuid::from_u128(0x6d1c_0b5a_2f7e_4c93_8a41_75e2_90bd_c6f8);
    Uuid::new_v5(&NAMESPACE, sql.as_bytes()).into_bytes()
}

/// Version `n` is at `n - 1`. A version that was released never changes; a change is a further one.
const MIGRATIONS: [&str; 1] = [include_str!("schema_1.sql")];
