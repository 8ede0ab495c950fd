//! `examples/replay`, run as the program that it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "Clippy knows #[test], and not what a test calls")]

mod bad_input;
mod contents;
mod killed;
mod program;
mod recordings;
mod rouge;
mod sample;
mod unusable;
