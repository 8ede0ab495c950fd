//! Implementations of the ports: memory, always; SQLite, with the feature `sqlite`; the built-in policies.

pub mod assignment;
pub mod memory;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
