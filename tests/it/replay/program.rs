//! The program, and a place to run it in.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::example::binary;

/// Where the sample is.
pub(super) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/sample.jsonl")
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
        let mut command = Command::new(binary("replay"));
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
