//! Flags to requests, one file a subcommand. The only place that knows clap.

mod args;
mod check;
mod output;
mod replay;
mod run;
mod signal;
mod venues;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};

/// Parses the arguments, runs the command, reports what went wrong, and returns the exit status:
/// 0 done, 1 failed on the way, 2 wrong input, 130 interrupted.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refused) => {
            let code = if refused.use_stderr() { 2 } else { 0 };
            // Nothing more can be said if this cannot be printed.
            let _ = refused.print();
            return ExitCode::from(code);
        }
    };
    let done = match arguments.command {
        Command::Run(options) => run::run(&options),
        Command::Check(options) => check::check(&options),
        Command::Replay(options) => replay::replay(&options),
        Command::Venues { name } => venues::venues(name.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}
