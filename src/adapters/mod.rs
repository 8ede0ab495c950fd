//! Implementations of the ports: memory, always; SQLite, PostgreSQL, NATS, webhooks and models, each with its feature; the
//! in-process stream; the built-in policies.

pub mod assignment;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod columns;
#[cfg(feature = "llm")]
pub mod llm;
pub mod memory;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "webhooks", feature = "llm"))]
mod retry_after;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod stream;
#[cfg(feature = "webhooks")]
pub mod webhooks;
