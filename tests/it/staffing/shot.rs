//! All that a workspace holds, at one instant.

use std::collections::BTreeMap;

use escalate::ports::{Decided, WorkKind, WorkKinds};
use escalate::{Control, Event, EventSequence, TeammateId, Ticket, TicketId};

use super::step::{Office, PLACES, Store, here};
use crate::flow::world::{ACME, tickets};

pub(super) struct Shot {
    pub(super) tickets: BTreeMap<TicketId, Ticket>,
    pub(super) controls: Vec<Control>,
    /// Of each conversation.
    pub(super) events: Vec<Vec<Event>>,
    pub(super) decided: Vec<Vec<Decided>>,
    pub(super) sweep_is_scheduled: bool,
}

impl Shot {
    pub(super) async fn of<S: Store>(office: &Office<S>) -> Self {
        let tickets = tickets(&office.store, ACME).await;
        let (mut controls, mut events, mut decided) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..PLACES {
            controls.push(office.desk.control(here(n)).await.unwrap().control);
            events.push(office.desk.timeline(here(n), EventSequence(0), 10_000).await.unwrap());
            decided.push(office.store.decisions(here(n), EventSequence(0), 10_000).await.unwrap());
        }
        let now = office.desk.now();
        let sweeps = office.store.claim(now, now, 0, WorkKinds::of(&[WorkKind::SWEEP])).await.unwrap();
        let tickets = tickets.into_iter().map(|ticket| (ticket.id, ticket)).collect();
        Self { tickets, controls, events, decided, sweep_is_scheduled: sweeps.next.is_some() }
    }

    /// What happened since `before`, conversation by conversation.
    pub(super) fn since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Event> {
        let known = before.events.iter().map(Vec::len);
        self.events.iter().zip(known).flat_map(|(events, known)| &events[known..])
    }

    pub(super) fn decision_of(&self, event: &Event) -> Option<&Decided> {
        self.decided.iter().flatten().find(|decided| decided.event == *event)
    }

    pub(super) fn open(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values().filter(|ticket| ticket.status.is_open())
    }

    /// A recount.
    pub(super) fn open_of(&self, teammate: TeammateId) -> u32 {
        let of = self.open().filter(|ticket| ticket.assigned_to() == Some(teammate));
        u32::try_from(of.count()).unwrap()
    }

    pub(super) fn awaits_person(&self, ticket: &Ticket) -> bool {
        self.controls.contains(&Control::Queued { ticket: ticket.id })
    }
}
