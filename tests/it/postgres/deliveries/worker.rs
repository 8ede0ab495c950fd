//! A worker in a process of its own: this binary again, with one test that is none.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use deadpool_postgres::{Manager, Pool, Runtime};
use escalate::adapters::postgres::PostgresStore;
use escalate::{Desk, Event, EventSink, SinkError};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

/// Where the worker finds its database; without it the test below is over at once.
const ADDRESS: &str = "ESCALATE_TEST_WORKER";

/// Where the sink appends what it gets, in the order in which it comes.
pub(super) const ARRIVED: &str = "CREATE TABLE arrived (
    arrival bigserial PRIMARY KEY, id uuid NOT NULL, workspace uuid NOT NULL, conversation uuid NOT NULL,
    sequence bigint NOT NULL)";

/// Starts a worker on the database behind `config`. It ends with this process, if nobody kills it before.
pub(super) fn start(config: &Config) -> Child {
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "postgres::deliveries::worker::works_until_it_is_killed", "--nocapture"]);
    worker.env(ADDRESS, address(config)).stdin(Stdio::piped()).stdout(Stdio::null());
    worker.spawn().unwrap()
}

fn address(config: &Config) -> String {
    let host = match config.get_hosts() {
        [Host::Unix(path)] => path.display().to_string(),
        [Host::Tcp(name)] => name.clone(),
        other => panic!("one host: {other:?}"),
    };
    let quoted = |text: &str| format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"));
    let mut address = format!("host={}", quoted(&host));
    let password = config.get_password().map(|password| String::from_utf8(password.to_vec()).unwrap());
    let user = config.get_user().map(str::to_owned);
    let parts = [("user", user), ("password", password), ("dbname", config.get_dbname().map(str::to_owned))];
    for (name, value) in parts {
        if let Some(value) = value {
            address += &format!(" {name}={}", quoted(&value));
        }
    }
    match config.get_ports() {
        [port] => address + &format!(" port={port}"),
        _ => address,
    }
}

/// Delivers until it is killed. Not a test: started by one, in a process of its own.
#[test]
fn works_until_it_is_killed() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    std::thread::spawn(|| {
        // Whoever started it is gone.
        let _end = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let config: Config = address.parse().unwrap();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        let pool = Pool::builder(Manager::new(config, NoTls)).max_size(4).runtime(Runtime::Tokio1).build();
        let store = PostgresStore::from_pool(pool.unwrap()).await.unwrap();
        let sink = Appends(client);
        let desk = Desk::on(store).lease(TimeDelta::seconds(1)).sink("table".parse().unwrap(), sink).build();
        desk.work(Duration::from_millis(50), tokio::time::sleep).await;
    });
}

/// Appends durably, through a connection of its own.
#[derive(Debug)]
struct Appends(Client);

#[async_trait]
impl EventSink for Appends {
    async fn deliver(&self, events: &[Event], _: u32) -> Result<(), SinkError> {
        let append = "INSERT INTO arrived (id, workspace, conversation, sequence)
            SELECT id, workspace, conversation, sequence
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) WITH ORDINALITY
                AS e (id, workspace, conversation, sequence, n) ORDER BY n";
        let uuids = |of: fn(&Event) -> Uuid| events.iter().map(of).collect::<Vec<_>>();
        let (ids, workspaces) = (uuids(|event| event.id.uuid()), uuids(|event| event.workspace.uuid()));
        let conversations = uuids(|event| event.conversation.uuid());
        let sequences: Vec<_> = events.iter().map(|event| event.sequence.0.cast_signed()).collect();
        let appended = self.0.execute(append, &[&ids, &workspaces, &conversations, &sequences]).await;
        appended.map(drop).map_err(SinkError::new)
    }
}
