//! What checking margin at steps only misses.

use crate::result::build::estimate::{Estimator, Spread, Uncertainty, number};
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::{MonitoringResult, StepBiasResult};
use crate::result::scenario_description::ScenarioDescription;
use crate::simulation::RunOutcome;

/// Both kinds of monitoring on the same paths; only the kind where a model has no path inside steps.
pub fn monitoring(description: &ScenarioDescription, outcome: &RunOutcome) -> MonitoringResult {
    let bias = outcome.step_bias.as_ref();
    let modes = bias.map_or(Vec::new(), |bias| {
        // The paths looked at are drawn each on its own, whatever those of the run.
        let estimator = Estimator::new(bias.paths, description.level, Uncertainty::Independent);
        let share = |count| estimator.frequency(count, bias.paths, Spread::Effect(1.0));
        let result = outcome.modes.iter().zip(&bias.modes).map(|(mode, found)| {
            let result = StepBiasResult {
                at_steps: share(found.at_steps),
                continuous: share(found.continuous),
                missed: share(found.only_continuous),
                residual: number(found.residual),
            };
            (mode.mode.name().to_owned(), result)
        });
        result.collect()
    });
    MonitoringResult {
        kind: description.monitoring.clone(),
        paths: bias.map(|bias| bias.paths),
        modes: OrderedMap(modes),
    }
}
