//! The primary dies under load, its synchronous standby takes over: nothing that was answered is lost, and nothing is
//! done twice.

mod load;
mod pair;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use escalate::adapters::postgres::{PostgresOptions, PostgresStore};
use escalate::ports::Ask;
use escalate::{Desk, Place, StoreError, TicketRepository};

pub(super) use self::load::EPISODE;
use self::load::{Ledger, client};
use self::pair::Pair;
use crate::flow::world::{ACME, audit, staff, tickets, unlimited};

const CLIENTS: u128 = 3;
/// How many answers are given between two failovers, at least.
const BETWEEN: usize = 60;

/// As many failovers as `ESCALATE_FAILOVERS` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_lost_when_the_primary_dies() {
    let failovers = std::env::var("ESCALATE_FAILOVERS").map_or(10, |number| number.parse().unwrap());
    let mut pair = Pair::new().await;
    refuses_local_commits(&pair).await;
    let stores = [connect(&pair).await, connect(&pair).await];
    staff(&stores[0], ACME, 0).await;
    let ledger = Arc::new(Ledger::default());
    let clients = (0..2 * CLIENTS).map(|number| {
        let store = stores[usize::from(number % 2 == 1)].clone();
        tokio::spawn(client(Desk::on(store).rules(unlimited()).build(), Arc::clone(&ledger), number))
    });
    let clients: Vec<_> = clients.collect();
    let careless = PostgresStore::from_pool(pair.careless_pool()).await.unwrap();
    let mut seen = 0;
    for _ in 0..failovers {
        grow(&ledger, seen + BETWEEN).await;
        pair.kill_primary();
        let killed_at = ledger.len();
        refuses_the_standby(&pair).await;
        never_reads_a_standby(&careless, ledger.since(0)[0].0, seen == 0).await;
        pair.promote();
        pair.add_standby().await;
        // Every answer from before the kill, asked for again where the new primary answers.
        still_given(&pair, &ledger, seen, killed_at).await;
        seen = killed_at;
    }
    grow(&ledger, seen + BETWEEN).await;
    ledger.finish();
    let mut places = Vec::new();
    for client in clients {
        places.extend(client.await.unwrap());
    }
    still_given(&pair, &ledger, 0, ledger.len()).await;
    nothing_is_twice(&connect(&pair).await, &places).await;
    let in_doubt = ledger.in_doubt.load(Ordering::SeqCst);
    assert!(in_doubt > 0, "the primary was killed under load");
    println!("{failovers} failovers, {} answers kept, {in_doubt} calls in doubt or refused", ledger.len());
}

async fn connect(pair: &Pair) -> PostgresStore {
    PostgresOptions::new().connections(3).connect(&pair.address()).await.unwrap()
}

async fn grow(ledger: &Ledger, to: usize) {
    // More than is waited for: the primary dies under load.
    ledger.go_on(to + BETWEEN);
    while ledger.len() < to {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The same command under the same key has the same answer.
async fn still_given(pair: &Pair, ledger: &Ledger, first: usize, end: usize) {
    let desk = Desk::on(connect(pair).await).rules(unlimited()).build();
    for (place, step, answer) in ledger.since(first).into_iter().take(end - first) {
        let again = step.take(&desk, place).await.unwrap();
        assert_eq!(again, answer, "{step:?} in {place:?} was answered, and is not what it was");
    }
}

/// Answers that wait for one disk only are none.
async fn refuses_local_commits(pair: &Pair) {
    let local = format!("{} options='-c synchronous_commit=local'", pair.address());
    let Err(StoreError::Backend { source, .. }) = PostgresStore::connect(&local).await else {
        panic!("refused")
    };
    assert!(source.to_string().contains("synchronous_commit = local"), "{source}");
}

/// By an address and by a pool of the host's own: a standby is not read from.
async fn refuses_the_standby(pair: &Pair) {
    let refused = PostgresStore::connect(&pair.standby_address()).await;
    assert!(matches!(refused, Err(StoreError::Backend { .. })), "{refused:?}");
    let refused = PostgresStore::from_pool(pair.careless_pool()).await;
    let Err(StoreError::Backend { source, .. }) = refused else { panic!("{refused:?}") };
    assert!(source.to_string().contains("standby"), "{source}");
}

/// A host's own pool that leads to a standby once the primary is dead, or to the one that is left.
async fn never_reads_a_standby(store: &PostgresStore, place: Place, is_led_there: bool) {
    let mut told = String::new();
    for _ in 0..3 {
        match store.control(place).await {
            Err(StoreError::Backend { source, .. }) => told = source.to_string(),
            read => panic!("read from a standby: {read:?}"),
        }
    }
    assert!(!is_led_there || told.contains("standby"), "{told}");
}

/// Each conversation had one episode: one ticket, one of each entry, events and entries without a gap.
async fn nothing_is_twice(store: &PostgresStore, places: &[Place]) {
    let all = tickets(store, ACME).await;
    assert_eq!(all.len(), places.len(), "one ticket an episode");
    audit(&Desk::on(store.clone()).build(), store, ACME, places).await;
    for place in places {
        let snapshot = store.load(*place, Ask::default()).await.unwrap();
        assert_eq!(snapshot.state.epoch.0, 3, "escalated, taken over, handed back: once each");
    }
}
