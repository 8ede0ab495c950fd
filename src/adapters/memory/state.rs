//! What the memory store keeps.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::work::{WorkKey, WorkRow};
use crate::assignment::{Decision, Load};
use crate::control::{ControlState, Epoch};
use crate::conversation::Conversation;
use crate::event::{Event, EventSequence};
use crate::id::{CustomerId, Place, TeamId, TeammateId, TicketId, WorkspaceId};
use crate::key::Key;
use crate::message::{Message, Sequence};
use crate::ports::{Answered, Revision, TranscriptWrite};
use crate::teammate::Teammate;
use crate::ticket::{Line, Standing, Ticket};

#[derive(Default)]
pub(super) struct State {
    pub(super) threads: HashMap<Place, Thread>,
    pub(super) cells: HashMap<Place, Cell>,
    pub(super) workspaces: HashMap<WorkspaceId, Workspace>,
    pub(super) work: BTreeMap<WorkKey, WorkRow>,
    /// What of it is scheduled, by the name of its kind, in the order in which it may be claimed: a look at what is
    /// due costs nothing for what is not.
    pub(super) ready: BTreeMap<Cow<'static, str>, BTreeSet<(DateTime<Utc>, WorkKey)>>,
    /// The last claim token given.
    pub(super) tokens: u64,
}

/// A conversation with its messages; entry `n` is at index `n - 1`.
pub(super) struct Thread {
    pub(super) conversation: Conversation,
    pub(super) fence: Epoch,
    pub(super) messages: Vec<Message>,
    pub(super) keys: HashMap<Key, Sequence>,
}

/// What changes with who answers.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) state: ControlState,
    pub(super) revision: Revision,
    pub(super) events: Vec<Event>,
    /// By the event that tells of each.
    pub(super) decisions: BTreeMap<EventSequence, Decision>,
    pub(super) latest: Option<TicketId>,
    pub(super) open: Option<TicketId>,
    pub(super) answers: HashMap<Key, Answered>,
    /// Owed transcript writes, with the generation of the work that each was scheduled under.
    pub(super) owed: Vec<(u64, TranscriptWrite)>,
}

#[derive(Default)]
pub(super) struct Workspace {
    pub(super) tickets: HashMap<TicketId, Ticket>,
    /// All that wait, in the order of a sweep.
    pub(super) waiting: BTreeSet<Standing>,
    /// The same line by line: a count costs the length of one, not of all.
    lines: HashMap<Line, BTreeSet<Standing>>,
    /// Each customer's tickets, oldest first.
    pub(super) of_customer: HashMap<CustomerId, BTreeSet<(DateTime<Utc>, TicketId)>>,
    loads: HashMap<TeammateId, Load>,
    assignments: u64,
    pub(super) teammates: BTreeMap<TeammateId, Teammate>,
    pub(super) team_capacities: HashMap<TeamId, u32>,
    pub(super) capacity: u32,
}

impl Workspace {
    pub(super) fn load_of(&self, teammate: TeammateId) -> Load {
        self.loads.get(&teammate).copied().unwrap_or(Load::none(teammate))
    }

    /// How many waiting tickets go before `ticket` in its line.
    pub(super) fn ahead_of(&self, ticket: &Ticket) -> u32 {
        let line = self.lines.get(&ticket.line());
        let others = line.map_or(0, |line| line.range(..ticket.standing()).count());
        u32::try_from(others).unwrap_or(u32::MAX)
    }

    fn leaves(&mut self, before: &Ticket) {
        self.waiting.remove(&before.standing());
        if let Entry::Occupied(mut line) = self.lines.entry(before.line()) {
            line.get_mut().remove(&before.standing());
            if line.get().is_empty() {
                line.remove();
            }
        }
    }

    /// Inserts or replaces `ticket`, keeps line and loads in step with it, and says whether it is new.
    pub(super) fn put(&mut self, ticket: Ticket) -> bool {
        let before = self.tickets.insert(ticket.id, ticket.clone());
        if let Some(before) = &before {
            self.leaves(before);
            if let Some(theirs) = self.of_customer.get_mut(&before.requester.customer) {
                theirs.remove(&(before.clocks.requested, before.id));
            }
            if let Some(teammate) = before.assigned_to().filter(|_| before.status.is_open()) {
                let load = self.loads.entry(teammate).or_insert(Load::none(teammate));
                load.open = load.open.saturating_sub(1);
            }
        }
        if ticket.is_waiting() {
            self.waiting.insert(ticket.standing());
            self.lines.entry(ticket.line()).or_default().insert(ticket.standing());
        }
        let theirs = self.of_customer.entry(ticket.requester.customer).or_default();
        theirs.insert((ticket.clocks.requested, ticket.id));
        let is_new = before.is_none();
        let Some(teammate) = ticket.assigned_to() else { return is_new };
        let load = self.loads.entry(teammate).or_insert(Load::none(teammate));
        if ticket.status.is_open() {
            load.open = load.open.saturating_add(1);
        }
        if before.and_then(|before| before.assigned_to()) != Some(teammate) {
            self.assignments = self.assignments.saturating_add(1);
            load.last_assigned = self.assignments;
        }
        is_new
    }
}
