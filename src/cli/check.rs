use super::args::CheckOptions;
use super::output;
use crate::error::Result;
use crate::report;
use crate::run::simulator;

/// `ringfence check`
pub fn check(options: &CheckOptions) -> Result<()> {
    let batches = options.changes.load_batches(&options.scenarios)?;
    let threads = simulator(options.threads)?.threads();
    let plans: Vec<String> = batches.iter().map(|batch| report::plan::render_batch(batch, threads)).collect();
    output::print(&plans.join("\n"))
}
