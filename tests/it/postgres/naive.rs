//! What the simpler ways of choosing an assignee do under the same load: each has a fault, and it shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use deadpool_postgres::Pool;
use tokio_postgres::error::SqlState;

use super::cluster::Database;
use super::pool;

const CLIENTS: usize = 32;
/// As many seats as clients, each with one ticket at most: there is a seat for whoever asks.
const SEATS: [i64; 10] = [3, 3, 3, 3, 3, 3, 3, 3, 4, 4];

const TABLES: &str = "CREATE TABLE people (id bigint PRIMARY KEY, cap bigint NOT NULL);
    CREATE TABLE tickets (id bigserial PRIMARY KEY, assignee bigint NOT NULL, open boolean NOT NULL);
    CREATE INDEX ON tickets (assignee) WHERE open";
/// All with room, whoever has least to do first.
const CANDIDATES: &str = "SELECT p.id FROM people p
    WHERE (SELECT count(*) FROM tickets t WHERE t.assignee = p.id AND t.open) < p.cap
    ORDER BY (SELECT count(*) FROM tickets t WHERE t.assignee = p.id AND t.open), random()";

#[derive(Default)]
struct Faults {
    tried: AtomicUsize,
    deadlocks: AtomicUsize,
    nobody: AtomicUsize,
    over: AtomicUsize,
}

/// Chooses by `locking`, among the candidates it locks, until `fault` has shown and as often as the size says.
async fn choose(name: &str, locking: &'static str, fault: fn(&Faults) -> &AtomicUsize) {
    let size: usize = std::env::var("ESCALATE_CONTENTION").map_or(0, |number| number.parse().unwrap());
    let database = Database::empty().await;
    let pool = pool(&database, CLIENTS);
    let client = pool.get().await.unwrap();
    client.batch_execute(TABLES).await.unwrap();
    for (id, cap) in (1_i64..).zip(SEATS) {
        client.execute("INSERT INTO people VALUES ($1, $2)", &[&id, &cap]).await.unwrap();
    }
    drop(client);
    let (faults, began) = (Arc::new(Faults::default()), Instant::now());
    let clients = (0..CLIENTS).map(|_| {
        let (pool, faults) = (pool.clone(), Arc::clone(&faults));
        tokio::spawn(async move {
            while fault(&faults).load(Ordering::Relaxed) == 0 || faults.tried.load(Ordering::Relaxed) < size {
                open_and_close(&pool, locking, &faults).await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    println!(
        "{name}: {} attempts in {:.1?}, {} deadlocks, {} false \"nobody\", {} over the cap",
        count(&faults.tried),
        began.elapsed(),
        count(&faults.deadlocks),
        count(&faults.nobody),
        count(&faults.over)
    );
}

/// One attempt, in one transaction.
async fn open_and_close(pool: &Pool, locking: &str, faults: &Faults) {
    faults.tried.fetch_add(1, Ordering::Relaxed);
    let mut client = pool.get().await.unwrap();
    let opened = async {
        let transaction = client.transaction().await?;
        let sql = format!("{CANDIDATES} {locking}");
        let Some(chosen) = transaction.query(&sql, &[]).await?.first().map(|row| row.get::<_, i64>(0)) else {
            return Ok(None);
        };
        let insert = "INSERT INTO tickets (assignee, open) VALUES ($1, true) RETURNING id";
        let ticket: i64 = transaction.query_one(insert, &[&chosen]).await?.get(0);
        transaction.commit().await?;
        Ok::<_, tokio_postgres::Error>(Some((ticket, chosen)))
    };
    match opened.await {
        Ok(None) => drop(faults.nobody.fetch_add(1, Ordering::Relaxed)),
        Ok(Some((ticket, chosen))) => {
            let over = "SELECT (SELECT count(*) FROM tickets WHERE assignee = $1 AND open) > cap FROM people
                WHERE id = $1";
            let over: bool = client.query_one(over, &[&chosen]).await.unwrap().get(0);
            faults.over.fetch_add(usize::from(over), Ordering::Relaxed);
            client.execute("UPDATE tickets SET open = false WHERE id = $1", &[&ticket]).await.unwrap();
        }
        Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => {
            faults.deadlocks.fetch_add(1, Ordering::Relaxed);
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn locking_all_candidates_deadlocks() {
    choose("FOR UPDATE of all candidates", "FOR UPDATE OF p", |faults| &faults.deadlocks).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skipping_the_locked_finds_nobody_where_there_is_a_seat() {
    choose("SKIP LOCKED alone", "LIMIT 1 FOR UPDATE OF p SKIP LOCKED", |faults| &faults.nobody).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_and_then_writing_exceeds_the_cap() {
    choose("read, then write", "LIMIT 1", |faults| &faults.over).await;
}
