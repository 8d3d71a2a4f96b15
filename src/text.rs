//! Between text and values: exact decimals as written, numbers and durations as printed, spelling suggestions, hashes.

pub(crate) mod format;
pub(crate) mod hex;
pub(crate) mod number;
pub(crate) mod suggestion;

pub use crate::text::hex::hex;
pub use crate::text::suggestion::{did_you_mean, nearest, unknown};
