//! A sweep: one scenario at many settings. Its cells stand where a single run has its modes.

use serde_json::Value;

use crate::result::assumption::Assumption;
use crate::result::document::conditions::{
    AuditResult, MonitoringResult, PrecisionResult, SamplingResult, ScenarioSummary,
};
use crate::result::document::mode::ModeResult;
use crate::result::document::ordered_map::OrderedMap;
use crate::result::document::paired::PairedResult;

/// Everything a sweep found.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SweepDocument {
    /// Name and version of this shape.
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// What was run: the first cell's, with the sweep's own hash, and `paths` as asked for.
    pub scenario: ScenarioSummary,
    /// How paths were drawn.
    pub sampling: SamplingResult,
    /// When margin was checked. What steps miss is not measured in a sweep: `paths` is `None`.
    pub monitoring: MonitoringResult,
    /// Paths of all cells on which a price overflowed and was clamped.
    #[serde(rename = "held_paths")]
    pub clamped_paths: u64,
    /// What varies, the slowest first.
    pub axes: Vec<SweepAxis>,
    /// How many runs, and how many draws of the prices they stand on.
    pub plan: SweepPlan,
    /// How intervals are to be read over many cells.
    pub intervals: SweepIntervals,
    /// The cells, the last axis fastest.
    pub sweep: Vec<SweepCell>,
    /// The two implementations of the rules against each other, on a sample of the cells' paths.
    pub audit: AuditResult,
    /// What the numbers rest on; each is one text in JSON.
    #[schemars(with = "Vec<String>")]
    pub assumptions: Vec<Assumption>,
    /// The number of leading assumptions that every reader of a table needs.
    pub essential: usize,
    /// Remarks made while the scenario was read.
    pub notes: Vec<String>,
}

/// One thing that varies: a key, or several that move together.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SweepAxis {
    /// Dotted keys, as `--set` takes them; one unless they are zipped.
    pub keys: Vec<String>,
    /// Per setting: a value for each key.
    pub values: Vec<Vec<Value>>,
}

/// How many runs, and how many draws of the prices they stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SweepPlan {
    /// Cells.
    pub cells: u64,
    /// Draws of the price paths: cells of one group see the same prices.
    pub path_groups: u64,
}

/// How intervals are to be read over many cells.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SweepIntervals {
    /// `pointwise`: each holds by itself; `simultaneous`: all of one measure's hold together.
    pub kind: String,
    /// Number of cells that a simultaneous interval of a measure is for: those of all cells and modes.
    pub family: u64,
    /// Level of each interval: the scenario's, or what Bonferroni's inequality takes for the whole family to hold at it.
    pub confidence_each: f64,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SweepCell {
    /// Key and value of every swept key.
    pub set: OrderedMap<Value>,
    /// Hash of the resolved scenario of this cell run alone.
    pub sha256: String,
    /// Index of the draw of prices that it shares.
    pub path_group: u64,
    /// Paths simulated; fewer than asked for where the precision was met before.
    pub paths: u64,
    /// Opening equity.
    pub wallet: f64,
    /// Per margin mode.
    pub modes: OrderedMap<ModeResult>,
    /// Every two modes, path by path.
    pub paired: Vec<PairedResult>,
    /// Whether the precision that was asked for was met; `None` where none was.
    pub precision: Option<PrecisionResult>,
}
