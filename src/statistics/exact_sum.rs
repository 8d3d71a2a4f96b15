//! An integer sum that cannot overflow.

const LOW_BITS: u32 = 64;

/// A sum of up to 2^64 128-bit integers. The two halves are summed apart, so neither the order nor an
/// intermediate size of the sum can change it, as saturation would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExactSum {
    high: i128,
    low: u128,
}

impl ExactSum {
    /// Adds one value.
    #[inline]
    pub fn add(&mut self, value: i128) {
        self.high += value >> LOW_BITS;
        self.low += value as u128 & u128::from(u64::MAX);
    }

    /// Adds everything `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.high += other.high;
        self.low += other.low;
    }

    /// The sum, correctly rounded below 2^127 and to a relative 1e-16 beyond.
    pub fn to_f64(self) -> f64 {
        let high = self.high + (self.low >> LOW_BITS) as i128;
        let low = (self.low & u128::from(u64::MAX)) as i128;
        match high.checked_mul(1 << LOW_BITS).and_then(|h| h.checked_add(low)) {
            Some(sum) => sum as f64,
            None => high as f64 * (1u128 << LOW_BITS) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum_of(values: &[i128]) -> ExactSum {
        values.iter().fold(ExactSum::default(), |mut sum, value| {
            sum.add(*value);
            sum
        })
    }

    #[test]
    fn small_values_of_either_sign() {
        assert_eq!(sum_of(&[-1]).to_f64(), -1.0);
        assert_eq!(sum_of(&[5, -7, 1 << 70, -(1 << 70)]).to_f64(), -2.0);
        assert_eq!(sum_of(&[]).to_f64(), 0.0);
    }

    #[test]
    fn passes_128_bits_and_comes_back() {
        let there = sum_of(&[i128::MAX, i128::MAX, i128::MAX]);
        assert!((there.to_f64() / (3.0 * i128::MAX as f64) - 1.0).abs() < 1e-15);
        let mut back = there;
        back.merge(&sum_of(&[i128::MIN, i128::MIN, i128::MIN]));
        assert_eq!(back.to_f64(), -3.0);
    }
}
