//! The line: who waits, at which place, and what is to be done about it (A3, A6).

use crate::assignment::Rule;
use crate::event::EventKind;
use crate::ports::{Answer, Committed, Routing, TicketFilter, TicketRepository, Work, WorkKind};
use crate::testkit::fixtures::ticket::{
    Change, claimed, closed, escalation, listed, look, mate, only_claim, opened_on, timeline,
};
use crate::testkit::fixtures::{at, id, place};
use crate::ticket::{Flag, Method, Priority, Ticket};

/// Opens ticket `n` at its place with nobody to get it.
async fn waiting(store: &dyn TicketRepository, n: u128, priority: Priority) -> Committed {
    waiting_as(store, n, |ticket| ticket.priority = priority).await
}

/// Opens ticket `n`, changed like this, at its place with nobody to get it.
async fn waiting_as(store: &dyn TicketRepository, n: u128, change: impl FnOnce(&mut Ticket)) -> Committed {
    let change = Change::opening(place(n), &look(store, place(n)).await, n).but(change);
    change.answering(escalation(n)).placed(Rule::FewestOpen, &[]).kept(store).await
}

fn of_team(team: Option<u128>) -> impl Fn(&mut Ticket) {
    move |ticket| ticket.team = team.map(id)
}

/// The three ways in which a ticket is left to people.
const FOR_PEOPLE: [fn(&mut Ticket); 3] = [
    |ticket| ticket.method = Some(Method::Manual),
    |ticket| ticket.by_hand = true,
    |ticket| ticket.flags = vec![Flag::Looping, Flag::Unanswered],
];

/// Changes the ticket that waits at place `n`, and nothing else.
async fn changed(store: &dyn TicketRepository, n: u128, change: impl FnOnce(&mut Ticket)) {
    let snapshot = look(store, place(n)).await;
    let ticket = snapshot.ticket.clone().unwrap();
    Change::on(place(n), &snapshot).with(ticket).but(change).kept(store).await;
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

/// Each team has a line of its own, and so have those who ask for none; a sweep still reads all of them in one order.
pub async fn each_team_has_a_line(store: &dyn TicketRepository) {
    let rule = "ahead are those of the same line: of the same team, or both without one";
    for (n, team, expected) in [
        (1, Some(1), 1),
        (2, None, 1),
        (3, Some(2), 1),
        (4, Some(1), 2),
        (5, None, 2),
        (6, Some(2), 2),
        (7, Some(2), 3),
        (8, Some(1), 3),
    ] {
        assert_eq!(position(&waiting_as(store, n, of_team(team)).await), expected, "ticket {n}: {rule}");
    }
    let urgent = |team| {
        move |ticket: &mut Ticket| {
            of_team(team)(ticket);
            ticket.priority = Priority::Urgent;
        }
    };
    assert_eq!(position(&waiting_as(store, 9, urgent(Some(2))).await), 1, "first by priority; {rule}");
    assert_eq!(position(&waiting_as(store, 10, of_team(Some(2))).await), 5, "behind it; {rule}");
    assert_eq!(position(&waiting_as(store, 11, of_team(Some(1))).await), 4, "it is of another team; {rule}");
    assert_eq!(position(&waiting_as(store, 12, urgent(Some(3))).await), 1, "nobody waits for team 3; {rule}");
    let order = listed(store, TicketFilter::Unassigned).await;
    assert_eq!(order, [9, 12, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11], "all that wait are listed in one order (A3)");
}

/// Those whom only a person assigns are in nobody's way, and are counted among themselves.
pub async fn those_for_people_have_a_line_of_their_own(store: &dyn TicketRepository) {
    let rule = "who waits for a person to choose is not ahead of whom the machine serves";
    for (n, for_people) in (1..).zip(FOR_PEOPLE) {
        let committed = waiting_as(store, n, for_people).await;
        let expected = u32::try_from(n).unwrap();
        assert_eq!(
            position(&committed),
            expected,
            "those left to people are one line, however they came to it"
        );
    }
    assert_eq!(position(&waiting(store, 11, Priority::Low).await), 1, "{rule}");
    assert_eq!(position(&waiting(store, 12, Priority::Low).await), 2, "only the one before is ahead");
    let of_team = |ticket: &mut Ticket| {
        of_team(Some(1))(ticket);
        ticket.by_hand = true;
    };
    assert_eq!(position(&waiting_as(store, 13, of_team).await), 1, "people of each team have a line");
    let flagged =
        |ticket: &mut Ticket| (ticket.flags, ticket.priority) = (vec![Flag::Looping], Priority::Low);
    assert_eq!(position(&waiting_as(store, 14, flagged).await), 3, "a loop alone leaves it to the machine");
}

/// A newcomer waits behind its own line only.
pub async fn a_newcomer_passes_other_lines(store: &dyn TicketRepository) {
    waiting_as(store, 1, of_team(Some(1))).await;
    waiting(store, 2, Priority::Urgent).await;
    for (n, for_people) in (3..).zip(FOR_PEOPLE) {
        waiting_as(store, n, |ticket| {
            of_team(Some(2))(ticket);
            for_people(ticket);
        })
        .await;
    }
    let newcomer = |n, team| async move {
        let change = Change::opening(place(n), &look(store, place(n)).await, n).but(of_team(team));
        change.answering(escalation(n)).placed(Rule::FewestOpen, &[(1, 0)]).kept(store).await
    };
    let committed = newcomer(10, Some(2)).await;
    assert_eq!(
        committed.ticket.unwrap().assigned_to(),
        Some(mate(1)),
        "others wait for another team, for none, or for a person to choose: nobody is ahead in its line"
    );
    assert_eq!(position(&newcomer(11, Some(1)).await), 2, "the first of team 1 is ahead of it (A3)");
    assert_eq!(position(&newcomer(12, None).await), 2, "the one without a team is ahead of it (A3)");
}

/// A ticket that goes to another line while it waits is counted there, and not where it was.
pub async fn a_waiting_ticket_changes_its_line(store: &dyn TicketRepository) {
    waiting(store, 1, Priority::Normal).await;
    waiting(store, 2, Priority::Normal).await;
    changed(store, 1, of_team(Some(1))).await;
    assert_eq!(position(&waiting(store, 3, Priority::Normal).await), 2, "the first went to a team");
    assert_eq!(position(&waiting_as(store, 4, of_team(Some(1))).await), 2, "and is ahead there");
    for (n, for_people) in (10..).zip(FOR_PEOPLE) {
        changed(store, 2, for_people).await;
        let gone = position(&waiting(store, n, Priority::Low).await);
        closed(store, place(n)).await;
        assert_eq!(gone, 2, "the second waits for a person now: only the third is ahead");
        changed(store, 2, |ticket| {
            (ticket.method, ticket.by_hand) = (None, false);
            ticket.flags.clear();
        })
        .await;
        let back = position(&waiting(store, n + 10, Priority::Low).await);
        closed(store, place(n + 10)).await;
        assert_eq!(back, 3, "the second is back: both are ahead");
    }
    let snapshot = look(store, place(4)).await;
    let events = snapshot.events;
    let change = Change::on(place(4), &snapshot).with(snapshot.ticket.clone().unwrap()).but(of_team(None));
    let change = change.placed(Rule::FewestOpen, &[]);
    change.placing(|placement| placement.event.sequence.0 = events + 1).kept(store).await;
    let told = timeline(store, place(4)).await.last().map(|event| event.kind);
    assert_eq!(
        told,
        Some(EventKind::Waiting { position: 3 }),
        "it is told its place in the line it comes to"
    );
}
