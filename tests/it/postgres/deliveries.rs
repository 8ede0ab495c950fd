//! Workers that are killed: nothing is lost, nothing is out of order, and what they were at is taken over in time.

#[path = "deliveries/killed.rs"]
mod killed;
#[path = "deliveries/overtaken.rs"]
mod overtaken;
#[path = "deliveries/worker.rs"]
mod worker;
