//! Cases for every [`TicketRepository`]: one atomic write, current facts, work done once.

pub mod answer;
pub mod atomic;
pub mod claim;
pub mod commit;
pub mod decision;
pub mod delivery;
pub mod line;
pub mod listing;
pub mod owed;
pub mod placement;
pub mod recent;
pub mod schedule;
pub mod settle;
pub mod tenancy;
pub mod ticket;
pub mod timeline;
pub mod workload;

use super::harness::Case;
use crate::ports::TicketRepository;

crate::__ticket_repository_cases! { __conformance_list TicketRepository }
