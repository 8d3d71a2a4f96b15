//! One margin mode over all paths. Bounds of a mean are symmetric about it, by Student's t below 100
//! values; with few paths they can lie beyond what the measure can be.

use crate::result::document::estimate::Frequency;
use crate::result::document::ordered_map::OrderedMap;

/// One margin mode over all paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ModeResult {
    /// Forced closes.
    pub liquidation: LiquidationResult,
    /// Equity fell to the ruin level or below.
    pub ruin: Frequency,
    /// Maximum drawdowns.
    pub drawdown: Drawdowns,
    /// Final minus opening equity.
    pub pnl: PnlResult,
    /// Losses beyond the collateral.
    pub shortfall: ShortfallResult,
    /// What trading and holding cost.
    pub costs: Costs,
    /// The same account valued in quote; `None` where contracts are linear.
    pub in_quote: Option<QuoteResult>,
    /// What drawing paths in pairs was worth.
    pub antithetic_variance_factor: AntitheticFactors,
}

/// Variance that a share or mean would have over as many independent paths, over the variance it has over pairs, as
/// measured; `None` where paths are not in pairs, or nothing varies.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AntitheticFactors {
    /// Share of paths with a forced close.
    pub liquidation_any: Option<f64>,
    /// Share of ruined paths.
    pub ruin: Option<f64>,
    /// Mean maximum relative drawdown.
    pub drawdown_relative: Option<f64>,
    /// Mean maximum drawdown in account currency.
    pub drawdown_absolute: Option<f64>,
    /// Mean profit.
    pub pnl: Option<f64>,
    /// Mean shortfall over all paths.
    pub shortfall: Option<f64>,
}

/// Forced closes in one mode.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LiquidationResult {
    /// At least one position.
    pub any: Frequency,
    /// Every position.
    pub all: Frequency,
    /// Each position.
    pub positions: OrderedMap<PositionResult>,
    /// When the first came.
    pub time_days: TimeToLiquidation,
    /// Share not liquidated by each of 51 times.
    pub survival: Vec<SurvivalRow>,
    /// Opening minus final equity of the liquidated paths, account currency.
    pub loss: MeanOfPaths,
}

/// A mean over paths with its sampling error; `None` where there are no such paths.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct MeanOfPaths {
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
}

/// Costs of a path, account currency.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Costs {
    /// Fees of entry, trading and liquidation.
    pub fees: MeanOfPaths,
    /// Funding paid, net of what was received.
    pub funding: MeanOfPaths,
}

/// An account in coin, valued in quote at the price of each step.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct QuoteResult {
    /// Maximum drawdowns of that value.
    pub drawdown: Drawdowns,
    /// Final value minus opening value.
    pub pnl: PnlResult,
}

/// One position in one mode.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PositionResult {
    /// Forced closes of it.
    #[serde(flatten)]
    pub liquidated: Frequency,
    /// Price of its asset at which its pool is liquidated at entry, others unchanged.
    pub liquidation_price: Option<f64>,
    /// Price of its asset at which its pool is worth nothing at entry, others unchanged.
    pub bankruptcy_price: Option<f64>,
}

/// Time of the first forced close, in days.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct TimeToLiquidation {
    /// Mean over liquidated paths.
    pub mean: Option<f64>,
    /// Its standard error.
    pub mean_std_error: Option<f64>,
    /// Lower bound of the mean.
    pub mean_low: Option<f64>,
    /// Upper bound of the mean.
    pub mean_high: Option<f64>,
    /// Mean of min(time, horizon) over all paths.
    pub restricted_mean: Option<f64>,
    /// Its standard error.
    pub restricted_mean_std_error: Option<f64>,
    /// Lower bound of the restricted mean.
    pub restricted_mean_low: Option<f64>,
    /// Upper bound of the restricted mean.
    pub restricted_mean_high: Option<f64>,
    /// Over liquidated paths.
    pub quantiles: OrderedMap<Option<f64>>,
    /// Their lower bounds, by order statistics of the liquidated paths.
    pub quantiles_low: OrderedMap<Option<f64>>,
    /// Their upper bounds.
    pub quantiles_high: OrderedMap<Option<f64>>,
}

/// A point of the survival curve.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SurvivalRow {
    /// Time in days.
    pub day: f64,
    /// Share not liquidated by then.
    pub alive: f64,
    /// Lower Wilson bound.
    pub low: Option<f64>,
    /// Upper Wilson bound.
    pub high: Option<f64>,
}

/// Moments and quantiles of a measure over all paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct DistributionResult {
    /// Arithmetic mean.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub std_error: Option<f64>,
    /// Lower bound of the mean.
    pub low: Option<f64>,
    /// Upper bound of the mean.
    pub high: Option<f64>,
    /// Sample standard deviation.
    pub std: Option<f64>,
    /// Smallest.
    pub min: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// How far quantiles and tail means can lie above the exact value: they are read off bins this wide.
    pub resolution: Option<f64>,
    /// Type-1 quantiles.
    pub quantiles: OrderedMap<Option<f64>>,
    /// Their lower bounds, by order statistics.
    pub quantiles_low: OrderedMap<Option<f64>>,
    /// Their upper bounds.
    pub quantiles_high: OrderedMap<Option<f64>>,
}

/// Maximum drawdowns of the paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Drawdowns {
    /// As a share of the running peak.
    pub relative: DrawdownResult,
    /// In account currency.
    pub absolute: DrawdownResult,
}

/// One kind of drawdown.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct DrawdownResult {
    /// Moments and quantiles.
    #[serde(flatten)]
    pub distribution: DistributionResult,
    /// Mean of the deepest (1 − level) of the paths.
    pub cdar: OrderedMap<Option<f64>>,
    /// Its standard error; `None` with fewer than ten paths in the tail.
    pub cdar_std_error: OrderedMap<Option<f64>>,
    /// Its lower bound.
    pub cdar_low: OrderedMap<Option<f64>>,
    /// Its upper bound.
    pub cdar_high: OrderedMap<Option<f64>>,
}

/// Profit and loss.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PnlResult {
    /// Moments and quantiles.
    #[serde(flatten)]
    pub distribution: DistributionResult,
    /// Minus the (1 − level) quantile.
    pub value_at_risk: OrderedMap<Option<f64>>,
    /// Its lower bound, by order statistics.
    pub value_at_risk_low: OrderedMap<Option<f64>>,
    /// Its upper bound.
    pub value_at_risk_high: OrderedMap<Option<f64>>,
    /// Minus the mean of the worst (1 − level) of the paths.
    pub expected_shortfall: OrderedMap<Option<f64>>,
    /// Its standard error; `None` with fewer than ten paths in the tail.
    pub expected_shortfall_std_error: OrderedMap<Option<f64>>,
    /// Its lower bound.
    pub expected_shortfall_low: OrderedMap<Option<f64>>,
    /// Its upper bound.
    pub expected_shortfall_high: OrderedMap<Option<f64>>,
}

/// Losses beyond the collateral, borne by others.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ShortfallResult {
    /// Paths with any, as a share of the liquidated ones.
    #[serde(flatten)]
    pub paths: Frequency,
    /// Mean over the paths with any.
    pub mean: Option<f64>,
    /// Its standard error.
    pub mean_std_error: Option<f64>,
    /// Lower bound of the mean.
    pub mean_low: Option<f64>,
    /// Upper bound of the mean.
    pub mean_high: Option<f64>,
}
