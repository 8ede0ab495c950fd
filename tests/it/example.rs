//! The examples' binaries, up to date.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The binary of the example of this name.
///
/// Cargo has no `CARGO_BIN_EXE_…` for examples, and builds them for `cargo test`, but not for `cargo test --test it`:
/// there, the binary would be missing, or that of yesterday's source. So Cargo is asked, once a process, to build it
/// where this test's own binary is; if it is there already, that is a matter of a moment. The features are the same
/// either way: they come from the dev-dependency.
pub(crate) fn binary(example: &'static str) -> PathBuf {
    static BUILT: Mutex<Option<HashMap<&str, PathBuf>>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    built.get_or_insert_default().entry(example).or_insert_with(|| build(example)).clone()
}

fn build(example: &str) -> PathBuf {
    // <target>/<profile>/deps/it-<hash>
    let own = std::env::current_exe().unwrap();
    let profile = own.ancestors().nth(2).unwrap();
    let binary = profile.join("examples").join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    let name = match profile.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--example", example, "--profile", name, "--target-dir"])
        .arg(profile.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(built.success() && binary.exists(), "{} cannot be built", binary.display());
    binary
}
