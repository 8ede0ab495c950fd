//! Any staff, any rules, any history: recounted after every step.

use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use escalate::adapters::sqlite::SqliteStore;
use escalate::assignment::Exclusion;
use escalate::{AssignedBy, EventKind, Lapse, MemoryStore, Rules, Teammate};
use futures::executor::block_on;
use futures::future::BoxFuture;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::check::{Chosen, after_a_round, always, in_order};
use super::places::recounted;
use super::random::{TEAMS, rules, staff, start};
use super::rounds::Tracks;
use super::shot::Shot;
use super::step::{Do, Office, SWEEP, Step, Store, steps};
use crate::flow::world::ACME;
use crate::properties::config;

macro_rules! store {
    ($($store:ty)+) => {
        $(impl Store for $store {
            fn cap(&self, caps: [u32; 2]) -> BoxFuture<'_, ()> {
                Box::pin(async move {
                    for (team, cap) in TEAMS.into_iter().zip(caps) {
                        self.put_team(ACME, team, cap).await.unwrap();
                    }
                })
            }
        })+
    };
}

store! { MemoryStore SqliteStore }

async fn run<S: Store>(
    store: S,
    staff: &[Teammate],
    rules: &Rules,
    at: DateTime<Utc>,
    steps: &[Step],
) -> (Shot, [usize; 2]) {
    let mut office = Office::new(store, staff, rules.clone(), at).await;
    let mut tracks = Tracks::default();
    let mut before = Shot::of(&office).await;
    for step in steps {
        let done = office.take(*step).await;
        let after = Shot::of(&office).await;
        look(&office, &mut tracks, &before, &after, Some((*step, done)));
        always(&office, &after).await;
        before = after;
        if step.works {
            office.work().await;
            let after = Shot::of(&office).await;
            look(&office, &mut tracks, &before, &after, None);
            always(&office, &after).await;
            let of = |ticket: &escalate::Ticket| tracks.of.get(&ticket.id).cloned().unwrap_or_default();
            if matches!(step.what, Do::Pass(minutes) if minutes >= SWEEP.num_minutes()) {
                after_a_round(&office, &after, of);
            }
            before = after;
        }
    }
    (before, tracks.places)
}

/// Follows what one command, or one round of a worker, has done.
fn look<S: Store>(
    office: &Office<S>,
    tracks: &mut Tracks,
    before: &Shot,
    after: &Shot,
    by: Option<(Step, bool)>,
) {
    let events: Vec<_> = after.since(before).collect();
    let staff: Vec<_> = office.staff.values().cloned().collect();
    let mut served = Vec::new();
    for (id, ticket) in &after.tickets {
        let of: Vec<_> = events.iter().copied().filter(|event| event.ticket == *id).collect();
        let track = tracks.of.entry(*id).or_default();
        let old = before.tickets.get(id);
        let reopens = ticket.status.is_open() && old.is_some_and(|old| !old.status.is_open());
        if let Some((step, true)) = by
            && super::step::here(step.at) == ticket.place()
        {
            track.command(step.what, &of, reopens);
        }
        for event in of {
            let rules = &office.rules;
            Chosen { rules, staff: &staff, ticket, track, event, after }.check();
            if matches!(event.kind, EventKind::Assigned { by: AssignedBy::Policy, .. }) {
                served.push((event, ticket));
            }
            track.follow(event, ticket, rules, &staff);
        }
        if by.is_none() {
            let hand = old.and_then(|old| old.given_to());
            assert!(hand.is_none() || ticket.given_to() == hand, "time undid a choice by hand (A7)");
        }
    }
    if by.is_none() {
        in_order(before, after, &served);
    }
    for (all, more) in tracks.places.iter_mut().zip(recounted(before, after)) {
        *all += more;
    }
    tracks.agree(after);
}

/// Enough of each kind has to come up, or the histories prove less than they seem to.
#[derive(Default)]
struct Reached(BTreeMap<&'static str, usize>);

impl Reached {
    fn note(&mut self, shot: &Shot, [behind, apart]: [usize; 2]) {
        let count = |is: &dyn Fn(&EventKind) -> bool| {
            shot.events.iter().flatten().filter(|event| is(&event.kind)).count()
        };
        let passed = shot.decided.iter().flatten().flat_map(|decided| &decided.decision.passed_over);
        let full = passed.clone().filter(|passed| passed.why == Exclusion::Full).count();
        let let_lapse = passed.filter(|passed| passed.why == Exclusion::LetLapse).count();
        for (what, found) in [
            ("next shift", count(&|kind| matches!(kind, EventKind::Assigned { starts_at: Some(_), .. }))),
            ("unanswered", count(&|kind| matches!(kind, EventKind::Lapsed { why: Lapse::Unanswered, .. }))),
            ("off duty", count(&|kind| matches!(kind, EventKind::Lapsed { why: Lapse::OffDuty, .. }))),
            ("flagged", count(&|kind| matches!(kind, EventKind::Flagged { .. }))),
            ("deadline", count(&|kind| matches!(kind, EventKind::Deadline { .. }))),
            ("over the cap", count(&|kind| matches!(kind, EventKind::Assigned { over_cap: true, .. }))),
            ("second round", shot.tickets.values().filter(|ticket| ticket.rounds > 1).count()),
            ("full", full),
            ("let lapse", let_lapse),
            ("behind others", behind),
            ("not behind others", apart),
        ] {
            *self.0.entry(what).or_default() += found;
        }
    }
}

#[test]
fn whoever_gets_a_ticket_may_and_should() {
    let reached = Mutex::new(Reached::default());
    let mut runner = TestRunner::new(config(CASES));
    let outcome = runner.run(&(staff(), rules(), start(), steps(40)), |(staff, rules, at, steps)| {
        let (last, places) = block_on(run(MemoryStore::new(), &staff, &rules, at, &steps));
        reached.lock().unwrap().note(&last, places);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let reached = reached.into_inner().unwrap().0;
    println!("{reached:?}");
    assert!(reached.values().all(|found| *found > 0), "{reached:?}");
}

const CASES: u32 = 250;

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn the_same_in_a_database(staff in staff(), rules in rules(), at in start(), steps in steps(25)) {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path().join("desk.db")).unwrap();
        block_on(run(store, &staff, &rules, at, &steps));
    }
}
