//! What a host tests its own stores with: conformance suites, faults on demand, a clock that stands still.
//!
//! Outside the stability promise: a release may add a case that an adapter fails.
//!
//! # The suites
//!
//! The contract of each port method is in its documentation; a suite checks exactly that. One macro a port makes
//! one named test a case, each on a fresh store:
//!
//! | macro | for |
//! | --- | --- |
//! | [`transcript_store_conformance!`](crate::transcript_store_conformance) | a [`TranscriptStore`](crate::TranscriptStore) |
//! | [`ticket_repository_conformance!`](crate::ticket_repository_conformance) | a [`TicketRepository`](crate::TicketRepository) |
//! | [`roster_conformance!`](crate::roster_conformance) | a [`Roster`](crate::Roster), with a way to fill it: [`StaffedRoster`] |
//! | [`shared_database_conformance!`](crate::shared_database_conformance) | a store that is both of the first two |
//! | [`transcript_store_reopen_conformance!`](crate::transcript_store_reopen_conformance) | transcripts that outlive their handle: [`Reopen`] |
//! | [`ticket_repository_reopen_conformance!`](crate::ticket_repository_reopen_conformance) | tickets that outlive their handle: [`Reopen`] |
//!
//! A case that writes from several places at the same time polls the calls together within one task, so that it
//! needs no runtime of ours. A store that answers without ever yielding is not interleaved by that: where it locks
//! by hand, race it on threads besides.
//!
//! Each suite also has its cases as a table (`CASES`), to run one by name; the crate's own tests run them on
//! broken stores, one a rule, and see that the suite catches every one of them.
//!
//! # The rest
//!
//! [`Flaky`] fails the nth call of a store, before or after it is done. [`ManualClock`] and [`SequentialIds`]
//! make a run the same every time.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a case reports a broken contract by panicking")]
#![allow(clippy::missing_panics_doc, reason = "every case panics if the store breaks the contract")]
#![allow(clippy::indexing_slicing, reason = "a short list breaks the contract; the panic is the report")]

mod clock;
mod faults;
mod fixtures;
mod harness;
mod lists;
mod macros;
pub mod reopen;
pub mod roster;
pub mod shared_database;
pub mod ticket_repository;
pub mod transcript_store;

pub use self::clock::{ManualClock, SequentialIds};
pub use self::faults::{Fault, Flaky};
pub use self::harness::{Case, Harness, Reopen, SharedDatabase, StaffedRoster};
