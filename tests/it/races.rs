//! Two desks over one store, at the same time, on real threads: in memory, over one SQLite file that each has opened
//! for itself, and over one PostgreSQL database with a pool each.

#[path = "races/contenders.rs"]
mod contenders;
#[path = "races/crowds.rs"]
mod crowds;
#[path = "races/loops.rs"]
mod loops;
#[path = "races/pairs.rs"]
mod pairs;

use std::sync::{Barrier, LazyLock};
use std::thread;

use escalate::adapters::sqlite::SqliteStore;
use futures::executor::block_on;
use tokio::runtime::Runtime;

/// Runs all of `tasks` at once, one thread each, and gives their results in order.
fn at_once<T: Send>(tasks: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let start = Barrier::new(tasks.len());
    thread::scope(|scope| {
        let mut running = Vec::new();
        for task in tasks {
            let start = &start;
            running.push(scope.spawn(move || {
                start.wait();
                task()
            }));
        }
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Two handles on one file, as two processes would have them.
pub(crate) fn two_handles(directory: &tempfile::TempDir) -> [SqliteStore; 2] {
    let path = directory.path().join("desk.db");
    [SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap()]
}

/// Of the runtime that PostgreSQL's driver needs; the other stores need none.
fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    &RUNTIME
}

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let _driver = runtime().enter();
    block_on(future)
}
