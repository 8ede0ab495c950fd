//! Who gets a ticket, over any history: fair, in order, and without leaving anybody waiting who need not.

use chrono::TimeDelta;
use escalate::ports::Routing;
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{
    Actor, AssignmentPolicy, Desk, Escalate, MemoryStore, Priority, ReasonCode, RoundRobin, Teammate,
    TeammateId,
};
use futures::executor::block_on;
use proptest::prelude::*;
use uuid::Uuid;

use super::config;
use crate::flow::world::{ACME, NOON, conversation, key, place, tickets, unlimited};

fn person(n: usize) -> TeammateId {
    TeammateId::new(Uuid::from_u128(n as u128 + 1))
}

async fn office(people: usize, cap: u32, policy: impl AssignmentPolicy) -> (MemoryStore, Desk, ManualClock) {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    let desk = Desk::on(store.clone())
        .clock(clock.clone())
        .ids(SequentialIds::new())
        .policy(policy)
        .rules(unlimited())
        .build();
    for n in 0..people {
        store.put_teammate(Teammate::new(ACME, person(n), "T").with_capacity(cap)).await.unwrap();
    }
    (store, desk, clock)
}

async fn escalated(desk: &Desk, n: usize, priority: Priority) -> Routing {
    let here = place(ACME, n as u128 + 1);
    desk.open(conversation(here)).await.unwrap();
    let asked = Escalate::because(ReasonCode::Other).with_priority(priority);
    desk.escalate(here, Actor::System, key("escalate"), asked).await.unwrap().routing
}

proptest! {
    #![proptest_config(config(60))]

    /// A2, with the clock standing still, so that only the order of assignments can tell who was last.
    #[test]
    fn round_robin_spreads_evenly(people in 1..6_usize, ends in prop::collection::vec(any::<bool>(), 1..40)) {
        block_on(async {
            let (_, desk, _) = office(people, 0, RoundRobin).await;
            let mut counts = vec![0_usize; people];
            for (n, ends) in ends.into_iter().enumerate() {
                let Routing::Assigned { teammate } = escalated(&desk, n, Priority::Normal).await else {
                    panic!("somebody is there");
                };
                counts[(0..people).find(|n| person(*n) == teammate).unwrap()] += 1;
                let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
                assert!(most - least <= 1, "{counts:?} (A2)");
                if ends {
                    desk.hand_back(place(ACME, n as u128 + 1), Actor::System, key("back")).await.unwrap();
                }
            }
        });
    }

    /// A3, A6: what waits is served by priority, then age, and goes on waiting only where nobody has room.
    #[test]
    fn waiting_tickets_are_served_in_order(
        waiting in prop::collection::vec((0..4_u8, 0..3_i64), 1..20), people in 1..4_usize, cap in 1..4_u32,
    ) {
        block_on(async {
            let (store, desk, clock) = office(people, cap, escalate::Balanced).await;
            for n in 0..people {
                store.set_available(ACME, person(n), false).await.unwrap();
            }
            for (n, (rank, later)) in waiting.iter().enumerate() {
                clock.advance(TimeDelta::seconds(*later));
                let priority = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent][usize::from(*rank)];
                assert_eq!(escalated(&desk, n, priority).await, Routing::Waiting);
            }
            for n in 0..people {
                store.set_available(ACME, person(n), true).await.unwrap();
            }
            // One sweep later.
            clock.advance(TimeDelta::seconds(5));
            desk.run_due(100).await.unwrap();
            let mut line = tickets(&store, ACME).await;
            line.sort_by_key(|ticket| (std::cmp::Reverse(ticket.priority), ticket.clocks.requested, ticket.id));
            let room = people * cap as usize;
            for (index, ticket) in line.iter().enumerate() {
                assert_eq!(ticket.is_waiting(), index >= room, "place {index}, room for {room} (A3, A6)");
            }
            // As soon as one ends, the next one has somebody.
            if let (Some(first), Some(next)) = (line.first(), line.get(room)) {
                desk.hand_back(first.place(), Actor::System, key("back")).await.unwrap();
                desk.run_due(100).await.unwrap();
                let served = desk.ticket(ACME, next.id).await.unwrap();
                assert_eq!(served.assigned_to(), first_free(&line, first), "the one who has room again");
            }
        });
    }

    /// A3: a newcomer does not overtake those who wait, though somebody has room by now.
    #[test]
    fn a_newcomer_waits_behind_the_line(waiting in 1..5_usize) {
        block_on(async {
            let (store, desk, _) = office(1, 0, escalate::Balanced).await;
            store.set_available(ACME, person(0), false).await.unwrap();
            for n in 0..waiting {
                escalated(&desk, n, Priority::Normal).await;
            }
            store.set_available(ACME, person(0), true).await.unwrap();
            let position = waiting as u32 + 1;
            assert_eq!(escalated(&desk, waiting, Priority::Normal).await, Routing::Queued { position });
            let position = position + 1;
            assert_eq!(escalated(&desk, waiting + 2, Priority::Low).await, Routing::Queued { position });
            assert!(matches!(escalated(&desk, waiting + 1, Priority::Urgent).await, Routing::Assigned { .. }));
            assert_eq!(desk.assign_waiting(ACME).await.unwrap(), waiting + 2);
        });
    }
}

fn first_free(line: &[escalate::Ticket], ended: &escalate::Ticket) -> Option<TeammateId> {
    line.iter().find(|ticket| ticket.id == ended.id).and_then(escalate::Ticket::assigned_to)
}
