//! The realised correlation of step returns beside the requested one.

use crate::result::build::estimate::number;
use crate::result::document::CorrelationResult;
use crate::result::scenario_description::ScenarioDescription;
use crate::simulation::{Correlation, RunOutcome};
use crate::statistics::mean_half_width;

/// Groups of paths below which a standard error is not meaningful.
const FEWEST_GROUPS: u64 = 5;

/// Every pair of assets that was measured.
pub fn correlations(description: &ScenarioDescription, outcome: &RunOutcome) -> Vec<CorrelationResult> {
    outcome.correlations.iter().filter_map(|found| correlation(description, found)).collect()
}

fn correlation(description: &ScenarioDescription, found: &Correlation) -> Option<CorrelationResult> {
    let name = |asset: usize| description.assets.get(asset).cloned();
    let target =
        description.target_correlations.get(found.a * description.assets.len() + found.b).copied().flatten();
    let std_error = found.std_error.filter(|_| !description.overlapping_windows).and_then(number);
    let few = found.groups < FEWEST_GROUPS;
    let std_error = std_error.filter(|_| !few);
    let factor = mean_half_width(found.groups, description.level);
    let half = std_error.zip(factor).map(|(error, factor)| factor * error);
    let bound = |sign: f64| Some((found.realised? + sign * half?).clamp(-1.0, 1.0));
    Some(CorrelationResult {
        a: name(found.a)?,
        b: name(found.b)?,
        target: target.and_then(number),
        realised: found.realised.and_then(number),
        std_error,
        low: bound(-1.0).and_then(number),
        high: bound(1.0).and_then(number),
        paths: found.paths,
        steps: found.steps,
    })
}
