//! Two modes compared path by path.

use crate::result::document::ordered_map::OrderedMap;
use crate::simulation::TwoByTwo;

/// Two modes on the same paths; differences are a − b.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PairedResult {
    /// The first mode.
    pub a: String,
    /// The second mode.
    pub b: String,
    /// Liquidated at all.
    pub liquidation: PairedLiquidation,
    /// Per position: paths on which both, one or neither mode lost it.
    pub positions: OrderedMap<TwoByTwoResult>,
    /// Maximum relative drawdown.
    pub drawdown_relative: MeanDifference,
    /// Profit and loss.
    pub pnl: MeanDifference,
    /// Shortfall.
    pub shortfall: MeanDifference,
}

/// Paths by what happened in two modes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct TwoByTwoResult {
    /// In both.
    pub both: u64,
    /// In the first only.
    pub a_only: u64,
    /// In the second only.
    pub b_only: u64,
    /// In neither.
    pub neither: u64,
}

impl From<TwoByTwo> for TwoByTwoResult {
    fn from(t: TwoByTwo) -> Self {
        Self { both: t.both, a_only: t.a_only, b_only: t.b_only, neither: t.neither }
    }
}

/// Liquidated at all, in two modes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PairedLiquidation {
    /// The table.
    #[serde(flatten)]
    pub table: TwoByTwoResult,
    /// Difference of the two shares.
    pub difference: Option<f64>,
    /// Its standard error; `None` where no path, or every path, tells the modes apart.
    pub std_error: Option<f64>,
    /// Lower bound, Newcombe's method 10.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// McNemar's exact two-sided p-value; of his test for clustered data where paths are in pairs.
    pub mcnemar_p: Option<f64>,
    /// How many times more paths unpaired runs would need for the same precision.
    pub variance_factor: Option<f64>,
}

/// The mean of a difference over paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct MeanDifference {
    /// Mean.
    pub mean_difference: Option<f64>,
    /// Standard error.
    pub std_error: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// How many times more paths unpaired runs would need for the same precision.
    pub variance_factor: Option<f64>,
}
