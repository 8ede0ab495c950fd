//! One machine's commit wakes another's worker; what is lost with a connection is looked for once it is back.

use std::future::{Future, pending};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::DateTime;
use escalate::adapters::postgres::{PostgresStore, listen};
use escalate::ports::{Commit, Snapshot, Work, WorkKind};
use escalate::testkit::{Harness, Reopen};
use escalate::{
    Actor, Conversation, Desk, Escalate, Event, EventSink, Place, ReasonCode, Requester, SinkError,
    TicketRepository,
};
use futures::StreamExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::cluster::Database;
use super::contention::nothing;
use super::{Postgres, pool};

fn place(n: u128) -> Place {
    Place::new(Uuid::from_u128(1).into(), Uuid::from_u128(n).into())
}

#[derive(Debug)]
struct Sink(UnboundedSender<Place>);

#[async_trait]
impl EventSink for Sink {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        match events.iter().any(|event| self.0.send(event.place()).is_err()) {
            true => Err(SinkError::new("nobody listens")),
            false => Ok(()),
        }
    }
}

/// A machine: its desk, and what its sink gets.
async fn machine(store: PostgresStore) -> (Desk, UnboundedReceiver<Place>) {
    let (sink, got) = unbounded_channel();
    (Desk::on(store).sink("stream".parse().unwrap(), Sink(sink)).build(), got)
}

async fn escalate(desk: &Desk, n: u128) {
    let customer = Requester::verified(Uuid::from_u128(n).into());
    desk.open(Conversation::new(place(n), customer, "web", desk.now())).await.unwrap();
    let request = Escalate::because(ReasonCode::Other);
    desk.escalate(place(n), Actor::System, "e".parse().unwrap(), request).await.unwrap();
}

async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, work).await.unwrap_or_else(|_| panic!("{what}: not within {patience:?}"))
}

/// Both events of an escalation, wherever they come from.
async fn delivered(got: &mut UnboundedReceiver<Place>, n: u128) {
    for _ in 0..2 {
        assert_eq!(within("a delivery", got.recv()).await, Some(place(n)));
    }
}

/// Kills the backend that listens, and waits until it is gone.
async fn kill_the_listener(client: &Client) {
    let kill = "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query = 'LISTEN escalate_work'";
    let killed = client.query(kill, &[]).await.unwrap();
    assert_eq!(killed.len(), 1, "one listens");
    let pid: i32 = killed[0].get(0);
    let left = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1";
    while client.query_one(left, &[&pid]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::task::yield_now().await;
    }
}

/// The worker here sleeps for ever; only what the other machine's commits tell wakes it, also after its connection
/// was killed and commits were made while nobody listened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_there_wakes_a_worker_here() {
    let (guard, store) = Postgres.fresh().await;
    let (here, mut got) = machine(store).await;
    let (there, _) = machine(Postgres.reopen(&guard).await.notifying()).await;
    let (desk, config) = (here.clone(), guard.config());
    let worker = tokio::spawn(async move { desk.work(Duration::MAX, |_| pending::<()>()).await });
    let desk = here.clone();
    let listener = tokio::spawn(listen(config, NoTls, tokio::time::sleep).for_each(move |()| {
        desk.wake();
        std::future::ready(())
    }));
    for n in 10..20 {
        escalate(&there, n).await;
        delivered(&mut got, n).await;
    }
    let client = pool(&guard, 1).get().await.unwrap();
    for n in 20..25 {
        kill_the_listener(&client).await;
        escalate(&there, n).await;
        delivered(&mut got, n).await;
        // Only what listens again can be killed again.
        let listens = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND query = 'LISTEN escalate_work' AND state = 'idle'";
        within("listening again", async {
            while client.query_one(listens, &[]).await.unwrap().get::<_, i64>(0) == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    worker.abort();
    listener.abort();
}

/// A store that was not told to is silent, and so is a commit that is refused or schedules for later. Notifications
/// come in the order of the commits, so the one sent last by hand is the first that is heard.
#[tokio::test]
async fn only_what_was_told_to_notifies() {
    let (guard, store) = Postgres.fresh().await;
    let mut wakes = Box::pin(listen(guard.config(), NoTls, tokio::time::sleep));
    within("a wake once connected", wakes.next()).await;
    let now = DateTime::UNIX_EPOCH;
    let work = |due_at| vec![Work { kind: WorkKind::Deliver { sink: "main".parse().unwrap() }, due_at }];
    let change = |n| nothing(place(n), &Snapshot::default());
    store.commit(Commit { work: work(now), ..change(1) }).await.unwrap();
    let store = store.notifying();
    store.commit(Commit { work: work(now), ..change(1) }).await.unwrap_err();
    let later = now + chrono::TimeDelta::days(365 * 90);
    store.commit(Commit { work: work(later), ..change(2) }).await.unwrap();
    let client = pool(&guard, 1).get().await.unwrap();
    client.batch_execute("NOTIFY escalate_work, 'by hand'").await.unwrap();
    within("the one by hand", wakes.next()).await;
    assert!(futures::poll!(wakes.next()).is_pending(), "and no other");
    store.commit(Commit { work: work(now), ..change(3) }).await.unwrap();
    within("a notifying commit", wakes.next()).await;
}

/// The listener waits for a server that is not there, longer each time, and does not end.
#[tokio::test]
async fn the_listener_outlives_a_server_that_is_away() {
    let mut config = tokio_postgres::Config::new();
    config.host_path("/nonexistent").user("nobody");
    let (paused, mut pauses) = unbounded_channel();
    let sleep = move |pause| {
        paused.send(pause).unwrap();
        tokio::task::yield_now()
    };
    let listener = tokio::spawn(listen(config, NoTls, sleep).for_each(|()| pending()));
    let mut seen = Vec::new();
    while seen.len() < 12 {
        seen.push(within("a pause", pauses.recv()).await.unwrap().as_millis());
    }
    assert_eq!(seen, [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    listener.abort();
}

/// What `NOTIFY` costs at 32 clients.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures"]
async fn measure() {
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 32)).await.unwrap();
    let (_silent, _loud) = (rate(&guard, &store, 0).await, rate(&guard, &store.clone().notifying(), 1).await);
    for round in 1..4 {
        let silent = rate(&guard, &store, 2 * round).await;
        let loud = rate(&guard, &store.clone().notifying(), 2 * round + 1).await;
        println!("{silent:.0} commits a second without, {loud:.0} with NOTIFY: {:.2}", loud / silent);
    }
}

/// Commits a second of 32 clients, each on a conversation of its own.
async fn rate(_: &Database, store: &PostgresStore, round: u128) -> f64 {
    const EACH: u64 = 100;
    let began = Instant::now();
    let clients: Vec<_> = (0..32_u128)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                let place = place(1_000 * (round + 1) + client);
                let work = vec![Work {
                    kind: WorkKind::Deliver { sink: "main".parse().unwrap() },
                    due_at: DateTime::UNIX_EPOCH,
                }];
                let mut snapshot = Snapshot::default();
                for _ in 0..EACH {
                    let change = Commit { work: work.clone(), ..nothing(place, &snapshot) };
                    snapshot.revision = store.commit(change).await.unwrap().revision;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    let commits = (32 * EACH) as f64;
    commits / began.elapsed().as_secs_f64()
}
