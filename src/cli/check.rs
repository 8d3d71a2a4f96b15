use crate::cli::args::CheckOptions;
use crate::cli::output;
use crate::error::Result;
use crate::report::plan;
use crate::run::simulator;

/// `ringfence check`
pub fn check(options: &CheckOptions) -> Result<()> {
    let batches = options.changes.load_batches(&options.scenarios)?;
    let threads = simulator(options.threads)?.threads();
    let plans: Vec<String> = batches.iter().map(|batch| plan::render_batch(batch, threads)).collect();
    output::print(&plans.join("\n"))
}
