//! The example as a process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::example::binary;

/// `mcp_server http`, until it is dropped.
pub(crate) struct Http {
    process: Child,
    pub(crate) url: String,
}

impl Http {
    pub(crate) fn start() -> Self {
        let mut process =
            Command::new(binary("mcp_server")).arg("http").stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }

    /// `127.0.0.1:<port>`.
    pub(crate) fn authority(&self) -> &str {
        self.url.split('/').nth(2).unwrap()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
