//! One binary for all integration tests: it links once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in helper functions too"
)]

mod action;
mod aside;
mod asked;
mod bell;
mod broken;
mod cluster_example;
mod conformance;
mod custom_store;
mod docs;
mod example;
mod faults;
mod flow;
mod hostile;
mod llm;
mod mcp;
mod model;
mod nats;
mod node;
mod phrases;
mod postgres;
mod properties;
mod python;
mod races;
mod regressions;
mod replay;
mod rules;
mod schedules;
mod simulated_day;
mod sinks;
mod staffing;
mod stream;
mod suite_catches;
mod summaries;
mod summarising;
mod triggers;
mod webhooks;
mod wire_format;
