//! What the numbers in the outcomes of paths stand for.

use std::sync::Arc;

use crate::scenario::Scenario;
use crate::simulation::PathOutcome;

/// Names and times behind the indices and steps of a [`PathOutcome`].
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeNames {
    /// Names of the modes, in the job's order.
    pub modes: Vec<Arc<str>>,
    /// Names of the positions, in the portfolio's order.
    pub positions: Vec<Arc<str>>,
    /// Length of a path, days.
    pub horizon_days: f64,
    /// Number of steps of a path.
    pub steps: u64,
}

impl OutcomeNames {
    /// The names in a scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let (settings, positions) = (&scenario.settings, &scenario.portfolio.positions);
        Self {
            modes: settings.modes.iter().map(|mode| mode.name().into()).collect(),
            positions: positions.iter().map(|position| position.name.as_str().into()).collect(),
            horizon_days: settings.horizon.days(),
            steps: settings.steps,
        }
    }

    /// Days to the first liquidation, if there was one.
    pub(crate) fn days(&self, row: &PathOutcome) -> Option<f64> {
        row.liquidation_step.map(|step| f64::from(step) * self.horizon_days / self.steps as f64)
    }

    /// Name of the position that was liquidated first.
    pub(crate) fn first_liquidated(&self, row: &PathOutcome) -> Option<&Arc<str>> {
        self.positions.get(row.first_liquidated?)
    }
}
