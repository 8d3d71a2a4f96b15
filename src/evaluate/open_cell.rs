//! A cell of a batch while it is simulated.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::domain::Precision;
use crate::error::{Error, Result};
use crate::evaluate::job::job_on;
use crate::margin::entry_prices;
use crate::paths::PathGenerator;
use crate::result::batch_description::BatchDescription;
use crate::result::scenario_description::ScenarioDescription;
use crate::scenario::Scenario;
use crate::simulation::{Job, Simulator, Stopped, Totals};
use crate::store::saved_totals::{Observed, Part, Saved};

/// One cell that is being simulated; its totals are kept beside it.
pub(crate) struct OpenCell<'a> {
    pub(crate) index: usize,
    pub(crate) scenario: &'a Scenario,
    pub(crate) job: Job,
    description: ScenarioDescription,
    /// What is measured on the first paths; `None` in a shard without them.
    observed: Option<Observed>,
}

impl<'a> OpenCell<'a> {
    /// Cell `index` of a batch, on price paths that others may share.
    pub(crate) fn new(
        batch: &BatchDescription,
        index: usize,
        scenario: &'a Scenario,
        generator: Arc<PathGenerator>,
    ) -> Self {
        let modes = &scenario.settings.modes;
        let entry: Vec<_> = modes.iter().map(|&mode| entry_prices(&scenario.portfolio, mode)).collect();
        let mut description = ScenarioDescription::new(scenario, &batch.cells[index].sha256, &entry);
        description.level = batch.intervals.confidence_each;
        Self { index, scenario, job: job_on(scenario, generator), description, observed: None }
    }

    /// Audits the cell and, in a single run, measures what its report shows beside the totals. The cells of a sweep share
    /// the effort of the audit, and have neither charts nor what these need.
    ///
    /// # Errors
    /// As the simulator's observers. What the audit finds is found before hours are spent.
    pub(crate) fn observe(
        &mut self,
        batch: &BatchDescription,
        simulator: &Simulator,
        cancelled: &AtomicBool,
    ) -> Result<()> {
        let audit = simulator.audit(&self.job, batch.cells.len() as u64, cancelled)?;
        let mut observed = Observed { audit, correlations: Vec::new(), step_bias: None, sample: None };
        if !batch.is_sweep() {
            observed.correlations = simulator.correlations(&self.job, cancelled)?;
            observed.step_bias = simulator.step_bias(&self.job, cancelled)?;
            observed.sample = Some(simulator.sample(&self.job, cancelled)?);
        }
        self.observed = Some(observed);
        Ok(())
    }

    /// The precision at which the cell stops, if it asks for one.
    pub(crate) fn precision(&self) -> Option<Precision> {
        self.scenario.settings.precision
    }

    /// All that its result is made of, given the totals of a part of its blocks.
    pub(crate) fn saved(&self, part: Part, totals: &Totals) -> Saved {
        Saved {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            facts: self.description.clone(),
            part,
            totals: totals.clone(),
            observed: self.observed.clone(),
        }
    }

    /// Paths in blocks.
    pub(crate) fn paths(&self, first: u64, end: u64) -> u64 {
        Part { first, end, all: end }.paths(self.job.paths)
    }
}

/// The error of cells that were stepped together, with the settings of the cell that it came from.
pub(crate) fn named(stopped: Stopped, open: &[OpenCell<'_>], batch: &BatchDescription) -> Error {
    let cell = stopped.job.and_then(|job| batch.cells.get(open.get(job)?.index));
    match (stopped.error, cell.filter(|_| batch.is_sweep())) {
        (Error::Failed(what), Some(cell)) => Error::failed(format_args!("at {}: {what}", cell.in_words())),
        (error, _) => error,
    }
}
