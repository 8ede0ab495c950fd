//! A desk in memory, for examples.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use escalate::ports::Escalation;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Actor, Desk, Escalate, MemoryStore, Place, ReasonCode, Refusal, Ticket, TicketStatus};

use super::world::{ACME, CLEO, NOON, WORDS, audit, conversation, key, place, staff, tickets};

pub(super) const HERE: u128 = 1;

pub(super) struct Office {
    pub(super) desk: Desk,
    pub(super) store: MemoryStore,
    pub(super) clock: ManualClock,
    ai: Arc<AtomicBool>,
}

pub(super) fn here() -> Place {
    place(ACME, HERE)
}

pub(super) fn asked() -> Escalate {
    Escalate::because(ReasonCode::CustomerRequest)
}

impl Office {
    /// Ana and Ben with this cap, and one conversation in which the customer has written.
    pub(super) async fn new(cap: u32) -> Self {
        let (store, clock, ai) = (MemoryStore::new(), ManualClock::at(NOON), Arc::new(AtomicBool::new(true)));
        let answers = Arc::clone(&ai);
        let desk = Desk::on(store.clone())
            .clock(clock.clone())
            .ids(SequentialIds::new())
            .ai_agent_in(move |_| answers.load(Ordering::SeqCst))
            .build();
        let office = Self { desk, store, clock, ai };
        staff(&office.store, ACME, cap).await;
        office.begin(here()).await;
        office
    }

    pub(super) async fn begin(&self, place: Place) {
        self.desk.open(conversation(place)).await.unwrap();
        self.desk.customer_message(place, CLEO, key("first"), WORDS).await.unwrap();
    }

    pub(super) fn ai_is_there(&self, there: bool) {
        self.ai.store(there, Ordering::SeqCst);
    }

    pub(super) fn wait(&self, span: TimeDelta) {
        self.clock.advance(span);
    }

    pub(super) async fn escalate(&self, place: Place) -> Escalation {
        self.desk.escalate(place, Actor::System, key("escalate"), asked()).await.unwrap()
    }

    /// The newest ticket of the conversation.
    pub(super) async fn ticket(&self) -> Ticket {
        let all = tickets(&self.store, ACME).await;
        let own = all.into_iter().filter(|ticket| ticket.conversation == here().conversation);
        own.max_by_key(|ticket| (ticket.clocks.requested, ticket.id)).expect("a ticket")
    }

    pub(super) async fn status(&self) -> TicketStatus {
        self.ticket().await.status
    }

    pub(super) async fn audit(&self) {
        audit(&self.desk, &self.store, ACME, &[here()]).await;
    }
}

/// The refusal in `outcome`.
pub(super) fn refusal<T: std::fmt::Debug>(outcome: Result<T, escalate::Error>) -> Refusal {
    *outcome.expect_err("refused").refusal().expect("a refusal, not a failure")
}
