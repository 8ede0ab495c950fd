//! A PostgreSQL server of this run's own, from the programs that Debian's `postgresql` installs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// The server; stopped when this is dropped, and when this process is gone.
pub(crate) struct Server {
    /// How to reach it.
    pub(crate) address: String,
    /// Reads until this process is gone, and then stops the server.
    watch: Child,
}

impl Server {
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs().ok_or(
            "no PostgreSQL server: install one (Debian: apt install postgresql), or set DATABASE_URL",
        )?;
        let directory = PathBuf::from(format!("/tmp/escalate-cluster-{}", std::process::id()));
        fs::create_dir(&directory)?;
        let who = unprivileged(&directory)?;
        let command = |program: &str| {
            let mut command = Command::new(program);
            command.current_dir(&directory).stdin(Stdio::null()).stdout(Stdio::null());
            if let Some((uid, gid)) = who {
                command.uid(uid).gid(gid);
            }
            command
        };
        // First of all, so that nothing is left behind whatever fails.
        let script = r#"read -r _; "$0/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1""#;
        let mut watch = command("sh");
        watch.arg("-c").arg(script).arg(&programs).arg(&directory).current_dir("/").process_group(0);
        let watch = watch.stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let address = format!("host={} user=postgres dbname=postgres", directory.display());
        let server = Self { address, watch };
        let run = |program: &str, arguments: &[&str]| match command(&programs.join(program).to_string_lossy())
            .args(arguments)
            .status()?
        {
            status if status.success() => Ok::<_, Failure>(()),
            status => Err(format!("{program} failed: {status}").into()),
        };
        run("initdb", &["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])?;
        let options = format!("-k {} -c listen_addresses=", directory.display());
        run("pg_ctl", &["-D", "data", "-w", "-l", "log", "-o", &options, "start"])?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its input ends, as it does when this process is killed.
        drop(self.watch.stdin.take());
        let _ended = self.watch.wait();
    }
}

/// Where `initdb` is: in the path, or where Debian puts it.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|directory| directory.join("initdb").exists() && directory.join("pg_ctl").exists())
}

/// The server refuses to run as root: whom it runs as then, with `directory` made theirs.
fn unprivileged(directory: &Path) -> Result<Option<(u32, u32)>, Failure> {
    let is_root = fs::read_to_string("/proc/self/status")?.lines().any(|line| line.starts_with("Uid:\t0\t"));
    if !is_root {
        return Ok(None);
    }
    let passwords = fs::read_to_string("/etc/passwd")?;
    let line = passwords.lines().find(|line| line.starts_with("postgres:")).unwrap_or_default();
    let ids: Vec<u32> = line.split(':').skip(2).take(2).filter_map(|id| id.parse().ok()).collect();
    let [uid, gid] = ids[..] else {
        return Err("root cannot run a PostgreSQL server, and there is no account `postgres`".into());
    };
    chown(directory, Some(uid), Some(gid))?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    Ok(Some((uid, gid)))
}
