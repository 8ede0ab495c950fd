//! Loads equal a recount after any history (A5), and assignments are counted, not timed.

use crate::assignment::Load;
use crate::ports::{TicketFilter, TicketRepository};
use crate::testkit::fixtures::ticket::{
    Change, closed, listed, loads, look, mate, open_on, opened, opened_on,
};
use crate::testkit::fixtures::{HOME, at, ok, place};
use crate::ticket::{AssignedBy, Assignee, TicketStatus};

/// A stranger has no load.
pub async fn a_stranger_has_no_load(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    let found = ok(store.workload(HOME, vec![mate(9)]).await, "`workload` counts");
    assert_eq!(found, [Load::none(mate(9))], "`workload`: of a stranger, none");
}

/// One load each, in the order asked for, also where one is asked for twice.
pub async fn loads_come_in_the_order_asked_for(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 2).await;
    let asked = vec![mate(9), mate(2), mate(1), mate(2)];
    let found = ok(store.workload(HOME, asked.clone()).await, "`workload` counts");
    let order: Vec<_> = found.iter().map(|load| load.teammate).collect();
    assert_eq!(order, asked, "`workload`: one each, in the same order");
    let open: Vec<_> = found.iter().map(|load| load.open).collect();
    assert_eq!(open, [0, 1, 0, 1], "`workload`: each with their own load");
    assert_eq!(ok(store.workload(HOME, Vec::new()).await, "`workload` counts"), [], "asked for nobody: none");
}

/// Open, assign, reassign, close: the load is the number of open tickets, every time.
pub async fn loads_equal_a_recount(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened(store, place(2), 2).await;
    recount(store, "opened").await;
    assign(store, 2, Some(1)).await;
    assert_eq!(open_on(store, 1).await, 2, "an assignment counts");
    recount(store, "assigned").await;
    assign(store, 1, Some(2)).await;
    assert_eq!((open_on(store, 1).await, open_on(store, 2).await), (1, 1), "a reassignment moves the count");
    recount(store, "reassigned").await;
    assign(store, 1, None).await;
    assert_eq!(open_on(store, 2).await, 0, "a ticket back in the line counts for nobody");
    recount(store, "put back").await;
    closed(store, place(2)).await;
    assert_eq!(open_on(store, 1).await, 0, "a closed ticket no longer counts");
    recount(store, "closed").await;
}

/// Every open status counts, and closing counts once, whatever is written afterwards.
pub async fn a_closed_ticket_is_counted_off_once(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened_on(store, place(2), 2, 1).await;
    let statuses = TicketStatus::ALL.into_iter().chain([TicketStatus::Closed, TicketStatus::OnYou]);
    for status in statuses {
        let snapshot = look(store, place(2)).await;
        let ticket = snapshot.ticket.clone().unwrap();
        Change::on(place(2), &snapshot).with(ticket).but(|ticket| ticket.status = status).kept(store).await;
        let expected = 1 + u32::from(status.is_open());
        assert_eq!(
            open_on(store, 1).await,
            expected,
            "open tickets count, closed ones do not: {status:?} (A5)"
        );
        recount(store, "moved").await;
    }
}

/// Every assignment is the newest of the workspace, also many within one instant.
pub async fn every_assignment_is_the_newest(store: &dyn TicketRepository) {
    for (n, teammate) in [(1, 1), (2, 2), (3, 3), (4, 1), (5, 2)] {
        let before = newest(store).await;
        let mut change = Change::opening(place(n), &look(store, place(n)).await, n);
        change.0.at = at(0);
        change.held_by(teammate).kept(store).await;
        let load = ok(store.workload(HOME, vec![mate(teammate)]).await, "`workload` counts")[0];
        assert!(
            load.last_assigned > before,
            "an assignment becomes greater than everybody's, within one instant too"
        );
    }
}

/// An assignment is the newest also when the clock went back.
pub async fn assignments_do_not_follow_the_clock(store: &dyn TicketRepository) {
    for (n, second) in [(1, 900), (2, 100)] {
        let mut change = Change::opening(place(n), &look(store, place(n)).await, n);
        change.0.at = at(second);
        change.held_by(n).kept(store).await;
    }
    let loads = loads(store).await;
    assert!(
        loads[1].last_assigned > loads[0].last_assigned,
        "a counter, not an instant: the later commit is newer"
    );
}

/// A reassignment is an assignment of whoever gets the ticket, and of nobody else.
pub async fn a_reassignment_is_an_assignment(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened_on(store, place(2), 2, 2).await;
    let before = loads(store).await;
    assign(store, 2, Some(1)).await;
    let after = loads(store).await;
    assert!(
        after[0].last_assigned > before[1].last_assigned,
        "an assignee that is not the one before is assigned"
    );
    assert_eq!(
        after[1].last_assigned, before[1].last_assigned,
        "whoever loses a ticket keeps their last assignment"
    );
}

/// The same assignee again, in whatever change, is no assignment.
pub async fn the_same_assignee_is_no_assignment(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    opened_on(store, place(2), 2, 2).await;
    let before = loads(store).await;
    assign(store, 1, Some(1)).await;
    assert_eq!(loads(store).await, before, "only an assignee that is not the one before counts");
    closed(store, place(1)).await;
    let after = loads(store).await;
    assert_eq!(after[0].last_assigned, before[0].last_assigned, "a close is no assignment");
}

/// A commit without a ticket changes no load.
pub async fn other_commits_change_no_load(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    let before = loads(store).await;
    Change::on(place(1), &look(store, place(1)).await).kept(store).await;
    assert_eq!(loads(store).await, before, "a commit without a ticket changes no load");
}

async fn newest(store: &dyn TicketRepository) -> u64 {
    loads(store).await.iter().map(|load| load.last_assigned).max().unwrap_or(0)
}

/// Puts the open ticket at place `n` on somebody, or back in the line.
async fn assign(store: &dyn TicketRepository, n: u128, teammate: Option<u128>) {
    let snapshot = look(store, place(n)).await;
    let assignee = teammate.map(|number| Assignee::new(mate(number), AssignedBy::Hand, at(7)));
    let ticket = snapshot.ticket.clone().unwrap();
    Change::on(place(n), &snapshot).with(ticket).but(|ticket| ticket.assignee = assignee).kept(store).await;
}

async fn recount(store: &dyn TicketRepository, after: &str) {
    for number in 1..=3 {
        let counted = listed(store, TicketFilter::AssignedTo(mate(number))).await.len();
        let load = open_on(store, number).await;
        assert_eq!(usize::try_from(load).unwrap(), counted, "after {after}: the load equals a recount (A5)");
    }
}
