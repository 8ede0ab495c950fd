//! What the model keeps: bytes, so that a state is cheap to copy and to hash.

use chrono::{DateTime, TimeDelta, Utc};
use escalate::control::{Control, ControlEvent, ControlState, Epoch};
use escalate::{TeammateId, TicketId};
use uuid::Uuid;

/// Time stands still: neither the machine nor the commit rules read it but for the grace period.
pub(super) const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Most commits in one run; the budgets keep below it, and a push beyond it panics.
pub(super) const COMMITS: usize = 8;
/// Most entries in the transcript.
const ENTRIES: usize = 14;
/// Keys: three a process.
pub(super) const KEYS: usize = 12;

pub(super) const fn ticket(n: u8) -> TicketId {
    TicketId::new(Uuid::from_u128(n as u128))
}

pub(super) const fn teammate(n: u8) -> TeammateId {
    TeammateId::new(Uuid::from_u128(n as u128))
}

fn small(uuid: Uuid) -> u8 {
    u8::try_from(uuid.as_u128()).unwrap()
}

/// An entry of the transcript, equal to another exactly if both have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Customer(u8),
    /// Of that turn.
    Ai(u8),
    /// Under that key.
    Teammate(u8),
    /// Of the ticket, in the escalation that ended that epoch.
    Handoff(u8, u8),
    Opened(u8),
    Ended(u8),
}

impl Entry {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Customer(n) => 0x10 | n,
            Self::Ai(turn) => 0x20 | turn,
            Self::Teammate(key) => 0x30 | key,
            Self::Handoff(ticket, epoch) => 0x80 | (ticket << 4) | epoch,
            Self::Opened(ticket) => 0x40 | ticket,
            Self::Ended(ticket) => 0x50 | ticket,
        }
    }

    pub(super) fn is_public_answer(code: u8) -> bool {
        matches!(code & 0xf0, 0x20 | 0x30)
    }
}

/// A commit as the timeline keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// What happened to control; zero if nothing did.
    event: u8,
    /// The epoch after it.
    pub(super) epoch: u8,
    /// The key of the command, from 1; zero if it has none.
    pub(super) key: u8,
    /// The command and who gave it.
    pub(super) by: By,
}

/// Who committed what: enough to know which entries belong to a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Other,
    /// An escalation: by the AI agent's turn, from 1, or not by it.
    Escalate(u8),
    Reply,
}

impl Kept {
    pub(super) fn new(event: Option<ControlEvent>, epoch: Epoch, key: u8, by: By) -> Self {
        Self { event: event.map_or(0, code_of_event), epoch: u8::try_from(epoch.0).unwrap(), key, by }
    }

    /// In four bytes: an array of numbers is hashed at once.
    pub(super) fn pack(self) -> u32 {
        let by = match self.by {
            By::Other => 0,
            By::Reply => 1,
            By::Escalate(turn) => 2 + turn,
        };
        u32::from_le_bytes([self.event, self.epoch, self.key, by])
    }

    fn unpack(packed: u32) -> Self {
        let [event, epoch, key, by] = packed.to_le_bytes();
        let by = match by {
            0 => By::Other,
            1 => By::Reply,
            turn => By::Escalate(turn - 2),
        };
        Self { event, epoch, key, by }
    }

    pub(super) fn event(self) -> Option<ControlEvent> {
        let (ticket, who) = (ticket(self.event >> 3 & 7), self.event >> 6);
        let teammate = teammate(who);
        Some(match self.event & 7 {
            0 => return None,
            1 => ControlEvent::Escalated { ticket },
            2 => ControlEvent::TakenOver { ticket, teammate },
            3 => ControlEvent::HandedBack { ticket },
            6 => ControlEvent::Released { ticket },
            4 => ControlEvent::Closed { ticket, teammate: (who > 0).then_some(teammate), until: NOW },
            _ => ControlEvent::Reopened { ticket, teammate: (who > 0).then_some(teammate) },
        })
    }
}

fn code_of_event(event: ControlEvent) -> u8 {
    let (kind, who) = match event {
        ControlEvent::Escalated { .. } => (1, None),
        ControlEvent::TakenOver { teammate, .. } => (2, Some(teammate)),
        ControlEvent::HandedBack { .. } => (3, None),
        ControlEvent::Closed { teammate, .. } => (4, teammate),
        ControlEvent::Reopened { teammate, .. } => (5, teammate),
        ControlEvent::Released { .. } => (6, None),
        ControlEvent::Reassigned { .. } => unreachable!("nobody reassigns here"),
    };
    kind | small(event.ticket().uuid()) << 3 | who.map_or(0, |id| small(id.uuid())) << 6
}

/// Control with its epoch, in two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    control: u8,
    pub(super) epoch: u8,
}

impl Cell {
    pub(super) fn of(state: ControlState) -> Self {
        let who = |id: TeammateId| small(id.uuid()) << 5;
        let number = |id: TicketId| small(id.uuid()) << 2;
        let control = match state.control {
            Control::Ai => 0,
            Control::Queued { ticket } => 1 | number(ticket),
            Control::Human { ticket, teammate } => 2 | number(ticket) | who(teammate),
            Control::Closed { ticket, teammate, .. } => 3 | number(ticket) | teammate.map_or(0, who),
        };
        Self { control, epoch: u8::try_from(state.epoch.0).unwrap() }
    }

    /// The state, where a closed ticket may reopen if `grace` lasts.
    pub(super) fn state(self, grace: bool) -> ControlState {
        let (ticket, who) = (ticket(self.control >> 2 & 7), self.control >> 5);
        let teammate = teammate(who);
        let control = match self.control & 3 {
            0 => Control::Ai,
            1 => Control::Queued { ticket },
            2 => Control::Human { ticket, teammate },
            _ => Control::Closed { ticket, teammate: (who > 0).then_some(teammate), until: until(grace) },
        };
        ControlState { control, epoch: Epoch(u64::from(self.epoch)) }
    }

    pub(super) fn bytes(self) -> [u8; 2] {
        [self.control, self.epoch]
    }

    /// The number of the ticket that control names; zero if it names none.
    pub(super) fn ticket(self) -> u8 {
        self.control >> 2 & 7
    }

    pub(super) fn is_ai(self) -> bool {
        self.control == 0
    }

    pub(super) fn is_human(self) -> bool {
        self.control & 3 == 2
    }

    pub(super) fn is_open(self) -> bool {
        matches!(self.control & 3, 1 | 2)
    }
}

pub(super) fn until(grace: bool) -> DateTime<Utc> {
    if grace { NOW + TimeDelta::hours(1) } else { NOW }
}

/// The work row that owed transcript writes are settled by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) generation: u8,
    pub(super) token: u8,
}

/// The ticket repository's part for the one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Store {
    pub(super) cell: Cell,
    pub(super) revision: u8,
    pub(super) log: [u32; COMMITS],
    /// A bit an open ticket.
    pub(super) open: u8,
    /// How many tickets there are.
    pub(super) tickets: u8,
    /// The ticket answered under each key; zero if none was.
    pub(super) answers: [u8; KEYS],
    /// The generation under which the write of each commit is owed; zero if it is not.
    pub(super) owed: [u8; COMMITS],
    pub(super) row: Row,
}

impl Store {
    pub(super) fn commits(&self) -> impl DoubleEndedIterator<Item = (usize, Kept)> + Clone + '_ {
        (0..usize::from(self.revision)).map(|index| (index, self.kept(index)))
    }

    pub(super) fn kept(&self, index: usize) -> Kept {
        Kept::unpack(self.log[index])
    }

    /// The commits whose writes are owed, a bit each.
    pub(super) fn owed_bits(&self) -> u8 {
        self.owed
            .iter()
            .enumerate()
            .fold(0, |bits, (index, generation)| bits | u8::from(*generation > 0) << index)
    }
}

/// The transcript store's part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Thread {
    pub(super) fence: u8,
    pub(super) last: u8,
    entries: [u8; ENTRIES],
}

impl Thread {
    pub(super) fn entries(&self) -> &[u8] {
        &self.entries[..usize::from(self.last)]
    }

    pub(super) fn position(&self, entry: Entry) -> Option<usize> {
        let code = entry.code();
        self.entries().iter().position(|other| *other == code)
    }

    /// Appends what is not there: an entry's key tells.
    pub(super) fn append(&mut self, entry: Entry) {
        if self.position(entry).is_none() {
            self.entries[usize::from(self.last)] = entry.code();
            self.last += 1;
        }
    }
}

/// A turn of the AI agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Turn {
    pub(super) stage: Stage,
    pub(super) epoch: u8,
    pub(super) seen: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    #[default]
    NotBegun,
    /// The model is at it.
    Begun,
    /// The reply has passed the look at control, where transcripts are elsewhere.
    Checked,
    Replied,
    Superseded,
}
