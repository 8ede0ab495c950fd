//! Opening: new, again, twice at once, and what is refused.

use std::fs;
use std::time::Duration;

use futures::executor::block_on;
use rusqlite::Connection;

use super::fixture::{
    ACME, at, commit, conversation, dump, dumped, escalation, failure, id, open, place, said, temporary,
};
use super::{SqliteOptions, SqliteStore};
use crate::ports::{Roster, TicketRepository, TranscriptStore, Window};
use crate::teammate::Teammate;

#[test]
fn reopening_keeps_everything() {
    let (directory, store) = temporary();
    open(&store, 1);
    block_on(TranscriptStore::append(&store, place(1), vec![said(1)], None)).unwrap();
    commit(&store, escalation(7, 1)).unwrap();
    let ana = Teammate::new(ACME, id(0xaa), "Ana").in_teams([id(0x7e)]);
    block_on(store.put_teammate(ana.clone())).unwrap();
    block_on(store.set_workspace_capacity(ACME, 3)).unwrap();
    let (before, database) = (dump(&store), TicketRepository::database(&store));
    drop(store);
    let store = SqliteStore::open(directory.path().join("desk.db")).unwrap();
    assert_eq!(dump(&store), before);
    assert_eq!(TranscriptStore::database(&store), database);
    assert_eq!(block_on(store.staff(ACME, Some(id(0x7e)))).unwrap().teammates, [ana]);
}

#[test]
fn the_last_handle_closes_the_file() {
    let (directory, store) = temporary();
    open(&store, 1);
    let other = store.clone();
    drop(store);
    assert!(directory.path().join("desk.db-wal").exists(), "a clone is left");
    drop(other);
    let left: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["desk.db"], "the log was folded into the file");
}

#[test]
fn several_may_open_a_new_file_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("desk.db");
    let stores: Vec<_> = std::thread::scope(|scope| {
        let opening: Vec<_> = (0..8).map(|_| scope.spawn(|| SqliteStore::open(&path))).collect();
        opening.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
    });
    let first = TicketRepository::database(&stores[0]);
    assert!(stores.iter().all(|store| TicketRepository::database(store) == first), "it is one database");
    open(&stores[0], 1);
    let there = block_on(TranscriptStore::read(&stores[7], place(1), Window::Before(None), 1)).unwrap();
    assert_eq!(there.conversation, conversation(1), "what one has written the others see");
}

#[test]
fn a_newer_schema_is_refused_by_both_numbers() {
    let (directory, store) = temporary();
    drop(store);
    let path = directory.path().join("desk.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute("INSERT INTO escalate_migrations VALUES (9, zeroblob(16))", []).unwrap();
    let before = dumped(&connection);
    let (operation, source) = failure(SqliteStore::open(&path));
    assert_eq!(operation, "migrate the database");
    assert!(source.contains("version 9") && source.contains("above 1"), "{source}");
    assert_eq!(dumped(&connection), before);
}

#[test]
fn a_schema_from_other_statements_is_refused() {
    let (directory, store) = temporary();
    drop(store);
    let path = directory.path().join("desk.db");
    Connection::open(&path)
        .unwrap()
        .execute("UPDATE escalate_migrations SET checksum = zeroblob(16)", [])
        .unwrap();
    assert_eq!(failure(SqliteStore::open(&path)).0, "migrate the database");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    fs::write(&path, "These are notes, and rather long ones. ".repeat(50)).unwrap();
    let (operation, source) = failure(SqliteStore::open(&path));
    assert_eq!(operation, "open the database");
    assert!(source.contains("not a database"), "{source}");
    assert_eq!(failure(SqliteStore::open(directory.path().join("no/such/desk.db"))).0, "open the database");
}

#[test]
fn a_locked_database_is_waited_for_and_then_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("desk.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let options = SqliteOptions::new().busy_timeout(Duration::from_millis(20));
    let (operation, source) = failure(options.open(&path));
    assert_eq!(operation, "open the database");
    assert!(source.contains("locked"), "{source}");
    other.execute_batch("ROLLBACK").unwrap();
    options.open(&path).unwrap();
}

#[test]
fn a_host_may_hand_in_its_connection() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("host.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE orders (id INTEGER PRIMARY KEY)").unwrap();
    let store = SqliteStore::from_connection(connection).unwrap();
    open(&store, 1);
    let host = Connection::open(&path).unwrap();
    host.execute("INSERT INTO orders VALUES (1)", []).unwrap();
    let listed = block_on(TranscriptStore::conversations(&store, ACME, None, 9)).unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].opened_at, at(0));
}

#[test]
fn a_connection_that_cannot_be_shared_is_refused() {
    let (operation, source) = failure(SqliteStore::from_connection(Connection::open_in_memory().unwrap()));
    assert_eq!(operation, "open the database");
    assert!(source.contains("memory"), "{source}");
    let directory = tempfile::tempdir().unwrap();
    let busy = Connection::open(directory.path().join("host.db")).unwrap();
    busy.execute_batch("BEGIN").unwrap();
    let (_, source) = failure(SqliteStore::from_connection(busy));
    assert!(source.contains("inside a transaction"), "{source}");
}
