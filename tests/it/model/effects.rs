//! What reaches the transcript: a turn's reply, and the entries of a commit.

use escalate::control::{ControlEvent, ControlState, Epoch};

use super::rules::{World, flag};
use super::world::{By, Entry, Stage, Store, Turn};
use super::{Config, Rule};

impl World {
    /// The AI agent's reply takes its next step; it may come at any time after its turn began.
    pub(super) fn speak(&mut self, turn: usize, config: &Config) {
        let Turn { stage, epoch, seen } = self.turns[turn];
        if !config.shared && stage == Stage::Begun {
            // Tickets decide; the transcript's own fence may lag behind.
            if self.store.cell.epoch > epoch {
                self.thread.fence = self.thread.fence.max(self.store.cell.epoch);
            }
            self.turns[turn].stage = Stage::Checked;
            return;
        }
        let newer = &self.thread.entries()[usize::from(seen)..];
        let overtaken = newer.iter().any(|code| matches!(code & 0xf0, 0x10 | 0x20));
        let late = config.holds(Rule::TurnFence) && self.thread.fence > epoch;
        if late || overtaken {
            self.turns[turn].stage = Stage::Superseded;
            return;
        }
        if epoch < self.returned {
            self.flags |= flag::AI_AFTER_TAKEOVER;
        }
        self.thread.fence = self.thread.fence.max(epoch);
        self.thread.append(Entry::Ai(turn as u8 + 1));
        self.turns[turn].stage = Stage::Replied;
    }
}

/// What a commit writes into the transcript.
pub(super) fn entries_of(store: &Store, index: usize) -> impl Iterator<Item = Entry> + use<> {
    let kept = store.kept(index);
    let event = kept.event();
    let number = event.map_or(0, |event| event.ticket().uuid().as_u128() as u8);
    let is_first = || {
        let mut earlier = store.commits().take(index).filter_map(|(_, kept)| kept.event());
        earlier.all(|other| event.is_some_and(|event| event.ticket() != other.ticket()))
    };
    let opens =
        matches!(event, Some(ControlEvent::Escalated { .. } | ControlEvent::TakenOver { .. })) && is_first();
    let ended = matches!(event, Some(ControlEvent::HandedBack { .. }));
    let handoff = matches!(kept.by, By::Escalate(_)).then(|| Entry::Handoff(number, kept.epoch - 1));
    let first = opens.then_some(Entry::Opened(number)).or(ended.then_some(Entry::Ended(number)));
    first.into_iter().chain(handoff).chain((kept.by == By::Reply).then_some(Entry::Teammate(kept.key)))
}

/// The state as a history replays it.
pub(super) fn replayed(store: &Store) -> [ControlState; 2] {
    let events: Vec<_> = store
        .commits()
        .filter_map(|(_, kept)| kept.event().map(|event| (Epoch(u64::from(kept.epoch)), event)))
        .collect();
    let forward = events.iter().map(|(epoch, event)| (*epoch, event));
    let backward = events.iter().rev().chain(&events).map(|(epoch, event)| (*epoch, event));
    [escalate::Control::replay(forward), escalate::Control::replay(backward)]
}
