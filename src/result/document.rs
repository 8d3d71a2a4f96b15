//! The result document: what a run found, as plain data. `None` is written as `null`, and every key is
//! always there. Shares and frequencies are fractions of 1, money is in account currency, times in days.

pub(crate) mod either;
pub(crate) mod mode;
pub(crate) mod ordered_map;
pub(crate) mod paired;
pub(crate) mod sweep;

pub use crate::result::document::either::Document;
pub use crate::result::document::mode::*;
pub use crate::result::document::ordered_map::Keyed;
pub use crate::result::document::paired::*;
pub use crate::result::document::sweep::*;

/// Everything one scenario's run found.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ResultDocument {
    /// Name and version of this shape.
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// What was run.
    pub scenario: ScenarioSummary,
    /// How paths were drawn.
    pub sampling: SamplingResult,
    /// When margin was checked, and what checking it at steps only misses.
    pub monitoring: MonitoringResult,
    /// Paths on which a price left the range of numbers and was held at its edge.
    pub held_paths: u64,
    /// Per margin mode.
    pub modes: Keyed<ModeResult>,
    /// Every two modes, path by path.
    pub paired: Vec<PairedResult>,
    /// Every two assets: the correlation of step returns on the first paths.
    pub correlations: Vec<CorrelationResult>,
    /// The two implementations of the rules against each other, on a sample of this run.
    pub audit: AuditResult,
    /// What the numbers rest on, in sentences.
    pub assumptions: Vec<String>,
    /// How many of them, from the first, every reader of a table has to know.
    #[serde(skip)]
    pub essential: usize,
    /// Whether the precision that was asked for was met; left out where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionResult>,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
}

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
    pub modes: Keyed<StepBiasResult>,
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

/// How the step returns of two assets are correlated.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct CorrelationResult {
    /// The first asset.
    pub a: String,
    /// The second asset.
    pub b: String,
    /// The correlation of their Gaussian drivers that was asked for; `None` where either has none.
    pub asked: Option<f64>,
    /// Correlation of their log returns over a step; `None` where one never moves.
    pub realised: Option<f64>,
    /// Its standard error, by the jackknife over groups of paths.
    pub std_error: Option<f64>,
    /// Lower bound, by Student's t.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Paths looked at, from the first.
    pub paths: u64,
    /// Steps of each that were looked at, from the first.
    pub steps: u64,
}

/// A number of paths, as a share of those it could have been.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Frequency {
    /// Paths counted.
    pub count: u64,
    /// Their share; `None` where there were none to count among.
    pub frequency: Option<f64>,
    /// Standard error of the share; `None` also at 0 and 1, where only the bounds mean anything.
    pub std_error: Option<f64>,
    /// Lower Wilson bound.
    pub low: Option<f64>,
    /// Upper Wilson bound.
    pub high: Option<f64>,
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
