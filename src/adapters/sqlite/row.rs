//! Values in columns: ids as bytes, instants as microseconds, the rest as JSON.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::fault::Fault;

pub(super) type Bytes = [u8; 16];

pub(super) fn bytes(id: impl Into<Uuid>) -> Bytes {
    id.into().into_bytes()
}

pub(super) fn id<T: From<Uuid>>(row: &Row<'_>, column: usize) -> Result<T, Fault> {
    Ok(Uuid::from_bytes(row.get(column)?).into())
}

pub(super) fn id_if_any<T: From<Uuid>>(row: &Row<'_>, column: usize) -> Result<Option<T>, Fault> {
    let bytes: Option<Bytes> = row.get(column)?;
    Ok(bytes.map(|bytes| Uuid::from_bytes(bytes).into()))
}

pub(super) fn instant(row: &Row<'_>, column: usize) -> Result<DateTime<Utc>, Fault> {
    let micros = row.get(column)?;
    let instant = DateTime::from_timestamp_micros(micros);
    Ok(instant.ok_or(rusqlite::Error::IntegralValueOutOfRange(column, micros))?)
}

pub(super) fn instant_if_any(row: &Row<'_>, column: usize) -> Result<Option<DateTime<Utc>>, Fault> {
    let micros: Option<i64> = row.get(column)?;
    micros.map(|_| instant(row, column)).transpose()
}

/// A counter, bit for bit: SQLite's integers are signed, so its own comparison is not to be used on one.
pub(super) fn counter(row: &Row<'_>, column: usize) -> Result<u64, Fault> {
    let stored: i64 = row.get(column)?;
    Ok(stored.cast_unsigned())
}

/// A bound for a comparison in SQL; no stored place or limit comes near the largest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows a query may give.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|_| Fault::Unwritable { table })
}

pub(super) fn parsed<T: DeserializeOwned>(
    table: &'static str,
    row: &Row<'_>,
    column: usize,
) -> Result<T, Fault> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    serde_json::from_str(text).map_err(|error| Fault::corrupt(table, &error))
}

/// Runs a statement that returns nothing; gives the number of rows it changed.
pub(super) fn run(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(params)
}

pub(super) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}
