//! The program under test, and what it prints.

use std::path::Path;
use std::process::{Command, Output};

/// The program, to be started in `folder`; the environment does not limit its vector width.
pub fn ringfence(folder: impl AsRef<Path>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringfence"));
    command.current_dir(folder).env_remove("RINGFENCE_VECTOR");
    command
}

/// Runs the program in `folder` with these arguments.
pub fn run(folder: impl AsRef<Path>, arguments: &[&str]) -> Output {
    ringfence(folder).args(arguments).output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard output of a command that must succeed.
#[track_caller]
pub fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, stderr(output));
    stdout(output)
}

/// Standard error of a command that must be refused as wrong input (exit status 2).
#[track_caller]
pub fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", stderr(output));
    stderr(output)
}
