//! The Node.js that has what `package.json` names.

use std::path::PathBuf;
use std::process::Command;

/// Runs a script of a package that `scripts/test` installs beside the build, with the Node.js that npm brought, or the
/// system's.
pub(crate) fn node(script: &str) -> Command {
    let (mut command, script) = beside(script);
    command.arg(script);
    command
}

/// That Node.js with nothing to run yet, and where the script is.
pub(crate) fn beside(script: &str) -> (Command, PathBuf) {
    let program = std::env::current_exe().unwrap();
    let mut folders = program.ancestors().map(|directory| directory.join("tests-node/node_modules"));
    let modules = folders.find(|folder| folder.join(script).exists()).unwrap_or_else(|| panic!("{NEEDED}"));
    let mut own = ["x64", "arm64"].map(|cpu| modules.join(format!("node-linux-{cpu}/bin/node"))).into_iter();
    let node = own.find(|node| node.exists()).unwrap_or_else(|| PathBuf::from("node"));
    (Command::new(node), modules.join(script))
}

pub(crate) const NEEDED: &str = "these tests need what tests/it/package.json names; run scripts/test, which installs it, or `npm ci` \
    in <target>/tests-node with package.json and package-lock.json of tests/it";
