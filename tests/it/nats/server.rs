//! Three NATS servers of this run's own, in a cluster, or those that `NATS_URL` names.
//!
//! Three, because Debian's server (2.9) knows no `sync_interval: always`: only a replicated stream is durable there.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const NODES: usize = 3;

/// The addresses of the servers that tests share.
pub(super) fn shared() -> &'static str {
    static SHARED: OnceLock<(String, Option<Cluster>)> = OnceLock::new();
    let start = || {
        let cluster = Cluster::start();
        (cluster.addresses(), Some(cluster))
    };
    &SHARED.get_or_init(|| std::env::var("NATS_URL").map_or_else(|_| start(), |given| (given, None))).0
}

/// A cluster of this process's own; gone when this is dropped, and when the process is.
pub(super) struct Cluster {
    nodes: Vec<Node>,
}

impl Cluster {
    pub(super) fn start() -> Self {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let program = program().unwrap_or_else(|| {
            panic!("no NATS server: install Debian's `nats-server` (scripts/test does), or set NATS_URL")
        });
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let ports = free_ports(2 * NODES);
        let (clients, routes) = ports.split_at(NODES);
        let peers: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let start = |(index, (client, route)): (usize, (&u16, &u16))| {
            let directory =
                PathBuf::from(format!("/tmp/escalate-nats-{}-{number}-{index}", std::process::id()));
            fs::create_dir(&directory).unwrap();
            let store = directory.display();
            let settings = format!(
                "server_name: n{index}\nlisten: 127.0.0.1:{client}\njetstream {{ store_dir: \"{store}\" }}\n\
                 cluster {{ name: escalate, listen: 127.0.0.1:{route}, routes: [{}] }}\n",
                peers.join(", ")
            );
            fs::write(directory.join("settings"), settings).unwrap();
            let mut node = Node { program: program.clone(), directory, port: *client, running: None };
            node.start();
            node
        };
        Self { nodes: clients.iter().zip(routes).enumerate().map(start).collect() }
    }

    /// All of them, as a client takes them.
    pub(super) fn addresses(&self) -> String {
        let addresses: Vec<_> =
            self.nodes.iter().map(|node| format!("nats://127.0.0.1:{}", node.port)).collect();
        addresses.join(",")
    }

    /// Kills the server of this name, as with SIGKILL; what it has stored stays.
    pub(super) fn kill(&mut self, name: &str) {
        self.named(name).stop("keep");
    }

    pub(super) fn restart(&mut self, name: &str) {
        self.named(name).start();
    }

    fn named(&mut self, name: &str) -> &mut Node {
        let index: usize = name.strip_prefix('n').unwrap().parse().unwrap();
        &mut self.nodes[index]
    }
}

struct Node {
    program: PathBuf,
    directory: PathBuf,
    port: u16,
    /// The shell that has the server.
    running: Option<Child>,
}

impl Node {
    /// Starts the server under a shell that reads until this process is gone, however it goes, and then kills it.
    fn start(&mut self) {
        let script = r#""$0" -c "$1/settings" >"$1/log" 2>&1 & server=$!
            read -r word; kill -9 $server; wait $server; [ "$word" = keep ] || rm -rf "$1""#;
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).arg(&self.program).arg(&self.directory).current_dir("/").process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(shell.spawn().unwrap());
    }

    fn stop(&mut self, word: &str) {
        let Some(mut shell) = self.running.take() else { return };
        // Its input ends with this: the shell acts on the word.
        shell.stdin.take().unwrap().write_all(format!("{word}\n").as_bytes()).unwrap();
        shell.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop("");
        let _gone = fs::remove_dir_all(&self.directory);
    }
}

/// Where the server is: in the path, or where Debian puts it, which is not in everybody's path.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places: Vec<_> = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]).collect();
    places.iter().map(|place| place.join("nats-server")).find(|program: &PathBuf| Path::exists(program))
}

fn free_ports(count: usize) -> Vec<u16> {
    let listen = |_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    // All open at the same time, so that they differ.
    let open: Vec<_> = (0..count).map(listen).collect();
    open.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
