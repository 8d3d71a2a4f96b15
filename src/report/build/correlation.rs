//! The realised correlation of step returns beside the one asked for.

use super::estimate::number;
use crate::report::document::CorrelationResult;
use crate::scenario::Scenario;
use crate::simulation::{Correlation, RunOutcome};
use crate::statistics::mean_half_width;

/// Groups of paths below which a standard error says nothing.
const FEWEST_GROUPS: u64 = 5;

/// Every two assets that were looked at.
pub fn correlations(scenario: &Scenario, outcome: &RunOutcome) -> Vec<CorrelationResult> {
    outcome.correlations.iter().filter_map(|found| correlation(scenario, found)).collect()
}

fn correlation(scenario: &Scenario, found: &Correlation) -> Option<CorrelationResult> {
    let name = |asset: usize| scenario.portfolio.assets.get(asset).map(|asset| asset.name.clone());
    let assets = &scenario.market.assets;
    let is_driven = |asset: usize| assets.get(asset).is_some_and(|model| model.law.is_driven());
    let driven = is_driven(found.a) && is_driven(found.b);
    let asked = scenario.market.correlation.get(found.a * assets.len() + found.b).copied();
    let std_error = found.std_error.filter(|_| !scenario.windows_overlap()).and_then(number);
    let few = found.groups < FEWEST_GROUPS;
    let std_error = std_error.filter(|_| !few);
    let factor = mean_half_width(found.groups, scenario.settings.confidence);
    let half = std_error.zip(factor).map(|(error, factor)| factor * error);
    let bound = |sign: f64| Some((found.realised? + sign * half?).clamp(-1.0, 1.0));
    Some(CorrelationResult {
        a: name(found.a)?,
        b: name(found.b)?,
        asked: asked.filter(|_| driven).and_then(number),
        realised: found.realised.and_then(number),
        std_error,
        low: bound(-1.0).and_then(number),
        high: bound(1.0).and_then(number),
        paths: found.paths,
        steps: found.steps,
    })
}
