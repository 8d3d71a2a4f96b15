//! A price history as read.

/// Fewest returns a bootstrap can draw from; below, it repeats the same few moves.
pub(crate) const MIN_RETURNS: usize = 30;

/// The closes of one asset. `times_ms` and `closes` have the same length, at least 31.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceHistory {
    /// Open time of each bar, milliseconds since 1970 (UTC), strictly ascending.
    pub times_ms: Vec<i64>,
    /// Close of each bar, quote per base unit, `1e-15 ..= 1e15`.
    pub closes: Vec<f64>,
    /// What was done to the rows, for the person to read.
    pub notes: Vec<String>,
    /// SHA-256 of the file's bytes, in hex.
    pub sha256: String,
}
