//! Price history files. Temporary stand-in: a header line, then `milliseconds,close` rows.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::paths::ReturnHistory;

/// Closing prices of one asset.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceHistory {
    /// Opening time of each bar, milliseconds since 1970.
    pub times_ms: Vec<i64>,
    /// Close of each bar.
    pub closes: Vec<f64>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Hash of the file.
    pub sha256: String,
}

/// What a missing bar means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// Refuse the file.
    Error,
    /// Repeat the last close.
    Fill,
}

/// Joint returns over common dates.
#[derive(Debug, Clone, PartialEq)]
pub struct JointReturns {
    /// The rows.
    pub history: ReturnHistory,
    /// Remarks.
    pub notes: Vec<String>,
}

/// Reads a history file.
///
/// # Errors
/// What is wrong with it.
pub fn read_history(path: &Path, shown_name: &str) -> Result<PriceHistory> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::input(format!("{shown_name}: {e}")))?;
    let mut history = PriceHistory { times_ms: vec![], closes: vec![], notes: vec![], sha256: String::new() };
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let (time, close) = (cells.next().unwrap_or_default(), cells.next_back().unwrap_or_default());
        history.times_ms.push(time.parse().map_err(|_| Error::input(format!("{shown_name}: {line}")))?);
        history.closes.push(close.parse().map_err(|_| Error::input(format!("{shown_name}: {line}")))?);
    }
    history.sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(history)
}

/// Joins histories.
///
/// # Errors
/// None yet.
pub fn joint_returns(
    assets: &[(&str, &PriceHistory)],
    _step_seconds: u64,
    _gaps: Gaps,
    mean_block_steps: f64,
) -> Result<JointReturns> {
    let rows = assets.iter().map(|(_, h)| h.closes.len()).min().unwrap_or(0);
    let mut log_returns = vec![];
    for row in 1..rows {
        for (_, history) in assets {
            log_returns.push(libm::log(history.closes[row] / history.closes[row - 1]));
        }
    }
    let history = ReturnHistory { columns: assets.len(), log_returns, mean_block: mean_block_steps };
    Ok(JointReturns { history, notes: vec![] })
}
