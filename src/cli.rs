//! Flags to requests, one file a subcommand. The only place that knows clap.

mod args;
mod check;
mod diagnostic;
mod diff;
mod margin;
mod merge;
mod models;
mod new;
mod output;
mod replay;
mod report;
mod run;
mod schema;
mod signal;
mod venues;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::cli::args::{Arguments, Command};
use crate::error::{Error, Result};

/// Parses the arguments, runs the command, reports what went wrong, and returns the exit status:
/// 0 done, 1 failed on the way, 2 wrong input, 130 interrupted.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(answer) => return print_answer(&answer),
    };
    let done = match arguments.command {
        Command::Run(options) => run::run(&options),
        Command::Merge(options) => merge::merge(&options),
        Command::Report(options) => report::report(&options),
        Command::Check(options) => check::check(&options),
        Command::Replay(options) => replay::replay(&options),
        Command::Margin(options) => margin::margin(&options),
        Command::Venues { name } => venues::venues(name.as_deref()),
        Command::Models { kind } => models::models(kind.as_deref()),
        Command::Diff { a, b, json } => diff::diff(&a, &b, json),
        Command::New { name } => new::new(&name),
        Command::Schema { of } => schema::schema(&of),
    };
    exit_code(done)
}

fn exit_code(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(&diagnostic::render(&error));
            ExitCode::from(error.exit_code())
        }
    }
}

/// Prints the parser's own answer: help and version on standard output, a refusal on standard error.
fn print_answer(answer: &clap::Error) -> ExitCode {
    let printed = answer.print().and_then(|()| io::stdout().flush());
    if answer.use_stderr() {
        return ExitCode::from(2);
    }
    exit_code(match printed {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Error::failed(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    })
}
