//! The columns of an outcome file.

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

/// Whatever a library says against writing.
pub(crate) type Reason = Box<dyn std::error::Error>;
