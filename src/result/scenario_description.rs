//! What a result needs of its scenario, as plain data that is saved beside the totals: a result can then be merged from
//! its parts, or drawn again, where the scenario and its histories are not.

use serde::{Deserialize, Serialize};

use crate::domain::Decimal;
use crate::margin::EntryPrices;
use crate::result::assumptions::{essential, further, model_in_words};
use crate::result::build::estimate::decimal;
use crate::result::document::ScenarioSummary;
use crate::result::sampling;
use crate::scenario::Scenario;

/// One scenario, as its result tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// What is run; `paths` as asked for.
    pub summary: ScenarioSummary,
    /// How paths are drawn, in a word.
    pub sampling: String,
    /// Whether paths are overlapping windows of one history, so that no sampling error can be stated.
    pub overlapping_windows: bool,
    /// When margin is checked, in a word.
    pub monitoring: String,
    /// Level of each interval: the summary's, or more where many are to hold together.
    pub level: f64,
    /// Names of the assets.
    pub assets: Vec<String>,
    /// Correlations of the assets' Gaussian drivers, row by row; `None` where an asset has none.
    pub asked_correlations: Vec<Option<f64>>,
    /// Names of the positions.
    pub positions: Vec<String>,
    /// Per mode and position: prices of its asset at which its pool is liquidated and worth nothing at entry.
    pub entry: Vec<Vec<[Option<f64>; 2]>>,
    /// Assumptions that every reader of a table has to know.
    pub essential: Vec<String>,
    /// The other assumptions.
    pub further: Vec<String>,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
    /// The resolved scenario as `key → value`.
    pub resolved: Vec<(String, String)>,
}

impl Facts {
    /// Of a scenario with the hash `sha256`. `entry` holds, per mode and position in the scenario's order, the prices at
    /// which the pool fails at entry.
    pub fn new(scenario: &Scenario, sha256: &str, entry: &[Vec<EntryPrices>]) -> Self {
        let (settings, portfolio, market) = (&scenario.settings, &scenario.portfolio, &scenario.market);
        let prices = |p: &EntryPrices| [p.liquidation.and_then(price), p.bankruptcy.and_then(price)];
        let driven = |at: usize| market.assets.get(at).is_some_and(|asset| asset.law.is_driven());
        let count = market.assets.len();
        let asked = market.correlation.iter().enumerate();
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
            asked_correlations: asked
                .map(|(at, rho)| Some(*rho).filter(|_| driven(at / count) && driven(at % count)))
                .collect(),
            positions: portfolio.positions.iter().map(|position| position.name.clone()).collect(),
            entry: entry.iter().map(|mode| mode.iter().map(prices).collect()).collect(),
            essential: stops_early(scenario).into_iter().chain(essential(scenario)).collect(),
            further: further(scenario),
            notes: scenario.notes.clone(),
            resolved: scenario.resolved.clone(),
        }
    }

    /// Days from the start to the end of a step, which may be broken.
    pub fn days(&self, step: f64) -> f64 {
        step * self.summary.horizon_days / self.summary.steps as f64
    }
}

/// What stopping at a precision does to intervals.
fn stops_early(scenario: &Scenario) -> Option<String> {
    scenario.settings.precision.map(|asked| {
        format!(
            "A run stops once {} is known as well as was asked: looking at intervals before stopping makes them cover \
             slightly less often than stated.",
            asked.measure
        )
    })
}

/// A price at 12 significant digits, as scenarios and the ledger have them.
fn price(value: Decimal) -> Option<f64> {
    decimal(value.round_sf(12).unwrap_or(value))
}
