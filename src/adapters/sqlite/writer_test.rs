//! Group commit: what is shared, and what is not.

use std::sync::mpsc::channel;
use std::time::Duration;

use futures::executor::block_on;
use futures::future::join_all;
use rusqlite::{Connection, params};

use super::fault::Fault;
use super::fixture::{ACME, dump, failure, id, open, place, said, temporary};
use super::row::run;
use super::writer::Answer;
use super::{SqliteOptions, SqliteStore};
use crate::error::StoreError;
use crate::message::Sequence;
use crate::ports::{Appended, TranscriptStore, Window};

type Job<T> = fn(&Connection) -> Result<T, Fault>;

/// Sends `jobs` while the writer is held up, so that they all end up in one group.
fn together<T: Send + 'static>(store: &SqliteStore, jobs: Vec<Job<T>>) -> Vec<Answer<T>> {
    let (release, released) = channel::<()>();
    let gate = store.inner.writer.send(move |_| Ok(released.recv().is_ok()));
    let answers = jobs.into_iter().map(|job| store.inner.writer.send(job)).collect();
    release.send(()).unwrap();
    assert!(block_on(gate).is_ok());
    answers
}

fn put_team(connection: &Connection, team: u8) -> Result<(), Fault> {
    let sql = "INSERT INTO escalate_teams (workspace, team, capacity) VALUES (x'0a', ?1, 1)";
    run(connection, sql, params![[team]])?;
    Ok(())
}

fn teams(store: &SqliteStore) -> usize {
    dump(store).iter().filter(|row| row.starts_with("escalate_teams ")).count()
}

#[test]
fn one_failure_in_a_group_harms_no_other() {
    let (_directory, store) = temporary();
    let answers = together::<()>(
        &store,
        vec![
            |connection| put_team(connection, 1),
            |connection| {
                put_team(connection, 2)?;
                Err(StoreError::Conflict.into())
            },
            |connection| {
                put_team(connection, 3)?;
                panic!("a job panics")
            },
            |connection| put_team(connection, 4),
        ],
    );
    let answers = block_on(join_all(answers));
    assert!(matches!(answers[0], Ok(Ok(()))));
    assert!(matches!(answers[1], Ok(Err(Fault::Refused(StoreError::Conflict)))));
    assert!(answers[2].is_err(), "its answer is cancelled");
    assert!(matches!(answers[3], Ok(Ok(()))));
    assert_eq!((teams(&store), store.flushes()), (2, 1), "both that succeeded, with one flush");
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
    assert_eq!(store.flushes(), 2, "the thread lives on, outside any transaction");
}

#[test]
fn a_failure_alone_leaves_nothing() {
    let (_directory, store) = temporary();
    let half: [Job<()>; 2] = [
        |connection| {
            put_team(connection, 1)?;
            Err(StoreError::ClaimLost.into())
        },
        |connection| {
            put_team(connection, 2)?;
            panic!("a job panics")
        },
    ];
    let answers = half.map(|job| block_on(store.inner.writer.send(job)));
    assert!(matches!(answers[0], Ok(Err(Fault::Refused(StoreError::ClaimLost)))));
    assert!(answers[1].is_err());
    assert_eq!((teams(&store), store.flushes()), (0, 0));
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
}

#[test]
fn a_failed_commit_is_told_to_the_whole_group() {
    let (_directory, store) = temporary();
    let before = dump(&store);
    let answers = together::<()>(
        &store,
        vec![
            |connection| put_team(connection, 1),
            // Seen by SQLite only when the transaction ends.
            |connection| {
                connection.execute_batch(
                    "PRAGMA defer_foreign_keys = ON;
                INSERT INTO escalate_memberships VALUES (x'0a', x'01', x'02')",
                )?;
                Ok(())
            },
            |connection| put_team(connection, 2),
        ],
    );
    for answer in block_on(join_all(answers)) {
        let (_, source) = failure(answer.unwrap().map_err(|fault| fault.during("write")));
        assert!(source.contains("FOREIGN KEY"), "{source}");
    }
    assert_eq!((dump(&store), store.flushes()), (before, 0));
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
}

#[test]
fn a_transaction_that_is_lost_is_told_to_the_whole_group() {
    let (_directory, store) = temporary();
    let answers = together::<()>(
        &store,
        vec![|connection| put_team(connection, 1), |connection| Ok(connection.execute_batch("ROLLBACK")?)],
    );
    for answer in block_on(join_all(answers)) {
        assert!(matches!(answer, Ok(Err(Fault::Sqlite(_)))));
    }
    assert_eq!((teams(&store), store.flushes()), (0, 0));
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
}

#[test]
fn a_write_lock_held_elsewhere_fails_all_and_writes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("desk.db");
    let store = SqliteOptions::new().busy_timeout(Duration::from_millis(20)).open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let writes = (0..3).map(|n| store.put_team(ACME, id(n), 1));
    for written in block_on(join_all(writes)) {
        let (operation, source) = failure(written);
        assert_eq!(operation, "write a team");
        assert!(source.contains("locked"), "{source}");
    }
    assert_eq!(teams(&store), 0, "and a read does not wait for the lock");
    other.execute_batch("ROLLBACK").unwrap();
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
}

#[test]
fn a_write_whose_caller_left_is_done_whole() {
    let (_directory, store) = temporary();
    let dropped = together(&store, vec![|connection| put_team(connection, 1)]);
    drop(dropped);
    block_on(store.put_team(ACME, id(9), 1)).unwrap();
    assert_eq!(teams(&store), 2);
}

#[test]
fn the_last_handle_may_go_inside_the_thread() {
    let (_directory, store) = temporary();
    let (last, gone) = (store.clone(), channel());
    let answer = store.inner.writer.send(move |_| {
        // Held until the other handle is gone.
        let _ = gone.1.recv();
        drop(last);
        Ok(())
    });
    drop(store);
    gone.0.send(()).unwrap();
    block_on(answer).unwrap().unwrap();
}

#[test]
fn a_thousand_concurrent_appends_leave_no_gap() {
    let (_directory, store) = temporary();
    open(&store, 1);
    let flushed = store.flushes();
    std::thread::scope(|scope| {
        for thread in 0..4_u128 {
            let store = &store;
            let appends = (0..250).map(move |n| store.append(place(1), vec![said(thread * 250 + n)], None));
            scope.spawn(move || {
                for appended in block_on(join_all(appends)) {
                    assert!(matches!(appended, Ok(Appended::Stored(_))));
                }
            });
        }
    });
    let all = block_on(TranscriptStore::read(&store, place(1), Window::After(Sequence(0)), 2_000)).unwrap();
    assert!(all.messages.iter().map(|message| message.sequence.0).eq(1..=1_000));
    assert_eq!(all.conversation.last, Sequence(1_000));
    assert!(store.flushes() - flushed < 500, "they share flushes");
}
