//! A share of paths with its interval.

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
