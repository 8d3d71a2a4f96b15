//! The comparison document.

use serde_json::Value;

use crate::result::document::ordered_map::OrderedMap;

/// Everything that two results say of each other.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DiffDocument {
    /// Name and version of this shape.
    pub schema: String,
    /// The first result.
    pub a: Compared,
    /// The second.
    pub b: Compared,
    /// Both have the same seed, so that where they draw alike they see the same prices; then the intervals, which take
    /// them to be independent, are usually wider than need be.
    pub same_seed: bool,
    /// Level of each interval; `None` where the results have different levels, and then no intervals.
    pub confidence: Option<f64>,
    /// Intervals that do not contain 0, and all of them.
    pub excluding_zero: u64,
    /// How many intervals there are.
    pub intervals: u64,
    /// Keys whose values differ between the two results.
    #[serde(rename = "facts")]
    pub differing_keys: Vec<DifferingKey>,
    /// Every measure of every mode, and of every two, that both results have.
    pub measures: Vec<DiffRow>,
    /// What has to be known of these numbers.
    pub remarks: Vec<String>,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Compared {
    /// As it was named.
    pub path: String,
    /// The scenario's name.
    pub name: String,
    /// Hash of its resolved scenario.
    pub sha256: String,
    /// Version of the program.
    pub version: String,
    /// Its seed.
    pub seed: u64,
    /// Its paths; of a sweep the most of any cell.
    pub paths: u64,
}

/// A key whose values differ between the two results; `None` where one result lacks the key.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DifferingKey {
    /// A key of the result document, or of the scenario.
    pub key: String,
    /// In A.
    pub a: Option<String>,
    /// In B.
    pub b: Option<String>,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DiffRow {
    /// The cell's settings; empty for runs.
    pub set: OrderedMap<Value>,
    /// The mode, or `a-b` for the difference of two.
    pub mode: String,
    /// What is measured.
    pub measure: String,
    /// In A.
    pub a: Option<f64>,
    /// In B.
    pub b: Option<f64>,
    /// B − A.
    pub difference: Option<f64>,
    /// Lower bound of the difference, as of independent results.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// Whether 0 lies outside; `None` without bounds.
    pub excludes_zero: Option<bool>,
}
