//! The commit rules and the desk's steps, around the library's own `decide` and `after`.

use std::hash::{Hash, Hasher};

use escalate::control::{AiPresence, Command, ControlEvent, ControlState, Principal, Refusal};

use super::effects::entries_of;

use super::world::{By, Cell, Entry, Kept, NOW, Row, Stage, Store, Thread, Turn, teammate, ticket, until};
use super::{Config, Rule};

/// Who runs commands. The customer is the last.
pub(super) const AI: usize = 0;
pub(super) const CUSTOMER: usize = 3;
pub(super) const ACTORS: usize = 4;
/// Commands one actor may give; each has its own key.
const SLOTS: u8 = 3;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Task {
    #[default]
    None,
    BeginTurn,
    Escalate,
    TakeOver,
    Reply,
    HandBack,
    Close,
    CustomerWrite,
    Release,
}

/// Where a command is. Every phase ends in one atomic step of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    #[default]
    Idle,
    /// The customer's message is to be stored (E8).
    Storing,
    /// To be loaded.
    Asked,
    /// Finds a write owed: raises its fence, appends its entries, confirms it.
    OwedFence,
    OwedAppend,
    OwedSettle,
    /// To be decided and committed.
    Ready,
    /// Committed; its own write to the other database.
    OwnFence,
    OwnAppend,
    OwnSettle,
}

/// One actor with the command they are at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) task: Task,
    pub(super) phase: Phase,
    /// How many commands were begun; the newest one's key follows from it.
    pub(super) slot: u8,
    /// Whether it was interrupted: then a retry may find that the customer has been answered.
    retried: bool,
    /// What was loaded.
    cell: Cell,
    revision: u8,
    answered: u8,
    owed: u8,
    row: Row,
}

impl Process {
    /// Whether a crash now differs from one a step earlier: something was read or written since.
    pub(super) fn has_something_to_lose(&self, actor: usize) -> bool {
        match self.phase {
            Phase::Idle | Phase::Storing | Phase::OwedFence => false,
            Phase::Asked => actor == CUSTOMER && self.task == Task::CustomerWrite,
            _ => true,
        }
    }
}

// By hand: one write for all fields, as hashing is most of the work of the checker.
impl Hash for Process {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { task, phase, slot, retried, cell, revision, answered, owed, row } = *self;
        let [control, epoch] = cell.bytes();
        let small = [
            task as u8,
            phase as u8,
            slot << 1 | u8::from(retried),
            control,
            epoch,
            revision,
            answered,
            owed,
        ];
        hasher.write_u64(u64::from_le_bytes(small));
        hasher.write_u16(u16::from_le_bytes([row.generation, row.token]));
    }
}

/// What has been seen to go wrong on the way, a bit each; the state alone would not show it.
pub(super) mod flag {
    pub(in super::super) const AI_AFTER_TAKEOVER: u8 = 1;
    pub(in super::super) const OTHER_ANSWER: u8 = 2;
    /// Not wrong: a commit whose author crashed was finished by somebody else.
    pub(in super::super) const FINISHED_BY_OTHER: u8 = 4;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) store: Store,
    pub(super) thread: Thread,
    pub(super) turns: [Turn; 2],
    pub(super) processes: [Process; ACTORS],
    /// The answer each caller got first.
    given: [u8; super::world::KEYS],
    /// The newest epoch that a takeover has returned with.
    pub(super) returned: u8,
    /// The commit whose author crashed before its write, from 1.
    orphan: u8,
    pub(super) crashes: u8,
    pub(super) repeats: u8,
    pub(super) flags: u8,
}

impl World {
    /// Takes the next atomic step of `actor`.
    pub(super) fn step(&mut self, actor: usize, config: &Config) {
        match self.processes[actor].phase {
            Phase::Idle => {}
            Phase::Storing => self.store_message(),
            Phase::Asked => self.load(actor, config),
            Phase::OwedFence => self.owed(actor, |world, index| world.write_fence(index), Phase::OwedAppend),
            Phase::OwedAppend => self.owed(actor, World::write_entries, Phase::OwedSettle),
            Phase::OwedSettle => {
                self.settle(actor, config);
                self.loaded(actor);
            }
            Phase::Ready => self.decide(actor, config),
            Phase::OwnFence => {
                self.write_fence(usize::from(self.processes[actor].revision));
                self.processes[actor].phase = Phase::OwnAppend;
            }
            Phase::OwnAppend => {
                self.write_entries(usize::from(self.processes[actor].revision));
                self.processes[actor].phase = Phase::OwnSettle;
            }
            Phase::OwnSettle => {
                self.settle(actor, config);
                let answer = self.processes[actor].answered;
                self.finish(actor, answer);
            }
        }
    }

    pub(super) fn begin(&mut self, actor: usize, task: Task) {
        let phase = if task == Task::CustomerWrite { Phase::Storing } else { Phase::Asked };
        let slot = self.processes[actor].slot + 1;
        self.processes[actor] = Process { task, phase, slot, ..Process::default() };
    }

    /// Gives the newest command again, under the same key.
    pub(super) fn again(&mut self, actor: usize) {
        let Process { task, slot, .. } = self.processes[actor];
        let phase = if task == Task::CustomerWrite { Phase::Storing } else { Phase::Asked };
        self.processes[actor] = Process { task, phase, slot, retried: true, ..Process::default() };
    }

    /// The machine dies and forgets; the caller gives the command again.
    pub(super) fn crash(&mut self, actor: usize) {
        let Process { phase, revision, .. } = self.processes[actor];
        if matches!(phase, Phase::OwnFence | Phase::OwnAppend | Phase::OwnSettle) {
            self.orphan = revision + 1;
        }
        self.again(actor);
    }

    fn store_message(&mut self) {
        let process = &mut self.processes[CUSTOMER];
        let entry = Entry::Customer(process.slot);
        let after = self.thread.position(entry).map_or(&[][..], |at| &self.thread.entries()[at..]);
        if process.retried && after.iter().any(|code| Entry::is_public_answer(*code)) {
            process.phase = Phase::Idle;
            return;
        }
        self.thread.append(entry);
        process.phase = Phase::Asked;
    }

    fn load(&mut self, actor: usize, config: &Config) {
        let key = self.key(actor);
        let Store { cell, revision, row, .. } = self.store;
        let owed = if config.holds(Rule::OwedFirst) { self.store.owed_bits() } else { 0 };
        let answered = if key > 0 { self.store.answers[usize::from(key) - 1] } else { 0 };
        let process = &mut self.processes[actor];
        *process = Process { cell, revision, row, owed, answered, ..*process };
        if owed > 0 {
            process.phase = Phase::OwedFence;
        } else {
            self.loaded(actor);
        }
    }

    fn loaded(&mut self, actor: usize) {
        match self.processes[actor].answered {
            0 => self.processes[actor].phase = Phase::Ready,
            answer => self.finish(actor, answer),
        }
    }

    fn owed(&mut self, actor: usize, write: impl Fn(&mut Self, usize), next: Phase) {
        let bits = self.processes[actor].owed;
        (0..super::world::COMMITS)
            .filter(|index| bits >> index & 1 == 1)
            .for_each(|index| write(self, index));
        self.processes[actor].phase = next;
    }

    fn write_fence(&mut self, index: usize) {
        self.thread.fence = self.thread.fence.max(self.store.kept(index).epoch);
    }

    fn write_entries(&mut self, index: usize) {
        let before = self.thread.last;
        for entry in entries_of(&self.store, index) {
            self.thread.append(entry);
        }
        if usize::from(self.orphan) == index + 1 {
            let author = self.store.kept(index).key.saturating_sub(1) / SLOTS;
            let by_other = (0..ACTORS).any(|actor| {
                usize::from(author) != actor && self.processes[actor].phase == Phase::OwedAppend
            });
            if self.thread.last > before && by_other {
                self.flags |= flag::FINISHED_BY_OTHER;
            }
        }
    }

    /// Confirms what is owed, if the claim still stands.
    fn settle(&mut self, actor: usize, config: &Config) {
        let claim = self.processes[actor].row;
        let store = &mut self.store;
        if store.owed_bits() == 0 || store.row.token != claim.token {
            return;
        }
        for owed in store.owed.iter_mut().filter(|generation| **generation <= claim.generation) {
            *owed = 0;
        }
        store.row.token += 1;
        if store.row.generation == claim.generation && !config.holds(Rule::FreshClaims) {
            store.row = Row::default();
        }
    }

    /// The key of the actor's newest command, from 1; zero if it has none.
    fn key(&self, actor: usize) -> u8 {
        let Process { task, slot, .. } = self.processes[actor];
        match task {
            Task::Escalate | Task::TakeOver | Task::Reply | Task::HandBack => {
                u8::try_from(actor).unwrap() * SLOTS + slot
            }
            Task::None | Task::BeginTurn | Task::Close | Task::CustomerWrite | Task::Release => 0,
        }
    }

    fn finish(&mut self, actor: usize, answer: u8) {
        let key = usize::from(self.key(actor));
        if key > 0 && answer > 0 {
            let given = &mut self.given[key - 1];
            if *given > 0 && *given != answer {
                self.flags |= flag::OTHER_ANSWER;
            }
            *given = answer;
        }
        let Process { task, slot, .. } = self.processes[actor];
        if task == Task::TakeOver && answer > 0 {
            let own = self.store.commits().find(|(_, kept)| usize::from(kept.key) == key);
            self.returned = self.returned.max(own.map_or(0, |(_, kept)| kept.epoch));
        }
        self.processes[actor] = Process { task, slot, ..Process::default() };
    }

    fn decide(&mut self, actor: usize, config: &Config) {
        let Process { task, cell, .. } = self.processes[actor];
        let state = cell.state(config.grace);
        let turn = self.turns.iter().rposition(|turn| turn.stage != Stage::NotBegun);
        if task == Task::Escalate && actor == AI {
            // What the permit says: too late, unless the machine has more to say.
            let permit = turn.map(|turn| self.turns[turn].epoch);
            if config.holds(Rule::TurnFence) && permit != Some(cell.epoch) && cell.is_ai() {
                return self.finish(actor, 0);
            }
        }
        let new = ticket(self.store.tickets + 1);
        let command = match task {
            Task::BeginTurn | Task::None => Command::Speak,
            Task::Escalate => Command::Escalate { ticket: new, again: None },
            Task::TakeOver => Command::TakeOver { ticket: new },
            Task::Reply => Command::Reply { ticket: new },
            Task::Release => Command::Release,
            Task::HandBack => Command::HandBack { ai: AiPresence::Present },
            Task::Close => Command::Close { until: until(config.grace) },
            Task::CustomerWrite => Command::CustomerWrite { ai: AiPresence::Present },
        };
        match state.control.decide(principal(actor), command, NOW) {
            Ok(None) if task == Task::BeginTurn => {
                let next = turn.map_or(0, |turn| turn + 1);
                self.turns[next] = Turn { stage: Stage::Begun, epoch: cell.epoch, seen: self.thread.last };
                self.finish(actor, 0);
            }
            Ok(None) if task == Task::CustomerWrite => self.finish(actor, 0),
            Ok(event) => {
                let by = match task {
                    Task::Escalate if actor == AI => By::Escalate(turn.map_or(0, |turn| turn as u8 + 1)),
                    Task::Escalate => By::Escalate(0),
                    Task::Reply => By::Reply,
                    _ => By::Other,
                };
                self.commit(actor, state, event, by, config);
            }
            Err(Refusal::AlreadyEscalated { .. } | Refusal::AlreadyYours { .. }) => self.remember(actor),
            Err(_) => self.finish(actor, 0),
        }
    }

    /// Keeps an answer that changes nothing else.
    fn remember(&mut self, actor: usize) {
        let (key, answer) = (usize::from(self.key(actor)) - 1, self.processes[actor].cell.ticket());
        if self.store.answers[key] > 0 {
            self.processes[actor].phase = Phase::Asked;
            return;
        }
        self.store.answers[key] = answer;
        self.finish(actor, answer);
    }

    fn commit(
        &mut self,
        actor: usize,
        before: ControlState,
        event: Option<ControlEvent>,
        by: By,
        config: &Config,
    ) {
        let (key, expected) = (self.key(actor), self.processes[actor].revision);
        let answered = key > 0 && self.store.answers[usize::from(key) - 1] > 0;
        if answered || (config.holds(Rule::Revision) && self.store.revision != expected) {
            self.processes[actor].phase = Phase::Asked;
            return;
        }
        let after = event.map_or(before, |event| before.after(&event));
        let (cell, store) = (Cell::of(after), &mut self.store);
        let index = usize::from(store.revision);
        let answer = event.map_or(cell.ticket(), |event| event.ticket().uuid().as_u128() as u8);
        store.log[index] = Kept::new(event, after.epoch, key, by).pack();
        store.revision += 1;
        store.cell = cell;
        store.tickets = store.tickets.max(answer);
        store.open = if cell.is_open() { store.open | 1 << answer } else { store.open & !(1 << answer) };
        if key > 0 && config.holds(Rule::KeyMemory) {
            store.answers[usize::from(key) - 1] = answer;
        }
        let writes = event.is_some() || by == By::Reply;
        if !config.shared && writes {
            store.row.generation += 1;
            store.owed[index] = store.row.generation;
            let row = store.row;
            let process = &mut self.processes[actor];
            *process =
                Process { phase: Phase::OwnFence, revision: index as u8, answered: answer, row, ..*process };
            return;
        }
        if config.holds(Rule::FenceWithCommit) {
            self.write_fence(index);
        }
        self.write_entries(index);
        self.finish(actor, answer);
    }
}

fn principal(actor: usize) -> Principal {
    match actor {
        AI => Principal::AiAgent,
        CUSTOMER => Principal::Customer,
        _ => Principal::Teammate(teammate(actor as u8)),
    }
}
