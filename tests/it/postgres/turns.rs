//! Round robin under contention: nobody gets a second ticket before everybody had a first (A2).

use escalate::adapters::postgres::PostgresStore;
use escalate::assignment::{Offer, Rule};
use escalate::testkit::Harness;
use escalate::{Actor, Desk, Escalate, Place, ReasonCode, Teammate, TicketRepository};
use futures::future::join_all;
use uuid::Uuid;

use crate::flow::world::{ACME, conversation, key, place, unlimited};

use super::contention::{deadlocks, opening};
use super::{Postgres, pool};

const CLIENTS: u128 = 8;
const ROUNDS: u128 = 50;
const TEAM: u128 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_spread_of_round_robin_is_at_most_one() {
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 8)).await.unwrap();
    let offers: Vec<_> = (1..=TEAM).map(|n| Offer { teammate: Uuid::from_u128(n).into(), cap: 0 }).collect();
    // Nobody is known before the crowd comes: their first tickets go round too.
    let clients = (0..CLIENTS).map(|client| {
        let (store, offers) = (store.clone(), offers.clone());
        tokio::spawn(async move {
            for round in 0..ROUNDS {
                let conversation = Uuid::from_u128(client * 1_000 + round + 1);
                let place = Place::new(Uuid::from_u128(1).into(), conversation.into());
                store.commit(opening(place, Rule::LeastRecent, &offers)).await.unwrap();
            }
        })
    });
    join_all(clients).await.into_iter().for_each(Result::unwrap);
    let team = offers.iter().map(|offer| offer.teammate).collect();
    let loads = store.workload(Uuid::from_u128(1).into(), team).await.unwrap();
    let opens: Vec<_> = loads.iter().map(|load| load.open).collect();
    assert_eq!(opens.iter().map(|open| u128::from(*open)).sum::<u128>(), CLIENTS * ROUNDS);
    assert!(opens.iter().max().unwrap() - opens.iter().min().unwrap() <= 1, "{opens:?}");
    assert_eq!(deadlocks(&guard).await, 0, "nobody waits in a circle");
}

/// However the server chose, past rows that others held too: its record gives the same choice (A8).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_choice_past_others_replays() {
    const EACH: u128 = 12;
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 8)).await.unwrap();
    for n in 1..=TEAM {
        // As many seats as tickets: the last of each teammate is taken too.
        let cap = u32::try_from(CLIENTS * EACH / TEAM).unwrap();
        store
            .put_teammate(Teammate::new(ACME, Uuid::from_u128(n).into(), "T").with_capacity(cap))
            .await
            .unwrap();
    }
    let desk = Desk::on(store).rules(unlimited()).build();
    let clients = (0..CLIENTS).map(|client| {
        let desk = desk.clone();
        tokio::spawn(async move {
            for n in 0..EACH {
                let here = place(ACME, client * EACH + n + 1);
                desk.open(conversation(here)).await.unwrap();
                let asked = Escalate::because(ReasonCode::OutOfScope);
                let ticket = desk.escalate(here, Actor::System, key("e"), asked).await.unwrap().ticket;
                for decided in desk.explain(ACME, ticket).await.unwrap() {
                    let decision = decided.decision;
                    assert_eq!(decision.replay(), decision.chosen, "{decision:?}");
                }
            }
        })
    });
    join_all(clients).await.into_iter().for_each(Result::unwrap);
}
