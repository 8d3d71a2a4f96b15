//! The result document of one scenario.

use crate::result::assumption::Assumption;
use crate::result::document::conditions::{
    AuditResult, MonitoringResult, PrecisionResult, SamplingResult, ScenarioSummary,
};
use crate::result::document::mode::*;
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::paired::*;

/// Everything that the run of one scenario measured.
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
    /// Paths on which a price overflowed and was clamped.
    #[serde(rename = "held_paths")]
    pub clamped_paths: u64,
    /// Per margin mode.
    pub modes: OrderedMap<ModeResult>,
    /// Every two modes, path by path.
    pub paired: Vec<PairedResult>,
    /// Every two assets: the correlation of step returns on the first paths.
    pub correlations: Vec<CorrelationResult>,
    /// The two implementations of the rules against each other, on a sample of this run.
    pub audit: AuditResult,
    /// What the numbers rest on; each is one text in JSON.
    #[schemars(with = "Vec<String>")]
    pub assumptions: Vec<Assumption>,
    /// The requested precision and whether it was met; left out where none was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionResult>,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
}

/// How the step returns of two assets are correlated.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct CorrelationResult {
    /// The first asset.
    pub a: String,
    /// The second asset.
    pub b: String,
    /// The requested correlation of their Gaussian drivers; `None` where either has none.
    #[serde(rename = "asked")]
    pub target: Option<f64>,
    /// Correlation of their log returns over a step; `None` where one never moves.
    pub realised: Option<f64>,
    /// Its standard error, by the jackknife over groups of paths.
    pub std_error: Option<f64>,
    /// Lower bound, by Student's t.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Paths measured, from the first.
    pub paths: u64,
    /// Steps of each path measured, from the first.
    pub steps: u64,
}
