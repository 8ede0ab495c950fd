//! Faults that a hostile reading found, each under the name of what was wrong.

use chrono::{DateTime, Utc};
use escalate::*;

#[path = "regressions/episodes.rs"]
mod episodes;
#[path = "regressions/hook.rs"]
mod hook;
#[path = "regressions/work.rs"]
mod work;

pub(crate) const NOON: DateTime<Utc> = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
pub(crate) fn w() -> WorkspaceId {
    WorkspaceId::from_u128(1)
}
pub(crate) fn place(n: u128) -> Place {
    Place::new(w(), ConversationId::from_u128(n))
}
pub(crate) fn cleo() -> CustomerId {
    CustomerId::from_u128(3)
}
pub(crate) fn ana() -> TeammateId {
    TeammateId::from_u128(0xA1)
}
pub(crate) fn ben() -> TeammateId {
    TeammateId::from_u128(0xB2)
}
pub(crate) fn k(s: &str) -> Key {
    s.parse().unwrap()
}
pub(crate) fn sys(c: ReasonCode) -> Escalate {
    Escalate::because(c)
}
pub(crate) async fn open(desk: &Desk, p: Place) {
    desk.open(Conversation::new(p, Requester::verified(cleo()), "web", desk.now())).await.unwrap();
    desk.customer_message(p, cleo(), k("m1"), "My order 1234 never came.").await.unwrap();
}
pub(crate) async fn hire(s: &MemoryStore, id: TeammateId) {
    s.put_teammate(Teammate::new(w(), id, "x")).await.unwrap();
}
