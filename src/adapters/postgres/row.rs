//! Values in columns: instants as microseconds, texts and JSON as bytes, the rest as it is.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql};
use uuid::Uuid;

use super::fault::Fault;
use crate::key::Key;

/// A parameter of a statement.
pub(super) type Param<'a> = &'a (dyn ToSql + Sync);

pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, Fault> {
    Ok(row.try_get(column)?)
}

pub(super) fn id<T: From<Uuid>>(row: &Row, column: usize) -> Result<T, Fault> {
    Ok(get::<Uuid>(row, column)?.into())
}

pub(super) fn id_if_any<T: From<Uuid>>(row: &Row, column: usize) -> Result<Option<T>, Fault> {
    Ok(get::<Option<Uuid>>(row, column)?.map(T::from))
}

pub(super) fn instant(table: &'static str, row: &Row, column: usize) -> Result<DateTime<Utc>, Fault> {
    instant_of(table, get(row, column)?)
}

pub(super) fn instant_of(table: &'static str, micros: i64) -> Result<DateTime<Utc>, Fault> {
    DateTime::from_timestamp_micros(micros).ok_or(Fault::Unknown { table, column: "instant" })
}

pub(super) fn instant_if_any(
    table: &'static str,
    row: &Row,
    column: usize,
) -> Result<Option<DateTime<Utc>>, Fault> {
    let micros: Option<i64> = get(row, column)?;
    micros.map(|_| instant(table, row, column)).transpose()
}

/// A counter. Stored as a signed number: none that counts what happened comes near the largest.
pub(super) fn counter(row: &Row, column: usize) -> Result<u64, Fault> {
    Ok(get::<i64>(row, column)?.cast_unsigned())
}

pub(super) fn small(row: &Row, column: usize) -> Result<u32, Fault> {
    Ok(u32::try_from(get::<i64>(row, column)?).unwrap_or(u32::MAX))
}

/// A bound for a comparison in SQL; no stored place or limit comes near the largest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows a query may give.
pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Text that was kept as bytes.
pub(super) fn text(table: &'static str, row: &Row, column: usize) -> Result<String, Fault> {
    text_of(table, get(row, column)?)
}

pub(super) fn text_of(table: &'static str, bytes: &[u8]) -> Result<String, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Unknown { table, column: "text" })?;
    Ok(text.to_owned())
}

/// A key from storage, the library's own ones among them.
pub(super) fn key_of(table: &'static str, bytes: &[u8]) -> Result<Key, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Unknown { table, column: "key" })?;
    let stored: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    Key::deserialize(stored).map_err(|_| Fault::Unknown { table, column: "key" })
}

pub(super) fn json<T: Serialize>(table: &'static str, value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|_| Fault::Unwritable { table })
}

pub(super) fn parsed<T: DeserializeOwned>(table: &'static str, row: &Row, column: usize) -> Result<T, Fault> {
    parsed_from(table, get(row, column)?)
}

pub(super) fn parsed_if_any<T: DeserializeOwned>(
    table: &'static str,
    row: &Row,
    column: usize,
) -> Result<Option<T>, Fault> {
    let bytes: Option<&[u8]> = get(row, column)?;
    bytes.map(|bytes| parsed_from(table, bytes)).transpose()
}

pub(super) fn parsed_from<T: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault::corrupt(table, &error))
}
