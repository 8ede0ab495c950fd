//! Stores with one fault each, to see that the suites find it.
//!
//! A fault is a trait whose methods forward to a sound store; each store overrides the one it gets wrong.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, helpers included")]

mod both;
mod decisions;
mod forward;
mod placements;
mod roster;
mod tickets;
mod transcripts;
mod work;

pub(crate) use self::both::*;
pub(crate) use self::decisions::*;
pub(crate) use self::forward::Broken;
pub(crate) use self::placements::*;
pub(crate) use self::roster::*;
pub(crate) use self::tickets::*;
pub(crate) use self::transcripts::*;
pub(crate) use self::work::*;

/// Broken stores: a sound one inside, and a number or two that the fault remembers.
macro_rules! stores {
    ($($name:ident)+) => {
        $(#[derive(Debug, Default)]
        pub(crate) struct $name(
            pub(crate) escalate::MemoryStore,
            #[allow(dead_code, reason = "most faults remember nothing")] std::sync::Mutex<Vec<u64>>,
        );)+
    };
}
use stores;

/// A fault of the ticket repository: the methods that its store gets wrong.
macro_rules! ticket_fault {
    ($name:ident: $($method:item)+) => {
        #[async_trait::async_trait]
        impl TicketFault for $name {
            fn sound(&self) -> &escalate::MemoryStore {
                &self.0
            }
            $($method)+
        }
    };
}
use ticket_fault;
