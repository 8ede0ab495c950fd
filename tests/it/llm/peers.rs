//! The peers: llmock (Python) and aimock (Node.js), one process each, any number of servers in it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::node;
use crate::python::{NEEDED, python};

/// Ends with its standard input, however this process goes.
struct Process {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Process {
    fn start(mut command: Command, needed: &str) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{needed} ({error})"));
        let pipes = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, pipes: Mutex::new(pipes) }
    }

    fn ask(&self, command: &Value, needed: &str) -> Value {
        let (input, output) = &mut *self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = String::new();
        let told = writeln!(input, "{command}").and_then(|()| output.read_line(&mut line));
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the peer is gone ({told:?}): {needed}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _code = self.child.wait();
    }
}

fn with_python(command: &Value) -> Value {
    static PROCESS: LazyLock<Process> = LazyLock::new(|| {
        let mut command = Command::new(python());
        command.arg(directory().join("peers.py"));
        Process::start(command, NEEDED)
    });
    PROCESS.ask(command, NEEDED)
}

fn with_node(command: &Value) -> Value {
    static PROCESS: LazyLock<Process> = LazyLock::new(|| {
        let (mut command, module) = node::beside("@copilotkit/aimock/dist/index.js");
        command.arg(directory().join("aimock.mjs")).arg(module);
        Process::start(command, node::NEEDED)
    });
    PROCESS.ask(command, node::NEEDED)
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/llm")
}

/// A server of llmock.
pub(super) struct Llmock {
    id: Value,
    pub(super) port: u64,
}

impl Llmock {
    pub(super) fn start() -> Self {
        let told = with_python(&json!({ "do": "start" }));
        Self { id: told["id"].clone(), port: told["port"].as_u64().unwrap() }
    }

    /// With these behaviours, which the next requests consume.
    pub(super) fn with(behaviors: Value) -> Self {
        let server = Self::start();
        server.queue(behaviors);
        server
    }

    pub(super) fn queue(&self, behaviors: Value) {
        with_python(&json!({ "do": "queue", "id": self.id, "behaviors": behaviors }));
    }

    /// The statuses of all requests so far.
    pub(super) fn statuses(&self) -> Vec<u64> {
        self.requests().iter().map(|request| request["status"].as_u64().unwrap()).collect()
    }

    pub(super) fn requests(&self) -> Vec<Value> {
        with_python(&json!({ "do": "requests", "id": self.id })).as_array().unwrap().clone()
    }

    /// Fails with llmock's report unless it has nothing to say against the client, not even a warning.
    pub(super) fn assert_resilient(&self) {
        let verdict = with_python(&json!({ "do": "verdict", "id": self.id }));
        assert_eq!(verdict["strict"], Value::Null, "{}", verdict["strict"].as_str().unwrap_or_default());
    }
}

/// A server of aimock.
pub(super) struct Aimock {
    id: Value,
    pub(super) port: u64,
}

impl Aimock {
    /// `set`: `fixtures`, and if wanted `keys` and `chaos`.
    pub(super) fn start(mut set: Value) -> Self {
        set["do"] = "start".into();
        let told = with_node(&set);
        Self { id: told["id"].clone(), port: told["port"].as_u64().unwrap() }
    }

    /// One that writes this for every request.
    pub(super) fn writing(content: &str) -> Self {
        Self::start(json!({ "fixtures": [{ "match": {}, "response": { "content": content } }] }))
    }

    /// All requests so far.
    pub(super) fn journal(&self) -> Vec<Value> {
        with_node(&json!({ "do": "journal", "id": self.id })).as_array().unwrap().clone()
    }

    /// Their bodies.
    pub(super) fn bodies(&self) -> Vec<Value> {
        self.journal().iter().map(|entry| entry["body"].clone()).collect()
    }
}

/// Fails unless OpenAI's own schema takes each of these bodies.
pub(super) fn assert_valid(bodies: &[Value], test: &str) {
    let Some(data) = crate::summaries::shared_data(test) else { return };
    let schema = data.join("openai_chat_completions_schema.json");
    let said = with_python(&json!({ "do": "validate", "schema": schema, "bodies": bodies }));
    assert_eq!(said, json!([]));
}
