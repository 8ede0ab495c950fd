//! One step of a history, and the office in which it is taken.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::testkit::{ManualClock, SequentialIds};
use escalate::{
    Actor, AfterClose, Desk, Error, Escalate, Place, Priority, ReasonCode, Rules, Teammate, TeammateId,
};
use futures::future::BoxFuture;
use proptest::prelude::*;

use super::random::{TEAMS, language, person};
use crate::flow::world::{ACME, CLEO, Shop, conversation, key, place};

pub(super) const PLACES: usize = 6;
pub(super) const SWEEP: TimeDelta = TimeDelta::minutes(10);

#[derive(Clone, Copy, Debug)]
pub(super) enum Do {
    Escalate { priority: Priority, team: Option<usize> },
    CustomerWrites,
    TakeOver(usize),
    Reply(usize),
    Hold,
    Close,
    HandBack,
    Release,
    Reassign(usize),
    ToTeam(usize),
    Available(usize, bool),
    WentOff(usize),
    Pass(i64),
    Work,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) at: usize,
    pub(super) what: Do,
    /// Whether a worker comes by afterwards.
    pub(super) works: bool,
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..PLACES, what(), prop::bool::weighted(0.7));
    prop::collection::vec(step.prop_map(|(at, what, works)| Step { at, what, works }), 1..most)
}

fn what() -> impl Strategy<Value = Do> {
    let who = 0..5_usize;
    let priority = prop::sample::select(vec![Priority::Low, Priority::Normal, Priority::High]);
    let team = prop_oneof![4 => Just(None), 1 => (0..2_usize).prop_map(Some)];
    prop_oneof![
        12 => (priority, team).prop_map(|(priority, team)| Do::Escalate { priority, team }),
        2 => Just(Do::CustomerWrites),
        1 => who.clone().prop_map(Do::TakeOver),
        3 => who.clone().prop_map(Do::Reply),
        1 => Just(Do::Hold),
        2 => Just(Do::Close),
        3 => Just(Do::HandBack),
        2 => Just(Do::Release),
        1 => who.clone().prop_map(Do::Reassign),
        1 => (0..2_usize).prop_map(Do::ToTeam),
        3 => (who.clone(), any::<bool>()).prop_map(|(who, is)| Do::Available(who, is)),
        1 => who.prop_map(Do::WentOff),
        9 => prop::sample::select(vec![1_i64, 6, 46, 240, 701, 1_440]).prop_map(Do::Pass),
        2 => Just(Do::Work),
    ]
}

pub(super) fn here(n: usize) -> Place {
    place(ACME, n as u128 + 1)
}

/// What the random office needs of a store besides.
pub(super) trait Store: Shop {
    fn cap(&self, caps: [u32; 2]) -> BoxFuture<'_, ()>;
}

pub(super) struct Office<S> {
    pub(super) store: S,
    pub(super) desk: Desk,
    pub(super) clock: ManualClock,
    pub(super) rules: Rules,
    pub(super) staff: BTreeMap<TeammateId, Teammate>,
    commands: u32,
}

impl<S: Store> Office<S> {
    pub(super) async fn new(store: S, staff: &[Teammate], rules: Rules, at: DateTime<Utc>) -> Self {
        let clock = ManualClock::at(at);
        let desk = Desk::on(store.clone()).clock(clock.clone()).ids(SequentialIds::new());
        let desk = desk.sweep_every(SWEEP).rules(rules.clone()).build();
        store.cap(super::random::TEAM_CAPS).await;
        for one in staff {
            store.hire(one.clone()).await.unwrap();
        }
        for n in 0..PLACES {
            desk.open(conversation(here(n)).in_language(language(n))).await.unwrap();
        }
        let staff = staff.iter().map(|one| (one.id, one.clone())).collect();
        Self { store, desk, clock, rules, staff, commands: 0 }
    }

    /// Takes the step; whether it was done and not refused.
    pub(super) async fn take(&mut self, step: Step) -> bool {
        self.commands += 1;
        let (desk, place, own) = (&self.desk, here(step.at), key(format!("k{}", self.commands)));
        let host = Actor::System;
        let done = match step.what {
            Do::Escalate { priority, team } => {
                let mut asked = Escalate::because(ReasonCode::CustomerRequest).with_priority(priority);
                if let Some(team) = team {
                    asked = asked.to_team(TEAMS[team]);
                }
                desk.escalate(place, host, own, asked).await.map(drop)
            }
            Do::CustomerWrites => desk.customer_message(place, CLEO, own, "Hello?").await.map(drop),
            Do::TakeOver(who) => desk.take_over(place, person(who), own).await.map(drop),
            Do::Reply(who) => desk.reply(place, person(who), own, "I am on it.").await.map(drop),
            Do::Hold => desk.hold(place, host).await.map(drop),
            Do::Close => desk.close(place, host, own, AfterClose::StayOff).await.map(drop),
            Do::HandBack => desk.hand_back(place, host, own).await.map(drop),
            Do::Release => desk.release(place, host).await.map(drop),
            Do::Reassign(who) => desk.reassign(place, host, person(who)).await.map(drop),
            Do::ToTeam(team) => desk.reassign_to_team(place, host, TEAMS[team]).await.map(drop),
            Do::Available(who, is) => {
                if let Some(one) = self.staff.get_mut(&person(who)) {
                    one.available = is;
                    self.store.hire(one.clone()).await.unwrap();
                }
                Ok(())
            }
            Do::WentOff(who) => desk.went_off_duty(ACME, person(who)).await.map(drop),
            Do::Pass(minutes) => {
                self.clock.advance(TimeDelta::minutes(minutes));
                Ok(())
            }
            Do::Work => Ok(()),
        };
        match &done {
            Ok(()) => true,
            Err(Error::Refused(_)) => false,
            // A teammate whom this staff does not have.
            Err(error) => {
                assert!(
                    matches!(error, Error::Store(escalate::StoreError::NotFound { .. })),
                    "{step:?}: {error:?}"
                );
                false
            }
        }
    }

    /// One round of a worker: until nothing is due.
    pub(super) async fn work(&self) {
        for _ in 0..60 {
            let report = self.desk.run_due(100).await.unwrap();
            assert_eq!(report.failed, 0, "{report:?}");
            // What was done may have made more due: `next` was read before.
            if report.done == 0 && report.next.is_none_or(|next| next > self.desk.now()) {
                return;
            }
        }
        panic!("the worker found no end");
    }
}
