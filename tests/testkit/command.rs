//! The program under test.

use std::path::Path;
use std::process::{Command, Output};

/// The program, to be started in `folder`; the vector width is detected, whatever the environment says.
pub fn ringfence(folder: impl AsRef<Path>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringfence"));
    command.current_dir(folder).env_remove("RINGFENCE_VECTOR");
    command
}

/// Runs the program in `folder` with these arguments.
pub fn run(folder: impl AsRef<Path>, arguments: &[&str]) -> Output {
    ringfence(folder).args(arguments).output().unwrap()
}
