//! What was run, and how: the parts that a run and a sweep document share.

use crate::result::document::estimate::Frequency;
use crate::result::document::ordered_map::OrderedMap;

/// What was run.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
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
    /// The venue's preset.
    pub venue: String,
    /// The price model in words, a sentence an asset.
    pub model: Vec<String>,
}

/// A precision that was asked for, and what became of it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PrecisionResult {
    /// What is to be known so well, such as `liquidation.any`.
    pub measure: String,
    /// Half width of the interval that was asked for; `None` where `relative` was.
    pub half_width: Option<f64>,
    /// The same as a share of the estimate.
    pub relative: Option<f64>,
    /// Whether it was met in every mode within the paths allowed.
    pub met: bool,
    /// The widest over the modes, in the terms that were asked for; `None` where there is no interval or, relatively, no
    /// estimate but 0.
    pub widest: Option<f64>,
}

/// How paths were drawn.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SamplingResult {
    /// `independent`, `antithetic`, or `windows` of a history.
    pub kind: String,
    /// Number of pairs; `None` where paths are drawn each on its own.
    pub pairs: Option<u64>,
    /// Paths are overlapping windows of one history, so that no sampling error can be stated: standard errors, bounds
    /// and p-values are all `None`.
    pub overlapping_windows: bool,
}

/// When margin was checked, and what checking it at steps only misses.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct MonitoringResult {
    /// `step` or `continuous`.
    pub kind: String,
    /// Paths looked at under both kinds of monitoring, each drawn on its own; `None` where a model has no path inside
    /// steps, and then no modes either.
    pub paths: Option<u64>,
    /// Per margin mode.
    pub modes: OrderedMap<StepBiasResult>,
}

/// Exact ledger against block kernel.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct AuditResult {
    /// Paths compared.
    pub paths: u64,
    /// Steps of each path that were compared, from the first.
    pub steps: u64,
    /// Paths given up because an amount outgrew exact decimals.
    pub left_out: u64,
    /// Liquidations seen in both.
    pub events: u64,
    /// Largest difference of any amount, as a fraction of opening equity, or of itself if larger.
    pub max_balance_error: Option<f64>,
}

/// Paths liquidated at all under both kinds of monitoring.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct StepBiasResult {
    /// With margin checked at steps.
    pub at_steps: Frequency,
    /// With margin checked at every moment.
    pub continuous: Frequency,
    /// The difference: what checking at steps misses.
    pub missed: Frequency,
    /// Estimate of what continuous monitoring misses still, since a pool of several assets is checked at a finite number
    /// of times inside a step; 0 where every pool has one asset.
    pub residual: Option<f64>,
}
