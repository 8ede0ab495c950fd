//! Escalating on SQLite at full durability, one at a time and many at once.

use std::sync::atomic::{AtomicU64, Ordering};

use escalate::{
    Actor, Conversation, ConversationId, CustomerId, Desk, Escalate, MemoryStore, Place, ReasonCode,
    Requester, SqliteStore, Teammate, TeammateId, WorkspaceId,
};
use futures::executor::block_on;
use futures::stream::{self, StreamExt};

use crate::floor::Floor;
use crate::measure::{Cost, Figure, Size, Target, in_turn, median, rate};

const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);
pub(crate) const TEAM: u128 = 5;
pub(crate) const SAID: &str =
    "My order 77-4152 for 129.90 EUR never came. I have waited for three weeks. I want my money back.";

pub(crate) fn place(n: u128) -> Place {
    Place::new(WORKSPACE, ConversationId::from_u128(n + 1))
}

/// A folder on the disk that the build is on: `/tmp` may be memory, where a flush costs nothing.
pub(crate) fn scratch() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
}

pub(crate) async fn open(desk: &Desk, n: u128) {
    // A customer each: one may not begin as many episodes as this.
    let customer = CustomerId::from_u128(n + 1);
    let conversation = Conversation::new(place(n), Requester::verified(customer), "web", desk.now());
    let opened = desk.open(conversation.in_language("en")).await;
    let told = desk.customer_message(place(n), customer, "m".parse().unwrap(), SAID).await;
    assert!(opened.is_ok() && told.is_ok());
}

pub(crate) async fn escalate(desk: &Desk, n: u128) {
    let key = "e".parse().unwrap();
    let escalated =
        desk.escalate(place(n), Actor::System, key, Escalate::because(ReasonCode::OutOfScope)).await;
    assert!(escalated.is_ok(), "{escalated:?}");
}

/// A desk over an SQLite file with a team, and conversations opened ahead of what is measured.
struct Ours {
    desk: Desk,
    store: SqliteStore,
    next: AtomicU64,
    opened: AtomicU64,
}

impl Ours {
    fn new(path: &std::path::Path) -> Result<Self, Box<dyn std::error::Error>> {
        let store = SqliteStore::open(path)?;
        block_on(async {
            for n in 1..=TEAM {
                let teammate = Teammate::new(WORKSPACE, TeammateId::from_u128(n), "T");
                store.put_teammate(teammate).await?;
            }
            Ok::<_, escalate::StoreError>(())
        })?;
        let desk = Desk::on(store.clone()).build();
        Ok(Self { desk, store, next: AtomicU64::new(0), opened: AtomicU64::new(0) })
    }

    fn prepare(&self, more: usize) {
        let from = self.opened.fetch_add(more as u64, Ordering::Relaxed);
        let all = stream::iter(from..from + more as u64);
        block_on(all.for_each_concurrent(64, |n| open(&self.desk, u128::from(n))));
    }

    async fn one(&self) {
        escalate(&self.desk, u128::from(self.next.fetch_add(1, Ordering::Relaxed))).await;
    }
}

pub(crate) fn figures(size: Size) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let folder = scratch()?;
    let ours = Ours::new(&folder.path().join("ours.db"))?;
    let (each, blocks) = (size.of(500, 5), size.of(9, 1));
    ours.prepare(each * (blocks + 1));
    // The floor's database has the same contents: made by the library, then left to the bare driver.
    let floor_path = folder.path().join("floor.db");
    Ours::new(&floor_path)?.prepare(each * (blocks + 1));
    let mut floor = Floor::open(&floor_path)?;

    let flushes = ours.store.flushes();
    let one_by_one = in_turn(
        blocks,
        || {
            block_on(async {
                for _ in 0..each {
                    ours.one().await
                }
            })
        },
        || floor.escalate(each),
    );
    let operations = each * (blocks + 1);
    let flushes = (ours.store.flushes() - flushes) as f64 / operations as f64;
    let alone = rate("escalate_sqlite_full", each, &one_by_one, Some(Target::RatioAtLeast(0.8)));
    let figures = vec![
        Figure {
            name: "flushes_per_escalation",
            unit: "flushes",
            ours: flushes,
            floor: 1.0,
            ratio: flushes,
            target: Some(Target::OursAtMost(1.0)),
        },
        added_cpu("added_cpu_sqlite", each, &one_by_one),
        concurrent(&ours, size, alone.ours)?,
        in_memory(size),
    ];
    Ok(std::iter::once(alone).chain(figures).collect())
}

/// The processor time an operation takes beyond the same statements through the bare driver.
fn added_cpu(name: &'static str, each: usize, blocks: &[(Cost, Cost)]) -> Figure {
    let microseconds = |cpu: f64| cpu * 1e6 / each as f64;
    let (ours, floor) = (
        median(blocks.iter().map(|(ours, _)| microseconds(ours.cpu))),
        median(blocks.iter().map(|(_, floor)| microseconds(floor.cpu))),
    );
    Figure {
        name,
        unit: "us of CPU beyond the floor",
        ours: ours - floor,
        floor,
        ratio: ours / floor,
        target: Some(Target::OursAtMost(15.0)),
    }
}

/// 32 callers at once, against one at a time in the same run.
fn concurrent(ours: &Ours, size: Size, alone: f64) -> Result<Figure, Box<dyn std::error::Error>> {
    let (each, blocks) = (size.of(4_000, 64), size.of(5, 1));
    ours.prepare(each * (blocks + 1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let run = || {
        runtime.block_on(stream::iter(0..each).for_each_concurrent(32, |_| ours.one()));
    };
    let blocks = in_turn(blocks, run, || ());
    let together = median(blocks.iter().map(|(ours, _)| each as f64 / ours.wall));
    Ok(Figure {
        name: "escalate_32_callers",
        unit: "1/s, floor: one at a time",
        ours: together,
        floor: alone,
        ratio: together / alone,
        target: Some(Target::RatioAtLeast(3.0)),
    })
}

/// The whole escalation in memory: all of it is ours.
fn in_memory(size: Size) -> Figure {
    let store = MemoryStore::new();
    let team =
        (1..=TEAM).map(|n| store.put_teammate(Teammate::new(WORKSPACE, TeammateId::from_u128(n), "T")));
    let hired = block_on(futures::future::try_join_all(team));
    assert!(hired.is_ok());
    let desk = Desk::on(store).build();
    let (each, blocks) = (size.of(2_000, 5), size.of(9, 1));
    let mut next = 0;
    let total = (each * (blocks + 1)) as u128;
    block_on(async {
        for n in 0..total {
            open(&desk, n).await
        }
    });
    let blocks = in_turn(
        blocks,
        || {
            block_on(async {
                for n in next..next + each as u128 {
                    escalate(&desk, n).await
                }
            });
            next += each as u128;
        },
        || (),
    );
    let ours = median(blocks.iter().map(|(ours, _)| ours.wall * 1e6 / each as f64));
    Figure { name: "escalate_in_memory", unit: "us", ours, floor: 0.0, ratio: 0.0, target: None }
}
