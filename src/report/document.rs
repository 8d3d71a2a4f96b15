//! The result document: what a run found, as plain data. `None` is written as `null`, and every key is
//! always there. Shares and frequencies are fractions of 1, money is in account currency, times in days.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::simulation::TwoByTwo;

/// A map that keeps the scenario's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyed<T>(pub Vec<(String, T)>);

impl<T> Keyed<T> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl<T> FromIterator<(String, T)> for Keyed<T> {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for Keyed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Everything one scenario's run found.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ResultDocument {
    /// Name and version of this shape.
    pub schema: &'static str,
    /// Version of the program.
    pub version: &'static str,
    /// What was run.
    pub scenario: ScenarioSummary,
    /// Per margin mode.
    pub modes: Keyed<ModeResult>,
    /// Every two modes, path by path.
    pub paired: Vec<PairedResult>,
    /// The two implementations of the rules against each other, on a sample of this run.
    pub audit: AuditResult,
    /// What the numbers rest on, in sentences.
    pub assumptions: Vec<String>,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
}

/// What was run.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ScenarioSummary {
    /// Title as written.
    pub title: String,
    /// File stem.
    pub name: String,
    /// Hash of the resolved scenario.
    pub sha256: String,
    /// Number of paths simulated.
    pub paths: u64,
    /// Steps of a path.
    pub steps: u64,
    /// Seed of every random stream.
    pub seed: u64,
    /// Length of a path.
    pub horizon_days: f64,
    /// Level of every interval.
    pub confidence: f64,
    /// Fraction of opening equity that counts as ruin.
    pub ruin_level: f64,
    /// Opening equity.
    pub wallet: f64,
    /// What money is counted in.
    pub currency: String,
    /// The price model in words, a sentence an asset.
    pub model: Vec<String>,
}

/// A number of paths, as a share of those it could have been.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Frequency {
    /// Paths counted.
    pub count: u64,
    /// Their share; `None` where there were none to count among.
    pub frequency: Option<f64>,
    /// Lower Wilson bound.
    pub low: Option<f64>,
    /// Upper Wilson bound.
    pub high: Option<f64>,
}

/// One margin mode over all paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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
}

/// Forced closes in one mode.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LiquidationResult {
    /// At least one position.
    pub any: Frequency,
    /// Every position.
    pub all: Frequency,
    /// Each position.
    pub positions: Keyed<PositionResult>,
    /// When the first came.
    pub time_days: TimeToLiquidation,
    /// Share not liquidated by each of 51 times.
    pub survival: Vec<SurvivalRow>,
}

/// One position in one mode.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TimeToLiquidation {
    /// Mean over liquidated paths.
    pub mean: Option<f64>,
    /// Its standard error.
    pub mean_std_error: Option<f64>,
    /// Mean of min(time, horizon) over all paths.
    pub restricted_mean: Option<f64>,
    /// Its standard error.
    pub restricted_mean_std_error: Option<f64>,
    /// Over liquidated paths.
    pub quantiles: Keyed<Option<f64>>,
}

/// A point of the survival curve.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SurvivalRow {
    /// Time in days.
    pub day: f64,
    /// Share not liquidated by then.
    pub alive: f64,
    /// Lower Wilson bound.
    pub low: f64,
    /// Upper Wilson bound.
    pub high: f64,
}

/// Moments and quantiles of a measure over all paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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
    /// Type-1 quantiles.
    pub quantiles: Keyed<Option<f64>>,
    /// Their lower bounds, by order statistics.
    pub quantiles_low: Keyed<Option<f64>>,
    /// Their upper bounds.
    pub quantiles_high: Keyed<Option<f64>>,
}

/// Maximum drawdowns of the paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Drawdowns {
    /// As a share of the running peak.
    pub relative: DrawdownResult,
    /// In account currency.
    pub absolute: DrawdownResult,
}

/// One kind of drawdown.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DrawdownResult {
    /// Moments and quantiles.
    #[serde(flatten)]
    pub distribution: DistributionResult,
    /// Mean of the deepest (1 − level) of the paths.
    pub cdar: Keyed<Option<f64>>,
}

/// Profit and loss.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PnlResult {
    /// Moments and quantiles.
    #[serde(flatten)]
    pub distribution: DistributionResult,
    /// Minus the (1 − level) quantile.
    pub value_at_risk: Keyed<Option<f64>>,
    /// Minus the mean of the worst (1 − level) of the paths.
    pub expected_shortfall: Keyed<Option<f64>>,
}

/// Losses beyond the collateral, borne by others.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ShortfallResult {
    /// Paths with any, as a share of the liquidated ones.
    #[serde(flatten)]
    pub paths: Frequency,
    /// Mean over the paths with any.
    pub mean: Option<f64>,
    /// Its standard error.
    pub mean_std_error: Option<f64>,
}

/// Two modes on the same paths; differences are a − b.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairedResult {
    /// The first mode.
    pub a: String,
    /// The second mode.
    pub b: String,
    /// Liquidated at all.
    pub liquidation: PairedLiquidation,
    /// Per position: paths on which both, one or neither mode lost it.
    pub positions: Keyed<TwoByTwoResult>,
    /// Maximum relative drawdown.
    pub drawdown_relative: MeanDifference,
    /// Profit and loss.
    pub pnl: MeanDifference,
    /// Shortfall.
    pub shortfall: MeanDifference,
}

/// Paths by what happened in two modes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
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
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairedLiquidation {
    /// The table.
    #[serde(flatten)]
    pub table: TwoByTwoResult,
    /// Difference of the two shares.
    pub difference: Option<f64>,
    /// Lower bound, Newcombe's method 10.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// McNemar's exact two-sided p-value.
    pub mcnemar_p: f64,
    /// How many times more paths unpaired runs would need for the same precision.
    pub variance_factor: Option<f64>,
}

/// The mean of a difference over paths.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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

/// Exact ledger against block kernel.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct AuditResult {
    /// Paths compared.
    pub paths: u64,
    /// Liquidations seen in both.
    pub events: u64,
    /// Largest difference of any amount, as a fraction of opening equity.
    pub max_balance_error: Option<f64>,
}
