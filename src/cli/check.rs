use crate::cli::args::CheckOptions;
use crate::cli::output;
use crate::error::Result;
use crate::plan::summary;
use crate::run::simulator;

/// `ringfence check`
pub fn check(options: &CheckOptions) -> Result<()> {
    let batches = options.changes.load_batches(&options.scenarios)?;
    let threads = simulator(options.threads)?.threads();
    let plans: Vec<String> = batches.iter().map(|batch| summary::render_batch(batch, threads)).collect();
    output::print(&plans.join("\n"))
}
