//! What decides a lane so near its barrier that rounding would.

use super::super::price_to_decimal;
use crate::domain::to_f64;

/// Relative width of the band around a barrier inside which prices of 12 digits decide. Wider than their
/// rounding, narrower than anything a person could notice.
pub(in crate::margin) const GUARD: f64 = 1e-9;
/// Gaps within this part of a pool's size are none: what f64 makes of equality.
pub(in crate::margin) const EQUALITY: f64 = 1e-13;

/// Numbers of 12 digits begin here.
const LEAST: u128 = 100_000_000_000;
/// Ten to this is exact in f64 (up to 22 it would be) and in u64; a significand times it fits 128 bits.
const LARGEST_POWER: u32 = 19;

/// A price, or an amount, at 12 significant digits; as it is where it has no decimal.
pub(super) fn rounded(price: f64) -> f64 {
    match rounded_in_integers(price.abs()) {
        Some(size) => size.copysign(price),
        None => price_to_decimal(price).map_or(price, to_f64),
    }
}

/// The same without text, for prices from 1e-8 to 1e11 that are not halfway between two numbers of 12 digits: the digits
/// are an integer, and one division of two integers that f64 holds gives the nearest f64.
fn rounded_in_integers(price: f64) -> Option<f64> {
    if !(1e-8..1e11).contains(&price) {
        return None;
    }
    let bits = price.to_bits();
    let significand = u128::from(bits & 0x000f_ffff_ffff_ffff | 0x0010_0000_0000_0000);
    // The price is significand / 2^shift.
    let exponent = (bits >> 52) as i32 - 1_023;
    let shift = (52 - exponent) as u32;
    let scaled = |power: u32| significand * u128::from(10_u64.pow(power));
    // log10 2 is 1,233 / 4,096 to five digits: the power for twelve digits, or one too many.
    let power = u32::try_from(11 - ((exponent * 1_233) >> 12)).ok()?;
    let power = if scaled(power.min(LARGEST_POWER)) >> shift >= 10 * LEAST { power - 1 } else { power };
    if power > LARGEST_POWER {
        return None;
    }
    let (digits, rest, half) = (scaled(power) >> shift, scaled(power) & ((1 << shift) - 1), 1 << (shift - 1));
    if rest == half || !(LEAST..10 * LEAST).contains(&digits) {
        return None;
    }
    let nearest = digits + u128::from(rest > half);
    Some(nearest as f64 / 10_u64.pow(power) as f64)
}

/// Whether a price has come to a level from above (`falling`) or from below.
pub(super) fn is_reached(price: f64, level: f64, falling: bool) -> bool {
    let near = (price - level).abs() <= GUARD * level;
    let beyond = if near { rounded(price) - level } else { price - level };
    if near && beyond.abs() <= EQUALITY * level { true } else { (beyond < 0.0) == falling }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_are_the_decimals() {
        let slow = |price: f64| price_to_decimal(price).map_or(price, to_f64);
        let mut state = 1_u64;
        let mut fast = 0;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = (state >> 11) as f64 / (1_u64 << 53) as f64;
            let price = (1.0 + 9.0 * digits) * libm::exp10(f64::from((state % 25) as u32) - 11.0);
            // Beside 12 digits by one unit in the last place, by half a digit, and on them.
            let on = slow(price);
            for price in
                [price, -price, on, on.next_up(), on.next_down(), on * (1.0 + 5e-13), on * (1.0 - 5e-13)]
            {
                assert_eq!(rounded(price).to_bits(), slow(price).to_bits(), "{price:e}");
                fast += u32::from(rounded_in_integers(price.abs()).is_some());
            }
        }
        assert!(fast > 400_000, "{fast}");
    }

    #[test]
    fn edges_are_the_decimals() {
        let slow = |price: f64| price_to_decimal(price).map_or(price, to_f64);
        let powers = (-30..20).map(|power| libm::exp10(f64::from(power)));
        let near =
            powers.flat_map(|power| [power, power.next_down(), power.next_up(), power * (1.0 - 3e-13)]);
        // Halves between two numbers of 12 digits go to the even one.
        let halves = [
            100_000_000_000.5,
            100_000_000_001.5,
            12_345_678_901.25,
            12_345_678_901.75,
            1_048_576.000_007_629_394_531_25,
        ];
        for price in near.chain(halves).chain([0.0, -0.0, -1.0, f64::MAX, f64::INFINITY]) {
            assert_eq!(rounded(price).to_bits(), slow(price).to_bits(), "{price:e}");
        }
        assert_eq!(rounded(12_345_678_901.25), 12_345_678_901.2);
    }
}
