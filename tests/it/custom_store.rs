//! A host's own transcript store keeps the contract, beside tickets in another database.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::ports::Window;
use escalate::testkit::{Fault, Flaky, Harness, ManualClock};
use escalate::{
    Conversation, ConversationId, CustomerId, DatabaseId, Desk, Escalate, MemoryStore, Place, ReasonCode,
    Requester, Sequence, WorkspaceId,
};
use futures::executor::block_on;
use rusqlite::Connection;

#[path = "../../examples/custom_store/store.rs"]
mod store;

use store::HostStore;

struct Host;

impl Harness for Host {
    type Guard = ();
    type Store = HostStore;

    async fn fresh(&self) -> ((), HostStore) {
        ((), HostStore::new(DatabaseId::from_u128(5), Connection::open_in_memory().unwrap()).unwrap())
    }
}

escalate::transcript_store_conformance!(#[tokio::test] host => Host);

const PLACE: Place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
const CLEO: CustomerId = CustomerId::from_u128(3);

/// E5: the machine dies between the two databases, at each call of the host's store; another one finishes it.
#[test]
fn a_crash_between_the_two_databases_is_finished_by_the_worker() {
    block_on(async {
        let told = |text: &str| Escalate::because(ReasonCode::OutOfScope).saying(text);
        // Calls of the host's store in an escalation: read, raise the fence, append.
        for (call, fault) in [(2, Fault::Before), (2, Fault::After), (3, Fault::Before), (3, Fault::After)] {
            let file = tempfile::NamedTempFile::new().unwrap();
            let host =
                || HostStore::new(DatabaseId::from_u128(5), Connection::open(file.path()).unwrap()).unwrap();
            let tickets = MemoryStore::new();
            let clock = ManualClock::at(DateTime::<Utc>::UNIX_EPOCH);
            let flaky = std::sync::Arc::new(Flaky::new(host()));
            let desk =
                Desk::builder(flaky.clone(), tickets.clone(), tickets.clone()).clock(clock.clone()).build();
            desk.open(Conversation::new(PLACE, Requester::verified(CLEO), "web", desk.now())).await.unwrap();
            desk.customer_message(PLACE, CLEO, "m".parse().unwrap(), "My parcel is lost.").await.unwrap();
            let turn = desk.begin_turn(PLACE).await.unwrap();
            flaky.fail(flaky.calls() + call, fault);
            assert!(turn.escalate("e".parse().unwrap(), told("One moment.")).await.is_err(), "call {call}");
            // Another machine, with nothing but the two databases.
            let other = Desk::builder(host(), tickets.clone(), tickets).clock(clock.clone()).build();
            clock.advance(TimeDelta::minutes(1));
            other.run_due(10).await.unwrap();
            let window = Window::After(Sequence(1));
            let seen = other.customer_view(PLACE, CLEO, window, 10).await.unwrap().messages;
            let texts: Vec<_> = seen.iter().map(|entry| entry.body.as_str()).collect();
            assert_eq!(
                texts,
                ["One moment."],
                "the message owed is there, once (E3), after call {call} {fault:?}"
            );
            let late = other.resume_turn(turn.permit()).reply("a".parse().unwrap(), "Late.").await.unwrap();
            assert!(late.done().is_none(), "the fence holds in the host's database too (C1)");
        }
    });
}
