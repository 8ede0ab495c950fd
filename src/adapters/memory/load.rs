//! What a decision is made on, read under one lock.

use super::state::State;
use crate::id::Place;
use crate::ports::{Ask, Snapshot, Staffed, Window};

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
}
