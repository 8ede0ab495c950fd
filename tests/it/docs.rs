//! What the documents say is true.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code blocks of a Markdown text in one language.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let bodies = markdown.split(&opening).skip(1);
    bodies.map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn first_code_of_the_readme_is_the_quickstart() {
    let first = blocks(&text("README.md"), "rust").into_iter().next();
    assert_eq!(first.as_deref(), Some(text("examples/quickstart.rs").as_str()));
}

#[test]
fn readme_names_exactly_two_commands() {
    let commands = blocks(&text("README.md"), "sh");
    let expected = ["cargo run --release --example replay -- examples/data/sample.jsonl\n", "scripts/test\n"];
    assert_eq!(commands, expected);
}

#[test]
fn gate_runs_the_readme_test_command() {
    assert!(text(".ci/run").contains("scripts/test"));
}

#[test]
fn changelog_has_this_version() {
    assert!(text("CHANGELOG.md").contains(&format!("## [{}]", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn readme_states_the_minimum_of_rust() {
    assert!(text("README.md").contains(&format!("minimum is {}", env!("CARGO_PKG_RUST_VERSION"))));
}

/// The bundled SQLite is one without the WAL-reset fault of 3.7.0 to 3.51.2.
#[test]
fn bundled_sqlite_is_recent_enough() {
    assert!(rusqlite::version_number() >= 3_051_003, "SQLite {}", rusqlite::version());
}
