//! The cells of a batch, simulated in memory; those that share their price paths are stepped together.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::evaluate::job::generator;
use crate::evaluate::open_cell::{OpenCell, named};
use crate::evaluate::options::Options;
use crate::plan::passes::{Rounds, passes};
use crate::result::batch_description::BatchDescription;
use crate::result::document::ResultDocument;
use crate::scenario::Batch;
use crate::simulation::{Control, Job, Simulator, Totals};
use crate::store::saved_totals::Part;

/// Rounds end only where a precision is looked at: nothing is saved on the way.
const NO_CHECKPOINTS: Duration = Duration::MAX;

/// The documents of all cells, in order.
///
/// # Errors
/// As [`crate::evaluate::simulate`].
pub(crate) fn simulate(
    batch: &Batch,
    description: &BatchDescription,
    options: &Options,
) -> Result<Vec<ResultDocument>> {
    let simulator = options.simulator()?;
    let progress = |paths| options.report(paths);
    let control = Control { cancelled: &options.cancelled, progress: &progress };
    let mut documents: Vec<Option<ResultDocument>> = vec![None; batch.cells.len()];
    for cells in passes(batch, simulator.threads(), false) {
        let open = open(batch, description, &cells, &simulator, &control)?;
        run(open, description, &simulator, &control, &mut documents)?;
    }
    let missing = || Error::failed("a cell of the run has no result");
    documents.into_iter().map(|document| document.ok_or_else(missing)).collect()
}

/// Cells that share their price paths, with what is measured on their first paths.
fn open<'a>(
    batch: &'a Batch,
    description: &BatchDescription,
    cells: &[usize],
    simulator: &Simulator,
    control: &Control<'_>,
) -> Result<Vec<OpenCell<'a>>> {
    let Some(&first) = cells.first() else { return Ok(Vec::new()) };
    let generator = Arc::new(generator(&batch.cells[first].scenario)?);
    let open = cells.iter().map(|&index| {
        let scenario = &batch.cells[index].scenario;
        let mut cell = OpenCell::new(description, index, scenario, generator.clone());
        cell.observe(description, simulator, control.cancelled)?;
        Ok(cell)
    });
    open.collect()
}

/// Steps the open cells together until each is complete, or known to the precision that it asks for.
fn run(
    mut open: Vec<OpenCell<'_>>,
    description: &BatchDescription,
    simulator: &Simulator,
    control: &Control<'_>,
    documents: &mut [Option<ResultDocument>],
) -> Result<()> {
    let document = |cell: &OpenCell<'_>, totals: &Totals, end: u64| {
        let part = Part { first: 0, end, all: cell.job.blocks() };
        cell.saved(part, totals).document(cell.precision().as_ref())
    };
    let mut totals: Vec<Totals> = open.iter().map(|cell| Totals::new(&cell.job)).collect();
    let end = open.first().map_or(0, |cell| cell.job.blocks());
    let stops_early = open.iter().any(|cell| cell.precision().is_some());
    let mut rounds = Rounds::new(0, end, stops_early, NO_CHECKPOINTS);
    while !open.is_empty() {
        let blocks = rounds.next();
        if blocks.is_empty() {
            break;
        }
        let jobs: Vec<&Job> = open.iter().map(|cell| &cell.job).collect();
        simulator
            .extend(&jobs, blocks.clone(), &mut totals, control)
            .map_err(|stopped| named(stopped, &open, description))?;
        if !rounds.done(blocks.end) {
            continue;
        }
        for place in (0..open.len()).rev() {
            let document = document(&open[place], &totals[place], blocks.end);
            if document.precision.as_ref().is_some_and(|precision| precision.met) {
                documents[open[place].index] = Some(document);
                open.remove(place);
                totals.remove(place);
            }
        }
    }
    for (cell, totals) in open.iter().zip(&totals) {
        documents[cell.index] = Some(document(cell, totals, end));
    }
    Ok(())
}
