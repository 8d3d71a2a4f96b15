//! What decides a lane so near its barrier that rounding would.

use super::super::price_to_decimal;
use crate::domain::to_f64;

/// Relative width of the band around a barrier inside which prices of 12 digits decide. Wider than their
/// rounding, narrower than anything a person could notice.
pub(in crate::margin) const GUARD: f64 = 1e-9;
/// Gaps within this part of a pool's size are none: what f64 makes of equality.
pub(in crate::margin) const EQUALITY: f64 = 1e-13;

/// The price at 12 significant digits; as it is where it has no decimal.
pub(super) fn rounded(price: f64) -> f64 {
    price_to_decimal(price).map_or(price, to_f64)
}

/// Whether a price has come to a level from above (`falling`) or from below.
pub(super) fn is_reached(price: f64, level: f64, falling: bool) -> bool {
    let near = (price - level).abs() <= GUARD * level;
    let beyond = if near { rounded(price) - level } else { price - level };
    if near && beyond.abs() <= EQUALITY * level { true } else { (beyond < 0.0) == falling }
}
