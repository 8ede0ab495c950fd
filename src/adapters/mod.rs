//! Implementations of the ports: memory, always; SQLite, PostgreSQL and webhooks, each with its feature; the
//! in-process stream; the built-in policies.

pub mod assignment;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
pub mod memory;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod stream;
#[cfg(feature = "webhooks")]
pub mod webhooks;
