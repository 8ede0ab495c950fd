//! The receiver's process, seen from a test.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::python::{NEEDED, python};

/// Ends with its standard input, however this process goes.
pub(super) struct Receiver {
    pub(super) port: u16,
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        Self::started(&[super::SECRET])
    }

    /// With TLS, for the name `localhost`.
    pub(super) fn start_tls() -> Self {
        let tls = super::certificate().path();
        let (certificate, key) = (tls.join("localhost.pem"), tls.join("localhost.key.pem"));
        Self::started(&[super::SECRET, certificate.to_str().unwrap(), key.to_str().unwrap()])
    }

    fn started(arguments: &[&str]) -> Self {
        let mut command = Command::new(python());
        command.arg(directory().join("receiver.py")).args(arguments);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("no receiver: {NEEDED} ({error})"));
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut output = BufReader::new(output);
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("no receiver: {NEEDED}"));
        Self { port, child, pipes: Mutex::new((input, output)) }
    }

    fn ask(&self, command: &Value) -> Value {
        let (input, output) = &mut *self.pipes.lock().unwrap();
        writeln!(input, "{command}").unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The next answers, such as `{"status": 500}`; it accepts what comes after them if that is signed properly.
    pub(super) fn answers(&self, answers: Value) {
        self.ask(&json!({ "do": "answer", "with": answers }));
    }

    pub(super) fn statuses(&self, statuses: &[u16]) {
        let answers = statuses.iter().map(|status| json!({ "status": status })).collect::<Vec<_>>();
        self.answers(answers.into());
    }

    /// All requests so far.
    pub(super) fn log(&self) -> Vec<Value> {
        self.ask(&json!({ "do": "log" })).as_array().unwrap().clone()
    }

    /// The sequences of the events that came, each with what was answered.
    pub(super) fn came(&self) -> Vec<(u64, u64)> {
        let read = |entry: &Value| {
            let body: Value = serde_json::from_str(entry["body"].as_str().unwrap()).unwrap();
            (body["data"]["sequence"].as_u64().unwrap(), entry["status"].as_u64().unwrap_or(0))
        };
        self.log().iter().map(read).collect()
    }

    /// What the official verifier says to a request: nothing, or why not.
    pub(super) fn verify(&self, secret: &str, headers: &Value, body: &str) -> Option<String> {
        let told = self.ask(&json!({ "do": "verify", "secret": secret, "headers": headers, "body": body }));
        told.as_str().map(str::to_owned)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _code = self.child.wait();
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/webhooks")
}
