//! The stores of this crate keep the contracts of their ports.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use escalate::adapters::sqlite::SqliteStore;
use escalate::ports::Ask;
use escalate::testkit::{Fault, Flaky, Harness, Reopen, StaffedRoster};
use escalate::{MemoryStore, Roster, TeamId, Teammate, WorkspaceId};
use tempfile::TempDir;

/// Stores in memory: nothing to clean up.
struct Memory;

impl Harness for Memory {
    type Guard = ();
    type Store = MemoryStore;

    async fn fresh(&self) -> ((), MemoryStore) {
        ((), MemoryStore::new())
    }
}

/// Stores in a file of their own.
struct Sqlite;

impl Harness for Sqlite {
    type Guard = TempDir;
    type Store = SqliteStore;

    async fn fresh(&self) -> (TempDir, SqliteStore) {
        let directory = tempfile::tempdir().unwrap();
        let store = self.reopen(&directory).await;
        (directory, store)
    }
}

impl Reopen for Sqlite {
    fn reopen(&self, directory: &TempDir) -> impl Future<Output = SqliteStore> + Send {
        let path = directory.path().join("escalate.db");
        async move { SqliteStore::open(path).unwrap() }
    }
}

/// A harness whose stores are filled by their own methods.
struct Filled<H>(H);

/// A store whose roster a case can fill.
struct Staffed<S>(S);

impl<H> Harness for Filled<H>
where
    H: Harness + Sync,
    H::Guard: Send,
    H::Store: Send,
{
    type Guard = H::Guard;
    type Store = Staffed<H::Store>;

    async fn fresh(&self) -> (H::Guard, Staffed<H::Store>) {
        let (guard, store) = self.0.fresh().await;
        (guard, Staffed(store))
    }
}

macro_rules! staffed {
    ($store:ident) => {
        #[async_trait]
        impl StaffedRoster for Staffed<$store> {
            fn roster(&self) -> &dyn Roster {
                &self.0
            }

            async fn put_teammate(&self, teammate: Teammate) {
                self.0.put_teammate(teammate).await.unwrap();
            }

            async fn put_team(&self, workspace: WorkspaceId, team: TeamId, capacity: u32) {
                self.0.put_team(workspace, team, capacity).await.unwrap();
            }

            async fn set_workspace_capacity(&self, workspace: WorkspaceId, capacity: u32) {
                self.0.set_workspace_capacity(workspace, capacity).await.unwrap();
            }
        }
    };
}

staffed!(MemoryStore);
staffed!(SqliteStore);

/// Stores that could fail and do not: a wrapper forwards every method.
struct Wrapped;

impl Harness for Wrapped {
    type Guard = ();
    type Store = Flaky<MemoryStore>;

    async fn fresh(&self) -> ((), Flaky<MemoryStore>) {
        ((), Flaky::new(MemoryStore::new()))
    }
}

mod memory {
    use super::{Filled, Memory, on_threads};

    escalate::transcript_store_conformance!(#[tokio::test] transcripts => Memory);
    escalate::ticket_repository_conformance!(#[tokio::test] tickets => Memory);
    escalate::roster_conformance!(#[tokio::test] roster => Filled(Memory));
    escalate::shared_database_conformance!(#[tokio::test] both => Memory);

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn races_on_threads() {
        on_threads(&Memory).await;
    }
}

mod sqlite {
    use super::{Filled, Sqlite, on_threads};

    escalate::transcript_store_conformance!(#[tokio::test] transcripts => Sqlite);
    escalate::ticket_repository_conformance!(#[tokio::test] tickets => Sqlite);
    escalate::roster_conformance!(#[tokio::test] roster => Filled(Sqlite));
    escalate::shared_database_conformance!(#[tokio::test] both => Sqlite);
    escalate::transcript_store_reopen_conformance!(#[tokio::test] transcripts_reopened => Sqlite);
    escalate::ticket_repository_reopen_conformance!(#[tokio::test] tickets_reopened => Sqlite);

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn races_on_threads() {
        on_threads(&Sqlite).await;
    }
}

mod wrapped {
    use super::Wrapped;

    escalate::transcript_store_conformance!(#[tokio::test] transcripts => Wrapped);
    escalate::ticket_repository_conformance!(#[tokio::test] tickets => Wrapped);
    escalate::shared_database_conformance!(#[tokio::test] both => Wrapped);
}

/// A fault before the call leaves nothing; one after it leaves all, and the caller cannot tell.
#[tokio::test]
async fn a_flaky_store_fails_before_or_after() {
    use escalate::TicketRepository;
    use escalate::ports::{Answer, Answered, HandBack};
    use escalate::{ConversationId, Fingerprint, Key, Place, StoreError, TicketId};

    let flaky = Flaky::new(MemoryStore::new());
    let place = Place::new(WorkspaceId::from_u128(1), ConversationId::from_u128(2));
    flaky.fail(1, Fault::Before);
    flaky.fail(3, Fault::After);
    for (kept_before, kept_after) in [(false, false), (false, true)] {
        let key: Key = "k".parse().unwrap();
        let hand_back: HandBack =
            serde_json::from_value(serde_json::json!({ "ticket": TicketId::from_u128(3) })).unwrap();
        let answered = Answered {
            key: key.clone(),
            fingerprint: Fingerprint::of(&[]),
            answer: Answer::HandBack(hand_back),
        };
        let kept = async || {
            flaky.get_ref().load(place, Ask::about(Some(key.clone()))).await.unwrap().answered.is_some()
        };
        assert_eq!(kept().await, kept_before);
        let outcome = flaky.remember(place, answered).await;
        assert!(matches!(outcome, Err(StoreError::Backend { backend: "flaky", .. })));
        assert_eq!(kept().await, kept_after);
        flaky.control(place).await.unwrap();
    }
    assert_eq!(flaky.calls(), 4);
    assert_eq!(flaky.clone().calls(), 4, "a clone shares the count");
}

/// Two stores are two databases: one transaction cannot write both.
#[tokio::test]
async fn every_store_is_a_database_of_its_own() {
    let (one, two) = (MemoryStore::new(), MemoryStore::new());
    assert_ne!(database(&one), database(&two));
    assert_eq!(database(&one), database(&one.clone()));
    let ((_one, one), (_two, two)) = (Sqlite.fresh().await, Sqlite.fresh().await);
    assert_ne!(database(&one), database(&two));
}

fn database(store: &dyn escalate::TranscriptStore) -> escalate::DatabaseId {
    store.database()
}

/// The cases interleave calls within one task, which never yields inside these stores; here threads race.
pub(crate) async fn on_threads<H: Harness>(harness: &H)
where
    H::Store: escalate::TranscriptStore + escalate::TicketRepository,
{
    use chrono::DateTime;
    use escalate::ports::{Appended, Commit, Snapshot, Work, WorkKind, WorkKinds};
    use escalate::{Author, Conversation, Draft, Key, Place, Requester, TicketRepository, TranscriptStore};
    use uuid::Uuid;

    const TASKS: u128 = 16;
    let id = Uuid::from_u128;
    let now = DateTime::UNIX_EPOCH;
    let place = Place::new(id(1).into(), id(2).into());
    let (guard, store) = harness.fresh().await;
    let store = Arc::new(store);
    let customer = Requester::verified(id(3).into());
    store.open(Conversation::new(place, customer, "web", now)).await.unwrap();

    let writers = (0..TASKS).map(|n| {
        let store = Arc::clone(&store);
        let author = Author::Customer { id: customer.customer };
        // Every key is written by two of the tasks.
        let entry = Draft::new(id(n).into(), Key::from(id(n / 2)), author, "said", now);
        let sink = "main".parse().unwrap();
        let work = Work { kind: WorkKind::Deliver { sink }, due_at: now };
        let Snapshot { state, revision: expected, .. } = Snapshot::default();
        let commit = Commit { work: vec![work], ..Commit::new(place, expected, now, state) };
        tokio::spawn(async move {
            let Appended::Stored(receipts) = store.append(place, vec![entry], None).await.unwrap() else {
                panic!("an append without a fence is never superseded")
            };
            let committed = store.commit(commit).await.is_ok();
            let claims = store
                .claim(now, DateTime::<chrono::Utc>::MAX_UTC, 1, WorkKinds::default().and_sink(sink))
                .await
                .unwrap();
            (receipts[0], committed, claims.claims.len())
        })
    });
    let (mut firsts, mut commits, mut claimed) = (Vec::new(), 0, 0);
    for writer in writers.collect::<Vec<_>>() {
        let (receipt, committed, claims) = writer.await.unwrap();
        firsts.extend((!receipt.repeated).then_some(receipt.sequence.0));
        commits += usize::from(committed);
        claimed += claims;
    }
    firsts.sort_unstable();
    assert_eq!(firsts, (1..=8).collect::<Vec<_>>(), "no key is written twice, no sequence is left out");
    assert_eq!(commits, 1, "of writers on one revision exactly one wins (E1)");
    assert_eq!(claimed, 1, "a piece of work is claimed once");
    drop((store, guard));
}
