//! Random commits of every shape: the kept counts equal a recount after any history (A5), and the choices are those
//! of the store in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::assignment::{Offer, Rule};
use escalate::ports::{Commit, Committed, Revision, Snapshot, TicketFilter, Unplaced};
use escalate::testkit::Harness;
use escalate::{
    AssignedBy, EventSequence, MemoryStore, Place, Priority, StoreError, TeamId, TeammateId, Ticket,
    TicketId, TicketRepository, TicketStatus, WorkspaceId,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::contention::{event, nothing, opening};
use super::{Postgres, pool};

const MATES: u128 = 4;
const CELLS: u128 = 4;

/// One commit. What it means depends on what is there by then.
#[derive(Clone, Debug)]
struct Step {
    cell: u128,
    act: Act,
    to: To,
    priority: Priority,
    /// For this team, if any; and whether for a person to choose.
    line: (Option<u128>, bool),
    /// Decided on an older revision.
    is_stale: bool,
}

#[derive(Clone, Copy, Debug)]
enum Act {
    /// A new ticket, also where one is open.
    Open,
    /// The newest ticket goes on, or goes on with changes.
    Change,
    Close,
}

/// Whom the ticket is for.
#[derive(Clone, Debug)]
enum To {
    Same,
    Nobody,
    /// Written by the caller, as a status move with an assignee is.
    Set(u128),
    Placed {
        rule: Rule,
        offers: Vec<(u128, u32)>,
        by: AssignedBy,
        unplaced: Unplaced,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let rule = prop::sample::select(vec![Rule::Ranked, Rule::FewestOpen, Rule::LeastRecent, Rule::Given]);
    let by = prop::sample::select(vec![AssignedBy::Policy, AssignedBy::Hand, AssignedBy::Takeover]);
    let offers =
        prop::sample::subsequence((1..=MATES).collect::<Vec<_>>(), 0..=MATES as usize).prop_shuffle();
    let offers = (offers, prop::collection::vec(0..3_u32, MATES as usize));
    let offers = offers.prop_map(|(mates, caps)| mates.into_iter().zip(caps).collect());
    let placed = (rule, offers, by, prop::bool::weighted(0.2)).prop_map(|(rule, offers, by, abandons)| {
        // A person's choice is one teammate's, whom nobody waits for.
        let by = if rule == Rule::Given && by == AssignedBy::Policy { AssignedBy::Hand } else { by };
        To::Placed { rule, offers, by, unplaced: if abandons { Unplaced::Abandon } else { Unplaced::Wait } }
    });
    let to = prop_oneof![2 => Just(To::Same), 1 => Just(To::Nobody), 1 => (1..=MATES).prop_map(To::Set), 5 => placed];
    let act = prop::sample::select(vec![Act::Open, Act::Open, Act::Change, Act::Change, Act::Close]);
    let priority = prop::sample::select(vec![Priority::Normal, Priority::Urgent]);
    let line = (prop::sample::select(vec![None, None, Some(1)]), prop::bool::weighted(0.2));
    (0..CELLS, act, to, priority, line, prop::bool::weighted(0.1)).prop_map(
        |(cell, act, to, priority, line, is_stale)| Step { cell, act, to, priority, line, is_stale },
    )
}

#[derive(Default)]
struct Cell {
    revision: Revision,
    events: u64,
    ticket: Option<Ticket>,
}

/// The commit that `step` comes to, of the `number`th ticket if it opens one.
fn commit(workspace: WorkspaceId, cell: &Cell, step: &Step, number: u128) -> Option<Commit> {
    let place = Place::new(workspace, Uuid::from_u128(step.cell + 1).into());
    let mut ticket = match (step.act, &cell.ticket) {
        (Act::Open, _) => {
            let mut ticket = opening(place, Rule::Ranked, &[]).ticket?;
            ticket.id = TicketId::new(Uuid::from_u128(1_000 + number));
            ticket.clocks.requested = at(number);
            ticket.priority = step.priority;
            ticket
        }
        (Act::Change | Act::Close, Some(ticket)) => ticket.clone(),
        (Act::Change | Act::Close, None) => return None,
    };
    match step.act {
        Act::Close => ticket.status = TicketStatus::Closed,
        Act::Change if !ticket.status.is_open() => ticket.reopened(),
        Act::Open | Act::Change => {}
    }
    (ticket.team, ticket.by_hand) = (step.line.0.map(TeamId::from_u128), step.line.1);
    let mut change = nothing(place, &Snapshot { revision: cell.revision, ..Snapshot::default() });
    change.at = at(number);
    let told = event(place, ticket.id, cell.events + 1);
    match &step.to {
        To::Same => {}
        To::Nobody => ticket.assignee = None,
        To::Set(mate) => ticket.given(mate_id(*mate), AssignedBy::Hand, false, at(number)),
        To::Placed { .. } if matches!(step.act, Act::Close) => {}
        To::Placed { rule, offers, by, unplaced } => {
            let offers = offers.iter().map(|(mate, cap)| Offer { teammate: mate_id(*mate), cap: *cap });
            let mut placement = opening(place, *rule, &offers.collect::<Vec<_>>()).placement?;
            (placement.by, placement.unplaced, placement.event) = (*by, *unplaced, told.clone());
            change.placement = Some(placement);
        }
    }
    if change.placement.is_none() {
        change.events.push(told);
    }
    if step.is_stale {
        change.expected = Revision(cell.revision.0.checked_sub(1).unwrap_or(7));
    }
    change.ticket = Some(ticket);
    Some(change)
}

fn at(number: u128) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(number).unwrap())
}

fn mate_id(number: u128) -> TeammateId {
    TeammateId::from_u128(number)
}

/// What is kept of each: open tickets, and the order in which they were last assigned one.
async fn loads(store: &dyn TicketRepository, workspace: WorkspaceId) -> Vec<(u32, usize)> {
    let loads = store.workload(workspace, (1..=MATES).map(mate_id).collect()).await.unwrap();
    let place = |last| loads.iter().filter(|other| other.last_assigned < last).count();
    loads.iter().map(|load| (load.open, place(load.last_assigned))).collect()
}

/// How many open tickets each has.
async fn recount(store: &dyn TicketRepository, workspace: WorkspaceId) -> Vec<usize> {
    let mut counts = Vec::new();
    for mate in 1..=MATES {
        let page =
            store.tickets(workspace, TicketFilter::AssignedTo(mate_id(mate)), None, 1_000).await.unwrap();
        counts.push(page.items.len());
    }
    counts
}

fn kept(outcome: Result<Committed, StoreError>) -> Option<Committed> {
    match outcome {
        Ok(committed) => Some(committed),
        Err(StoreError::Conflict) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn any_history_counts_and_chooses_as_in_memory() {
    let runtime = Runtime::new().unwrap();
    let (_guard, store) = runtime.block_on(Postgres.fresh());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let histories = prop::collection::vec(step(), 1..40);
    runner
        .run(&histories, |steps| {
            runtime.block_on(agrees(&store, &steps));
            Ok(())
        })
        .unwrap();
}

async fn agrees(store: &PostgresStore, steps: &[Step]) {
    let (memory, workspace) = (MemoryStore::new(), WorkspaceId::new(Uuid::now_v7()));
    let mut cells: BTreeMap<u128, Cell> = BTreeMap::new();
    for (number, step) in (0..).zip(steps) {
        let cell = cells.entry(step.cell).or_default();
        let Some(change) = commit(workspace, cell, step, number) else { continue };
        let expected = kept(memory.commit(change.clone()).await);
        let found = kept(store.commit(change.clone()).await);
        assert_eq!(found, expected, "step {number}: {step:?}");
        if let Some(committed) = found {
            let place = change.place;
            cell.revision = committed.revision;
            cell.events += 1;
            cell.ticket = committed.ticket.or(cell.ticket.take());
            let told = store.timeline(place, EventSequence(0), 1_000).await.unwrap();
            assert_eq!(told, memory.timeline(place, EventSequence(0), 1_000).await.unwrap(), "step {number}");
            let kept = store.load(place, escalate::ports::Ask::default()).await.unwrap();
            assert_eq!(kept, memory.load(place, escalate::ports::Ask::default()).await.unwrap());
        }
        let now = loads(store, workspace).await;
        assert_eq!(now, loads(&memory, workspace).await, "after step {number}: {step:?}");
        let open: Vec<_> = now.iter().map(|(open, _)| *open as usize).collect();
        assert_eq!(open, recount(store, workspace).await, "after step {number}: {step:?} (A5)");
    }
}

/// Many at once, each of whose futures may be dropped on the way: what is kept is still a recount.
#[test]
fn histories_at_once_with_dropped_futures_are_counted() {
    const CLIENTS: u128 = 8;
    let runtime = Runtime::new().unwrap();
    let (guard, _) = runtime.block_on(Postgres.fresh());
    let store = runtime.block_on(PostgresStore::from_pool(pool(&guard, 8))).unwrap();
    let workspace = WorkspaceId::new(Uuid::now_v7());
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    runtime.block_on(async {
        let clients = (0..CLIENTS).map(|client| {
            let steps = prop::collection::vec(step(), 60).new_tree(&mut runner).unwrap().current();
            tokio::spawn(live(store.clone(), workspace, client, steps))
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
        // A dropped future's statement may still be on its way; whoever moves every conversation waits for it.
        let client = guard.config().connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(client.1);
        let quiet = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND pid <> pg_backend_pid() AND state <> 'idle'";
        while client.0.query_one(quiet, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            tokio::task::yield_now().await;
        }
        let kept: Vec<_> = loads(&store, workspace).await.iter().map(|(open, _)| *open as usize).collect();
        assert_eq!(kept, recount(&store, workspace).await, "A5");
        drop(client.0);
        connection.await.unwrap().unwrap();
    });
    assert_eq!(runtime.block_on(super::contention::deadlocks(&guard)), 0, "nobody waits in a circle");
}

/// One client with conversations of its own, and teammates that all share.
async fn live(store: PostgresStore, workspace: WorkspaceId, client: u128, steps: Vec<Step>) {
    let mut cells: BTreeMap<u128, Cell> = BTreeMap::new();
    for (number, mut step) in (client * 1_000..).zip(steps) {
        step.cell += client * CELLS;
        let cell = cells.entry(step.cell).or_default();
        let Some(change) = commit(workspace, cell, &step, number) else { continue };
        let place = change.place;
        let mut committing = std::pin::pin!(store.commit(change));
        let polls = if number % 3 == 0 { number % 7 } else { 1_000_000 };
        let outcome = polled(committing.as_mut(), polls).await;
        if let Some(outcome) = outcome {
            kept(outcome);
        }
        let now = store.load(place, escalate::ports::Ask::default()).await.unwrap();
        let ticket = match now.latest {
            Some(id) => store.tickets(workspace, TicketFilter::Id(id), None, 1).await.unwrap().items.pop(),
            None => None,
        };
        *cell = Cell { revision: now.revision, events: now.events, ticket };
    }
}

/// What `future` comes to, unless it takes more polls than this.
async fn polled<F: Future + Unpin>(mut future: F, polls: u128) -> Option<F::Output> {
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        std::pin::Pin::new(&mut future).poll(context).map(Some)
    })
    .await
}
