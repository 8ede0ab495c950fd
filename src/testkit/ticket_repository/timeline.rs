//! The timeline: what happened, in order, page by page.

use crate::control::ControlEvent;
use crate::event::{Actor, Event, EventKind, EventSequence};
use crate::ports::TicketRepository;
use crate::testkit::fixtures::ticket::{Change, closed, look, mate, opened, timeline};
use crate::testkit::fixtures::{ALL, at, id, ok, place};
use crate::ticket::{AssignedBy, TicketStatus};

async fn sequences(store: &dyn TicketRepository, after: u64, limit: usize) -> Vec<u64> {
    let events = ok(store.timeline(place(1), EventSequence(after), limit).await, "`timeline` reads events");
    events.iter().map(|event| event.sequence.0).collect()
}

/// Commits five events in two commits.
async fn five(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    let snapshot = look(store, place(1)).await;
    let mut change = Change::on(place(1), &snapshot);
    for _ in 2..=5 {
        change = change.event(&snapshot, id(1), EventKind::Summarised);
    }
    change.kept(store).await;
}

/// Events of several commits follow each other without gaps, and `load` counts them.
pub async fn events_are_numbered_without_gaps(store: &dyn TicketRepository) {
    five(store).await;
    assert_eq!(
        sequences(store, 0, ALL).await,
        [1, 2, 3, 4, 5],
        "events are read by ascending sequence, without gaps"
    );
    assert_eq!(look(store, place(1)).await.events, 5, "`load`: the newest event has this sequence");
    closed(store, place(1)).await;
    assert_eq!(sequences(store, 0, ALL).await, [1, 2, 3, 4, 5, 6], "the next commit numbers on");
}

/// `timeline` gives what comes after the place, at most `limit`.
pub async fn timeline_is_read_in_pages(store: &dyn TicketRepository) {
    five(store).await;
    assert_eq!(sequences(store, 0, 2).await, [1, 2], "the oldest after the place, at most `limit`");
    assert_eq!(sequences(store, 2, 2).await, [3, 4], "the place itself is not after it");
    assert_eq!(sequences(store, 4, 2).await, [5], "the last one");
    assert_eq!(sequences(store, 5, 2).await, [0; 0], "nothing is after the last");
    assert_eq!(sequences(store, 9, 2).await, [0; 0], "nothing is beyond the last");
    assert_eq!(sequences(store, 0, 0).await, [0; 0], "at most none");
    assert_eq!(sequences(store, 3, usize::MAX).await, [4, 5], "however large the limit");
    assert_eq!(sequences(store, u64::MAX, 2).await, [0; 0], "however large the place");
}

/// Every field of every kind of event is kept.
pub async fn every_event_comes_back(store: &dyn TicketRepository) {
    let (ticket, teammate) = (id(1), mate(2));
    let kinds = [
        EventKind::Control { change: ControlEvent::Escalated { ticket } },
        EventKind::Control { change: ControlEvent::TakenOver { ticket, teammate } },
        EventKind::Control { change: ControlEvent::Reassigned { ticket, teammate } },
        EventKind::Control { change: ControlEvent::HandedBack { ticket } },
        EventKind::Control {
            change: ControlEvent::Closed { ticket, teammate: Some(teammate), until: at(9) },
        },
        EventKind::Control { change: ControlEvent::Closed { ticket, teammate: None, until: at(-9) } },
        EventKind::Control { change: ControlEvent::Reopened { ticket, teammate: None } },
        EventKind::Assigned { teammate, by: AssignedBy::Hand, over_cap: true, starts_at: None },
        EventKind::Assigned { teammate, by: AssignedBy::Policy, over_cap: false, starts_at: Some(at(5)) },
        EventKind::Waiting { position: 3 },
        EventKind::Replied { teammate },
        EventKind::StatusMoved { from: TicketStatus::OnCustomer, to: TicketStatus::OnYou },
        EventKind::Summarised,
    ];
    let actors =
        [Actor::AiAgent, Actor::Customer { id: id(3) }, Actor::Teammate { id: teammate }, Actor::System];
    let snapshot = look(store, place(1)).await;
    let mut change = Change::on(place(1), &snapshot);
    for kind in kinds {
        change = change.event(&snapshot, ticket, kind);
    }
    for (event, actor) in change.0.events.iter_mut().zip(actors.iter().cycle()) {
        event.actor = *actor;
    }
    let expected: Vec<Event> = change.0.events.clone();
    change.kept(store).await;
    for (read, expected) in timeline(store, place(1)).await.iter().zip(&expected) {
        assert_eq!(read, expected, "`timeline` gives every field back");
    }
    assert_eq!(look(store, place(1)).await.events, 13, "`load`: how many events the timeline has");
}

/// Each conversation has a timeline of its own.
pub async fn timelines_are_apart(store: &dyn TicketRepository) {
    opened(store, place(1), 1).await;
    opened(store, place(2), 2).await;
    closed(store, place(2)).await;
    let one: Vec<_> = timeline(store, place(1)).await.iter().map(|event| event.ticket).collect();
    assert_eq!(one, [id(1)], "an event is in its own conversation only");
    assert_eq!(timeline(store, place(2)).await.len(), 2, "an event is in its own conversation only");
}
