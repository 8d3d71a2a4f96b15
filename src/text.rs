//! Between text and values: exact decimals as written, numbers and durations as printed, spelling suggestions, hashes.

pub(crate) mod format;
pub(crate) mod number;
