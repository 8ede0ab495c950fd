//! The places in the line that were told, recounted one by one from what happened alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use escalate::control::ControlEvent;
use escalate::rules::Method;
use escalate::{Event, EventKind, Flag, Ticket, TicketId};

use super::shot::Shot;

/// Whether the machine serves it.
fn by_machine(ticket: &Ticket) -> bool {
    let left_to_people = ticket.by_hand || ticket.flags.contains(&Flag::Unanswered);
    ticket.method != Some(Method::Manual) && !left_to_people
}

/// Whether `one` is served before `other`, by the same people in the same way.
fn is_ahead(one: &Ticket, other: &Ticket) -> bool {
    let order = |ticket: &Ticket| (Reverse(ticket.priority), ticket.clocks.requested, ticket.id);
    one.team == other.team && by_machine(one) == by_machine(other) && order(one) < order(other)
}

/// Every place told since `before` is a recount of that instant. How many of these were behind somebody, and how many
/// with others waiting that were not ahead.
pub(super) fn recounted(before: &Shot, after: &Shot) -> [usize; 2] {
    let mut waiting: BTreeMap<TicketId, Ticket> =
        before.tickets.values().filter(|ticket| ticket.is_waiting()).map(|t| (t.id, t.clone())).collect();
    let mut events: Vec<&Event> = after.since(before).collect();
    // One thread, and ids that grow: the order in which it all happened.
    events.sort_by_key(|event| event.id);
    let (mut behind, mut passed) = (0, 0);
    for (index, event) in events.iter().enumerate() {
        match event.kind {
            EventKind::Waiting { position } => {
                let mut ticket = after.tickets[&event.ticket].clone();
                // Only what it was by then: a flag may have come later.
                let later = |event: &&Event| {
                    event.ticket == ticket.id && event.kind == EventKind::Flagged { flag: Flag::Unanswered }
                };
                if events[index..].iter().copied().any(|event| later(&event)) {
                    ticket.flags.retain(|flag| *flag != Flag::Unanswered);
                }
                let others: Vec<_> = waiting.values().filter(|other| other.id != ticket.id).collect();
                let ahead = others.iter().filter(|other| is_ahead(other, &ticket)).count();
                let waits: Vec<_> =
                    others.iter().map(|other| (other.id, other.team, other.priority)).collect();
                let Ticket { id, team, priority, .. } = ticket;
                assert_eq!(position as usize, ahead + 1, "{id} {team:?} {priority:?} among {waits:?} (A3)");
                behind += usize::from(ahead > 0);
                passed += usize::from(ahead < others.len());
                waiting.insert(ticket.id, ticket);
            }
            EventKind::Assigned { .. } => drop(waiting.remove(&event.ticket)),
            EventKind::Control { change } => match change {
                ControlEvent::Escalated { .. } => {}
                _ => drop(waiting.remove(&event.ticket)),
            },
            _ => {}
        }
    }
    [behind, passed]
}
