//! Listing tickets: every filter, its order, its pages.

use crate::ports::{Page, TicketCursor, TicketFilter, TicketRepository};
use crate::testkit::fixtures::ticket::{Change, closed, listed, look, mate, opened, opened_on};
use crate::testkit::fixtures::{HOME, at, id, ok, place};
use crate::ticket::{Priority, Ticket};

async fn page(
    store: &dyn TicketRepository,
    filter: TicketFilter,
    after: Option<TicketCursor>,
    limit: usize,
) -> Page<Ticket, TicketCursor> {
    let page = ok(store.tickets(HOME, filter, after, limit).await, "`tickets` lists");
    assert!(page.items.len() <= limit, "`tickets` lists up to `limit`");
    page
}

fn numbers(items: &[Ticket]) -> Vec<u128> {
    items.iter().map(|ticket| ticket.id.uuid().as_u128()).collect()
}

/// Opens ticket `n`, requested at `second`.
async fn requested(store: &dyn TicketRepository, n: u128, priority: Priority, second: i64) {
    let change = Change::opening(place(n), &look(store, place(n)).await, n).but(|ticket| {
        ticket.priority = priority;
        ticket.clocks.requested = at(second);
    });
    change.kept(store).await;
}

/// Tickets 1 (waits), 2 (on teammate 1), 3 (closed, was on 1), 4 (on 2, of another customer), 5 (waits).
async fn mixed(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    opened_on(store, place(2), 2, 1).await;
    opened_on(store, place(3), 3, 1).await;
    closed(store, place(3)).await;
    let other = Change::opening(place(4), &look(store, place(4)).await, 4).held_by(2);
    other.but(|ticket| ticket.requester.customer = id(0xc5)).kept(store).await;
    opened(store, place(5), 5).await;
}

/// Each filter admits its own tickets and no others.
pub async fn filters_admit_their_own(store: &dyn TicketRepository) {
    mixed(store).await;
    let expected: [(TicketFilter, &[u128]); 12] = [
        (TicketFilter::Id(id(2)), &[2]),
        (TicketFilter::Id(id(3)), &[3]),
        (TicketFilter::Id(id(99)), &[]),
        (TicketFilter::Unassigned, &[1, 5]),
        (TicketFilter::AssignedTo(mate(1)), &[2]),
        (TicketFilter::AssignedTo(mate(9)), &[]),
        (TicketFilter::Open, &[1, 2, 4, 5]),
        (TicketFilter::Closed, &[3]),
        (TicketFilter::OfCustomer(id(0xc0)), &[5, 3, 2, 1]),
        (TicketFilter::OfCustomer(id(0xc5)), &[4]),
        (TicketFilter::OpenIn([5, 3, 2, 9].map(|n| place(n).conversation).to_vec()), &[2, 5]),
        (TicketFilter::OpenIn(Vec::new()), &[]),
    ];
    for (filter, numbers) in expected {
        assert_eq!(listed(store, filter.clone()).await, numbers, "{filter:?} lists its own, in its order");
    }
}

/// What is served is listed highest priority first, then oldest first (A3).
pub async fn open_ones_are_listed_as_served(store: &dyn TicketRepository) {
    let rows = [
        (1, Priority::Normal, 40),
        (2, Priority::Low, 10),
        (3, Priority::Urgent, 50),
        (4, Priority::Normal, 20),
        (5, Priority::High, 30),
        (6, Priority::Urgent, 45),
    ];
    for (n, priority, second) in rows {
        requested(store, n, priority, second).await;
    }
    let order = [6, 3, 5, 4, 1, 2];
    let all = TicketFilter::OpenIn((1..=6).map(|n| place(n).conversation).collect());
    for filter in [TicketFilter::Unassigned, TicketFilter::Open, all] {
        let found = listed(store, filter.clone()).await;
        assert_eq!(found, order, "{filter:?}: highest priority first, then oldest first (A3)");
    }
    for n in 1..=6 {
        let snapshot = look(store, place(n)).await;
        let ticket = snapshot.ticket.clone().unwrap();
        Change::on(place(n), &snapshot).with(ticket).held_by(1).kept(store).await;
    }
    let found = listed(store, TicketFilter::AssignedTo(mate(1))).await;
    assert_eq!(found, order, "AssignedTo: highest priority first, then oldest first (A3)");
}

/// What is over, and a customer's history, is listed newest first, whatever the priority.
pub async fn closed_ones_are_listed_newest_first(store: &dyn TicketRepository) {
    let rows = [(1, Priority::Urgent, 10), (2, Priority::Low, 30), (3, Priority::High, 20)];
    for (n, priority, second) in rows {
        requested(store, n, priority, second).await;
    }
    let customer = TicketFilter::OfCustomer(id(0xc0));
    assert_eq!(listed(store, customer.clone()).await, [2, 3, 1], "OfCustomer: newest first");
    for n in 1..=3 {
        closed(store, place(n)).await;
    }
    assert_eq!(listed(store, TicketFilter::Closed).await, [2, 3, 1], "Closed: newest first");
    assert_eq!(listed(store, customer).await, [2, 3, 1], "OfCustomer: newest first");
}

/// At most as many as asked for; `next` only where there are more.
pub async fn next_is_there_only_if_there_are_more(store: &dyn TicketRepository) {
    for n in 1..=3 {
        opened(store, place(n), n).await;
    }
    let all = page(store, TicketFilter::Open, None, 3).await;
    assert_eq!((numbers(&all.items), all.next), (vec![1, 2, 3], None), "exactly as many: none after these");
    let more = page(store, TicketFilter::Open, None, usize::MAX).await;
    assert_eq!((numbers(&more.items), more.next), (vec![1, 2, 3], None), "however large the limit");
    let two = page(store, TicketFilter::Open, None, 2).await;
    assert_eq!(numbers(&two.items), [1, 2], "at most `limit`");
    assert_eq!(two.next, two.items.last().map(TicketCursor::from), "`next` is the place of the last one");
    let last = page(store, TicketFilter::Open, two.next, 2).await;
    assert_eq!((numbers(&last.items), last.next), (vec![3], None), "the rest, and no more");
    assert_eq!(page(store, TicketFilter::Open, None, 0).await.items, [], "at most none");
    assert_eq!(
        page(store, TicketFilter::Id(id(77)), None, 5).await.next,
        None,
        "nothing found, no page after it"
    );
}

/// Pages, in both orders and of every size, give every ticket once, also where sort keys are equal.
pub async fn pages_give_every_ticket_once(store: &dyn TicketRepository) {
    for n in 1..=8 {
        let priority = if n % 3 == 0 { Priority::High } else { Priority::Normal };
        requested(store, n, priority, i64::from(n == 5) * 7).await;
    }
    for filter in [TicketFilter::Unassigned, TicketFilter::Open, TicketFilter::OfCustomer(id(0xc0))] {
        let whole = listed(store, filter.clone()).await;
        assert_eq!(whole.len(), 8, "{filter:?}: all are there");
        for limit in [1, 2, 3, 7, 8] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = page(store, filter.clone(), after, limit).await;
                found.extend(numbers(&page.items));
                assert!(found.len() <= 8, "{filter:?}, pages of {limit}: no ticket comes twice");
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, whole, "{filter:?}, pages of {limit}: every ticket once, in the same order");
        }
    }
}

/// A cursor stays good while tickets come and go, its own ticket included.
pub async fn a_cursor_outlives_its_ticket(store: &dyn TicketRepository) {
    for n in [10, 20, 30, 40] {
        opened(store, place(n), n).await;
    }
    let first = page(store, TicketFilter::Open, None, 2).await;
    assert_eq!(numbers(&first.items), [10, 20], "the first page");
    closed(store, place(20)).await;
    closed(store, place(10)).await;
    opened(store, place(5), 5).await;
    let second = page(store, TicketFilter::Open, first.next, 2).await;
    assert_eq!(numbers(&second.items), [30, 40], "a cursor is a place in the order, not a count of rows");
    assert_eq!(second.next, None, "and no more");
}
