//! A desk whose workspace has rules of the test's choice, on either kind of store.

use escalate::rules::Triggers;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Actor, Desk, DeskBuilder, Escalate, MemoryStore, Place, ReasonCode, Rules, Ticket};

use crate::flow::world::{ACME, CLEO, NOON, Shop, audit, conversation, key, place, seen, staff, tickets};

pub(super) const ASKS: &str = "I want to talk to a real person.";

pub(super) fn here() -> Place {
    place(ACME, 1)
}

/// The customer's other conversation.
pub(super) fn there() -> Place {
    place(ACME, 2)
}

/// A desk, and the store behind it.
pub(super) struct Floor<S> {
    pub(super) desk: Desk,
    pub(super) store: S,
    clock: ManualClock,
}

impl<S: Shop> Floor<S> {
    pub(super) async fn new(store: S, triggers: Triggers) -> Self {
        Self::with(store, Rules::default().triggered_by(triggers), |desk| desk).await
    }

    pub(super) async fn with(store: S, rules: Rules, build: impl FnOnce(DeskBuilder) -> DeskBuilder) -> Self {
        let clock = ManualClock::at(NOON);
        let desk = Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new()).rules(rules);
        let floor = Self { desk: build(desk).build(), store, clock };
        staff(&floor.store, ACME, 5).await;
        floor.desk.open(conversation(here())).await.unwrap();
        floor
    }

    /// Another desk on the same store, as another machine has it.
    pub(super) fn other(&self, triggers: Triggers) -> Desk {
        let rules = Rules::default().triggered_by(triggers);
        Desk::on(self.store.clone()).clock(self.clock.clone()).rules(rules).build()
    }

    pub(super) async fn writes(&self, name: &str, text: &str) -> escalate::Received {
        self.desk.customer_message(here(), CLEO, key(name), text).await.unwrap()
    }

    pub(super) async fn tickets(&self) -> Vec<Ticket> {
        tickets(&self.store, ACME).await
    }

    /// The codes of all tickets.
    pub(super) async fn reasons(&self) -> Vec<ReasonCode> {
        self.tickets().await.iter().map(|ticket| ticket.reason.code).collect()
    }

    /// What the customer can see besides their own messages.
    pub(super) async fn told(&self) -> Vec<String> {
        let messages = seen(&self.desk, here()).await.messages;
        let public = messages.into_iter().filter(|entry| entry.visibility.for_customer());
        public.filter(|entry| !entry.is_from_customer()).map(|entry| entry.body).collect()
    }

    pub(super) async fn audit(&self) {
        audit(&self.desk, &self.store, ACME, &[here()]).await;
    }
}

/// The customer may begin one episode, has done so in another conversation, and writes here (N5).
pub(super) async fn with_a_ticket_elsewhere() -> Floor<MemoryStore> {
    let mut rules = Rules::default();
    rules.per_customer.count = 1;
    let floor = Floor::with(MemoryStore::new(), rules, |desk| desk).await;
    floor.desk.open(conversation(there())).await.unwrap();
    floor.desk.customer_message(there(), CLEO, key("1"), "Hello.").await.unwrap();
    let asked = Escalate::because(ReasonCode::Sensitive);
    floor.desk.escalate(there(), Actor::System, key("e"), asked).await.unwrap();
    floor.writes("1", "My parcel is late.").await;
    floor
}

/// Runs a test on memory and on SQLite.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {$(
        mod $name {
            #[test]
            fn in_memory() {
                futures::executor::block_on(super::$name(escalate::MemoryStore::new()));
            }

            #[test]
            fn on_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("desk.db");
                let store = escalate::adapters::sqlite::SqliteStore::open(file).unwrap();
                futures::executor::block_on(super::$name(store));
            }
        }
    )*};
}
pub(super) use on_both;
