//! Any history at all, checked after every step.

use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{Desk, Error, MemoryStore, Place, Roster, StoreError, Summary, Ticket};
use futures::executor::block_on;
use proptest::prelude::*;

use super::config;
use super::oracle;
use super::step::{Bench, Do, OTHER, Step, TEAM, places, steps};
use crate::flow::world::{ACME, ANA, BEN, CLEO, NOON, audit, conversation, seen, staff, tickets, within_cap};

const CAP: u32 = 2;

/// Everything of one place, ids and all: equal before and after means that nothing was changed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    pub(super) state: escalate::ControlState,
    events: usize,
    pub(super) messages: usize,
    pub(super) tickets: Vec<Ticket>,
}

pub(super) async fn shot(bench: &Bench, place: Place) -> Shot {
    let seen = seen(&bench.desk, place).await;
    let mut tickets = tickets(&bench.store, place.workspace).await;
    tickets.retain(|ticket| ticket.conversation == place.conversation);
    tickets.sort_by_key(|ticket| ticket.id);
    let state = escalate::ControlState { control: seen.control, epoch: seen.epoch };
    Shot { state, events: seen.events.len(), messages: seen.messages.len(), tickets }
}

async fn shots(bench: &Bench) -> Vec<Shot> {
    let mut shots = Vec::new();
    for place in places() {
        shots.push(shot(bench, place).await);
    }
    shots
}

async fn bench() -> Bench {
    let (store, clock) = (MemoryStore::new(), ManualClock::at(NOON));
    let desk = Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new()).build();
    for workspace in [ACME, OTHER] {
        staff(&store, workspace, CAP).await;
        let ben = escalate::Teammate::new(workspace, BEN, "Ben")
            .with_capacity(CAP)
            .with_skills(["french"])
            .in_teams([TEAM]);
        store.put_teammate(ben).await.unwrap();
    }
    for place in places() {
        desk.open(conversation(place)).await.unwrap();
    }
    Bench::new(desk, store, clock)
}

async fn run(steps: &[Step]) {
    let mut bench = bench().await;
    for step in steps {
        let before = shots(&bench).await;
        let outcome = bench.take(*step).await;
        let after = shots(&bench).await;
        check_outcome(*step, outcome.as_ref(), &before, &after);
        for workspace in [ACME, OTHER] {
            let own: Vec<_> = places().into_iter().filter(|place| place.workspace == workspace).collect();
            audit(&bench.desk, &bench.store, workspace, &own).await;
            within_cap(&tickets(&bench.store, workspace).await, CAP as usize);
        }
        for (before, after) in before.iter().zip(&after) {
            oracle::clocks(before, after);
            after.tickets.iter().for_each(|ticket| summary(&ticket.summary));
        }
        if let Ok(true) = outcome {
            oracle::statuses(*step, &before[step.at], &after[step.at], bench.desk.now());
        }
        notes(&bench).await;
    }
    nobody_waits_in_vain(&bench).await;
}

/// A6: one sweep later, whatever waits has nobody who could take it.
async fn nobody_waits_in_vain(bench: &Bench) {
    bench.clock.advance(chrono::TimeDelta::minutes(6));
    for _ in 0..3 {
        let report = bench.desk.run_due(100).await.unwrap();
        assert_eq!(report.failed, 0);
    }
    for workspace in [ACME, OTHER] {
        let all = tickets(&bench.store, workspace).await;
        let open = |id| {
            all.iter().filter(|ticket| ticket.status.is_open() && ticket.assigned_to() == Some(id)).count()
        };
        for waiting in all.iter().filter(|ticket| ticket.is_waiting()) {
            let mut able = Vec::new();
            for id in [ANA, BEN] {
                let teammate = bench.store.teammate(workspace, id).await.unwrap().unwrap();
                let skilled = waiting.skills.iter().all(|skill| teammate.skills.contains(skill));
                let member = waiting.team.is_none_or(|team| teammate.teams.contains(&team));
                able.extend((teammate.available && skilled && member).then_some(id));
            }
            // Whoever had it gets it back only where there is nobody else.
            if able.iter().any(|id| !waiting.lapsed.contains(id)) {
                able.retain(|id| !waiting.lapsed.contains(id));
            }
            for id in able {
                assert!(open(id) >= CAP as usize, "{waiting:?} waits for {id} (A6)");
            }
        }
    }
}

/// A refusal changed nothing, and what changed one conversation changed no other (C8).
fn check_outcome(step: Step, outcome: Result<&bool, &Error>, before: &[Shot], after: &[Shot]) {
    match outcome {
        Ok(true) => {}
        Ok(false) | Err(Error::Refused(_) | Error::Store(StoreError::KeyReused { .. })) => {
            assert_eq!(before, after, "{step:?} was refused or too late, and changed something");
        }
        Err(error) => panic!("{step:?}: {error:?}"),
    }
    if !matches!(step.what, Do::RunDue | Do::Sweep) {
        for at in (0..4).filter(|at| *at != step.at) {
            assert_eq!(before[at], after[at], "{step:?} changed conversation {at} (C8)");
        }
    }
    for (before, after) in before.iter().zip(after) {
        assert!(after.state.epoch >= before.state.epoch && after.messages >= before.messages);
    }
}

/// S3.
fn summary(summary: &Summary) {
    let subject = &summary.subject;
    assert!(!subject.trim().is_empty() && subject.chars().count() <= Summary::MAX_SUBJECT, "{subject:?}");
    assert!(!subject.contains('\n') && !subject.chars().any(char::is_control), "{subject:?}");
    assert!(summary.text.chars().count() <= Summary::MAX_TEXT && !summary.text.chars().any(char::is_control));
    assert!(!summary.text.contains('\u{202e}'));
}

/// N4, C9: notes are for teammates.
async fn notes(bench: &Bench) {
    for place in places() {
        let window = escalate::ports::Window::Before(None);
        let view = bench.desk.customer_view(place, CLEO, window, 1_000).await.unwrap();
        assert!(view.messages.iter().all(|entry| entry.visibility.for_customer()));
        assert!(view.messages.iter().all(|entry| !entry.body.starts_with("NOTE") && entry.mark.is_none()));
        if let Ok(turn) = bench.desk.begin_turn(place).await {
            assert!(turn.context().iter().all(|entry| !entry.body.starts_with("NOTE")));
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn invariants_hold_after_every_step(steps in steps(60)) {
        block_on(run(&steps));
    }
}
