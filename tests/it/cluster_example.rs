//! The example `cluster`: it ends well when nothing was lost, and says what it did.

use std::process::{Command, Output};

use crate::example::binary;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(binary("cluster"));
    // Without it, the example starts a server of its own.
    command.args(arguments).env_remove("DATABASE_URL").output().unwrap()
}

/// One node of three is killed in the middle, and nothing is lost: with made-up dialogues, on a server of its own.
#[test]
fn a_killed_node_loses_nothing() {
    let output = run(&["--dialogues", "15", "--data", "none"]);
    let (told, complaints) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{complaints}");
    for part in [
        "15 dialogues, 3 of them on two nodes at once",
        "was killed after",
        "15 of 15 dialogues are complete: 150 messages",
        "15 tickets",
        "nothing was lost",
    ] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
    let passed_on = told.split("others played its ").nth(1).and_then(|rest| rest.split(' ').next());
    assert!(passed_on.unwrap().parse::<u32>().unwrap() > 0, "it was killed in the middle:\n{told}");
}

/// A server that cannot be reached is told of without quoting its address: it may hold a password.
#[test]
fn a_password_is_not_shown() {
    for address in ["postgres://desk:hunter2@127.0.0.1:1/desk", "postgres://desk:hunter2@[/desk"] {
        let mut command = Command::new(binary("cluster"));
        let output = command.env("DATABASE_URL", address).output().unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{complaints}");
        assert!(!complaints.contains("hunter2"), "{complaints}");
    }
}
