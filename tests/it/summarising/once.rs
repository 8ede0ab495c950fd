//! Many workers, one summary a ticket.

use std::thread;

use escalate::testkit::ManualClock;
use escalate::{Desk, MemoryStore};

use super::{Model, escalated, is_by_model, times_summarised};
use crate::flow::world::{ACME, NOON, Shop, place, staff, tickets, unlimited};
use crate::races::{two_handles, wait};

const TICKETS: u128 = 40;

/// Four workers on two handles take the same work.
fn race<S: Shop>(shops: &[S; 2]) {
    let clock = ManualClock::at(NOON);
    let model = Model::default();
    let desk = |shop: &S| {
        let desk = Desk::on(shop.clone()).clock(clock.clone()).rules(unlimited());
        desk.summarizer(model.clone()).build()
    };
    let desks = [&shops[0], &shops[1], &shops[0], &shops[1]].map(desk);
    wait(staff(&shops[0], ACME, 0));
    for n in 1..=TICKETS {
        wait(escalated(&desks[0], place(ACME, n)));
    }
    thread::scope(|scope| {
        for desk in &desks {
            // A claim that another holds is due when its lease ends; the clock stands still.
            scope.spawn(|| while wait(desk.run_due(3)).unwrap().next.is_some_and(|next| next <= NOON) {});
        }
    });
    let all = wait(tickets(&shops[0], ACME));
    assert!(all.len() == TICKETS as usize && all.iter().all(is_by_model));
    for n in 1..=TICKETS {
        assert_eq!(wait(times_summarised(&desks[1], place(ACME, n))), 1);
    }
    assert_eq!(model.told().len(), TICKETS as usize, "a ticket was asked about twice");
}

#[test]
fn a_ticket_is_summarised_once_by_many_workers_in_memory() {
    let shop = MemoryStore::new();
    race(&[shop.clone(), shop]);
}

#[test]
fn a_ticket_is_summarised_once_by_many_workers_over_one_sqlite_file() {
    let directory = tempfile::tempdir().unwrap();
    race(&two_handles(&directory));
}

#[test]
fn a_ticket_is_summarised_once_by_many_workers_over_one_postgresql_database() {
    let (_guard, shops) = wait(crate::postgres::two_nodes());
    race(&shops);
}
