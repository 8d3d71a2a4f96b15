//! The command line; see [`ringfence::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ringfence::cli::main()
}
