//! A fault at every call of every store, a future dropped at every await point, and helpers of the host that fail:
//! nothing is lost, nothing is done twice, and escalation goes through (E4, E5).

#[path = "faults/calls.rs"]
mod calls;
#[path = "faults/deeds.rs"]
mod deeds;
#[path = "faults/dropped.rs"]
mod dropped;
#[path = "faults/follow_up.rs"]
mod follow_up;
#[path = "faults/helpers.rs"]
mod helpers;
#[path = "faults/interleaved.rs"]
mod interleaved;
#[path = "faults/office.rs"]
mod office;
#[path = "faults/slow.rs"]
mod slow;
