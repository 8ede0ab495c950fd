//! The NATS sink keeps its contract, on servers that the run starts itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod bench;
mod delivery;
mod flow;
mod killed;
mod refused;
mod server;
