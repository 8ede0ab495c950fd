//! One binary for all integration tests: it links once.

mod broken;
mod conformance;
mod docs;
mod model;
mod replay;
mod suite_catches;
mod summaries;
mod wire_format;
