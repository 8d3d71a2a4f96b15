//! How long the program takes to begin.

use std::process::{Command, Stdio};

use crate::clock::fastest;

/// Wall time of commands that do next to nothing; `check` reads and validates the shipped scenario.
pub fn print() {
    let spawn = |argument: &str| {
        let program = env!("CARGO_BIN_EXE_ringfence");
        let status = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "{program} {argument} failed");
    };
    let [version, check] = fastest(20, [&mut || spawn("--version"), &mut || spawn("check")]);
    println!(
        "start-up: {:.1} ms for --version, {:.1} ms for check; 50 ms are allowed",
        1e3 * version,
        1e3 * check
    );
}
