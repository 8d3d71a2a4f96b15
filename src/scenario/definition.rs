//! A scenario as it is run: validated, exact, every default filled in.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::domain::{Intervals, MarginMode, Monitoring, Portfolio, Precision, Span};
use crate::paths::{MarketModel, Sampling};
use crate::text::hex;

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
    /// When margin is checked.
    pub monitoring: Monitoring,
    /// How paths are drawn.
    pub sampling: Sampling,
    /// Level of every interval, `0 < c <= 0.999999999`.
    pub confidence: f64,
    /// Fraction of opening equity at or below which a path counts as ruined, `0 ..= 1`.
    pub ruin_level: f64,
    /// Stop before `paths` where a measure is known so well.
    pub precision: Option<Precision>,
    /// How the intervals of a sweep's cells are to be read.
    pub intervals: Intervals,
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
    /// The law of the prices, shared by the cells of a sweep that have the same.
    pub market: Arc<MarketModel>,
    /// The resolved scenario as `key → value`, defaults filled in: sections in a fixed order, assets and positions
    /// in the file's; histories appear by the hash of what was read, requirements asset by asset. What two runs
    /// differ in.
    pub resolved: Vec<(String, String)>,
    /// Remarks for the person, such as dropped duplicate rows.
    pub notes: Vec<String>,
}

impl Scenario {
    /// Hexadecimal SHA-256 of the resolved lines. Equal for two scenarios that ask for the same run under the same
    /// title and description, whichever spelling, defaults, or pair of sizes they use; a history counts by the bytes
    /// of its file, so that one written anew is another.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for (key, value) in &self.resolved {
            // Values in JSON's quotes: a line break inside one cannot pass for the next line.
            let value = serde_json::Value::from(value.as_str());
            hash.update(format!("{key} = {value}\n"));
        }
        hex(&hash.finalize())
    }
}
