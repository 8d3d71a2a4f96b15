//! The data that the charts of one run show.

use crate::domain::Monitoring;
use crate::report::charts::layout::Layout;
use crate::result::document::ResultDocument;
use crate::simulation::{PathSample, RunOutcome};
use crate::text::format::paths;

/// The data of a run that charts show.
#[derive(Debug, Clone)]
pub struct ChartInput<'a> {
    /// The scenario's title, shown as it is on one line.
    pub title: &'a str,
    /// The currency of amounts.
    pub currency: &'a str,
    /// Equity at time 0, in account currency; greater than zero.
    pub opening_equity: f64,
    /// Length of a path in days.
    pub horizon_days: f64,
    /// Number of equal steps in the horizon.
    pub steps: u64,
    /// Level of the intervals, `0 < c < 1`.
    pub confidence: f64,
    /// Whether sampling error can be stated.
    pub intervals: bool,
    /// What all paths add up to.
    pub outcome: &'a RunOutcome,
    /// Single paths.
    pub sample: &'a PathSample,
    /// Paths, seed, venue, monitoring and model in a few words, on two lines; what is too long is cut at its end.
    pub subtitle: String,
    /// What pictures are made for.
    pub layout: Layout,
}

impl<'a> ChartInput<'a> {
    /// The charts of one run.
    pub fn new(document: &'a ResultDocument, outcome: &'a RunOutcome, sample: &'a PathSample) -> Self {
        let scenario = &document.scenario;
        let model = scenario.model.join("; ");
        let checked = match document.monitoring.kind == Monitoring::Continuous.name() {
            false => "margin checked at steps",
            true => "margin checked continuously",
        };
        Self {
            title: &scenario.title,
            currency: &scenario.currency,
            opening_equity: scenario.wallet,
            horizon_days: scenario.horizon_days,
            steps: scenario.steps,
            confidence: scenario.confidence,
            intervals: !document.sampling.overlapping_windows,
            outcome,
            sample,
            subtitle: format!(
                "{}, seed {} · {}, {checked} · {model}",
                paths(scenario.paths),
                scenario.seed,
                scenario.venue,
            ),
            layout: Layout::File,
        }
    }
}
