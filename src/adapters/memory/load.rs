//! What a decision is made on, read under one lock.

use super::state::State;
use crate::id::Place;
use crate::ports::{Ask, Recent, RecentOf, Snapshot, Staffed, Window};
use crate::ticket::Ticket;

impl State {
    pub(super) fn snapshot(&self, place: Place, ask: &Ask) -> Snapshot {
        let read =
            |entries| self.threads.get(&place).map(|thread| thread.read(Window::Before(None), entries));
        let asked = Snapshot {
            transcript: ask.entries.and_then(read),
            staff: ask.staff.map(|of| {
                let workspace = self.workspaces.get(&place.workspace);
                workspace.map_or_else(Staffed::default, |workspace| {
                    let staff = workspace.staff(of.team());
                    let loads =
                        staff.teammates.iter().map(|teammate| workspace.load_of(teammate.id)).collect();
                    Staffed { staff, loads }
                })
            }),
            recent: ask.recent.and_then(|of| self.recent(place, of)),
            ..Snapshot::default()
        };
        let Some(cell) = self.cells.get(&place) else { return asked };
        let ticket = cell.state.control.ticket();
        let tickets = self.workspaces.get(&place.workspace).map(|workspace| &workspace.tickets);
        Snapshot {
            state: cell.state,
            revision: cell.revision,
            events: cell.events.last().map_or(0, |event| event.sequence.0),
            ticket: ticket.and_then(|id| tickets?.get(&id)).cloned(),
            latest: cell.latest,
            answered: ask.key.as_ref().and_then(|key| cell.answers.get(key)).cloned(),
            owed: self.owed(place, cell),
            ..asked
        }
    }

    fn recent(&self, place: Place, of: RecentOf) -> Option<Recent> {
        let its = || Some(self.threads.get(&place)?.conversation.requester.customer);
        let customer = of.customer.or_else(its)?;
        let Some(workspace) = self.workspaces.get(&place.workspace) else { return Some(Recent::default()) };
        let Some(theirs) = workspace.of_customer.get(&customer) else { return Some(Recent::default()) };
        let limit = usize::try_from(of.limit).unwrap_or(usize::MAX);
        let newest = theirs.iter().rev();
        let begun = newest.clone().take_while(|(requested, _)| *requested > of.since).take(limit).count();
        let is_open = |ticket: &&Ticket| ticket.status.is_open();
        let begun = u32::try_from(begun).unwrap_or(u32::MAX);
        if begun < of.limit {
            return Some(Recent { begun, open: None });
        }
        let open = newest.filter_map(|(_, id)| workspace.tickets.get(id)).find(is_open);
        Some(Recent { begun, open: open.cloned() })
    }
}
