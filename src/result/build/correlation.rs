//! The realised correlation of step returns beside the one asked for.

use crate::result::build::estimate::number;
use crate::result::document::CorrelationResult;
use crate::result::scenario_description::Facts;
use crate::simulation::{Correlation, RunOutcome};
use crate::statistics::mean_half_width;

/// Groups of paths below which a standard error says nothing.
const FEWEST_GROUPS: u64 = 5;

/// Every two assets that were looked at.
pub fn correlations(facts: &Facts, outcome: &RunOutcome) -> Vec<CorrelationResult> {
    outcome.correlations.iter().filter_map(|found| correlation(facts, found)).collect()
}

fn correlation(facts: &Facts, found: &Correlation) -> Option<CorrelationResult> {
    let name = |asset: usize| facts.assets.get(asset).cloned();
    let asked = facts.asked_correlations.get(found.a * facts.assets.len() + found.b).copied().flatten();
    let std_error = found.std_error.filter(|_| !facts.overlapping_windows).and_then(number);
    let few = found.groups < FEWEST_GROUPS;
    let std_error = std_error.filter(|_| !few);
    let factor = mean_half_width(found.groups, facts.level);
    let half = std_error.zip(factor).map(|(error, factor)| factor * error);
    let bound = |sign: f64| Some((found.realised? + sign * half?).clamp(-1.0, 1.0));
    Some(CorrelationResult {
        a: name(found.a)?,
        b: name(found.b)?,
        asked: asked.and_then(number),
        realised: found.realised.and_then(number),
        std_error,
        low: bound(-1.0).and_then(number),
        high: bound(1.0).and_then(number),
        paths: found.paths,
        steps: found.steps,
    })
}
