//! Connections that are cut at every message of a whole flow: before the server sees it, or after the server did it and
//! before the client hears of it.

mod proxy;

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, Pool, Runtime};
use escalate::adapters::postgres::PostgresStore;
use escalate::ports::{Ask, Window};
use escalate::testkit::Harness;
use escalate::{Desk, Error, EventSequence, Place, StoreError, TicketRepository, WorkspaceId};
use tokio_postgres::NoTls;
use uuid::Uuid;

use self::proxy::{Cut, Proxy};
use super::cluster::Database;
use super::failover::EPISODE;
use super::{Postgres, pool};
use crate::flow::world::{ANA, BEN, audit, place, staff};

/// Two ways to the same database: one that is cut, and one that sees what is there.
struct Bench {
    guard: Arc<Database>,
    proxy: Proxy,
    sound: PostgresStore,
    observer: deadpool_postgres::Client,
}

/// What a command may change.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    epoch: u64,
    revision: u64,
    events: usize,
    entries: usize,
    tickets: usize,
    is_there: bool,
}

impl Bench {
    async fn new() -> Self {
        let (guard, sound) = Postgres.fresh().await;
        let proxy = Proxy::before(guard.config()).await;
        let observer = pool(&guard, 1).get().await.unwrap();
        Self { guard, proxy, sound, observer }
    }

    /// A pool of one connection, which goes through the proxy.
    fn pool(&self) -> Pool {
        let mut config = self.proxy.config(&self.guard.config());
        config.application_name("cut");
        Pool::builder(Manager::new(config, NoTls)).max_size(1).runtime(Runtime::Tokio1).build().unwrap()
    }

    async fn store(&self) -> Result<PostgresStore, StoreError> {
        PostgresStore::from_pool(self.pool()).await
    }

    /// A store whose connection is quiet: what was sent after the last answer while it was made, to forget a
    /// statement, has been answered, and is not counted with what follows.
    async fn quiet(&self) -> PostgresStore {
        self.proxy.cut(None);
        let pool = self.pool();
        let store = PostgresStore::from_pool(pool.clone()).await.unwrap();
        pool.get().await.unwrap().simple_query("").await.unwrap();
        store
    }

    /// Waits until the server has noticed that a connection was cut, and has ended what was done on it.
    async fn settled(&self) {
        let busy = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'cut'";
        while self.observer.query_one(busy, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// What is there.
    async fn seen(&self, place: Place) -> Seen {
        let desk = Desk::on(self.sound.clone()).build();
        let snapshot = self.sound.load(place, Ask::default()).await.unwrap();
        let transcript = desk.transcript(place, Window::Before(None), 99).await;
        Seen {
            epoch: snapshot.state.epoch.0,
            revision: snapshot.revision.0,
            events: desk.timeline(place, EventSequence(0), 99).await.unwrap().len(),
            entries: transcript.as_ref().map_or(0, |transcript| transcript.messages.len()),
            tickets: crate::flow::world::tickets(&self.sound, place.workspace).await.len(),
            is_there: transcript.is_ok(),
        }
    }

    /// Goes through an episode; gives what was there after every step, and how many messages client and server sent.
    async fn whole(&self, place: Place, staffed: bool) -> (Vec<Seen>, (usize, usize)) {
        staff(&self.sound, place.workspace, 0).await;
        for teammate in [ANA, BEN] {
            self.sound.set_available(place.workspace, teammate, staffed).await.unwrap();
        }
        let desk = Desk::on(self.quiet().await).build();
        self.proxy.cut(None);
        let mut seen = Vec::new();
        for step in EPISODE {
            step.take(&desk, place).await.unwrap();
            seen.push(self.seen(place).await);
        }
        // Before the goodbye of the connection.
        (seen, self.proxy.counts())
    }

    /// The same with a cut on the way; each step is done once, whatever came of the cut. `wholes` are the ways in which
    /// it can go: an escalation that cannot read the roster has nobody to go to, and waits (E4).
    async fn cut(&self, place: Place, cut: Cut, wholes: &[Vec<Seen>]) {
        staff(&self.sound, place.workspace, 0).await;
        let desk = Desk::on(self.quiet().await).build();
        let elsewhere = Desk::on(self.sound.clone()).build();
        self.proxy.cut(Some(cut));
        for (number, step) in EPISODE.into_iter().enumerate() {
            let mut answer = step.take(&desk, place).await;
            if let Err(error) = &answer {
                let typed = matches!(error, Error::Store(StoreError::Backend { backend: "postgres", .. }));
                assert!(typed, "{cut:?} in {step:?}: {error:?}");
                self.settled().await;
                let seen = self.seen(place).await;
                let before = |whole: &Vec<Seen>| number.checked_sub(1).map_or(NOTHING, |last| whole[last]);
                let is_whole = wholes.iter().any(|whole| seen == before(whole) || seen == whole[number]);
                assert!(is_whole, "{cut:?} left {step:?} half done: {seen:?}");
                // The next call works, on the one connection there is.
                answer = step.take(&desk, place).await;
            }
            let answer = answer.unwrap_or_else(|error| panic!("{cut:?} in {step:?}: {error:?}"));
            let again = step.take(&elsewhere, place).await.unwrap();
            assert_eq!(again, answer, "{cut:?}: {step:?}");
        }
        let seen = self.seen(place).await;
        assert!(wholes.iter().any(|whole| whole.last() == Some(&seen)), "{cut:?} leaves {seen:?}");
        audit(&elsewhere, &self.sound, place.workspace, &[place]).await;
        assert!(!self.proxy.is_whole(), "{cut:?} is within the flow");
    }
}

const NOTHING: Seen = Seen { epoch: 0, revision: 0, events: 0, entries: 0, tickets: 0, is_there: false };

fn nth(number: usize) -> Place {
    place(WorkspaceId::new(Uuid::from_u128(number as u128 + 1)), 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_at_any_message_leaves_all_or_nothing() {
    let bench = Bench::new().await;
    let (waiting, _) = bench.whole(nth(0), false).await;
    let (assigned, (client, server)) = bench.whole(nth(1), true).await;
    let wholes = [waiting, assigned];
    let cuts: Vec<_> = (0..client).map(Cut::Before).chain((0..server).map(Cut::Answer)).collect();
    for (number, cut) in (2..).zip(&cuts) {
        let run = bench.cut(nth(number), *cut, &wholes);
        tokio::time::timeout(Duration::from_secs(60), run).await.expect("no call waits for ever");
    }
    println!("cut at each of {client} messages of the client and {server} of the server");
}

/// The same while a store is made.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_while_connecting_is_a_typed_error() {
    let bench = Bench::new().await;
    bench.proxy.cut(None);
    drop(bench.store().await.unwrap());
    let (client, server) = bench.proxy.counts();
    assert!(client > 3 && server > 3);
    for cut in (0..client).map(Cut::Before).chain((0..server).map(Cut::Answer)) {
        bench.proxy.cut(Some(cut));
        match bench.store().await {
            Err(StoreError::Backend { backend: "postgres", .. }) => {}
            // The last message may be the end of the connection itself.
            Ok(_) => {}
            Err(error) => panic!("{cut:?}: {error:?}"),
        }
        bench.proxy.cut(None);
        bench.store().await.unwrap();
    }
}
