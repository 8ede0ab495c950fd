//! SIGKILL at any moment of a worker, many times over, while events come in.

use std::collections::HashMap;
use std::process::Child;
use std::time::{Duration, Instant};

use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{Commit, Revision, Snapshot, Work, WorkKind};
use escalate::testkit::Harness;
use escalate::{Event, EventSequence, Place, TicketRepository};
use tokio_postgres::{Client, Config};
use uuid::Uuid;

use super::super::contention::{event, nothing};
use super::super::{Postgres, pool};
use super::worker::{ARRIVED, start};

/// How much: what every run does, and what one does that is told to take its time.
struct Size {
    conversations: u128,
    /// Of each conversation: committed before a worker starts, and then in as many parts while they are killed.
    parts: u64,
    part: u64,
    kills: u64,
}

const EVERY_RUN: Size = Size { conversations: 400, parts: 2, part: 25, kills: 40 };
const IN_FULL: Size = Size { conversations: 400, parts: 5, part: 50, kills: 200 };

impl Size {
    fn chosen() -> Self {
        // `ESCALATE_FULL=1`: 100,000 events and 200 kills.
        if std::env::var_os("ESCALATE_FULL").is_some() { IN_FULL } else { EVERY_RUN }
    }

    fn events(&self) -> u64 {
        u64::try_from(self.conversations).unwrap() * self.parts * self.part
    }
}

const WORKERS: usize = 3;
/// Far more than it takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_the_workers_lose_nothing() {
    let size = Size::chosen();
    let (guard, store) = Postgres.fresh().await;
    let client = pool(&guard, 1).get().await.unwrap();
    client.batch_execute(ARRIVED).await.unwrap();
    let began = Instant::now();
    let mut random = Random(0x5eed);
    commit_part(&store, &size, 0).await;
    let mut crew = Crew::start(&guard.config());
    let mut parts = 1;
    for kill in 0..size.kills {
        // The rest comes in bit by bit, while workers are at it.
        if kill * size.parts >= parts * size.kills {
            commit_part(&store, &size, parts).await;
            parts += 1;
        }
        let reached = arrived(&client).await + 1 + random.below(size.events() / size.kills);
        while arrived(&client).await < reached && !is_all_there(&client, &size, parts).await {
            assert!(began.elapsed() < PATIENCE, "{} arrived, {reached} expected", arrived(&client).await);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        crew.kill(usize::try_from(random.below(WORKERS as u64)).unwrap());
    }
    for part in parts..size.parts {
        commit_part(&store, &size, part).await;
    }
    while !is_all_there(&client, &size, size.parts).await {
        assert!(began.elapsed() < PATIENCE, "{} arrived", arrived(&client).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(crew);
    let repeats = examine(&client, &store, &size).await;
    println!("{} events, {} kills: {repeats} repeats, {:?}", size.events(), size.kills, began.elapsed());
}

/// Every event is there, each conversation's in order, and repeats carry the ids of what they repeat.
async fn examine(client: &Client, store: &PostgresStore, size: &Size) -> u64 {
    let rows =
        client.query("SELECT id, conversation, sequence FROM arrived ORDER BY arrival", &[]).await.unwrap();
    let mut first: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut repeats = 0;
    for row in rows {
        let (id, conversation, sequence): (Uuid, Uuid, i64) = (row.get(0), row.get(1), row.get(2));
        let seen = first.entry(conversation).or_default();
        let index = usize::try_from(sequence - 1).unwrap();
        match seen.get(index) {
            Some(earlier) => {
                assert_eq!(*earlier, id, "a repeat carries the same id");
                repeats += 1;
            }
            None => {
                assert_eq!(seen.len(), index, "a gap before {sequence} of {conversation}");
                seen.push(id);
            }
        }
    }
    let mut all = 0;
    for place in places(size) {
        let timeline = store.timeline(place, EventSequence(0), usize::MAX).await.unwrap();
        let ids: Vec<_> = timeline.iter().map(|event: &Event| event.id.uuid()).collect();
        assert_eq!(first.get(&place.conversation.uuid()), Some(&ids), "what was committed is what arrived");
        all += ids.len() as u64;
    }
    assert_eq!(all, size.events());
    repeats
}

fn places(size: &Size) -> impl Iterator<Item = Place> + use<> {
    let workspace = |n: u128| Uuid::from_u128(1 + n % 3).into();
    (0..size.conversations).map(move |n| Place::new(workspace(n), Uuid::from_u128(100 + n).into()))
}

/// The next events of every conversation, as a desk with this sink commits them.
async fn commit_part(store: &PostgresStore, size: &Size, part: u64) {
    for place in places(size) {
        let snapshot = Snapshot { revision: Revision(part), ..Snapshot::default() };
        let before = part * size.part;
        let events = (1..=size.part).map(|n| event(place, Uuid::from_u128(9).into(), before + n)).collect();
        let now = chrono::Utc::now();
        let work = vec![Work { kind: WorkKind::Deliver { sink: "table".parse().unwrap() }, due_at: now }];
        store.commit(Commit { at: now, events, work, ..nothing(place, &snapshot) }).await.unwrap();
    }
}

/// How many rows have come, or are just coming.
async fn arrived(client: &Client) -> u64 {
    let last = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM arrived_arrival_seq";
    client.query_one(last, &[]).await.unwrap().get::<_, i64>(0).cast_unsigned()
}

/// Whether all that was committed has arrived; repeats may make up the number before that.
async fn is_all_there(client: &Client, size: &Size, parts: u64) -> bool {
    let expected = size.events() / size.parts * parts;
    if arrived(client).await < expected {
        return false;
    }
    let distinct = client.query_one("SELECT count(DISTINCT id) FROM arrived", &[]).await.unwrap();
    distinct.get::<_, i64>(0).cast_unsigned() == expected
}

/// As many workers as there are places, whatever happens to them.
struct Crew {
    config: Config,
    workers: Vec<Child>,
}

impl Crew {
    fn start(config: &Config) -> Self {
        Self { config: config.clone(), workers: (0..WORKERS).map(|_| start(config)).collect() }
    }

    fn kill(&mut self, index: usize) {
        let mut dead = std::mem::replace(&mut self.workers[index], start(&self.config));
        assert_eq!(dead.try_wait().unwrap(), None, "it worked until it was killed");
        // SIGKILL.
        dead.kill().unwrap();
        dead.wait().unwrap();
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _gone = worker.kill().and_then(|()| worker.wait());
        }
    }
}

/// Numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }
}
