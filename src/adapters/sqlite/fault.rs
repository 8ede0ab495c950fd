//! What goes wrong inside, and its one way out: [`Fault::during`].

use rusqlite::ffi;
use thiserror::Error;

use crate::error::StoreError;

/// An error of this adapter. None of them quotes what a row holds: it may be the customer's words.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// An answer of the contract; passed on as it is.
    #[error(transparent)]
    Refused(#[from] StoreError),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("a row of {table} cannot be read (line {line}, column {column} of its value)")]
    Corrupt { table: &'static str, line: usize, column: usize },
    #[error("a row of {table} has an {column} that this version does not know")]
    Unknown { table: &'static str, column: &'static str },
    #[error("a value for {table} cannot be written as JSON")]
    Unwritable { table: &'static str },
    #[error("the database has schema version {found}, and this version of escalate knows none above {known}")]
    NewerSchema { found: i64, known: i64 },
    #[error("schema version {version} of the database was made from other statements than this version's")]
    OtherSchema { version: i64 },
    #[error("the database keeps its journal as {mode}, and cannot change to a write-ahead log")]
    NoWriteAheadLog { mode: String },
    #[error("the connection is inside a transaction; finish it before handing the connection over")]
    InsideTransaction,
    #[error("the connection's database cannot be opened a second time by its path, which readers need")]
    NoSecondConnection,
    #[error("the {entity} belongs to another conversation than the commit")]
    Misplaced { entity: &'static str },
    #[error("the thread of the writer could not be started")]
    NoThread(#[source] std::io::Error),
    #[error("the write was given up because the code that does it panicked")]
    Panicked,
}

impl Fault {
    /// The answer to a caller, naming what was being done.
    pub(super) fn during(self, operation: &'static str) -> StoreError {
        match self {
            Self::Refused(error) => error,
            Self::Sqlite(error) => StoreError::backend(BACKEND, operation, error),
            other => StoreError::backend(BACKEND, operation, other),
        }
    }

    pub(super) const fn not_found(entity: &'static str) -> Self {
        Self::Refused(StoreError::NotFound { entity })
    }

    pub(super) fn corrupt(table: &'static str, error: &serde_json::Error) -> Self {
        Self::Corrupt { table, line: error.line(), column: error.column() }
    }

    /// A breach of a unique key, which another writer's success explains.
    pub(super) fn or_conflict(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|error| error.extended_code) {
            Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                Self::Refused(StoreError::Conflict)
            }
            _ => Self::Sqlite(error),
        }
    }
}

/// The same error once more, for another caller of the same transaction.
pub(super) fn again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            rusqlite::Error::SqliteFailure(*code, message.clone())
        }
        other => rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ERROR), Some(other.to_string())),
    }
}

const BACKEND: &str = "sqlite";
