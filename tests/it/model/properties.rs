//! What holds in every state, and what is reached in some.

use escalate::ControlEvent;
use stateright::Property;

use super::Config;
use super::effects::{entries_of, replayed};
use super::rules::{World, flag};
use super::world::{By, Entry, Stage};

pub(super) fn all() -> Vec<Property<Config>> {
    vec![
        Property::always("C1 no AI entry after a takeover returned", |_, world: &World| {
            world.flags & flag::AI_AFTER_TAKEOVER == 0
        }),
        Property::always("C2 an escalation by a turn happens in the turn's epoch", |_, world: &World| {
            c2(world)
        }),
        Property::always(
            "C4 one handoff message an escalation, and nothing more of that turn",
            |_, world: &World| c4(world),
        ),
        Property::always("C5 no AI-side commit in human hands", |config: &Config, world: &World| {
            c5(config, world)
        }),
        Property::always("C6 replay gives the same control", |config: &Config, world: &World| {
            let live = world.store.cell.state(config.grace);
            // The instant up to which a closed ticket reopens is not kept in the model's events.
            replayed(&world.store)
                .iter()
                .all(|state| super::world::Cell::of(*state) == super::world::Cell::of(live))
        }),
        Property::always("E1 one open ticket, the one control names", |_, world: &World| {
            let open = if world.store.cell.is_open() { 1 << world.store.cell.ticket() } else { 0 };
            world.store.open == open
        }),
        Property::always("E2 same key, same answer", |_, world: &World| {
            world.flags & flag::OTHER_ANSWER == 0
        }),
        Property::always("E5 nothing twice", |_, world: &World| nothing_twice(world)),
        Property::always("E5 nothing lost", |config: &Config, world: &World| nothing_lost(config, world)),
        Property::always("H3 the epoch grows by one at each change", |_, world: &World| {
            let changes = world.store.commits().filter(|(_, kept)| kept.event().is_some()).count();
            usize::from(world.store.cell.epoch) == changes
        }),
        Property::sometimes("some: a human answers", |_, world: &World| {
            world.thread.entries().iter().any(|code| code & 0xf0 == 0x30)
        }),
        Property::sometimes("some: the AI gets it back and answers", |_, world: &World| {
            let is = |code: &u8, kind| code & 0xf0 == kind;
            let ended = world.thread.entries().iter().position(|code| is(code, 0x50));
            ended.is_some_and(|ended| world.thread.entries()[ended..].iter().any(|code| is(code, 0x20)))
        }),
        Property::sometimes("some: a late reply is superseded", |_, world: &World| {
            world.turns.iter().any(|turn| turn.stage == Stage::Superseded)
        }),
        Property::sometimes(
            "some: somebody finishes what a crash left owed",
            |config: &Config, world: &World| {
                // One database owes nothing.
                config.shared || world.flags & flag::FINISHED_BY_OTHER > 0
            },
        ),
    ]
}

fn c2(world: &World) -> bool {
    world.store.commits().all(|(_, kept)| match (kept.by, kept.event()) {
        (By::Escalate(turn), Some(_)) if turn > 0 => {
            world.turns[usize::from(turn) - 1].epoch + 1 == kept.epoch
        }
        _ => true,
    })
}

fn c4(world: &World) -> bool {
    let handoffs = world.thread.entries().iter().filter(|code| **code >= 0x80).count();
    let escalations = world.store.commits().filter(|(_, kept)| matches!(kept.by, By::Escalate(_)));
    let silent = escalations.clone().all(|(index, kept)| {
        let By::Escalate(turn) = kept.by else { return true };
        let told = entries_of(&world.store, index).find_map(|entry| world.thread.position(entry));
        let spoke = world.thread.position(Entry::Ai(turn));
        // Before it is told, the turn may still get a word in, where transcripts are elsewhere.
        turn == 0 || told.is_none_or(|told| spoke.is_none_or(|spoke| spoke < told))
    });
    handoffs <= escalations.count() && silent
}

fn c5(config: &Config, world: &World) -> bool {
    let mut control = super::world::Cell::default();
    world.store.commits().all(|(_, kept)| {
        let held = control.is_human();
        let of_ai = matches!(kept.by, By::Escalate(turn) if turn > 0);
        if let Some(event) = kept.event() {
            control = super::world::Cell::of(control.state(config.grace).after(&event));
        }
        !(held && of_ai)
    })
}

fn nothing_twice(world: &World) -> bool {
    let keys = world.store.commits().filter(|(_, kept)| kept.key > 0);
    let twice = keys
        .clone()
        .any(|(index, kept)| world.store.commits().take(index).any(|(_, earlier)| earlier.key == kept.key));
    let ends = world
        .store
        .commits()
        .filter(|(_, kept)| matches!(kept.event(), Some(ControlEvent::HandedBack { .. })));
    let opened = ends
        .clone()
        .all(|(_, kept)| ends.clone().filter(|(_, other)| other.event() == kept.event()).count() == 1);
    !twice && opened
}

/// The entries of every commit that is not owed are there, and those of all but the newest; in order.
fn nothing_lost(config: &Config, world: &World) -> bool {
    let mut last = None;
    let newest = usize::from(world.store.revision).saturating_sub(1);
    world.store.commits().all(|(index, kept)| {
        let due = config.shared || world.store.owed[index] == 0 || index < newest;
        let fenced = !due || world.thread.fence >= kept.epoch;
        fenced
            && entries_of(&world.store, index).all(|entry| match world.thread.position(entry) {
                Some(at) => last.replace(at).is_none_or(|before| before < at),
                None => !due,
            })
    })
}
