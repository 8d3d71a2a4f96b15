//! Uniform and exponential numbers from the bits of a random word.

use super::elementary::ln;

const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;

/// The upper 52 bits as a number in [1, 2).
#[inline(always)]
pub fn one_to_two(word: u64) -> f64 {
    f64::from_bits((word >> 12) | ONE_BITS)
}

/// An exponential number of mean 1.
pub fn exponential(word: u64) -> f64 {
    -ln(2.0 - one_to_two(word))
}
