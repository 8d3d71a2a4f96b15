//! The cells of a batch, simulated in memory; those that share their price paths are stepped together.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::Precision;
use crate::error::{Error, Result};
use crate::evaluate::job::{generator, job_on};
use crate::evaluate::observe::observe;
use crate::evaluate::options::Options;
use crate::margin::entry_prices;
use crate::plan::passes::{Rounds, passes};
use crate::result::batch_description::BatchFacts;
use crate::result::document::ResultDocument;
use crate::result::scenario_description::Facts;
use crate::scenario::Batch;
use crate::simulation::{Control, Job, Simulator, Totals};
use crate::store::saved_totals::{Observed, Part, Saved};

/// Rounds end only where a precision is looked at: nothing is saved on the way.
const NO_CHECKPOINTS: Duration = Duration::MAX;

/// One cell that is being simulated.
struct Open {
    index: usize,
    job: Job,
    description: Facts,
    observed: Observed,
    precision: Option<Precision>,
}

impl Open {
    fn document(&self, totals: &Totals, end: u64) -> ResultDocument {
        let saved = Saved {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            facts: self.description.clone(),
            part: Part { first: 0, end, all: self.job.blocks() },
            totals: totals.clone(),
            observed: Some(self.observed.clone()),
        };
        saved.document(self.precision.as_ref())
    }
}

/// The documents of all cells, in order.
///
/// # Errors
/// As [`crate::evaluate::simulate`].
pub(crate) fn simulate(
    batch: &Batch,
    description: &BatchFacts,
    options: &Options,
) -> Result<Vec<ResultDocument>> {
    let simulator = options.simulator()?;
    let nothing = |_: u64| {};
    let progress: &(dyn Fn(u64) + Sync) = match &options.progress {
        Some(progress) => progress.as_ref(),
        None => &nothing,
    };
    let control = Control { cancelled: &options.cancelled, progress };
    let mut documents: Vec<Option<ResultDocument>> = vec![None; batch.cells.len()];
    for cells in passes(batch, simulator.threads(), false) {
        let open = open(batch, description, &cells, &simulator, &control)?;
        run(open, &simulator, &control, &mut documents)?;
    }
    let missing = || Error::failed("a cell of the run has no result");
    documents.into_iter().map(|document| document.ok_or_else(missing)).collect()
}

fn open(
    batch: &Batch,
    description: &BatchFacts,
    cells: &[usize],
    simulator: &Simulator,
    control: &Control<'_>,
) -> Result<Vec<Open>> {
    let mut open = Vec::with_capacity(cells.len());
    let Some(&first) = cells.first() else { return Ok(open) };
    let generator = Arc::new(generator(&batch.cells[first].scenario)?);
    for &index in cells {
        let scenario = &batch.cells[index].scenario;
        let job = job_on(scenario, generator.clone());
        let entry: Vec<_> =
            scenario.settings.modes.iter().map(|&mode| entry_prices(&scenario.portfolio, mode)).collect();
        let mut of_cell = Facts::new(scenario, &description.cells[index].sha256, &entry);
        of_cell.level = description.intervals.confidence_each;
        let (count, is_sweep) = (batch.cells.len() as u64, batch.is_sweep());
        let observed = observe(simulator, &job, count, is_sweep, control.cancelled)?;
        open.push(Open {
            index,
            job,
            description: of_cell,
            observed,
            precision: scenario.settings.precision,
        });
    }
    Ok(open)
}

/// Steps the open cells together until each is complete, or known to the precision that it asks for.
fn run(
    mut open: Vec<Open>,
    simulator: &Simulator,
    control: &Control<'_>,
    documents: &mut [Option<ResultDocument>],
) -> Result<()> {
    let mut totals: Vec<Totals> = open.iter().map(|cell| Totals::new(&cell.job)).collect();
    let end = open.first().map_or(0, |cell| cell.job.blocks());
    let stops_early = open.iter().any(|cell| cell.precision.is_some());
    let mut rounds = Rounds::new(0, end, stops_early, NO_CHECKPOINTS);
    while !open.is_empty() {
        let blocks = rounds.next();
        if blocks.is_empty() {
            break;
        }
        let jobs: Vec<&Job> = open.iter().map(|cell| &cell.job).collect();
        simulator.extend(&jobs, blocks.clone(), &mut totals, control).map_err(|stopped| stopped.error)?;
        if rounds.done(blocks.end) {
            for place in (0..open.len()).rev() {
                let document = open[place].document(&totals[place], blocks.end);
                if document.precision.as_ref().is_some_and(|precision| precision.met) {
                    documents[open[place].index] = Some(document);
                    open.remove(place);
                    totals.remove(place);
                }
            }
        }
    }
    for (cell, totals) in open.iter().zip(&totals) {
        documents[cell.index] = Some(cell.document(totals, end));
    }
    Ok(())
}
