//! An integer sum that cannot overflow.

const LOW_BITS: u32 = 64;

/// A sum of up to 2^64 128-bit integers, `high·2^64 + low`: neither the order, nor which of them were summed before, nor
/// an intermediate size of the sum can change it, as saturation would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct ExactSum {
    high: i128,
    low: u64,
}

impl ExactSum {
    /// Adds one value.
    #[inline]
    pub fn add(&mut self, value: i128) {
        self.add_halves(value >> LOW_BITS, value as u64);
    }

    /// Adds everything `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.add_halves(other.high, other.low);
    }

    #[inline]
    fn add_halves(&mut self, high: i128, low: u64) {
        let (sum, carry) = self.low.overflowing_add(low);
        self.high += high + i128::from(carry);
        self.low = sum;
    }

    /// Whether so many values can have come to it; those that can leave room for others' sums.
    pub fn can_be_of(&self, count: u64) -> bool {
        let most = u128::from(count) << LOW_BITS;
        self.high.unsigned_abs() <= most && (count > 0 || self.low == 0)
    }

    /// The sum, correctly rounded below 2^127 and to a relative 1e-16 beyond.
    pub fn to_f64(self) -> f64 {
        match self.high.checked_mul(1 << LOW_BITS).and_then(|high| high.checked_add(i128::from(self.low))) {
            Some(sum) => sum as f64,
            None => self.high as f64 * (1u128 << LOW_BITS) as f64,
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
