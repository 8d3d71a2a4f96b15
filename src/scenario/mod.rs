//! From a scenario file to a validated [`Scenario`]: everything exact, every default filled in.

pub mod history;
pub mod tiers;

use crate::domain::{MarginMode, Portfolio, Span};
use crate::paths::MarketModel;

/// How much is simulated, and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of paths, `1 ..= 1e12`.
    pub paths: u64,
    /// Seed of every random stream, `0 ..= 2^63 − 1`.
    pub seed: u64,
    /// Length of a path.
    pub horizon: Span,
    /// Number of equal steps in the horizon.
    pub steps: u64,
    /// Margin modes in the order asked for; non-empty, no repeats.
    pub modes: Vec<MarginMode>,
    /// Level of every interval, `0 < c < 1`.
    pub confidence: f64,
    /// Fraction of opening equity at or below which a path counts as ruined, `0 ..= 1`.
    pub ruin_level: f64,
}

/// A scenario, validated: every default filled in, every file it names read.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name of the run: the file's stem.
    pub name: String,
    /// Title; the name where none is written.
    pub title: String,
    /// Markdown for the report.
    pub description: Option<String>,
    /// What is simulated.
    pub settings: Settings,
    /// Account, venue, assets and positions.
    pub portfolio: Portfolio,
    /// The law of the prices.
    pub market: MarketModel,
    /// The resolved scenario as `key → value`, one pair a line of the document, in file order with defaults
    /// filled in; history and tier files appear by the hash of what was read. What two runs differ in.
    pub resolved: Vec<(String, String)>,
    /// Remarks for the person, such as dropped duplicate rows.
    pub notes: Vec<String>,
}
