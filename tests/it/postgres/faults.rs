//! Futures dropped on the way, and connections that break.

use std::time::Duration;

use chrono::DateTime;
use escalate::adapters::postgres::PostgresStore;
use escalate::control::Epoch;
use escalate::ports::{
    Answer, Answered, Ask, Commit, HandBack, Snapshot, TranscriptWrite, Whereabouts, Window, Work, WorkKind,
    WorkKinds,
};
use escalate::testkit::Harness;
use escalate::{
    Author, Conversation, Draft, EventSequence, Fingerprint, Key, Place, Requester, StoreError, TicketId,
    TicketRepository, TranscriptStore,
};
use uuid::Uuid;

use super::cluster::Database;
use super::contention::{event, nothing};
use super::{Postgres, pool};

/// Whatever a dropped commit left is all of it or nothing, and the next user of the pool finds it in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_commit_leaves_all_or_nothing() {
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 2)).await.unwrap();
    let place = Place::new(Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    let header =
        Conversation::new(place, Requester::verified(Uuid::from_u128(3).into()), "web", DateTime::UNIX_EPOCH);
    store.open(header).await.unwrap();
    let (mut dropped, mut kept) = (0, 0);
    for step in 0..400_u64 {
        let snapshot = store.load(place, Ask::default()).await.unwrap();
        let patience = Duration::from_micros(step * 7 % 2_500);
        match tokio::time::timeout(patience, store.commit(change(place, &snapshot))).await {
            Ok(outcome) => kept += u64::from(!matches!(outcome, Err(StoreError::Conflict))),
            Err(_) => dropped += 1,
        }
    }
    assert!(dropped > 0, "patience of nothing drops: {kept} kept");
    // However slow the machine, at least one is kept; a dropped one may still be running, and then it conflicts.
    while store.commit(change(place, &store.load(place, Ask::default()).await.unwrap())).await.is_err() {}
    in_order(&guard, &store, place).await;
}

/// The number of revisions is that of events, of answers and of entries.
async fn in_order(guard: &Database, store: &PostgresStore, place: Place) {
    let client = pool(guard, 1).get().await.unwrap();
    nobody_is_inside_a_transaction(&client).await;
    // A dropped statement that is still running holds the row this waits for.
    client.query("SELECT 1 FROM escalate_controls FOR UPDATE", &[]).await.unwrap();
    let snapshot = store.load(place, Ask::default()).await.unwrap();
    let answers = client.query_one("SELECT count(*) FROM escalate_answers", &[]).await.unwrap();
    let entries = store.read(place, Window::Before(None), 9_999).await.unwrap();
    let events = store.timeline(place, EventSequence(0), 9_999).await.unwrap();
    let revision = snapshot.revision.0;
    assert!(revision > 0, "something was written");
    assert_eq!(snapshot.events, revision, "events");
    assert_eq!(events.len() as u64, revision, "the timeline has no gap");
    assert_eq!(answers.get::<_, i64>(0).cast_unsigned(), revision, "answers");
    assert_eq!(entries.messages.len() as u64, revision, "entries");
    assert_eq!(entries.conversation.last.0, revision, "the header");
}

/// Work of one workspace that nobody can read holds up no other's: workers claim for all of them.
#[tokio::test]
async fn unreadable_work_stands_in_nobodys_way() {
    let (guard, store) = Postgres.fresh().await;
    let client = pool(&guard, 1).get().await.unwrap();
    let unreadable = "INSERT INTO escalate_work
        SELECT gen_random_uuid(), gen_random_uuid(), 'finish_transcript', '\\x00', -9223372036854775807 + n, NULL, 1, 1,
            0, false, 0 FROM generate_series(1, 9) AS n";
    client.execute(unreadable, &[]).await.unwrap();
    let place = Place::new(Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    let work = Work { kind: WorkKind::FinishTranscript, due_at: DateTime::UNIX_EPOCH };
    store.commit(Commit { work: vec![work], ..nothing(place, &Snapshot::default()) }).await.unwrap();
    let kinds = WorkKinds::of(&[WorkKind::FINISH_TRANSCRIPT]);
    let lease = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(60);
    let first = store.claim(DateTime::UNIX_EPOCH, lease, 4, kinds.clone()).await.unwrap();
    assert!(first.claims.is_empty(), "longest due first: {first:?}");
    let rest = store.claim(DateTime::UNIX_EPOCH, lease, 99, kinds).await.unwrap();
    assert_eq!(rest.claims.len(), 1, "{rest:?}");
}

async fn nobody_is_inside_a_transaction(observer: &tokio_postgres::Client) {
    let inside = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let inside: i64 = observer.query_one(inside, &[]).await.unwrap().get(0);
    assert_eq!(inside, 0, "no transaction is left open");
}

/// One event, one answer, one entry and one piece of work.
fn change(place: Place, snapshot: &Snapshot) -> Commit {
    let ticket = TicketId::from_u128(9);
    let hand_back: HandBack = serde_json::from_value(serde_json::json!({ "ticket": ticket })).unwrap();
    let answered = Answered {
        key: Key::from(Uuid::now_v7()),
        fingerprint: Fingerprint::of(&[]),
        answer: Answer::HandBack(hand_back),
    };
    let (id, key) = (Uuid::now_v7().into(), Key::from(Uuid::now_v7()));
    let entry = Draft::new(id, key, Author::System, "a\u{0}b", DateTime::UNIX_EPOCH);
    Commit {
        events: vec![event(place, ticket, snapshot.events + 1)],
        answer: Some(answered),
        work: vec![Work {
            kind: WorkKind::Deliver { sink: "main".parse().unwrap() },
            due_at: DateTime::UNIX_EPOCH,
        }],
        transcript: Some(TranscriptWrite {
            whereabouts: Whereabouts::Here,
            fence: Epoch(0),
            entries: vec![entry],
        }),
        ..nothing(place, snapshot)
    }
}

/// A migration dropped on the way is rolled back before the connection goes to anybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_migration_leaves_the_old_schema_or_the_new_one() {
    let database = Database::empty().await;
    let observer = pool(&database, 1).get().await.unwrap();
    let pool = pool(&database, 1);
    for step in 0..60_u64 {
        let patience = Duration::from_micros(step * 700);
        let dropped = tokio::time::timeout(patience, PostgresStore::migrate(&pool)).await.is_err();
        let client = pool.get().await.unwrap();
        let sql =
            "SELECT to_regclass('escalate_migrations') IS NOT NULL, to_regclass('escalate_work') IS NOT NULL";
        let row = client.query_one(sql, &[]).await.unwrap();
        assert_eq!(row.get::<_, bool>(0), row.get::<_, bool>(1), "all of it or nothing");
        nobody_is_inside_a_transaction(&observer).await;
        if !dropped {
            client.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
        }
    }
    PostgresStore::from_pool(pool).await.unwrap();
}

/// A backend that is killed while it reads gives a typed error, and the next call works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_backend_is_a_typed_error() {
    let (guard, _) = Postgres.fresh().await;
    let store = PostgresStore::from_pool(pool(&guard, 1)).await.unwrap();
    let place = Place::new(Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
    let mut admin = pool(&guard, 1).get().await.unwrap();
    for _ in 0..20 {
        store.load(place, Ask::default()).await.unwrap();
        let lock = admin.transaction().await.unwrap();
        lock.batch_execute("LOCK TABLE escalate_controls IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let reading = tokio::spawn({
            let store = store.clone();
            async move { store.load(place, Ask::default()).await }
        });
        let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while lock.query_one(kill, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let killed = reading.await.unwrap();
        assert!(matches!(killed, Err(StoreError::Backend { backend: "postgres", .. })), "{killed:?}");
        lock.rollback().await.unwrap();
        assert_eq!(
            store.load(place, Ask::default()).await.unwrap(),
            Snapshot::default(),
            "the next call works"
        );
    }
}
