//! Many clients, few teammates: caps hold, nobody is told "nobody available" while there is a seat, no deadlock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use chrono::{DateTime, Utc};
use escalate::adapters::postgres::PostgresStore;
use escalate::assignment::{Offer, Rule};
use escalate::ports::{Commit, Placement, Snapshot};
use escalate::testkit::Harness;
use escalate::{
    AssignedBy, Conversation, Event, Key, Place, ReasonCode, Requester, Sequence, Ticket, TicketId,
    TicketRepository, TicketStatus,
};
use uuid::Uuid;

use super::cluster::Database;
use super::{Postgres, pool};

const CLIENTS: u128 = 32;
/// More than the desk offers at a time.
const MANY: u128 = 1_000;

/// How many tickets each client opens: together as many as `ESCALATE_CONTENTION` says, or fewer where each costs more.
fn rounds(teammates: usize) -> u128 {
    let few = if teammates > SEATS.len() { 640 } else { 3_200 };
    std::env::var("ESCALATE_CONTENTION").map_or(few, |number| number.parse().unwrap()) / CLIENTS
}

/// As many seats as clients, each with one ticket at most: whoever asks finds one.
const SEATS: [u32; 10] = [3, 3, 3, 3, 3, 3, 3, 3, 4, 4];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_is_found_by_fewest_open() {
    contend(Rule::FewestOpen, &SEATS, SEATS.len(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_is_found_by_rank() {
    contend(Rule::Ranked, &SEATS, SEATS.len(), 0).await;
}

/// Fewer seats than clients: some wait, and no cap is exceeded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_hold_where_seats_are_short() {
    contend(Rule::LeastRecent, &[2; 10], 10, usize::MAX).await;
}

/// A big workspace, whose best are offered, as the desk does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_is_found_among_many() {
    contend(Rule::FewestOpen, &[1; MANY as usize], 64, 0).await;
}

/// All of them offered at once: dearer, and as sound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seat_is_found_among_many_offered() {
    contend(Rule::FewestOpen, &[1; MANY as usize], MANY as usize, 0).await;
}

/// Every client opens a ticket and closes it, again and again, with so many offered; at most `may_wait` of them wait.
async fn contend(rule: Rule, caps: &[u32], offered: usize, may_wait: usize) {
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 32)).await.unwrap();
    let offers: Vec<_> =
        (1..).zip(caps).map(|(n, cap)| Offer { teammate: Uuid::from_u128(n).into(), cap: *cap }).collect();
    let (waited, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (rounds, began) = (rounds(caps.len()), Instant::now());
    let clients = (0..CLIENTS).map(|client| {
        let (store, offers, waited) = (store.clone(), offers.clone(), Arc::clone(&waited));
        tokio::spawn(async move {
            for round in 0..rounds {
                let place = Place::new(WORKSPACE.into(), Uuid::from_u128(client * 1_000_000 + round).into());
                let opened = opening(place, rule, &best(&store, &offers, offered).await);
                let opened = store.commit(opened).await.unwrap();
                let ticket = opened.ticket.unwrap();
                waited.fetch_add(usize::from(ticket.assignee.is_none()), Ordering::Relaxed);
                store.commit(closing(place, ticket)).await.unwrap();
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    let watch = tokio::spawn(watch(pool(&guard, 1), caps.to_vec(), Arc::clone(&over)));
    for client in clients {
        client.await.unwrap();
    }
    watch.abort();
    let (count, waited) = (rounds * CLIENTS, waited.load(Ordering::Relaxed));
    let deadlocks = deadlocks(&guard).await;
    println!(
        "{rule:?}, {offered} of {} offered: {count} assignments in {:.1?}, {waited} waited, {deadlocks} deadlocks",
        caps.len(),
        began.elapsed()
    );
    assert!(!over.load(Ordering::Relaxed), "open(t) <= cap(t) at every commit (A1)");
    assert!(waited <= may_wait, "{waited} were told that nobody is available while there was a seat");
    assert_eq!(deadlocks, 0, "nobody waits in a circle");
}

const WORKSPACE: Uuid = Uuid::from_u128(1);

/// Those with the fewest open tickets, as far as a read before the commit tells.
async fn best(store: &PostgresStore, offers: &[Offer], count: usize) -> Vec<Offer> {
    if count >= offers.len() {
        return offers.to_vec();
    }
    let everybody = offers.iter().map(|offer| offer.teammate).collect();
    let loads = store.workload(WORKSPACE.into(), everybody).await.unwrap();
    let mut all: Vec<_> = loads.iter().zip(offers).filter(|(load, offer)| load.open < offer.cap).collect();
    all.sort_by_key(|(load, offer)| (load.open, load.last_assigned, offer.teammate));
    all.into_iter().take(count).map(|(_, offer)| *offer).collect()
}

pub(super) async fn deadlocks(guard: &Database) -> i64 {
    let client = pool(guard, 1).get().await.unwrap();
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// Recounts while the clients are at it.
async fn watch(pool: deadpool_postgres::Pool, caps: Vec<u32>, over: Arc<AtomicBool>) {
    let client = pool.get().await.unwrap();
    let sql =
        "SELECT assignee, count(*) FROM escalate_tickets WHERE open AND assignee IS NOT NULL GROUP BY 1";
    loop {
        for row in client.query(sql, &[]).await.unwrap() {
            let (teammate, open): (Uuid, i64) = (row.get(0), row.get(1));
            let cap = caps[usize::try_from(teammate.as_u128()).unwrap() - 1];
            over.fetch_or(open > i64::from(cap), Ordering::Relaxed);
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

/// The first commit of a conversation: a ticket, to be put on one of the offered.
pub(super) fn opening(place: Place, rule: Rule, offers: &[Offer]) -> Commit {
    let snapshot = Snapshot::default();
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let id = TicketId::new(place.conversation.uuid());
    let header = Conversation::new(place, Requester::verified(Uuid::from_u128(7).into()), "web", at);
    let summary = escalate::summary::draft(&["Refund, please."], None, Sequence(0));
    let key = Key::from(id.uuid());
    let ticket = Ticket::open(id, &header, ReasonCode::CustomerRequest.into(), summary, key, at);
    Commit {
        // By hand, so that nobody waits for others in the line.
        placement: Some(Placement::new(rule, offers.to_vec(), AssignedBy::Hand, event(place, id, 1))),
        ticket: Some(ticket),
        ..nothing(place, &snapshot)
    }
}

fn closing(place: Place, mut ticket: Ticket) -> Commit {
    ticket.status = TicketStatus::Closed;
    let snapshot = Snapshot { revision: escalate::ports::Revision(1), ..Snapshot::default() };
    Commit { events: vec![event(place, ticket.id, 2)], ticket: Some(ticket), ..nothing(place, &snapshot) }
}

pub(super) fn nothing(place: Place, snapshot: &Snapshot) -> Commit {
    Commit::new(place, snapshot.revision, DateTime::UNIX_EPOCH, snapshot.state)
}

pub(super) fn event(place: Place, ticket: TicketId, sequence: u64) -> Event {
    let event = serde_json::json!({
        "id": Uuid::now_v7(), "workspace": place.workspace, "conversation": place.conversation,
        "ticket": ticket, "sequence": sequence, "epoch": 0, "at": "1970-01-01T00:00:00Z",
        "actor": { "type": "system" }, "kind": { "type": "summarised" },
    });
    serde_json::from_value(event).unwrap()
}
