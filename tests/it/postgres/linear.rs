//! Real concurrent runs of two nodes are linearizable: as if each command on a conversation happened at one instant
//! between its call and its return.

mod history;
mod spec;

use std::sync::Arc;

use deadpool_postgres::{Manager, Pool, Runtime};
use escalate::adapters::postgres::PostgresStore;
use escalate::testkit::Harness;
use escalate::{Desk, Place, TranscriptStore};
use futures::future::join_all;
use tokio::sync::Barrier;
use tokio_postgres::NoTls;

use self::history::History;
use self::spec::{Ask, ask};
use super::cluster::Database;
use super::spy::Spy;
use super::{Postgres, pool};
use crate::flow::world::{ACME, ANA, BEN, audit, conversation, place, staff, unlimited};

const TASKS: usize = 4;
const CALLS: usize = 3;

/// Two nodes on one database.
struct Nodes {
    guard: Arc<Database>,
    store: PostgresStore,
    desks: [Desk; 2],
}

impl Nodes {
    async fn new() -> Self {
        let (guard, store) = Postgres.fresh().await;
        staff(&store, ACME, 0).await;
        // Every episode is a ticket of its own in the specification.
        let desk = async || Desk::on(named(&guard).await).rules(unlimited()).build();
        let desks = [desk().await, desk().await];
        Self { guard, store, desks }
    }

    /// One short run on `places`: each task makes a few calls, chosen by `seed`, on its node.
    async fn run(&self, places: &[Place], seed: usize) -> Vec<History> {
        for place in places {
            self.store.open(conversation(*place)).await.unwrap();
        }
        let (histories, start) =
            (Arc::new(places.iter().map(|_| History::default()).collect::<Vec<_>>()), Barrier::new(TASKS));
        let start = Arc::new(start);
        let tasks = (0..TASKS).map(|task| {
            let (desk, histories, start) =
                (self.desks[task % 2].clone(), Arc::clone(&histories), Arc::clone(&start));
            let places = places.to_vec();
            tokio::spawn(async move {
                start.wait().await;
                for call in 0..CALLS {
                    let dice = scramble(seed, task, call);
                    let which = dice % places.len();
                    let ask_for = ASKS[dice / 7 % ASKS.len()];
                    histories[which].record(ask_for, ask(&desk, places[which], ask_for)).await;
                }
            })
        });
        for task in join_all(tasks).await {
            task.unwrap();
        }
        Arc::into_inner(histories).unwrap()
    }
}

const ASKS: [Ask; 8] = [
    Ask::Read,
    Ask::Escalate,
    Ask::TakeOver(ANA),
    Ask::Read,
    Ask::TakeOver(BEN),
    Ask::HandBack,
    Ask::Escalate,
    Ask::TakeOver(ANA),
];

/// A number from three, the same at every run.
fn scramble(seed: usize, task: usize, call: usize) -> usize {
    let mut dice =
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (task * 31 + call).wrapping_mul(0xD1B5_4A32_D192_ED03);
    dice ^= dice >> 29;
    dice.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 17
}

/// A store whose connections can be told from others.
async fn named(guard: &Database) -> PostgresStore {
    let mut config = guard.config();
    config.application_name("node");
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(4).runtime(Runtime::Tokio1);
    PostgresStore::from_pool(pool.build().unwrap()).await.unwrap()
}

fn two(run: usize) -> [Place; 2] {
    [place(ACME, run as u128 * 2 + 1), place(ACME, run as u128 * 2 + 2)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_history_of_two_nodes_is_linearizable() {
    const RUNS: usize = 150;
    let nodes = Nodes::new().await;
    for run in 0..RUNS {
        // Half of them on one conversation, where everything meets.
        let places = &two(run)[..1 + run % 2];
        for history in nodes.run(places, run).await {
            assert_eq!(history.in_doubt(), 0);
            assert!(history.is_linearizable(), "run {run}: {history:?}");
        }
        audit(&nodes.desks[0], &nodes.store, ACME, places).await;
    }
}

/// Calls that nobody knows the end of, because their connection was killed, may have happened or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_history_with_killed_connections_is_linearizable() {
    const RUNS: usize = 60;
    let nodes = Nodes::new().await;
    let killer = pool(&nodes.guard, 1).get().await.unwrap();
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'node' AND state = 'active'";
    let mut in_doubt = 0;
    // As many runs more as it takes until one was in doubt.
    for run in 0.. {
        if run >= RUNS && in_doubt > 0 {
            break;
        }
        let places = &two(run)[..1 + run % 2];
        let running = nodes.run(places, run);
        let killing = async {
            for _ in 0..1 + run % 3 {
                tokio::time::sleep(std::time::Duration::from_micros(scramble(run, 9, 9) as u64 % 9_000))
                    .await;
                killer.query_one(kill, &[]).await.unwrap();
            }
        };
        for history in tokio::join!(running, killing).0 {
            in_doubt += history.in_doubt();
            assert!(history.is_linearizable(), "run {run}: {history:?}");
        }
        audit(&Desk::on(nodes.store.clone()).build(), &nodes.store, ACME, places).await;
    }
}

/// The check bites: a store whose reads are one step behind is found out.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_with_stale_reads_is_found_out() {
    let mut nodes = Nodes::new().await;
    nodes.desks[1] =
        Desk::builder(nodes.store.clone(), Spy::behind(nodes.store.clone()), nodes.store.clone()).build();
    for run in 0..200 {
        if nodes.run(&two(run)[..1], run).await.iter().any(|history| !history.is_linearizable()) {
            return;
        }
    }
    panic!("stale reads pass for linearizable");
}
