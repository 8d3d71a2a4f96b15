//! START HERE: the whole program. A scenario becomes a job, the job an outcome, the outcome a
//! document, and the document a folder that appears whole or not at all.

mod replay;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub use replay::replay;
use serde_json::json;

use crate::domain::{Clock, Monitoring};
use crate::error::{Error, Result};
use crate::margin::{BookPlan, FundingTable, entry_prices};
use crate::paths::PathGenerator;
use crate::report::folder::{self, OutputFolder, ResultFolder};
use crate::report::{self, ResultDocument, charts, csv, json};
use crate::scenario::Scenario;
use crate::simulation::{Control, Job, Simulator, VectorWidth, WidthLimit};

/// Threads a person may ask for.
const MOST_THREADS: u64 = 1_024;

/// Where results go, and how many of them.
pub struct Options<'a> {
    /// Parent of the scenarios' folders.
    pub out: &'a Path,
    /// Draw the charts.
    pub charts: bool,
    /// Replace a folder that holds something else.
    pub force: bool,
}

/// One scenario, done.
pub struct Finished {
    /// The result.
    pub document: ResultDocument,
    /// Where it was written.
    pub folder: PathBuf,
}

/// Runs every scenario. All output folders are found usable before anything is simulated.
///
/// # Errors
/// Exit status 2 before anything is simulated, 1 and 130 on the way; finished folders stay.
pub fn run_all(
    scenarios: &[Scenario],
    simulator: &Simulator,
    control: &Control<'_>,
    options: &Options<'_>,
    stage: &dyn Fn(&str),
) -> Result<Vec<Finished>> {
    let output = OutputFolder::open(options.out)?;
    let prepared: Vec<(Job, ResultFolder)> = scenarios
        .iter()
        .map(|s| Ok((job(s)?, open_folder(s, &output, options.force)?)))
        .collect::<Result<_>>()?;
    let mut finished = Vec::with_capacity(scenarios.len());
    for (scenario, (job, folder)) in scenarios.iter().zip(prepared) {
        stage(&scenario.name);
        finished.push(run_one(scenario, &job, folder, simulator, control, options)?);
    }
    Ok(finished)
}

fn run_one(
    scenario: &Scenario,
    job: &Job,
    folder: ResultFolder,
    simulator: &Simulator,
    control: &Control<'_>,
    options: &Options<'_>,
) -> Result<Finished> {
    let started = Instant::now();
    let modes = &scenario.settings.modes;
    let entry: Vec<_> = modes.iter().map(|&mode| entry_prices(&scenario.portfolio, mode)).collect();
    // What the audit finds, it should find before hours are spent.
    let audit = simulator.audit(job, control.cancelled)?;
    let mut outcome = simulator.simulate(job, control)?;
    outcome.correlations = simulator.correlations(job, control.cancelled)?;
    outcome.step_bias = simulator.step_bias(job, control.cancelled)?;
    let document = report::build(scenario, &scenario.sha256(), &entry, &outcome, &audit);
    json::write(folder.staging(), &document)?;
    csv::write_tables(folder.staging(), &document, &outcome)?;
    if options.charts {
        let sample = simulator.sample(job, control.cancelled)?;
        let input = charts::ChartInput::new(&document, &outcome, &sample);
        charts::render_all(folder.staging(), &input, control.cancelled)?;
    }
    if control.cancelled.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    let facts = json!({
        "seed": scenario.settings.seed,
        "threads": simulator.threads(),
        "operating_system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "wall_time_seconds": started.elapsed().as_secs_f64(),
    });
    let folder = folder.publish(&facts)?;
    Ok(Finished { document, folder })
}

/// Everything the simulation needs, dense.
///
/// # Errors
/// [`Error::Input`] when the drivers' correlations are contradictory.
pub fn job(scenario: &Scenario) -> Result<Job> {
    let generator = PathGenerator::new(&scenario.market, scenario.settings.seed)
        .ok_or_else(|| Error::input("correlation: the matrix is not positive definite"))?
        .with_sampling(scenario.settings.sampling);
    let generator = match scenario.settings.monitoring {
        Monitoring::Step => generator,
        Monitoring::Continuous => generator.recording_inside(),
    };
    let (portfolio, settings) = (&scenario.portfolio, &scenario.settings);
    let clock = Clock { horizon_seconds: settings.horizon.seconds(), steps: settings.steps };
    let books: Vec<_> = settings.modes.iter().map(|&mode| BookPlan::new(portfolio, mode, clock)).collect();
    Ok(Job {
        generator: Arc::new(generator),
        ruin_equity: settings.ruin_level * books.first().map_or(0.0, BookPlan::opening_equity),
        books,
        funding: FundingTable::new(portfolio, clock),
        paths: settings.paths,
        steps: settings.steps,
    })
}

/// Threads and vector width; `RINGFENCE_VECTOR` limits the latter.
///
/// # Errors
/// [`Error::Input`] for more threads than 1,024 or an unknown width.
pub fn simulator(threads: u64) -> Result<Simulator> {
    if threads > MOST_THREADS {
        return Err(Error::input(format!(
            "--threads {threads}: write a number from 1 to {MOST_THREADS}, or 0 for one per core"
        )));
    }
    let limit = match std::env::var_os("RINGFENCE_VECTOR") {
        None => WidthLimit::Avx512,
        Some(text) => text.to_string_lossy().parse().map_err(Error::Input)?,
    };
    Simulator::new(threads as usize, VectorWidth::detect(limit))
}

fn open_folder(scenario: &Scenario, output: &OutputFolder, force: bool) -> Result<ResultFolder> {
    folder::prepare(output, &scenario.name, &scenario.sha256(), &scenario.resolved, force)
}
