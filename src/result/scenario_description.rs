//! What a result needs of its scenario, as plain data that is saved beside the totals: parts of a result can then be
//! merged, and its report drawn again, without the scenario and its histories.

use serde::{Deserialize, Serialize};

use crate::domain::Decimal;
use crate::margin::EntryPrices;
use crate::result::assumption::{Assumption, AssumptionKind};
use crate::result::assumptions::{essential, further, model_in_words};
use crate::result::build::estimate::decimal;
use crate::result::document::ScenarioSummary;
use crate::result::sampling;
use crate::scenario::Scenario;

/// One scenario, as far as its result describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioDescription {
    /// What is run; `paths` as requested.
    pub summary: ScenarioSummary,
    /// The name of how paths are drawn.
    pub sampling: String,
    /// Whether paths are overlapping windows of one history, so that no sampling error can be stated.
    pub overlapping_windows: bool,
    /// The name of when margin is checked.
    pub monitoring: String,
    /// Level of each interval: the summary's, or more where many are to hold together.
    pub level: f64,
    /// Names of the assets.
    pub assets: Vec<String>,
    /// Correlations of the assets' Gaussian drivers, row by row; `None` where an asset has none.
    pub target_correlations: Vec<Option<f64>>,
    /// Names of the positions.
    pub positions: Vec<String>,
    /// Per mode and position: prices of its asset at which its pool is liquidated and worth nothing at entry.
    pub entry: Vec<Vec<[Option<f64>; 2]>>,
    /// Assumptions that every reader of a table needs.
    pub essential: Vec<Assumption>,
    /// The other assumptions.
    pub further: Vec<Assumption>,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
    /// The resolved scenario as `key → value`.
    pub resolved: Vec<(String, String)>,
}

impl ScenarioDescription {
    /// Of a scenario with the hash `sha256`. `entry` holds, per mode and position in the scenario's order, the prices at
    /// which the pool fails at entry.
    pub fn new(scenario: &Scenario, sha256: &str, entry: &[Vec<EntryPrices>]) -> Self {
        let (settings, portfolio, market) = (&scenario.settings, &scenario.portfolio, &scenario.market);
        let prices = |p: &EntryPrices| [p.liquidation.and_then(price), p.bankruptcy.and_then(price)];
        let driven = |at: usize| market.assets.get(at).is_some_and(|asset| asset.process.is_driven());
        let count = market.assets.len();
        let correlations = market.correlation.iter().enumerate();
        Self {
            summary: ScenarioSummary {
                title: scenario.title.clone(),
                name: scenario.name.clone(),
                sha256: sha256.to_owned(),
                paths: settings.paths,
                steps: settings.steps,
                seed: settings.seed,
                horizon_days: settings.horizon.days(),
                confidence: settings.confidence,
                ruin_level: settings.ruin_level,
                wallet: decimal(portfolio.account.wallet).unwrap_or(0.0),
                currency: portfolio.account.currency.clone(),
                venue: portfolio.venue.preset.clone(),
                model: model_in_words(scenario),
            },
            sampling: sampling::kind(scenario).to_owned(),
            overlapping_windows: scenario.windows_overlap(),
            monitoring: settings.monitoring.name().to_owned(),
            level: settings.confidence,
            assets: portfolio.assets.iter().map(|asset| asset.name.clone()).collect(),
            target_correlations: correlations
                .map(|(at, rho)| Some(*rho).filter(|_| driven(at / count) && driven(at % count)))
                .collect(),
            positions: portfolio.positions.iter().map(|position| position.name.clone()).collect(),
            entry: entry.iter().map(|mode| mode.iter().map(prices).collect()).collect(),
            essential: stopping_rule(scenario).into_iter().chain(essential(scenario)).collect(),
            further: further(scenario),
            notes: scenario.notes.clone(),
            resolved: scenario.resolved.clone(),
        }
    }

    /// Days from the start to `step`, which may be fractional.
    pub fn days(&self, step: f64) -> f64 {
        step * self.summary.horizon_days / self.summary.steps as f64
    }
}

/// The effect of stopping at a precision on intervals.
fn stopping_rule(scenario: &Scenario) -> Option<Assumption> {
    let precision = scenario.settings.precision?;
    let text = format!(
        "the run stops as soon as {} reaches the requested precision. Looking at intervals before stopping makes them \
         cover slightly less often than stated.",
        precision.measure
    );
    Some(Assumption::new(AssumptionKind::StoppingRule, text))
}

/// A price at the 12 significant digits of scenarios and the ledger.
fn price(value: Decimal) -> Option<f64> {
    decimal(value.round_sf(12).unwrap_or(value))
}
