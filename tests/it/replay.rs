//! `examples/replay`, run as the program that it is.

mod bad_input;
mod contents;
mod killed;
mod program;
mod recordings;
mod sample;
mod unusable;
