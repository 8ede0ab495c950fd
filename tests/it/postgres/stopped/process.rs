//! A process of this test binary that does one part, and is stopped and resumed from outside.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::postgres::home::{signal, state};

const PART: &str = "ESCALATE_STOPPED_PART";
const ADDRESS: &str = "ESCALATE_STOPPED_ADDRESS";
const TELLS: &str = "stopped: ";

/// Which part this process has, and the address of its database; nothing in a run of the tests.
pub(super) fn part() -> Option<(String, String)> {
    Some((std::env::var(PART).ok()?, std::env::var(ADDRESS).ok()?))
}

/// Tells whoever started this process.
pub(super) fn tell(what: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{TELLS}{what}").unwrap();
    out.flush().unwrap();
}

/// Opens as soon as whoever started this process says so.
pub(super) fn gate() -> watch::Receiver<bool> {
    let (open, gate) = watch::channel(false);
    std::thread::spawn(move || {
        std::io::stdin().read_line(&mut String::new()).unwrap();
        open.send(true).unwrap();
    });
    gate
}

/// The process, as seen by the test that started it.
pub(super) struct Other {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Other {
    pub(super) fn start(part: &str, config: &Config) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "postgres::stopped::the_other_process", "--nocapture"]);
        command.env(PART, part).env(ADDRESS, address(config));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    /// What it tells next; nothing once it has ended.
    pub(super) fn told(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                assert!(self.child.wait().unwrap().success());
                return None;
            }
            // The test harness of that process writes as well, and ends no line before a test begins.
            if let Some((_, told)) = line.split_once(TELLS) {
                return Some(told.trim_end().to_owned());
            }
        }
    }

    /// Stops it: from here on it does nothing, wherever it is.
    pub(super) fn stop(&self) {
        signal("STOP", &[self.child.id()]);
        while state(self.child.id()).is_none_or(|(state, _)| state != 'T') {
            std::thread::yield_now();
        }
    }

    /// Lets it go on, and opens its gate.
    pub(super) fn resume(&mut self) {
        writeln!(self.input, "go").unwrap();
        signal("CONT", &[self.child.id()]);
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // A stopped process would outlive the run.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn address(config: &Config) -> String {
    let host = match &config.get_hosts()[0] {
        Host::Tcp(name) => name.clone(),
        Host::Unix(socket) => socket.display().to_string(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let (user, name) = (config.get_user().unwrap(), config.get_dbname().unwrap());
    let password = config.get_password().map(|password| String::from_utf8_lossy(password).into_owned());
    let password = password.map_or_else(String::new, |password| format!(" password='{password}'"));
    format!("host='{host}' port={port} user={user} dbname={name}{password}")
}
