//! Tier tables from CSV. Temporary stand-in.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::TierTable;
use crate::error::{Error, Result};

/// A tier table and the hash of the file it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierFile {
    /// The requirement.
    pub table: TierTable,
    /// Hash of the file.
    pub sha256: String,
}

/// Reads `tier,notional_floor,notional_cap,maintenance_margin_rate,max_leverage,maintenance_amount`.
///
/// # Errors
/// What is wrong with it.
pub fn read_tiers(path: &Path, shown_name: &str) -> Result<TierFile> {
    let wrong = |what: String| Error::input(format!("{shown_name}: {what}"));
    let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
    let mut rows = vec![];
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |i: usize| cells.get(i).and_then(|c| c.parse().ok()).ok_or_else(|| wrong(line.into()));
        rows.push((cell(1)?, cell(3)?, None));
    }
    let table = TierTable::new(&rows).map_err(|e| wrong(e.to_string()))?;
    let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(TierFile { table, sha256 })
}
