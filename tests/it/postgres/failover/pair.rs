//! A primary with a synchronous standby, and what happens when the primary dies.

use deadpool_postgres::{Manager, Pool, Runtime};
use tokio_postgres::{Client, Config, NoTls};

use crate::postgres::home::Home;

/// Two servers on the sockets of two ports; every generation takes the port of the one that died.
pub(super) struct Pair {
    home: Home,
    /// The primary's number; the standby's is the next.
    primary: u16,
}

impl Pair {
    /// A primary, and a standby made from it.
    pub(super) async fn new() -> Self {
        let home = Home::new("-failover");
        // Small segments: a base backup takes less.
        home.init("data0", &["--wal-segsize=1"]);
        home.start("data0", &options(0));
        let pair = Self { home, primary: 0 };
        pair.add_standby().await;
        pair
    }

    /// Of both servers, whichever is the primary.
    pub(super) fn address(&self) -> String {
        let socket = self.home.socket().display();
        format!("host={socket},{socket} port={PORT},{} user=postgres dbname=postgres", PORT + 1)
    }

    /// Of the standby alone.
    pub(super) fn standby_address(&self) -> String {
        self.address_of(self.primary + 1)
    }

    /// A pool that takes whatever server answers first, as a host's own may.
    pub(super) fn careless_pool(&self) -> Pool {
        let manager = Manager::new(self.address().parse().unwrap(), NoTls);
        Pool::builder(manager).max_size(1).runtime(Runtime::Tokio1).build().unwrap()
    }

    fn address_of(&self, number: u16) -> String {
        let socket = self.home.socket().display();
        format!("host={socket} port={} user=postgres dbname=postgres", port(number))
    }

    /// Kills every process of the primary at once.
    pub(super) fn kill_primary(&self) {
        self.home.kill(&data(self.primary));
    }

    /// Makes the standby the primary. Without a standby of its own it answers no write yet.
    pub(super) fn promote(&mut self) {
        self.primary += 1;
        self.home.run("pg_ctl", &["-D", &data(self.primary), "-w", "promote"]);
    }

    /// Makes a standby of the primary, and waits until the primary waits for it at every commit.
    pub(super) async fn add_standby(&self) {
        let socket = self.home.socket().to_str().unwrap();
        let (from, to) = (port(self.primary).to_string(), data(self.primary + 1));
        let (host, checkpoint) = (["-h", socket, "-p", &from, "-U", "postgres"], ["-c", "fast", "-R"]);
        self.home.run("pg_basebackup", &[&host[..], &checkpoint, &["-D", &to]].concat());
        self.home.start(&to, &options(self.primary + 1));
        let (client, connection) = self.connect(self.primary).await;
        let sql = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        drop(client);
        connection.await.unwrap();
    }

    async fn connect(&self, number: u16) -> (Client, tokio::task::JoinHandle<()>) {
        let config: Config = self.address_of(number).parse().unwrap();
        let (client, connection) = config.connect(NoTls).await.unwrap();
        (client, tokio::spawn(async move { connection.await.unwrap() }))
    }
}

const PORT: u16 = 5432;

fn port(number: u16) -> u16 {
    PORT + number % 2
}

fn data(number: u16) -> String {
    format!("data{number}")
}

/// What was answered is on two disks.
fn options(number: u16) -> String {
    format!(
        "-p {} -c listen_addresses= -c synchronous_commit=on -c synchronous_standby_names=* -c max_wal_size=32MB \
         -c wal_keep_size=16MB",
        port(number)
    )
}
