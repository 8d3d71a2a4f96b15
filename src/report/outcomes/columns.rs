//! The columns of an outcome file.

use crate::simulation::PathOutcome;

/// Columns of either format. Empty, or null, where nothing was liquidated.
pub const COLUMNS: [&str; 7] =
    ["path", "mode", "liquidation_days", "first_liquidated", "final_equity", "max_drawdown", "shortfall"];

/// What a file of outcomes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeFormat {
    /// Parquet, compressed by snappy.
    Parquet,
    /// Comma-separated values.
    Csv,
}

/// What the numbers in rows stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeNames {
    /// Names of the modes, in the job's order.
    pub modes: Vec<String>,
    /// Names of the positions, in the portfolio's order.
    pub positions: Vec<String>,
    /// Days of a path.
    pub horizon_days: f64,
    /// Its steps.
    pub steps: u64,
}

impl OutcomeNames {
    pub(crate) fn mode(&self, row: &PathOutcome) -> &str {
        self.modes.get(row.mode).map_or("", String::as_str)
    }

    /// When the first position was liquidated.
    pub(crate) fn days(&self, row: &PathOutcome) -> Option<f64> {
        row.liquidation_step.map(|step| f64::from(step) * self.horizon_days / self.steps as f64)
    }

    pub(crate) fn first_liquidated(&self, row: &PathOutcome) -> Option<&str> {
        self.positions.get(row.first_liquidated?).map(String::as_str)
    }
}

/// Whatever a library says against writing.
pub(crate) type Reason = Box<dyn std::error::Error>;
