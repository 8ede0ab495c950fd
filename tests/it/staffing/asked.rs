//! Whether people choose who gets a ticket is what the policy said when it was asked last, by an escalation or a sweep.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use escalate::adapters::assignment::{Balanced, Manual};
use escalate::assignment::{Candidate, Rule};
use escalate::ports::{AssignmentPolicy, AssignmentRequest, Choice, Routing};
use escalate::testkit::ManualClock;
use escalate::{
    Actor, AssignmentError, Desk, Escalate, MemoryStore, Priority, ReasonCode, Rules, TeamId, Teammate,
    Ticket,
};
use futures::executor::block_on;

use crate::flow::world::{ACME, ANA, BEN, NOON, conversation, key, place, unlimited};

const RETURNS: TeamId = TeamId::from_u128(0x7);

/// People choose until somebody says otherwise.
#[derive(Clone, Debug, Default)]
struct Switched {
    machine: Arc<AtomicBool>,
}

#[async_trait]
impl AssignmentPolicy for Switched {
    async fn choose(
        &self,
        request: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        match self.machine.load(Ordering::Relaxed) {
            true => Balanced.choose(request, candidates).await,
            false => Manual.choose(request, candidates).await,
        }
    }
}

struct World {
    store: MemoryStore,
    desk: Desk,
    policy: Switched,
    clock: ManualClock,
}

impl World {
    fn new() -> Self {
        let (store, policy, clock) = (MemoryStore::new(), Switched::default(), ManualClock::at(NOON));
        let rules: Rules = unlimited();
        let desk = Desk::on(store.clone()).policy(policy.clone()).clock(clock.clone()).rules(rules).build();
        Self { store, desk, policy, clock }
    }

    async fn escalate(&self, n: u128, team: Option<TeamId>) -> Routing {
        self.clock.advance(chrono::TimeDelta::seconds(1));
        let here = place(ACME, n);
        self.desk.open(conversation(here)).await.unwrap();
        let mut request = Escalate::because(ReasonCode::CustomerRequest);
        if let Some(team) = team {
            request = request.to_team(team);
        }
        self.desk.escalate(here, Actor::System, key("e"), request).await.unwrap().routing
    }

    async fn ticket(&self, n: u128) -> Ticket {
        self.desk.latest_ticket(place(ACME, n)).await.unwrap().unwrap()
    }

    async fn ana(&self, capacity: u32) {
        self.store.put_teammate(Teammate::new(ACME, ANA, "Ana").with_capacity(capacity)).await.unwrap();
    }
}

/// The sweep asks the policy again, and the ticket is the machine's from then on: nobody newer overtakes it (A3).
#[test]
fn what_a_sweep_hears_counts() {
    block_on(async {
        let world = World::new();
        world.ana(1).await;
        assert_eq!(world.escalate(1, None).await, Routing::Waiting, "a person is to choose");
        world.policy.machine.store(true, Ordering::Relaxed);
        assert_eq!(world.desk.assign_waiting(ACME).await.unwrap(), 1);
        let given = world.ticket(1).await;
        assert!(
            given.assigned_to() == Some(ANA) && !given.by_hand,
            "the policy did not leave it to a person"
        );
        // Ana gives it back and goes; Ben comes. The sweep due at once has not run, and somebody newer asks.
        world.desk.release(place(ACME, 1), ANA.into()).await.unwrap();
        world.store.put_teammate(Teammate::new(ACME, ANA, "Ana").away()).await.unwrap();
        world.store.put_teammate(Teammate::new(ACME, BEN, "Ben").with_capacity(1)).await.unwrap();
        assert_eq!(world.escalate(2, None).await, Routing::Queued { position: 2 }, "the older one is ahead");
        world.desk.assign_waiting(ACME).await.unwrap();
        assert_eq!(world.ticket(1).await.assigned_to(), Some(BEN), "oldest first (A3)");
    });
}

/// The policy has said nothing of the team that a ticket is sent to.
#[test]
fn another_team_is_another_question() {
    block_on(async {
        let world = World::new();
        world.ana(1).await;
        assert_eq!(world.escalate(1, None).await, Routing::Waiting, "a person is to choose");
        world.policy.machine.store(true, Ordering::Relaxed);
        // Nobody is in that team yet, so the policy is not asked.
        world.desk.reassign_to_team(place(ACME, 1), Actor::System, RETURNS).await.unwrap();
        let ben = Teammate::new(ACME, BEN, "Ben").with_capacity(1).in_teams([RETURNS]);
        world.store.put_teammate(ben).await.unwrap();
        assert_eq!(
            world.escalate(2, Some(RETURNS)).await,
            Routing::Queued { position: 2 },
            "the older is ahead"
        );
        world.desk.assign_waiting(ACME).await.unwrap();
        assert_eq!(world.ticket(1).await.assigned_to(), Some(BEN), "oldest first (A3)");
    });
}

/// A ticket that the policy leaves to people since is in nobody's way whom the machine serves.
#[test]
fn who_is_left_to_people_since_is_in_nobodys_way() {
    block_on(async {
        let world = World::new();
        world.policy.machine.store(true, Ordering::Relaxed);
        world.ana(1).await;
        world.escalate(1, None).await;
        assert_eq!(world.escalate(2, None).await, Routing::Queued { position: 1 });
        world.policy.machine.store(false, Ordering::Relaxed);
        world.ana(2).await;
        assert_eq!(world.desk.assign_waiting(ACME).await.unwrap(), 0, "a person is to choose");
        world.policy.machine.store(true, Ordering::Relaxed);
        let waits = world.ticket(2).await;
        assert!(waits.by_hand, "it is the people's, as the policy said last");
        assert_eq!(world.escalate(3, None).await, Routing::Assigned { teammate: ANA });
    });
}

/// Whoever is there, and people where nobody is.
#[derive(Debug)]
struct First;

#[async_trait]
impl AssignmentPolicy for First {
    async fn choose(
        &self,
        _: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        Ok(candidates.first().map_or(Choice::Wait, |first| Choice::Among {
            rule: Rule::Ranked,
            teammates: vec![first.load.teammate],
        }))
    }
}

/// A policy is not asked about nobody, so its answer to that does not end the sweeps (A6).
#[test]
fn nobody_there_is_no_question_to_a_policy() {
    block_on(async {
        let world = World::new();
        world.ana(5).await;
        let desk =
            Desk::on(world.store.clone()).policy(First).clock(world.clock.clone()).rules(unlimited()).build();
        let here = place(ACME, 1);
        desk.open(conversation(here)).await.unwrap();
        let request = Escalate::because(ReasonCode::CustomerRequest).to_team(RETURNS);
        desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        for _ in 0..3 {
            world.clock.advance(chrono::TimeDelta::seconds(10));
            desk.run_due(64).await.unwrap();
        }
        let ben = Teammate::new(ACME, BEN, "Ben").with_capacity(1).in_teams([RETURNS]);
        world.store.put_teammate(ben).await.unwrap();
        world.clock.advance(chrono::TimeDelta::seconds(10));
        desk.run_due(64).await.unwrap();
        assert_eq!(world.ticket(1).await.assigned_to(), Some(BEN), "one sweep finds who came (A6)");
    });
}

/// What is urgent is for people.
#[derive(Debug)]
struct Urgent;

#[async_trait]
impl AssignmentPolicy for Urgent {
    async fn choose(
        &self,
        request: AssignmentRequest,
        candidates: &[Candidate],
    ) -> Result<Choice, AssignmentError> {
        match request.priority {
            Priority::Urgent => Manual.choose(request, candidates).await,
            _ => Balanced.choose(request, candidates).await,
        }
    }
}

/// What a policy says of one priority it has not said of another: those behind an urgent ticket are served (A6).
#[test]
fn an_answer_is_of_one_priority() {
    block_on(async {
        let world = World::new();
        let desk = Desk::on(world.store.clone())
            .policy(Urgent)
            .clock(world.clock.clone())
            .rules(unlimited())
            .build();
        // Nobody is there yet, so the policy is not asked.
        for (n, priority) in [(1, Priority::Urgent), (2, Priority::Normal)] {
            let here = place(ACME, n);
            desk.open(conversation(here)).await.unwrap();
            let request = Escalate::because(ReasonCode::CustomerRequest).with_priority(priority);
            desk.escalate(here, Actor::System, key("e"), request).await.unwrap();
        }
        world.ana(5).await;
        assert_eq!(desk.assign_waiting(ACME).await.unwrap(), 1);
        assert_eq!(world.ticket(2).await.assigned_to(), Some(ANA), "the machine serves it");
        assert!(world.ticket(1).await.by_hand, "a person is to choose");
    });
}
