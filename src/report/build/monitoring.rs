//! What checking margin at steps only misses.

use super::estimate::{Estimator, Spread, Uncertainty, number};
use crate::report::document::{Keyed, MonitoringResult, StepBiasResult};
use crate::scenario::Scenario;
use crate::simulation::StepBias;

/// Both kinds of monitoring on the same paths; only the kind where a model has no path inside steps.
pub fn monitoring(scenario: &Scenario, bias: Option<&StepBias>) -> MonitoringResult {
    let settings = &scenario.settings;
    let modes = bias.map_or(Vec::new(), |bias| {
        // The paths looked at are drawn each on its own, whatever those of the run.
        let estimator = Estimator::new(bias.paths, settings.confidence, Uncertainty::Independent);
        let share = |count| estimator.frequency(count, bias.paths, Spread::Effect(1.0));
        let result = settings.modes.iter().zip(&bias.modes).map(|(mode, found)| {
            let result = StepBiasResult {
                at_steps: share(found.at_steps),
                continuous: share(found.continuous),
                missed: share(found.only_continuous),
                residual: number(found.residual),
            };
            (mode.name().to_owned(), result)
        });
        result.collect()
    });
    MonitoringResult {
        kind: settings.monitoring.name().to_owned(),
        paths: bias.map(|bias| bias.paths),
        modes: Keyed(modes),
    }
}
