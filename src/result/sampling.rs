//! How paths were drawn, and what may then be said of sampling error.

use crate::result::scenario_description::Facts;
use crate::scenario::Scenario;
use crate::simulation::RunOutcome;
use crate::text::format::{paths, percent_trimmed};

/// Paths that are windows of a history.
pub const WINDOWS: &str = "windows";

/// How paths were drawn, in a word.
pub fn kind(scenario: &Scenario) -> &'static str {
    if scenario.market.windows.is_some() { WINDOWS } else { scenario.settings.sampling.name() }
}

/// What every reader of a table has to know.
pub fn essential(facts: &Facts, outcome: &RunOutcome) -> Vec<String> {
    let overlap = facts.overlapping_windows.then(|| {
        "Paths are overlapping windows of one history: the same bars are in several of them, so that no standard \
         error, interval or test can be stated, and none is. Shares are shares of these windows."
            .to_owned()
    });
    let pairs = outcome.twins.as_ref().filter(|_| overlap.is_none()).map(|_| {
        "Paths are drawn in antithetic pairs, and intervals take account of it: those of means, of shares of all \
         paths and of quantiles by the measured variance of pairs, those of tail means by an upper bound of it, and \
         those of what is counted over liquidated paths only as if a pair were worth one path, the least it can be."
            .to_owned()
    });
    let held = (outcome.held_paths > 0).then(|| {
        format!(
            "On {} a price left the range of numbers and was held at its edge (a factor of e^±300): frequencies \
             count them as they stand, means and what is beside them say nothing.",
            paths(outcome.held_paths),
        )
    });
    overlap.into_iter().chain(pairs).chain(held).collect()
}

/// What intervals cover.
pub fn intervals(scenario: &Scenario) -> String {
    if scenario.windows_overlap() {
        return "There are no intervals. What the windows of one history show is what happened in it, not what can \
                happen."
            .to_owned();
    }
    if scenario.market.windows.is_some() {
        return format!(
            "Intervals are at {} and take the windows for independent draws of one law, which neighbouring windows of \
             a history are not: unrest in one goes on in the next.",
            percent_trimmed(scenario.settings.confidence),
        );
    }
    format!(
        "Intervals are at {} and cover the sampling error of a finite number of paths only; they say \
         nothing of whether the price model or its parameters are right.",
        percent_trimmed(scenario.settings.confidence),
    )
}
