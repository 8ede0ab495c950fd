//! The line: who waits, at which place, and what is to be done about it (A3, A6).

use crate::assignment::Rule;
use crate::event::EventKind;
use crate::ports::{Answer, Committed, Routing, TicketFilter, TicketRepository, Work, WorkKind};
use crate::testkit::fixtures::ticket::{
    Change, claimed, closed, escalation, listed, look, mate, only_claim, opened_on, timeline,
};
use crate::testkit::fixtures::{at, place};
use crate::ticket::Priority;

/// Opens ticket `n` at its place with nobody to get it.
async fn waiting(store: &dyn TicketRepository, n: u128, priority: Priority) -> Committed {
    let change =
        Change::opening(place(n), &look(store, place(n)).await, n).but(|ticket| ticket.priority = priority);
    change.answering(escalation(n)).placed(Rule::FewestOpen, &[]).kept(store).await
}

fn position(committed: &Committed) -> u32 {
    match committed.answer.as_ref() {
        Some(Answer::Escalation(escalation)) => match escalation.routing {
            Routing::Queued { position } => position,
            other => {
                panic!("the ticket waits: nobody was offered with room, or others are ahead; but {other:?}")
            }
        },
        other => panic!("`commit` returns the answer as kept; but {other:?}"),
    }
}

/// Nobody offered: the ticket waits, and ticket, answer and events say so.
pub async fn nobody_offered_it_waits(store: &dyn TicketRepository) {
    let committed = waiting(store, 1, Priority::Normal).await;
    assert_eq!(position(&committed), 1, "the only one is the first in the line");
    let ticket = committed.ticket.unwrap();
    assert_eq!((ticket.assignee, ticket.clocks.queued), (None, Some(at(0))), "it waits, since the commit");
    assert_eq!(look(store, place(1)).await.ticket, Some(ticket), "and is kept so");
    let told: Vec<_> =
        timeline(store, place(1)).await.iter().map(|event| (event.sequence.0, event.kind)).collect();
    assert_eq!(told.last(), Some(&(2, EventKind::Waiting { position: 1 })), "the event tells of it");
    assert_eq!(listed(store, TicketFilter::Unassigned).await, [1], "the line shows it");
}

/// Nobody with room: the ticket waits.
pub async fn nobody_with_room_it_waits(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    let change = Change::opening(place(2), &look(store, place(2)).await, 2).answering(escalation(2));
    let committed = change.placed(Rule::LeastRecent, &[(1, 1)]).kept(store).await;
    assert_eq!(position(&committed), 1, "nobody has room: the ticket waits (A1)");
}

/// The position counts those of a higher priority, and those of the same that are older.
pub async fn the_position_counts_who_goes_before(store: &dyn TicketRepository) {
    for n in [20, 21, 22] {
        waiting(store, n, Priority::Normal).await;
    }
    let rule = "ahead are those of a higher priority, and of the same and older (A3)";
    assert_eq!(position(&waiting(store, 30, Priority::Normal).await), 4, "{rule}");
    assert_eq!(position(&waiting(store, 31, Priority::High).await), 1, "{rule}");
    assert_eq!(position(&waiting(store, 32, Priority::Low).await), 6, "{rule}");
    assert_eq!(position(&waiting(store, 33, Priority::Urgent).await), 1, "{rule}");
    assert_eq!(
        position(&waiting(store, 10, Priority::Normal).await),
        3,
        "an older one goes before younger ones; {rule}"
    );
}

/// Only those who wait are in the line: not the assigned, not the closed.
pub async fn only_the_waiting_are_in_the_line(store: &dyn TicketRepository) {
    opened_on(store, place(1), 1, 1).await;
    waiting(store, 2, Priority::Urgent).await;
    closed(store, place(2)).await;
    waiting(store, 3, Priority::Normal).await;
    assert_eq!(
        position(&waiting(store, 4, Priority::Normal).await),
        2,
        "neither the assigned nor the closed are ahead"
    );
}

/// A ticket is not ahead of itself.
pub async fn a_ticket_is_not_ahead_of_itself(store: &dyn TicketRepository) {
    waiting(store, 1, Priority::Normal).await;
    let snapshot = look(store, place(1)).await;
    let change =
        Change::on(place(1), &snapshot).with(snapshot.ticket.clone().unwrap()).placed(Rule::FewestOpen, &[]);
    let events = snapshot.events;
    change.placing(|placement| placement.event.sequence.0 = events + 1).kept(store).await;
    let told = timeline(store, place(1)).await.last().map(|event| event.kind);
    assert_eq!(told, Some(EventKind::Waiting { position: 1 }), "`ahead` counts the other waiting tickets");
}

/// A newcomer does not overtake those who wait, though somebody has room.
pub async fn a_newcomer_does_not_overtake(store: &dyn TicketRepository) {
    waiting(store, 1, Priority::Normal).await;
    let change = Change::opening(place(2), &look(store, place(2)).await, 2).answering(escalation(2));
    let committed = change.placed(Rule::FewestOpen, &[(1, 1)]).kept(store).await;
    assert_eq!(position(&committed), 2, "others are ahead of it in the line: it waits (A3)");
    let change = Change::opening(place(3), &look(store, place(3)).await, 3)
        .but(|ticket| ticket.priority = Priority::High);
    let committed = change.placed(Rule::FewestOpen, &[(1, 1)]).kept(store).await;
    assert_eq!(
        committed.ticket.unwrap().assigned_to(),
        Some(mate(1)),
        "nobody is ahead of a higher priority"
    );
}

/// The sweep that goes with a placement is scheduled if the ticket waits.
pub async fn a_waiting_ticket_schedules_its_sweep(store: &dyn TicketRepository) {
    let sweep = Work { kind: WorkKind::Sweep, due_at: at(60) };
    let change = Change::opening(place(1), &look(store, place(1)).await, 1).placed(Rule::FewestOpen, &[]);
    change.placing(|placement| placement.sweep = Some(sweep)).kept(store).await;
    assert_eq!(
        claimed(store, 59).await.next,
        Some(at(60)),
        "scheduled if the ticket waits, for its instant (A6)"
    );
    let claim = only_claim(store, 60, "scheduled if the ticket waits (A6)").await;
    assert_eq!(claim.kind, WorkKind::Sweep, "it is the placement's sweep");
}

/// No sweep is scheduled for a ticket that somebody got.
pub async fn an_assigned_ticket_schedules_no_sweep(store: &dyn TicketRepository) {
    let sweep = Work { kind: WorkKind::Sweep, due_at: at(60) };
    let change =
        Change::opening(place(1), &look(store, place(1)).await, 1).placed(Rule::FewestOpen, &[(1, 0)]);
    change.placing(|placement| placement.sweep = Some(sweep)).kept(store).await;
    assert_eq!(claimed(store, 60).await.claims, [], "the sweep is scheduled only if the ticket waits");
}

/// The line is served in order while it moves: a claim on the first one's place is never a guess.
pub async fn the_line_moves_up(store: &dyn TicketRepository) {
    for n in 1..=3 {
        waiting(store, n, Priority::Normal).await;
    }
    let snapshot = look(store, place(1)).await;
    let ticket = snapshot.ticket.clone().unwrap();
    Change::on(place(1), &snapshot).with(ticket).held_by(1).kept(store).await;
    assert_eq!(listed(store, TicketFilter::Unassigned).await, [2, 3], "an assigned ticket leaves the line");
    assert_eq!(position(&waiting(store, 4, Priority::Normal).await), 3, "and is ahead of nobody");
}
