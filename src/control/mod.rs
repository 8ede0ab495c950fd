//! Who answers the customer: a pure state machine.
//!
//! A [`Command`] is asked of a [`Control`]; [`Control::decide`] answers with a [`ControlEvent`] that says what
//! happened, with nothing (allowed, and control stays), or with a [`Refusal`] that says why not.
//! [`Control::apply`] is total: a stored history replays without failing. Neither reads a clock, makes an id or
//! does I/O; instants and ids arrive with the command.
//!
//! The whole table, as [`table`] prints it (a test compares the two):
//!
//! ```text
#![doc = include_str!("table.txt")]
//! ```
//!
//! In the table the holder is `T1`; `T2` is another teammate, `S` a supervisor. `grace` is the time in which a
//! ticket that was closed without resume is reopened by the customer's next message.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
mod table;

pub use self::command::{AiPresence, Command, Principal};
pub use self::event::ControlEvent;
pub use self::refusal::Refusal;
pub use self::state::{Control, ControlState, Epoch};
pub use self::table::table;
