//! A PostgreSQL server of this run's own, or the one that `DATABASE_URL` names.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use deadpool_postgres::{Manager, Pool};
use escalate::adapters::postgres::PostgresStore;
use tokio_postgres::{Config, NoTls};

use super::home::Home;

/// One database, made from the migrated template or empty; gone when this is dropped.
pub(crate) struct Database {
    name: String,
}

impl Database {
    pub(crate) async fn from_template() -> Self {
        Self::made(&format!("TEMPLATE {}", server().template)).await
    }

    pub(crate) async fn empty() -> Self {
        Self::made("").await
    }

    async fn made(from: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("escalate_test_{}_{number}", std::process::id());
        administer(&format!("CREATE DATABASE {name} {from}")).await;
        Self { name }
    }

    pub(crate) fn config(&self) -> Config {
        let mut config = server().config.clone();
        config.dbname(&self.name);
        config
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server of our own goes as a whole.
        if server().is_given {
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            apart(move || async move { administer(&drop).await });
        }
    }
}

/// Runs one statement as who may make databases.
async fn administer(sql: &str) {
    let (client, connection) = server().config.connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(client);
    let _closed = connection.await;
}

/// Runs `work` on a thread and a runtime of its own, which take their connections with them.
fn apart<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) {
    let run =
        move || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work());
    std::thread::spawn(run).join().unwrap();
}

struct Server {
    config: Config,
    template: String,
    is_given: bool,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static TEMPLATE: OnceLock<()> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        let given = std::env::var("DATABASE_URL").ok();
        let is_given = given.is_some();
        let config = given.map_or_else(own, |address| address.parse().unwrap());
        Server { config, template: format!("escalate_template_{:x}", schema()), is_given }
    });
    TEMPLATE.get_or_init(|| apart(|| make_template(&server.config, &server.template)));
    server
}

/// Makes the template unless it is there: on a server that is given it stays, one for each schema.
async fn make_template(config: &Config, template: &str) {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    // Other runs may be at it at the same time.
    client.batch_execute("SELECT pg_advisory_lock(7030281)").await.unwrap();
    let is_there = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    if !client.query_one(is_there, &[&template]).await.unwrap().get::<_, bool>(0) {
        let half = format!("{template}_half");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {half}")).await.unwrap();
        client.batch_execute(&format!("CREATE DATABASE {half}")).await.unwrap();
        migrate(config.clone().dbname(&half)).await;
        client.batch_execute(&format!("ALTER DATABASE {half} RENAME TO {template}")).await.unwrap();
    }
    drop(client);
    let _closed = connection.await;
}

async fn migrate(config: &Config) {
    let manager = Manager::new(config.clone(), NoTls);
    let pool = Pool::builder(manager).build().unwrap();
    PostgresStore::migrate(&pool).await.unwrap();
}

/// Names the schema: another one has another template.
fn schema() -> u64 {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/adapters/postgres");
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    files.iter().for_each(|path| std::fs::read(path).unwrap().hash(&mut hasher));
    hasher.finish()
}

/// Starts a server on a socket in a directory of its own, and has it stopped when this process is gone.
fn own() -> Config {
    let home = Home::new("");
    home.init("data", &[]);
    home.start("data", "-c listen_addresses= -c max_connections=300 -c deadlock_timeout=200ms");
    let mut config = Config::new();
    config.host_path(home.socket()).user("postgres").dbname("postgres");
    config
}
