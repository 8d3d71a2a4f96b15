//! Evaluation in memory: from a validated scenario to its typed result, without a folder or a file.

pub(crate) mod cells;
pub(crate) mod job;
pub(crate) mod open_cell;
pub(crate) mod options;
pub(crate) mod outcomes;
#[cfg(feature = "arrow")]
pub(crate) mod record_batch;

use crate::error::{Error, Invalid, Result};
pub use crate::evaluate::job::job;
pub use crate::evaluate::options::Options;
pub use crate::evaluate::outcomes::{Outcome, Outcomes, outcomes};
#[cfg(feature = "arrow")]
pub use crate::evaluate::record_batch::record_batches;
use crate::result::batch_description::BatchDescription;
use crate::result::document::{ResultDocument, SweepDocument};
use crate::scenario::{Batch, Cell, Scenario};

/// Simulates a scenario in every margin mode that it names. The result is the one that `ringfence run` writes to
/// `summary.json`, bit for bit, whatever the number of threads.
///
/// # Errors
/// [`Error::Input`] when the correlations of the price models contradict each other; [`Error::Interrupted`] when
/// cancelled; [`Error::Failed`] when an amount leaves the range of numbers, or when the exact ledger disagrees.
pub fn simulate(scenario: &Scenario, options: &Options) -> Result<ResultDocument> {
    let cell = Cell { set: Vec::new(), scenario: scenario.clone() };
    let batch = Batch { name: scenario.name.clone(), axes: Vec::new(), cells: vec![cell] };
    let description = BatchDescription::new(&batch, String::new(), Vec::new());
    let mut documents = cells::simulate(&batch, &description, options)?;
    documents.pop().ok_or_else(|| Error::failed("the run has no result"))
}

/// Simulates every cell of a sweep. Cells that share their price model, seed and steps share their price paths.
///
/// # Errors
/// As [`simulate`]; [`Error::Input`] for a batch without `[sweep]`.
pub fn sweep(batch: &Batch, options: &Options) -> Result<SweepDocument> {
    if !batch.is_sweep() {
        let invalid = Invalid::new(format!("scenario `{}` has no [sweep]", batch.name)).of_key("sweep");
        return Err(invalid.with_help("use `simulate`").into());
    }
    let description = BatchDescription::new(batch, String::new(), Vec::new());
    let documents = cells::simulate(batch, &description, options)?;
    description.sweep(documents).ok_or_else(|| Error::failed("the sweep has no cells"))
}
