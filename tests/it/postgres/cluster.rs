//! A PostgreSQL server of this run's own, or the one that `DATABASE_URL` names.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use escalate::adapters::postgres::PostgresStore;
use tokio_postgres::{Config, NoTls};

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
        Server { config, template: format!("escalate_template_{}", std::process::id()), is_given }
    });
    TEMPLATE.get_or_init(|| {
        apart(|| async {
            let (client, connection) = server.config.connect(NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&format!("CREATE DATABASE {}", server.template)).await.unwrap();
            let mut config = server.config.clone();
            config.dbname(&server.template);
            let manager = deadpool_postgres::Manager::new(config, NoTls);
            let pool = deadpool_postgres::Pool::builder(manager).build().unwrap();
            PostgresStore::migrate(&pool).await.unwrap();
        });
    });
    server
}

/// Starts a server on a socket in a directory of its own, and has it stopped when this process is gone.
fn own() -> Config {
    let programs = programs().unwrap_or_else(|| {
        panic!("no PostgreSQL server: install Debian's `postgresql` (scripts/test does), or set DATABASE_URL")
    });
    let directory = PathBuf::from(format!("/tmp/escalate-pg-{}", std::process::id()));
    fs::create_dir(&directory).unwrap();
    let data = directory.join("data");
    let who = unprivileged(&directory).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(programs.join(program));
        command.args(arguments).current_dir(&directory).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((uid, gid)) = who {
            command.uid(uid).gid(gid);
        }
        assert!(command.status().unwrap().success(), "{program} failed; see {}", directory.display());
    };
    let (data, socket) = (data.to_str().unwrap(), directory.to_str().unwrap());
    run("initdb", &["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
    watch(&programs, &directory, who);
    let options =
        format!("-k {socket} -c listen_addresses= -c max_connections=300 -c deadlock_timeout=200ms");
    run("pg_ctl", &["-D", data, "-w", "-l", "log", "-o", &options, "start"]);
    let mut config = Config::new();
    config.host_path(&directory).user("postgres").dbname("postgres");
    config
}

/// Where `initdb` is: in the path, where `pg_config` says, or where Debian puts it.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(told.map(|directory| PathBuf::from(directory.trim())))
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|directory| directory.join("initdb").exists() && directory.join("pg_ctl").exists())
}

/// The server refuses to run as root: whom it runs as then, with `directory` made theirs.
fn unprivileged(directory: &Path) -> io::Result<Option<(u32, u32)>> {
    let is_root = fs::read_to_string("/proc/self/status")?.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if !is_root {
        return Ok(None);
    }
    let passwords = fs::read_to_string("/etc/passwd")?;
    let line = passwords.lines().find(|line| line.starts_with("postgres:")).unwrap_or_default();
    let ids: Vec<u32> = line.split(':').skip(2).take(2).filter_map(|id| id.parse().ok()).collect();
    let [uid, gid] = ids[..] else { return Err(io::Error::other("no account `postgres`")) };
    chown(directory, Some(uid), Some(gid))?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    Ok(Some((uid, gid)))
}

/// Leaves a shell behind that reads until this process is gone, however it goes, and then stops the server.
#[allow(clippy::zombie_processes, reason = "it outlives this process, on purpose")]
fn watch(programs: &Path, directory: &Path, who: Option<(u32, u32)>) {
    let script = r#"read _; "$0/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1""#;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(programs).arg(directory).current_dir("/").process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((uid, gid)) = who {
        shell.uid(uid).gid(gid);
    }
    let mut shell = shell.spawn().unwrap();
    // Never closed by this process while it lives.
    std::mem::forget(shell.stdin.take());
}
