//! The line on SQLite: giving all that waits to whoever has come, and looking at it while nobody is there.

use std::path::{Path, PathBuf};

use escalate::schedule::{Schedule, Shift, Zone};
use escalate::{Desk, SqliteStore, Teammate, TeammateId};
use futures::executor::block_on;
use futures::stream::{self, StreamExt};
use rusqlite::{Connection, Params, params};

use crate::escalate::{escalate, open, place, scratch};
use crate::floor::bare;
use crate::measure::{Figure, Size, Target, cost, in_turn, nanoseconds, rate};

const WAITING: &str = "SELECT id, conversation, urgency, requested, body FROM escalate_tickets
    WHERE workspace = ?1 AND open = 1 AND assignee IS NULL ORDER BY urgency, requested, id";
const CELL: &str = "SELECT holder, ticket, teammate, until, epoch, revision, events, latest
    FROM escalate_controls WHERE workspace = ?1 AND conversation = ?2";
const BEFORE: &str = "SELECT conversation, customer, open, assignee, urgency, requested FROM escalate_tickets
    WHERE workspace = ?1 AND id = ?2";
const PUT_CELL: &str = "UPDATE escalate_controls SET revision = revision + 1, events = events + 1
    WHERE workspace = ?1 AND conversation = ?2";
const PUT_TICKET: &str =
    "UPDATE escalate_tickets SET assignee = ?3, body = ?4 WHERE workspace = ?1 AND id = ?2";
const NUMBER: &str = "INSERT INTO escalate_workspaces (workspace, capacity, assignments) VALUES (?1, 0, 1)
    ON CONFLICT (workspace) DO UPDATE SET assignments = assignments + 1 RETURNING assignments";
const PUT_ASSIGNMENT: &str = "INSERT INTO escalate_assignments (workspace, teammate, last, open)
    VALUES (?1, ?2, ?3, 0) ON CONFLICT (workspace, teammate) DO UPDATE SET last = ?3";
const EVENT: &str = "INSERT INTO escalate_events (workspace, conversation, sequence, body, decision)
    VALUES (?1, ?2, 3, ?3, ?4)";

/// How many tickets one teammate may have.
const CAP: u32 = 10;

/// A database in which `waiting` tickets wait, and nobody works.
fn template(folder: &Path, waiting: usize) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let path = folder.join("template.db");
    let desk = Desk::on(SqliteStore::open(&path)?).build();
    block_on(stream::iter(0..waiting as u128).for_each_concurrent(64, async |n| {
        open(&desk, n).await;
        escalate(&desk, n).await;
    }));
    drop(desk);
    // All of it into one file, to be copied.
    let connection = Connection::open(&path)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(path)
}

fn hire(store: &SqliteStore, team: &[Teammate]) -> Result<(), escalate::StoreError> {
    block_on(async {
        for teammate in team {
            store.put_teammate(teammate.clone()).await?;
        }
        Ok(())
    })
}

fn teammate(n: usize) -> Teammate {
    let workspace = place(0).workspace;
    Teammate::new(workspace, TeammateId::from_u128(n as u128 + 1), "T").with_capacity(CAP)
}

/// The floor of draining: for each ticket a look at everybody, and the same rows through the bare driver.
struct Bare {
    connection: Connection,
    /// Open tickets and the number of the last assignment, by teammate.
    loads: Vec<(u32, i64)>,
}

impl Bare {
    fn open(path: &Path, team: usize) -> rusqlite::Result<Self> {
        let connection = bare(path)?;
        Ok(Self { connection, loads: vec![(0, 0); team] })
    }

    fn run(&self, sql: &str, values: impl Params) {
        let mut statement = self.connection.prepare_cached(sql).unwrap();
        let mut rows = statement.query(values).unwrap();
        while rows.next().unwrap().is_some() {}
    }

    fn waiting(&self) -> Vec<([u8; 16], [u8; 16], String)> {
        let mut statement = self.connection.prepare_cached(WAITING).unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(4)?));
        let rows = statement.query_map([place(0).workspace.uuid().into_bytes()], row).unwrap();
        rows.map(Result::unwrap).collect()
    }

    fn drain(&mut self) -> usize {
        let workspace = place(0).workspace.uuid().into_bytes();
        // As long as the library's own rows are.
        let filled = |length: usize| format!("{{\"x\":\"{}\"}}", "x".repeat(length));
        let (event, decision) = (filled(430), filled(900));
        let waiting = self.waiting();
        for (ticket, conversation, body) in &waiting {
            let room = self.loads.iter().enumerate().filter(|(_, (open, _))| *open < CAP);
            let Some((best, _)) = room.min_by_key(|(index, load)| (**load, *index)) else { break };
            let teammate = (best as u128 + 1).to_be_bytes();
            self.run("BEGIN IMMEDIATE", []);
            self.run(CELL, params![workspace, conversation]);
            self.run(BEFORE, params![workspace, ticket]);
            self.run(PUT_CELL, params![workspace, conversation]);
            self.run(PUT_TICKET, params![workspace, ticket, teammate, body]);
            let number: i64 = self.connection.query_row(NUMBER, [workspace], |row| row.get(0)).unwrap();
            self.run(PUT_ASSIGNMENT, params![workspace, teammate, number]);
            self.run(EVENT, params![workspace, conversation, event, decision]);
            self.run("COMMIT", []);
            self.loads[best] = (self.loads[best].0 + 1, number);
        }
        waiting.len()
    }
}

pub(crate) fn figures(size: Size) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let folder = scratch()?;
    let (waiting, team) = (size.of(10_000, 40), size.of(1_000, 4));
    let template = template(folder.path(), waiting)?;
    Ok(vec![drain(&template, size, waiting, team)?, idle(&template, size, waiting, team)?])
}

/// All at once, to people who have just come; each block on a copy of its own.
fn drain(
    template: &Path,
    size: Size,
    waiting: usize,
    team: usize,
) -> Result<Figure, Box<dyn std::error::Error>> {
    let copy = template.with_file_name("copy.db");
    let team: Vec<_> = (0..team).map(teammate).collect();
    let mut blocks = Vec::new();
    for _ in 0..size.of(3, 1) {
        std::fs::copy(template, &copy)?;
        let store = SqliteStore::open(&copy)?;
        hire(&store, &team)?;
        let desk = Desk::on(store).build();
        let ours = cost(|| {
            let assigned = block_on(desk.assign_waiting(place(0).workspace));
            assert_eq!(assigned.ok(), Some(waiting));
        });
        drop(desk);
        let wal = |suffix| copy.with_file_name(format!("copy.db-{suffix}"));
        ["wal", "shm"].into_iter().for_each(|suffix| drop(std::fs::remove_file(wal(suffix))));
        std::fs::copy(template, &copy)?;
        let mut bare = Bare::open(&copy, team.len())?;
        let floor = cost(|| assert_eq!(bare.drain(), waiting));
        drop(bare);
        blocks.push((ours, floor));
    }
    Ok(rate("drain_sqlite_full", waiting, &blocks, Some(Target::RatioAtLeast(1.0))))
}

/// A look for somebody while all are off shift, against asking everybody about every ticket (N7).
fn idle(
    template: &Path,
    size: Size,
    waiting: usize,
    team: usize,
) -> Result<Figure, Box<dyn std::error::Error>> {
    let store = SqliteStore::open(template)?;
    let zone: Zone = "Europe/Berlin".parse()?;
    // One minute a week that is not now: twelve hours from the hour of this run, three days on.
    let (now, day) = (chrono::Utc::now(), chrono::Datelike::weekday(&chrono::Utc::now()));
    let shift = Shift::new(zone.clone()).on([day.succ().succ().succ()], "12:00-12:01".parse()?);
    let schedule = Schedule::new(zone).with_shift(shift);
    let team: Vec<_> = (0..team).map(|n| teammate(n).working(schedule.clone())).collect();
    hire(&store, &team)?;
    let desk = Desk::on(store).build();
    let bare = Bare::open(template, team.len())?;
    let blocks = in_turn(
        size.of(5, 1),
        || assert_eq!(block_on(desk.assign_waiting(place(0).workspace)).ok(), Some(0)),
        || {
            let waits = bare.waiting();
            let there =
                |teammate: &Teammate| teammate.schedule.as_ref().is_some_and(|own| own.is_on(now, &[]));
            let could = waits.iter().filter(|_| team.iter().any(there)).count();
            assert_eq!((waits.len(), could), (waiting, 0));
        },
    );
    Ok(nanoseconds("sweep_with_nobody_there", 1, &blocks, Some(Target::RatioAtMost(0.1))))
}
