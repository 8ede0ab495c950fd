//! The one thread that writes.
//!
//! It takes the writes that wait, at most [`GROUP`], does each inside its own savepoint, commits them together with
//! one flush, and only then answers. So a write costs a share of a flush when many come at once, and one flush when
//! it comes alone. A write that fails is rolled back to its savepoint and harms no other; if the commit fails, every
//! write of the group fails, as none was written.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use futures::channel::oneshot;
use rusqlite::{Connection, ffi};

use super::fault::{Fault, again};
use super::row::run;

pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    flushes: Arc<AtomicU64>,
}

/// Does its work on the connection, or is told why there is none.
type Job = Box<dyn FnOnce(rusqlite::Result<&Connection>) -> Done + Send>;

pub(super) type Answer<T> = oneshot::Receiver<Result<T, Fault>>;

struct Done {
    succeeded: bool,
    /// Tells the caller, once it is known whether the group was committed.
    answer: Box<dyn FnOnce(Option<rusqlite::Error>) + Send>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, Fault> {
        let (jobs, waiting) = channel();
        let flushes = Arc::<AtomicU64>::default();
        let counted = Arc::clone(&flushes);
        let thread = thread::Builder::new()
            .name("escalate-sqlite".to_owned())
            .spawn(move || {
                while let Ok(job) = waiting.recv() {
                    group(&connection, job, &waiting, &counted);
                }
            })
            .map_err(Fault::NoThread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), flushes })
    }

    pub(super) fn flushes(&self) -> u64 {
        self.flushes.load(Ordering::Relaxed)
    }

    /// Has `work` done in a transaction. The answer comes once it is durable.
    ///
    /// The work is done whether the answer is awaited or dropped; it is cancelled only if the work panicked.
    pub(super) fn send<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Answer<T> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.map_err(Fault::from).and_then(work);
            let succeeded = result.is_ok();
            let answer = move |failed: Option<rusqlite::Error>| {
                // A caller who left is told nothing.
                let _ = sender.send(failed.map_or(result, |error| Err(error.into())));
            };
            Done { succeeded, answer: Box::new(answer) }
        });
        if let Some(jobs) = &self.jobs {
            // The thread outlives every sender; if it were gone, the answer would be cancelled.
            let _ = jobs.send(job);
        }
        answer
    }
}

impl Drop for Writer {
    /// Waits for the writes that were sent, so that the file is closed afterwards.
    fn drop(&mut self) {
        drop(self.jobs.take());
        let Some(thread) = self.thread.take() else { return };
        // An answer may wake, and end, the task that held the last handle: a thread cannot wait for itself.
        if thread.thread().id() != thread::current().id() {
            let _ = thread.join();
        }
    }
}

fn group(connection: &Connection, first: Job, waiting: &Receiver<Job>, flushes: &AtomicU64) {
    let mut jobs = std::iter::once(first).chain(waiting.try_iter()).take(GROUP).peekable();
    if let Err(error) = begin(connection) {
        // Taken first and told then: a write that is sent after the first answer has a new chance.
        let told: Vec<_> = jobs.map(|job| job(Err(again(&error)))).collect();
        for done in told {
            (done.answer)(None);
        }
        return;
    }
    let mut done = Vec::new();
    let mut wrote = false;
    let mut failed = None;
    while let Some(job) = jobs.next() {
        let alone = done.is_empty() && jobs.peek().is_none();
        match one(connection, job, alone) {
            Ok((one, changed)) => {
                wrote |= changed;
                done.extend(one);
            }
            Err((one, error)) => {
                done.extend(one);
                // One more may have left the queue already; it shares the fate of the group.
                done.extend(jobs.next().map(|job| job(Err(again(&error)))));
                failed = Some(error);
                break;
            }
        }
    }
    if failed.is_none() && !connection.is_autocommit() {
        failed = run(connection, "COMMIT", []).err();
    }
    if failed.is_some() {
        roll_back(connection);
    } else if wrote {
        flushes.fetch_add(1, Ordering::Relaxed);
    }
    for done in done {
        (done.answer)(failed.as_ref().map(again));
    }
}

/// Takes the write lock at once: a transaction that reads first and then finds another writer ahead cannot go on.
fn begin(connection: &Connection) -> rusqlite::Result<()> {
    if !connection.is_autocommit() {
        roll_back(connection);
    }
    run(connection, "BEGIN IMMEDIATE", []).map(drop)
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // If it fails, the next group's BEGIN fails too and says so.
        let _ = run(connection, "ROLLBACK", []);
    }
}

type Ruined = (Option<Done>, rusqlite::Error);

/// Does one job of a group, and says whether it changed anything; nothing of it is left if it fails.
///
/// A job that is `alone` in its transaction needs no savepoint, which would copy every page it changes.
///
/// An error means that the whole transaction is lost.
fn one(connection: &Connection, job: Job, alone: bool) -> Result<(Option<Done>, bool), Ruined> {
    if !alone && let Err(error) = run(connection, "SAVEPOINT job", []) {
        return Err((Some(job(Err(again(&error)))), error));
    }
    let before = connection.total_changes();
    // A job that panics drops its caller's channel, which is the answer.
    let done = catch_unwind(AssertUnwindSafe(|| job(Ok(connection)))).ok();
    if connection.is_autocommit() {
        // A full disk, say: SQLite has rolled back everything.
        let error = ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK);
        let message = "a write of the same group made SQLite roll back".to_owned();
        return Err((done, rusqlite::Error::SqliteFailure(error, Some(message))));
    }
    let succeeded = done.as_ref().is_some_and(|done| done.succeeded);
    let ended = match (succeeded, alone) {
        (true, true) => Ok(0),
        (false, true) => run(connection, "ROLLBACK", []),
        (true, false) => run(connection, "RELEASE job", []),
        (false, false) => {
            run(connection, "ROLLBACK TO job", []).and_then(|_| run(connection, "RELEASE job", []))
        }
    };
    match ended {
        Ok(_) => Ok((done, succeeded && connection.total_changes() != before)),
        Err(error) => Err((done, error)),
    }
}

/// The most writes that share a flush: enough to hide it, few enough that nobody waits long for the others.
const GROUP: usize = 64;
