//! What the desk does, by invariant.

#[path = "flow/assignment.rs"]
mod assignment;
#[path = "flow/closing.rs"]
mod closing;
#[path = "flow/doors.rs"]
mod doors;
#[path = "flow/keys.rs"]
mod keys;
#[path = "flow/office.rs"]
mod office;
#[path = "flow/release.rs"]
mod release;
#[path = "flow/tenancy.rs"]
mod tenancy;
#[path = "flow/timers.rs"]
mod timers;
#[path = "flow/views.rs"]
mod views;
#[path = "flow/world.rs"]
pub(crate) mod world;
