//! A scenario, or the cells of a sweep that share its paths, as dense jobs for the simulator.

use std::sync::Arc;

use crate::domain::{Clock, Monitoring};
use crate::error::{Invalid, Result};
use crate::margin::{BookPlan, FundingTable};
use crate::paths::PathGenerator;
use crate::scenario::Scenario;
use crate::simulation::Job;

/// Everything the simulation needs of one run, dense.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) when the drivers' correlations are contradictory.
pub fn job(scenario: &Scenario) -> Result<Job> {
    Ok(job_on(scenario, Arc::new(generator(scenario)?)))
}

/// Where a scenario's prices come from.
pub(crate) fn generator(scenario: &Scenario) -> Result<PathGenerator> {
    let generator = PathGenerator::new(&scenario.market, scenario.settings.seed)
        .ok_or_else(|| Invalid::new("the correlation matrix is not positive definite").of_key("correlation"))?
        .with_sampling(scenario.settings.sampling);
    Ok(match scenario.settings.monitoring {
        Monitoring::Step => generator,
        Monitoring::Continuous => generator.recording_bridges(),
    })
}

/// A run on a draw of prices that others may share.
pub(crate) fn job_on(scenario: &Scenario, generator: Arc<PathGenerator>) -> Job {
    let (portfolio, settings) = (&scenario.portfolio, &scenario.settings);
    let clock = Clock { horizon_seconds: settings.horizon.seconds(), steps: settings.steps };
    let books: Vec<_> = settings.modes.iter().map(|&mode| BookPlan::new(portfolio, mode, clock)).collect();
    Job {
        generator,
        ruin_equity: settings.ruin_level * books.first().map_or(0.0, BookPlan::opening_equity),
        books,
        funding: FundingTable::new(portfolio, clock),
        paths: settings.paths,
        steps: settings.steps,
    }
}
