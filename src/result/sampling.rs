//! How paths were drawn, and what this means for the sampling error.

use crate::result::assumption::{Assumption, AssumptionKind};
use crate::scenario::Scenario;
use crate::simulation::RunOutcome;
use crate::text::format::{paths, percent_trimmed};

/// Paths that are windows of a history.
pub const WINDOWS: &str = "windows";

/// The name of how paths are drawn.
pub fn kind(scenario: &Scenario) -> &'static str {
    if scenario.market.windows.is_some() { WINDOWS } else { scenario.settings.sampling.name() }
}

/// How the paths of a finished run were drawn, and how many of them overflowed. `overlapping_windows`: paths are
/// overlapping windows of one history.
pub fn assumptions(overlapping_windows: bool, outcome: &RunOutcome) -> Vec<Assumption> {
    let overlap = overlapping_windows.then_some(
        "paths are overlapping windows of one history. The same bars occur in several of them, so no standard error, \
         interval or test can be stated. Shares are shares of these windows.",
    );
    let pairs = outcome.twins.as_ref().filter(|_| overlap.is_none()).map(|_| {
        "paths are drawn in antithetic pairs. Intervals of means, of shares of all paths and of quantiles use the \
         measured variance of pairs; intervals of tail means use an upper bound of it; intervals of counts over \
         liquidated paths treat a pair as a single path, which is the most cautious case."
    });
    let clamped = (outcome.held_paths > 0).then(|| {
        Assumption::new(
            AssumptionKind::Overflow,
            format!(
                "on {} a price overflowed and was clamped to a factor of e^±300. Frequencies include these paths; \
                 means and the numbers derived from them are not meaningful.",
                paths(outcome.held_paths),
            ),
        )
    });
    let drawn = overlap.or(pairs).map(|text| Assumption::new(AssumptionKind::Sampling, text));
    drawn.into_iter().chain(clamped).collect()
}

/// What intervals cover.
pub fn intervals(scenario: &Scenario) -> Assumption {
    let confidence = percent_trimmed(scenario.settings.confidence);
    let text = if scenario.windows_overlap() {
        "none. The windows of one history show what happened in it, not what can happen.".to_owned()
    } else if scenario.market.windows.is_some() {
        format!(
            "at {confidence}, as if the windows were independent draws from one distribution. Neighbouring windows of a \
             history are not independent: volatile periods extend from one into the next."
        )
    } else {
        format!(
            "at {confidence}. They cover the sampling error of a finite number of paths only, not errors in the price \
             model or its parameters."
        )
    };
    Assumption::new(AssumptionKind::Intervals, text)
}
