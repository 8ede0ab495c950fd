//! Connections: how each is opened and set up.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

use super::SqliteOptions;
use super::fault::Fault;
use super::row::{Bytes, first};
use crate::id::DatabaseId;

pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<Connection, Fault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?).and_then(|connection| prepared(connection, options))
}

/// Makes `connection` the writer's.
pub(super) fn prepared(connection: Connection, options: &SqliteOptions) -> Result<Connection, Fault> {
    if !connection.is_autocommit() {
        return Err(Fault::InsideTransaction);
    }
    write_ahead_log(&connection, options.busy_timeout)?;
    set_up(&connection, options)?;
    // A commit that was answered is on the disk, also if the machine loses power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A savepoint keeps the pages it may have to restore, and beyond a few dozen would put them into a file.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Four times the default: a page that is written again and again is folded into the file once.
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    Ok(connection)
}

/// The readers of the database that `writer` writes.
pub(super) fn readers(
    writer: &Connection,
    database: DatabaseId,
    options: &SqliteOptions,
) -> Result<Vec<Connection>, Fault> {
    // A database in memory, or without a name, has no second way in.
    let path = writer.path().filter(|path| !path.is_empty()).ok_or(Fault::NoSecondConnection)?.to_owned();
    (0..options.readers.max(1)).map(|_| reader(Path::new(&path), database, options)).collect()
}

fn reader(path: &Path, expected: DatabaseId, options: &SqliteOptions) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|_| Fault::NoSecondConnection)?;
    set_up(&connection, options)?;
    // The path may lead elsewhere: to another file system layer, or to a file that has been replaced.
    match database(&connection) {
        Ok(found) if found == expected => Ok(connection),
        _ => Err(Fault::NoSecondConnection),
    }
}

fn set_up(connection: &Connection, options: &SqliteOptions) -> Result<(), Fault> {
    connection.busy_timeout(options.busy_timeout)?;
    // Negative: in KiB, not in pages.
    connection.pragma_update(None, "cache_size", -i64::from(options.page_cache_kib))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// The id that was made with the database.
pub(super) fn database(connection: &Connection) -> Result<DatabaseId, Fault> {
    let bytes: Option<Bytes> =
        first(connection, "SELECT database FROM escalate_meta WHERE one = 1", [], |row| Ok(row.get(0)?))?;
    let bytes = bytes.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid()).map(|uuid: Uuid| uuid.into())
}

/// Changes to a write-ahead log, once and for all connections, so that a read never waits for a write.
///
/// SQLite does not wait for its busy timeout while it changes, so this does.
fn write_ahead_log(connection: &Connection, timeout: Duration) -> Result<(), Fault> {
    connection.busy_timeout(Duration::ZERO)?;
    let mut waited = Duration::ZERO;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => return Err(Fault::NoWriteAheadLog { mode }),
            Err(error) if is_locked(&error) && waited < timeout => {
                sleep(PAUSE);
                waited += PAUSE;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_locked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

const LOG_PAGES: u32 = 4_000;
/// More than there are statements in this adapter.
const STATEMENTS: usize = 96;
const PAUSE: Duration = Duration::from_millis(5);
