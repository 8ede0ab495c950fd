//! PostgreSQL servers of this run's own, in a directory that goes with the process.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory for servers, and whom they run as.
pub(crate) struct Home {
    programs: PathBuf,
    directory: PathBuf,
    who: Option<(u32, u32)>,
}

impl Home {
    /// A directory of this name, made anew; its servers are stopped when this process is gone.
    pub(crate) fn new(name: &str) -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!(
                "no PostgreSQL server: install Debian's `postgresql` (scripts/test does), or set DATABASE_URL"
            )
        });
        let directory = PathBuf::from(format!("/tmp/escalate-pg-{}{name}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let who = unprivileged(&directory).unwrap();
        let home = Self { programs, directory, who };
        home.watch();
        home
    }

    /// Where the sockets are.
    pub(crate) fn socket(&self) -> &Path {
        &self.directory
    }

    /// Runs a program, as whom it runs as; fails if it does.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.try_run(program, arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} failed: {told}; see {}", self.directory.display());
    }

    pub(crate) fn try_run(&self, program: &str, arguments: &[&str]) -> Output {
        // What is no program of the server's is in the path.
        let own = Some(self.programs.join(program)).filter(|path| path.exists());
        let mut command = Command::new(own.unwrap_or_else(|| program.into()));
        command.args(arguments).current_dir(&self.directory).stdin(Stdio::null()).stdout(Stdio::null());
        // To a file and not a pipe: a server that is started keeps it open.
        command.stderr(Stdio::from(fs::File::create(self.directory.join("errors")).unwrap()));
        self.drop_rights(&mut command);
        let mut output = command.output().unwrap();
        output.stderr = fs::read(self.directory.join("errors")).unwrap();
        output
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.directory.join(name), text).unwrap();
    }

    /// Makes an empty cluster in the directory `data`, with more arguments.
    pub(crate) fn init(&self, data: &str, more: &[&str]) {
        let mut arguments = vec!["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"];
        arguments.extend(more);
        self.run("initdb", &arguments);
    }

    /// Starts the server over `data`, on a socket here, with more options.
    pub(crate) fn start(&self, data: &str, options: &str) {
        let socket = self.directory.display();
        let options = format!("-k {socket} {options}");
        let log = format!("log-{data}");
        let output = self.try_run("pg_ctl", &["-D", data, "-w", "-l", &log, "-o", &options, "start"]);
        let told = fs::read_to_string(self.directory.join(&log)).unwrap_or_default();
        assert!(output.status.success(), "the server does not start: {told}");
    }

    /// Kills the server over `data`, all of its processes at once: SIGKILL, as a power cut would.
    pub(crate) fn kill(&self, data: &str) {
        let file = fs::read_to_string(self.directory.join(data).join("postmaster.pid")).unwrap();
        let postmaster: u32 = file.lines().next().unwrap().trim().parse().unwrap();
        // Stopped first, so that it starts no further process and mends nothing.
        signal("STOP", &[postmaster]);
        let mut all = children(postmaster);
        all.push(postmaster);
        signal("KILL", &all);
        while all.iter().any(|process| is_running(*process)) {
            std::thread::yield_now();
        }
        self.forget(postmaster, data);
    }

    /// Removes a killed server's locks: a container may never reap the process, and then its number is still taken.
    fn forget(&self, postmaster: u32, data: &str) {
        fs::remove_file(self.directory.join(data).join("postmaster.pid")).unwrap();
        for entry in fs::read_dir(&self.directory).unwrap().flatten() {
            let is_lock = entry.file_name().to_string_lossy().ends_with(".lock");
            if is_lock && fs::read_to_string(entry.path()).unwrap().starts_with(&format!("{postmaster}\n")) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }

    fn drop_rights(&self, command: &mut Command) {
        if let Some((uid, gid)) = self.who {
            command.uid(uid).gid(gid);
        }
    }

    /// Leaves a shell behind that reads until this process is gone, however it goes, and then stops the servers.
    #[allow(clippy::zombie_processes, reason = "it outlives this process, on purpose")]
    fn watch(&self) {
        let script = r#"read _; for data in "$1"/data*; do "$0/pg_ctl" -D "$data" -m immediate stop; done; rm -rf "$1""#;
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(script)
            .arg(&self.programs)
            .arg(&self.directory)
            .current_dir("/")
            .process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.drop_rights(&mut shell);
        let mut shell = shell.spawn().unwrap();
        // Never closed by this process while it lives.
        std::mem::forget(shell.stdin.take());
    }
}

/// Sends a signal to processes that this run has started.
pub(crate) fn signal(name: &str, processes: &[u32]) {
    let ids: Vec<_> = processes.iter().map(u32::to_string).collect();
    // A shell has `kill` built in; one that is gone already is no fault.
    let script = format!("kill -{name} {} 2>/dev/null; true", ids.join(" "));
    assert!(Command::new("sh").arg("-c").arg(script).status().unwrap().success());
}

fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| state(*id).is_some_and(|(_, of)| of == parent)).collect()
}

fn is_running(process: u32) -> bool {
    state(process).is_some_and(|(state, _)| state != 'Z')
}

/// A process's state and its parent, from `/proc/<pid>/stat`; its name is in parentheses and may hold anything.
pub(crate) fn state(process: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

/// Where the server's programs are: where `pg_config` says, in the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let needed = ["initdb", "pg_ctl", "pg_basebackup"];
    told.map(|directory| PathBuf::from(directory.trim()))
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|directory| needed.iter().all(|program| directory.join(program).exists()))
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
