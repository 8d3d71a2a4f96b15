//! From a scenario file to a validated [`Scenario`]: everything exact, every default filled in.
//!
//! `load` reads and drives; `node` is the file as written, every value with its place; `overrides` changes that
//! tree; `sweep` (with `range`) takes the axes of a sweep from it, `cells` makes the scenario of every cell, which share
//! by `files` what they read, and `batch` is what comes out. `venue` fills a tree from the venue file; `reader` takes
//! typed values from it, and one file a section (`settings` with `precision`, `assets` with `model`, `correlation` and
//! `funding`, `laid_over`, `positions` with `sizes` and `orders`) checks them; `requirement` and `tiers` read what a market
//! requires; `entry` checks the whole.
//! Models: `keys` reads what `paths::catalogue` describes, `laws` and `regimes` make laws of it, `resampling` and
//! `replaying` join histories, `reach` keeps prices within the range of numbers.

pub(crate) mod context;
pub(crate) mod files;
pub(crate) mod load;
pub(crate) mod models;
pub mod schema;
pub(crate) mod sections;
pub(crate) mod sweep;
pub(crate) mod syntax;
pub(crate) mod venue;

use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use crate::scenario::load::load_preset;
pub use crate::scenario::load::{DEFAULT_NAME, DEFAULT_TEXT, load, load_batch, load_batch_text, load_text};
pub use crate::scenario::sections::requirement::{MarketRequirement, RequirementKind};
pub use crate::scenario::sweep::batch::{Axis, Batch, Cell};
pub use crate::scenario::syntax::name::name_fault;
pub use crate::scenario::syntax::overrides::{Override, parse_override};
pub use crate::scenario::venue::about::{Preset, read_preset};
pub use crate::scenario::venue::examples::{Example, Expected, Quantity};
pub use crate::scenario::venue::rules::{FundingCap, FundingSource, Market, Rules};
pub use crate::scenario::venue::shipped::presets;

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
