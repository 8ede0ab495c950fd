//! What goes wrong inside, and its one way out: [`Fault::during`].

use deadpool_postgres::PoolError;
use thiserror::Error;
use tokio_postgres::error::SqlState;

use crate::error::StoreError;
use crate::message::Draft;

/// An error of this adapter. None of them quotes what a row holds, which may be the customer's words, nor the
/// address of the database, which may hold a password.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// An answer of the contract; passed on as it is.
    #[error(transparent)]
    Refused(#[from] StoreError),
    /// What the server said, without the detail, the hint and the context: they may quote a row.
    #[error("PostgreSQL says {code}: {message}")]
    Server { code: String, message: String, detail: Option<u32> },
    /// The connection failed, or a value does not fit.
    #[error(transparent)]
    Driver(tokio_postgres::Error),
    #[error("no connection: {reason}")]
    NoConnection { reason: &'static str },
    #[error("the address is neither a PostgreSQL URL nor a list of key=value pairs")]
    BadAddress,
    #[error("a row of {table} cannot be read (line {line}, column {column} of its value)")]
    Corrupt { table: &'static str, line: usize, column: usize },
    #[error("a row of {table} has an {column} that this version does not know")]
    Unknown { table: &'static str, column: &'static str },
    /// Columns are what row-level security guards; a value that says otherwise is not believed.
    #[error("a row of {table} holds a value of another workspace or conversation than the row's own")]
    Foreign { table: &'static str },
    #[error("a value for {table} cannot be written as JSON")]
    Unwritable { table: &'static str },
    #[error("the database has schema version {found}, and this version of escalate knows none above {known}")]
    NewerSchema { found: i32, known: i32 },
    #[error("schema version {version} of the database was made from other statements than this version's")]
    OtherSchema { version: i32 },
    #[error("the server is a standby; who answers is decided on the primary only")]
    Standby,
    #[error("connections begin with {setting}; {needed}")]
    Setting { setting: String, needed: &'static str },
    /// Everybody with room is being chosen: to be sent again, to wait for one of them.
    #[error("everybody with room is being chosen by others")]
    AllBeingChosen,
    /// Some of those offered never had a ticket: to be sent again once they are known.
    #[error("some of those offered are not known yet")]
    Strangers,
    #[error("the {entity} belongs to another conversation than the commit")]
    Misplaced { entity: &'static str },
}

impl Fault {
    /// The answer to a caller, naming what was being done.
    pub(super) fn during(self, operation: &'static str) -> StoreError {
        match self {
            Self::Refused(error) => error,
            other => StoreError::backend(BACKEND, operation, other),
        }
    }

    pub(super) const fn not_found(entity: &'static str) -> Self {
        Self::Refused(StoreError::NotFound { entity })
    }

    pub(super) fn corrupt(table: &'static str, error: &serde_json::Error) -> Self {
        Self::Corrupt { table, line: error.line(), column: error.column() }
    }

    /// What `escalate_commit` and a breach of a unique key mean; `entries` are those of the transcript.
    ///
    /// A transaction that the server gave up, as another's success or a deadlock explains, wrote nothing, so
    /// deciding again helps.
    pub(super) fn of_commit(self, entries: &[Draft]) -> Self {
        let Self::Server { code, detail, .. } = &self else { return self };
        let given_up = [
            SqlState::UNIQUE_VIOLATION,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ];
        match code.as_str() {
            "ES001" => StoreError::Conflict.into(),
            "ES002" => StoreError::ClaimLost.into(),
            "ES003" => detail.and_then(|place| reused(entries, i64::from(place))).unwrap_or(self),
            "ES004" => Self::not_found("conversation"),
            "ES006" => Self::AllBeingChosen,
            "ES009" => Self::Strangers,
            "ES005" => Self::Misplaced { entity: "ticket" },
            code if given_up.iter().any(|state| state.code() == code) => StoreError::Conflict.into(),
            _ => self,
        }
    }

    /// Whether the connection is of no more use.
    pub(super) fn breaks_connection(&self) -> bool {
        match self {
            Self::Driver(error) => error.is_closed() || std::error::Error::source(error).is_some(),
            // An operator's intervention: the server ends the connection after it.
            Self::Server { code, .. } => code.starts_with("57P") || code.starts_with("08"),
            _ => false,
        }
    }
}

/// The key of the entry at `place`, from 1, has been used for something else.
pub(super) fn reused(entries: &[Draft], place: i64) -> Option<Fault> {
    let index = usize::try_from(place).ok()?.checked_sub(1)?;
    entries.get(index).map(|draft| StoreError::KeyReused { key: draft.key.clone() }.into())
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => Self::Server {
                code: said.code().code().to_owned(),
                message: said.message().to_owned(),
                detail: said.detail().and_then(|detail| detail.parse().ok()),
            },
            None => Self::Driver(error),
        }
    }
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(_) => Self::NoConnection { reason: "none became free in time" },
            PoolError::Closed => Self::NoConnection { reason: "the pool is closed" },
            PoolError::NoRuntimeSpecified => {
                Self::NoConnection { reason: "the pool has timeouts and no runtime" }
            }
            PoolError::PostCreateHook(_) => Self::NoConnection { reason: "the pool's own hook refused it" },
        }
    }
}

const BACKEND: &str = "postgres";
