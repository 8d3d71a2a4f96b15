use super::args::CheckOptions;
use super::output;
use crate::error::Result;
use crate::report;
use crate::run::simulator;

/// `ringfence check`
pub fn check(options: &CheckOptions) -> Result<()> {
    let scenarios = options.changes.load(&options.scenarios)?;
    let threads = simulator(options.threads)?.threads();
    let plans: Vec<String> = scenarios.iter().map(|s| report::plan::render(s, threads)).collect();
    output::print(&plans.join("\n"))
}
