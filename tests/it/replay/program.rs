//! The program, and a place to run it in.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// Where the sample is.
pub(super) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/sample.jsonl")
}

/// The example's binary, up to date.
///
/// Cargo has no `CARGO_BIN_EXE_…` for examples, and builds them for `cargo test`, but not for `cargo test --test it`:
/// there, the binary would be missing, or that of yesterday's source. So Cargo is asked, once a process, to build it
/// where this test's own binary is; if it is there already, that is a matter of a moment. The features are the same
/// either way: they come from the dev-dependency.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        // <target>/<profile>/deps/it-<hash>
        let own = std::env::current_exe().unwrap();
        let profile = own.ancestors().nth(2).unwrap();
        let binary = profile.join("examples").join(format!("replay{}", std::env::consts::EXE_SUFFIX));
        let name = match profile.file_name().and_then(OsStr::to_str) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--example", "replay", "--profile", name, "--target-dir"])
            .arg(profile.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success() && binary.exists(), "{} cannot be built", binary.display());
        binary
    })
}

/// What a run left behind.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// A figure of the table of totals.
    pub(super) fn total(&self, name: &str) -> u64 {
        let figure = self.stdout.lines().find_map(|line| line.strip_prefix(name));
        figure
            .and_then(|figure| figure.trim().parse().ok())
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}

/// A directory with a database, and what belongs to it.
pub(super) struct Bench {
    directory: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn db(&self) -> PathBuf {
        self.path("replay.db")
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The program, set up to play `files` into this bench's database and `out.jsonl`.
    pub(super) fn command<F: AsRef<OsStr>>(&self, files: &[F], flags: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(files).args(flags).current_dir(self.directory.path());
        command.arg("--db").arg(self.db()).arg("--out").arg(self.path("out.jsonl")).stdin(Stdio::null());
        command
    }

    pub(super) fn run<F: AsRef<OsStr>>(&self, files: &[F], flags: &[&str]) -> Ran {
        ran(&mut self.command(files, flags))
    }

    /// The lines of `out.jsonl`.
    pub(super) fn out(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("out.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub(super) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
