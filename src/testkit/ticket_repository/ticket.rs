//! Tickets: kept whole, one open at a time, the newest known by name (E1).

use crate::control::{Control, ControlState};
use crate::ports::{TicketFilter, TicketRepository};
use crate::testkit::fixtures::ticket::{Change, closed, full_ticket, listed, look, open_on, opened, ticket};
use crate::testkit::fixtures::{ABROAD, HOME, abroad, at, conflict, id, ok, place};
use crate::ticket::{Priority, ReasonCode, TicketStatus};

/// Every field of a ticket is kept.
pub async fn every_field_comes_back(store: &dyn TicketRepository) {
    let full = full_ticket(place(1), 1);
    let mut change = Change::opening(place(1), &look(store, place(1)).await, 1).with(full.clone());
    change.0.state.control = Control::Queued { ticket: full.id };
    let committed = change.kept(store).await;
    assert_eq!(committed.ticket.as_ref(), Some(&full), "`commit` returns the ticket as written");
    assert_eq!(look(store, place(1)).await.ticket.as_ref(), Some(&full), "`load` gives every field back");
    let page = ok(store.tickets(HOME, TicketFilter::Id(full.id), None, 1).await, "`tickets` finds it by id");
    assert_eq!(page.items, [full], "`tickets` gives every field back");
}

/// A ticket is replaced whole: what it no longer has is gone.
pub async fn a_ticket_is_replaced_whole(store: &dyn TicketRepository) {
    let snapshot = look(store, place(1)).await;
    Change::opening(place(1), &snapshot, 1).with(full_ticket(place(1), 1)).kept(store).await;
    let plain = ticket(place(1), 1);
    Change::on(place(1), &look(store, place(1)).await).with(plain.clone()).kept(store).await;
    assert_eq!(look(store, place(1)).await.ticket, Some(plain), "a ticket is replaced, every field of it");
    assert_eq!(listed(store, TicketFilter::Open).await, [1], "replaced, not added");
}

/// Every status, priority and reason is kept.
pub async fn every_status_priority_and_reason_comes_back(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let reasons = [
        ReasonCode::CustomerRequest,
        ReasonCode::OutOfScope,
        ReasonCode::Sensitive,
        ReasonCode::AiFailure,
        ReasonCode::HostRule,
        ReasonCode::Promise,
        ReasonCode::Takeover,
        ReasonCode::Other,
    ];
    let priorities = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
    for (n, reason) in reasons.into_iter().enumerate() {
        let snapshot = look(store, place(1)).await;
        let mut ticket = snapshot.ticket.clone().unwrap();
        ticket.status = TicketStatus::ALL[n % TicketStatus::ALL.len()];
        ticket.priority = priorities[n % priorities.len()];
        ticket.reason.code = reason;
        Change::on(place(1), &snapshot).with(ticket.clone()).kept(store).await;
        assert_eq!(look(store, place(1)).await.ticket, Some(ticket), "a ticket is given back as committed");
    }
}

/// A second open ticket in a conversation is a conflict.
pub async fn one_ticket_is_open_at_a_time(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let second = Change::opening(place(1), &look(store, place(1)).await, 2).commit(store).await;
    conflict(second, "at most one ticket of a conversation is open (E1)");
    assert_eq!(listed(store, TicketFilter::Open).await, [1], "the first one stays, the second is not there");
}

/// Every open status counts as open.
pub async fn every_open_status_counts_as_open(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    for status in TicketStatus::ALL.into_iter().filter(|status| status.is_open()) {
        let snapshot = look(store, place(1)).await;
        Change::on(place(1), &snapshot)
            .with(snapshot.ticket.clone().unwrap())
            .but(|ticket| ticket.status = status)
            .kept(store)
            .await;
        let second = Change::opening(place(1), &look(store, place(1)).await, 2).commit(store).await;
        conflict(second, "at most one ticket of a conversation is open, whatever it waits for (E1)");
    }
}

/// After a close another ticket may be opened; `load` names it as the newest.
pub async fn another_ticket_opens_after_a_close(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    closed(store, place(1)).await;
    let between = look(store, place(1)).await;
    assert_eq!(between.ticket, None, "`load`: control names no ticket after a hand back");
    assert_eq!(between.latest, Some(id(1)), "`load`: the newest ticket, open or closed");
    opened(store, place(1), 2).await;
    let after = look(store, place(1)).await;
    assert_eq!(after.latest, Some(id(2)), "`load`: the newest ticket");
    assert_eq!(after.ticket.map(|ticket| ticket.previous), Some(Some(id(1))), "with the one before");
    assert_eq!(listed(store, TicketFilter::OfCustomer(id(0xc0))).await, [2, 1], "both are kept");
}

/// A close in status `Cancelled` frees the conversation too.
pub async fn a_cancelled_ticket_is_not_open(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let change = Change::closing(place(1), &look(store, place(1)).await);
    change.but(|ticket| ticket.status = TicketStatus::Cancelled).kept(store).await;
    opened(store, place(1), 2).await;
    assert_eq!(listed(store, TicketFilter::Open).await, [2], "a cancelled ticket is not open");
}

/// A late change of an older ticket, such as its summary, neither makes it the newest nor frees the conversation.
pub async fn an_older_ticket_stays_the_older(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let first = closed(store, place(1)).await.ticket.unwrap();
    opened(store, place(1), 2).await;
    let snapshot = look(store, place(1)).await;
    Change::on(place(1), &snapshot)
        .with(first)
        .but(|ticket| ticket.summary.subject = "Written late".into())
        .kept(store)
        .await;
    let after = look(store, place(1)).await;
    assert_eq!(after.latest, Some(id(2)), "`load`: the newest ticket is not the one written last");
    assert_eq!(after.ticket, snapshot.ticket, "`load`: the ticket that control names");
    let third = Change::opening(place(1), &after, 3).commit(store).await;
    conflict(third, "ticket 2 is still open, whatever was written to ticket 1 since (E1)");
}

/// A closed ticket is not opened again beside another open one.
pub async fn a_ticket_is_not_reopened_beside_another(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let first = closed(store, place(1)).await.ticket.unwrap();
    opened(store, place(1), 2).await;
    let snapshot = look(store, place(1)).await;
    let reopened = Change::on(place(1), &snapshot).with(first).but(|ticket| ticket.reopened());
    conflict(reopened.commit(store).await, "a commit that would open another ticket is a conflict (E1)");
}

/// A closed ticket is opened again where none is open.
pub async fn a_ticket_is_reopened(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let snapshot = look(store, place(1)).await;
    let mut change = Change::on(place(1), &snapshot).with(snapshot.ticket.clone().unwrap());
    let until = at(900);
    change.0.state = ControlState {
        control: Control::Closed { ticket: id(1), teammate: None, until },
        epoch: snapshot.state.epoch.next(),
    };
    change.but(|ticket| ticket.closed(until, at(5))).kept(store).await;
    let snapshot = look(store, place(1)).await;
    let closed = snapshot.ticket.clone().unwrap();
    assert_eq!(closed.reopens_until, Some(until), "`load`: the ticket that control names, closed as it is");
    let mut change = Change::on(place(1), &snapshot).with(closed).but(|ticket| ticket.reopened());
    change.0.state.control = Control::Queued { ticket: id(1) };
    change.kept(store).await;
    assert_eq!(listed(store, TicketFilter::Open).await, [1], "it is open again");
    let second = Change::opening(place(1), &look(store, place(1)).await, 2).commit(store).await;
    conflict(second, "a ticket that was reopened is open (E1)");
}

/// A ticket id belongs to its workspace.
pub async fn the_same_id_in_two_workspaces_is_two_tickets(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let change = Change::opening(abroad(place(1)), &look(store, abroad(place(1))).await, 1).held_by(1);
    change.kept(store).await;
    closed(store, abroad(place(1))).await;
    assert_eq!(
        listed(store, TicketFilter::Open).await,
        [1],
        "one workspace's ticket is untouched by the other's (N3)"
    );
    let page = ok(store.tickets(ABROAD, TicketFilter::Id(id(1)), None, 1).await, "`tickets` finds it by id");
    assert_eq!(page.items[0].status, TicketStatus::Closed, "each workspace has its own");
    assert_eq!(open_on(store, 1).await, 0, "loads do not cross workspaces");
}
