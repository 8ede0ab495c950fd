//! Wake-ups from one machine to another: `NOTIFY` with a commit, `LISTEN` on a connection of its own.

use std::future::{Future, poll_fn};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use futures::stream::{self, Stream};
use futures::{FutureExt, pin_mut};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Socket};

use super::commit::COMMIT;
use super::{Inner, PostgresStore};
use crate::ports::Commit;

/// A refused commit tells nobody: it changed nothing.
static COMMIT_AND_NOTIFY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.*, CASE WHEN c.is_kept THEN pg_notify('escalate_work', '')::text END FROM ({COMMIT}) AS c"
    )
});

/// After a connection that failed; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A server that says nothing for this long when it is connected to is not there.
const PATIENCE: Duration = Duration::from_secs(10);

impl PostgresStore {
    /// Has every commit that schedules work due at once tell the other machines: `NOTIFY` on the channel
    /// `escalate_work`, without a payload, in the commit's own statement. [`listen`] hears it. Off unless called.
    ///
    /// Think twice: PostgreSQL takes one lock for the whole server while a transaction that notifies commits, so such
    /// commits are written to the disk one after another: at 32 clients about a quarter of the commits a second (480 of
    /// 1,900 on two cores). Where many machines write at the same time, leave it off:
    /// workers look by themselves after their idle pause, and a machine's own workers are woken by its desk.
    #[must_use]
    pub fn notifying(self) -> Self {
        let Inner { pool, database, rosters, threads, .. } = &*self.inner;
        Self {
            inner: Arc::new(Inner {
                pool: pool.clone(),
                database: *database,
                notifies: true,
                rosters: Arc::clone(rosters),
                threads: Arc::clone(threads),
            }),
        }
    }

    /// The statement that writes `commit`.
    pub(super) fn commit_statement(&self, commit: &Commit) -> &'static str {
        if self.notifies_of(commit) { &COMMIT_AND_NOTIFY } else { COMMIT }
    }

    /// Whether other machines are to hear of `commit`.
    pub(super) fn notifies_of(&self, commit: &Commit) -> bool {
        let sweep = commit.placement.as_ref().and_then(|placement| placement.sweep.as_ref());
        let mut work = commit.work.iter().chain(sweep);
        self.inner.notifies && work.any(|work| work.due_at <= commit.at)
    }
}

/// Yields whenever there may be work that another machine has scheduled: once connected, at every
/// [notification](PostgresStore::notifying), and once connected again, as notifications are lost in between.
///
/// It holds one connection of its own, made as `config` says, to the server that takes writes; not through a pooler
/// that shares connections between transactions, where `LISTEN` does not last. A connection that fails is made
/// anew, after pauses that grow from 100 milliseconds to 30 seconds, by `sleep`, the host's timer. The stream never
/// ends. It does nothing unless it is polled.
///
/// ```no_run
/// # async fn host(desk: escalate::Desk) -> Result<(), tokio_postgres::Error> {
/// use escalate::adapters::postgres::listen;
/// use futures::StreamExt;
///
/// let config = "postgres://desk@db.example/desk".parse()?;
/// let wakes = listen(config, tokio_postgres::NoTls, tokio::time::sleep);
/// tokio::spawn(wakes.for_each(move |()| {
///     desk.wake();
///     std::future::ready(())
/// }));
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Drop it at any time; the connection is closed.
pub fn listen<T, S, F>(mut config: Config, tls: T, sleep: S) -> impl Stream<Item = ()>
where
    T: MakeTlsConnect<Socket> + Clone,
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    // A standby takes no LISTEN.
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    // Nobody sends on this connection, so a dead peer would never be noticed otherwise.
    config.keepalives(true).keepalives_idle(LONGEST_PAUSE);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    let ear = Ear { config, tls, sleep, link: None, pause: FIRST_PAUSE };
    stream::unfold(ear, |mut ear| async {
        ear.wake().await;
        Some(((), ear))
    })
}

struct Ear<T: MakeTlsConnect<Socket>, S> {
    config: Config,
    tls: T,
    sleep: S,
    link: Option<Link<T>>,
    /// How long to wait before the next connection.
    pause: Duration,
}

struct Link<T: MakeTlsConnect<Socket>> {
    /// Kept: without it the connection is closed.
    _client: Client,
    connection: Connection<Socket, T::Stream>,
    since: Instant,
}

impl<T, S, F> Ear<T, S>
where
    T: MakeTlsConnect<Socket> + Clone,
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    /// Waits for the next reason to look.
    async fn wake(&mut self) {
        loop {
            let Some(link) = &mut self.link else {
                match connect(&self.config, self.tls.clone()).await {
                    Ok(link) => {
                        self.link = Some(link);
                        return;
                    }
                    Err(error) => self.rest(&error).await,
                }
                continue;
            };
            match poll_fn(|context| link.connection.poll_message(context)).await {
                Some(Ok(AsyncMessage::Notification(_))) => return,
                // A notice.
                Some(Ok(_)) => {}
                gone => {
                    if link.since.elapsed() > LONGEST_PAUSE {
                        self.pause = FIRST_PAUSE;
                    }
                    self.link = None;
                    match gone {
                        Some(Err(error)) => self.rest(&error).await,
                        _ => self.rest(&"the server closed the connection").await,
                    }
                }
            }
        }
    }

    async fn rest(&mut self, why: &(dyn std::fmt::Display + Sync)) {
        tracing::warn!(%why, "no connection to listen on; workers look by themselves meanwhile");
        (self.sleep)(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}

async fn connect<T>(config: &Config, tls: T) -> Result<Link<T>, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
{
    let (client, mut connection) = config.connect(tls).await?;
    {
        let listening = client.batch_execute("LISTEN escalate_work").fuse();
        pin_mut!(listening);
        // The connection does nothing unless it is polled. What it is told meanwhile is covered by the look that
        // follows.
        loop {
            let message = poll_fn(|context| connection.poll_message(context));
            pin_mut!(message);
            match select(listening.as_mut(), message).await {
                Either::Left((listened, _)) => break listened?,
                Either::Right((Some(Ok(_)), _)) => {}
                Either::Right((Some(Err(error)), _)) => return Err(error),
                // Closed; the answer to the statement says so.
                Either::Right((None, _)) => break listening.as_mut().await?,
            }
        }
    }
    Ok(Link { _client: client, connection, since: Instant::now() })
}
