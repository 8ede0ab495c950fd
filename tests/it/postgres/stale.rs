//! What this process remembers of a conversation or a staff, against what has become of them elsewhere.

use async_trait::async_trait;
use chrono::TimeDelta;
use escalate::assignment::{Candidate, Rule};
use escalate::ports::{AssignmentPolicy, AssignmentRequest, Choice, Routing};
use escalate::testkit::ManualClock;
use escalate::{
    Actor, AssignmentError, Conversation, CustomerId, Desk, Escalate, Place, ReasonCode, Requester,
    TeammateId, TicketRepository,
};

use super::assumed::Nodes;
use super::pool;
use crate::flow::world::{ACME, ANA, BEN, CLEO, NOON, key, unlimited};

const DORA: CustomerId = CustomerId::from_u128(0xD0A);

/// What the record says of a choice is what those offered had to do then, however long ago this node looked (A8).
#[tokio::test]
async fn a_record_has_the_loads_of_the_choice() {
    let nodes = Nodes::new(unlimited()).await;
    // As it was known here: one has one ticket, and the other none.
    let here = nodes.hear(50).await;
    for n in 1..=7 {
        nodes.hear(n).await;
        nodes.escalate(1, n).await.unwrap();
    }
    assert!(nodes.assumes(here).await, "the loads known here are behind");
    let held = nodes.stores[1].workload(ACME, vec![ANA, BEN]).await.unwrap();
    let escalation = nodes.escalate(0, 50).await.unwrap();
    let decision = &nodes.desks[1].explain(ACME, escalation.ticket).await.unwrap()[0].decision;
    let open =
        |id: TeammateId| decision.seen.iter().find(|seen| seen.teammate == id).and_then(|seen| seen.load);
    for load in held {
        let seen = open(load.teammate).map(|load| load.open);
        assert_eq!(seen, Some(load.open), "{decision:?}");
    }
    assert_eq!(decision.replay(), decision.chosen);
}

/// Whoever has less than two tickets, and nobody else.
#[derive(Debug)]
struct Sparing;

#[async_trait]
impl AssignmentPolicy for Sparing {
    async fn choose(
        &self,
        _: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        let spare = candidates.iter().filter(|candidate| candidate.load.open < 2);
        let teammates: Vec<_> = spare.map(|candidate| candidate.load.teammate).collect();
        Ok(match teammates.is_empty() {
            true => Choice::Wait,
            false => Choice::Among { rule: Rule::FewestOpen, teammates },
        })
    }
}

/// A host's own policy may go by loads that no commit looks at again.
#[tokio::test]
async fn a_hosts_policy_is_shown_what_is_read() {
    let nodes = Nodes::new(unlimited()).await;
    let desk = Desk::on(nodes.stores[0].clone())
        .clock(ManualClock::at(NOON))
        .rules(unlimited())
        .policy(Sparing)
        .build();
    let here = nodes.hear(50).await;
    for n in 1..=6 {
        nodes.hear(n).await;
        nodes.escalate(1, n).await.unwrap();
    }
    let request = Escalate::because(ReasonCode::CustomerRequest);
    let escalation = desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
    assert_eq!(escalation.routing, Routing::Waiting, "everybody has two and more");
}

/// A host has removed what was said there, as it has to where its customer wants it so.
async fn remove(nodes: &Nodes, here: Place) {
    let client = pool(&nodes.guard, 1).get().await.unwrap();
    let (w, c) = (here.workspace.uuid(), here.conversation.uuid());
    for sql in [
        "DELETE FROM escalate_messages WHERE workspace = $1 AND conversation = $2",
        "DELETE FROM escalate_conversations WHERE workspace = $1 AND id = $2",
    ] {
        client.execute(sql, &[&w, &c]).await.unwrap();
    }
}

fn doras(here: Place) -> Conversation {
    Conversation::new(here, Requester::verified(DORA), "web", NOON)
}

/// As many entries, and other ones, of somebody else.
#[tokio::test]
async fn a_conversation_begun_anew_is_another() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    remove(&nodes, here).await;
    nodes.desks[1].open(doras(here)).await.unwrap();
    nodes.desks[1].customer_message(here, DORA, key("m"), "Where is parcel 88-1234?").await.unwrap();
    nodes.escalate(0, 1).await.unwrap();
    let ticket = nodes.ticket(here).await;
    assert!(ticket.summary.text.contains("88-1234"), "{}", ticket.summary.text);
    assert_eq!(ticket.requester.customer, DORA);
}

/// The same customer, and the same number of entries, a moment later.
#[tokio::test]
async fn what_is_said_anew_is_what_counts() {
    let nodes = Nodes::new(unlimited()).await;
    let here = nodes.hear(1).await;
    remove(&nodes, here).await;
    nodes.clock.advance(TimeDelta::microseconds(1));
    nodes.desks[1].open(crate::flow::world::conversation(here)).await.unwrap();
    nodes.desks[1].customer_message(here, CLEO, key("m"), "Where is parcel 88-1234?").await.unwrap();
    nodes.escalate(0, 1).await.unwrap();
    let ticket = nodes.ticket(here).await;
    assert!(ticket.summary.text.contains("88-1234"), "{}", ticket.summary.text);
}

/// An attempt from memory is none of those that are counted.
#[tokio::test]
async fn what_is_found_out_costs_no_attempt() {
    let nodes = Nodes::new(unlimited()).await;
    let desk = Desk::on(nodes.stores[0].clone())
        .clock(ManualClock::at(NOON))
        .rules(unlimited())
        .conflict_retries(0)
        .build();
    let request = || Escalate::because(ReasonCode::CustomerRequest);
    let here = nodes.hear(1).await;
    let before = nodes.all_ran().await;
    desk.escalate(here, Actor::System, key("e"), request()).await.unwrap();
    assert_eq!(nodes.all_ran().await - before, 1, "one statement");
    let behind = nodes.hear(2).await;
    nodes.desks[1].customer_message(behind, CLEO, key("n"), "It was order 88-1234.").await.unwrap();
    desk.escalate(behind, Actor::System, key("e"), request()).await.unwrap();
    assert!(nodes.ticket(behind).await.summary.text.contains("88-1234"));
}

/// Nobody is refused for what was not read.
#[tokio::test]
async fn whose_it_is_now_is_not_refused() {
    for node in [0, 1] {
        let nodes = Nodes::new(unlimited()).await;
        let here = nodes.hear(1).await;
        remove(&nodes, here).await;
        nodes.desks[node].open(doras(here)).await.unwrap();
        let request = Escalate::because(ReasonCode::CustomerRequest);
        let by = Actor::Customer { id: DORA };
        nodes.desks[0].escalate(here, by, key("e"), request).await.unwrap();
        assert_eq!(nodes.ticket(here).await.requester.customer, DORA);
    }
}
