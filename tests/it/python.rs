//! The Python that has what `requirements.txt` names.

use std::path::PathBuf;

/// The one that `scripts/test` makes beside the build, or the system's.
pub(crate) fn python() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let mut made = program.ancestors().map(|directory| directory.join("tests-venv/bin/python"));
    made.find(|python| python.exists()).unwrap_or_else(|| "python3".into())
}

pub(crate) const NEEDED: &str = "these tests need Python 3.10 with the packages of tests/it/requirements.txt; run \
    scripts/test, which installs both, or `pip install -r tests/it/requirements.txt`";
