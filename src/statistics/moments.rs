//! Moments that merge exactly: the same for every order and every split.

use super::exact_sum::ExactSum;

/// Fixed-point scale of the sum: values are kept in units of 2^−60 of `unit`.
const SCALE: f64 = (1u64 << 60) as f64;
/// Fixed-point scale of the sum of squares: finer, so that values of 1e-8 units still have a variance.
const SQUARE_SCALE: f64 = (1u128 << 72) as f64;
/// Largest value, in units, whose square fits.
const SQUARE_LIMIT: f64 = (1u64 << 27) as f64;
/// Largest value, in units, that fits.
const VALUE_LIMIT: f64 = (1u128 << 66) as f64;

/// Largest value, in units, that [`Parts`] hold the square of.
const PARTS_LIMIT: f64 = (1u64 << 10) as f64;
/// Where they divide an integer.
const PART: f64 = (1u64 << 46) as f64;
/// Most integers that their sums hold.
const MOST_PARTS: usize = 64;
/// Values looked at side by side: one vector of the widest.
const SIDE: usize = 8;

/// Relative rounding error of a mean square.
const ROUNDING: f64 = 1e-15;

/// A mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanEstimate {
    /// Arithmetic mean.
    pub mean: f64,
    /// `std/√n`; `None` with fewer than two values.
    pub std_error: Option<f64>,
}

/// Count, sum and sum of squares of values measured in `unit`, as integers, so that adding and merging
/// commute exactly. A value is cut to 2^−60 units and its square to 2^−72; where a value is beyond 2^27
/// units (1.3e8) its square no longer fits and there is no variance, beyond 2^66 no mean. The variance is a
/// difference of sums: its error is a few 1e-16 of the mean square.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Moments {
    unit: f64,
    count: u64,
    sum: ExactSum,
    sum_of_squares: ExactSum,
    min: f64,
    max: f64,
}

impl Moments {
    /// No values yet. `unit > 0` is what values are divided by: their natural size.
    pub fn new(unit: f64) -> Self {
        Self {
            unit,
            count: 0,
            sum: ExactSum::default(),
            sum_of_squares: ExactSum::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let x = value / self.unit;
        self.count += 1;
        self.sum.add((x * SCALE) as i128);
        self.sum_of_squares.add((x * x * SQUARE_SCALE) as i128);
        // Adding +0.0 turns −0.0 into +0.0, so that min and max do not depend on the order.
        self.min = self.min.min(value + 0.0);
        self.max = self.max.max(value + 0.0);
    }

    /// Adds finite values: the same as one by one, several times as fast.
    #[inline(always)]
    pub fn add_all(&mut self, values: &[f64]) {
        let (groups, rest) = values.as_chunks::<SIDE>();
        for groups in groups.chunks(MOST_PARTS / SIDE) {
            self.add_groups(groups);
        }
        for value in rest {
            self.add(*value);
        }
    }

    #[inline(always)]
    fn add_groups(&mut self, groups: &[[f64; SIDE]]) {
        let (mut sum, mut squares) = (Parts::default(), Parts::default());
        let (mut min, mut max) = ([f64::INFINITY; SIDE], [f64::NEG_INFINITY; SIDE]);
        for group in groups {
            for l in 0..SIDE {
                let value = group[l] + 0.0;
                let x = value / self.unit;
                sum.add(l, x * SCALE);
                squares.add(l, x * x * SQUARE_SCALE);
                min[l] = if value < min[l] { value } else { min[l] };
                max[l] = if value > max[l] { value } else { max[l] };
            }
        }
        let min = min.into_iter().fold(f64::INFINITY, f64::min);
        let max = max.into_iter().fold(f64::NEG_INFINITY, f64::max);
        if max.max(-min) / self.unit > PARTS_LIMIT {
            groups.as_flattened().iter().for_each(|value| self.add(*value));
            return;
        }
        self.count += groups.as_flattened().len() as u64;
        self.sum.add(sum.total());
        self.sum_of_squares.add(squares.total());
        self.min = self.min.min(min);
        self.max = self.max.max(max);
    }

    /// Adds so many zeros.
    pub fn add_zeros(&mut self, count: u64) {
        if count > 0 {
            self.count += count;
            self.min = self.min.min(0.0);
            self.max = self.max.max(0.0);
        }
    }

    /// Adds everything `other` has seen; both have the same unit.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum.merge(&other.sum);
        self.sum_of_squares.merge(&other.sum_of_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Whether they are such as `count` values can have led to: what was read from a file may be anything.
    pub fn can_be_of(&self, count: u64) -> bool {
        let sums = self.sum.can_be_of(count) && self.sum_of_squares.can_be_of(count);
        let extremes = if count == 0 {
            (self.min, self.max) == (f64::INFINITY, f64::NEG_INFINITY)
        } else {
            self.min.is_finite() && self.max.is_finite() && self.min <= self.max
        };
        self.count == count && sums && extremes && is_unit(self.unit)
    }

    /// Whether both measure in the same unit, as they must to be merged.
    pub fn is_like(&self, other: &Self) -> bool {
        self.unit == other.unit
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Arithmetic mean; `None` without values, or with one that does not fit.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0 && self.largest_size() <= VALUE_LIMIT).then(|| self.mean_in_units() * self.unit)
    }

    /// Sample variance (n − 1), never negative; `None` with fewer than two values, or with one whose
    /// square does not fit.
    pub fn variance(&self) -> Option<f64> {
        if self.count < 2 || self.largest_size() > SQUARE_LIMIT {
            return None;
        }
        if self.min == self.max {
            return Some(0.0);
        }
        Some(self.variance_over(self.count))
    }

    /// Square root of [`Self::variance`].
    pub fn std(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Standard error of the mean, `std/√n`.
    pub fn std_error(&self) -> Option<f64> {
        self.std().map(|s| s / (self.count as f64).sqrt())
    }

    /// Mean of the `nonzero` values that are not 0, where all others are; `None` if there are none.
    pub fn mean_of_nonzero(&self, nonzero: u64) -> Option<MeanEstimate> {
        let n = nonzero as f64;
        let fits = self.largest_size() <= SQUARE_LIMIT;
        let std_error = (nonzero > 1 && fits).then(|| (self.variance_over(nonzero) / n).sqrt());
        let mean = (nonzero > 0).then(|| self.mean()).flatten()? * (self.count as f64 / n);
        Some(MeanEstimate { mean, std_error })
    }

    /// Sum of all values.
    pub fn sum(&self) -> f64 {
        self.sum.to_f64() / SCALE * self.unit
    }

    /// Smallest value, exact.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// Largest value, exact.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// Size of the largest value of either sign, in units.
    fn largest_size(&self) -> f64 {
        self.max.max(-self.min) / self.unit
    }

    fn mean_in_units(&self) -> f64 {
        self.sum.to_f64() / SCALE / self.count as f64
    }

    /// Sample variance of the sums taken over `count >= 2` values.
    fn variance_over(&self, count: u64) -> f64 {
        let n = count as f64;
        let mean = self.sum.to_f64() / SCALE / n;
        let mean_square = self.sum_of_squares.to_f64() / SQUARE_SCALE / n;
        let spread = mean_square - mean * mean;
        // What the subtraction of two equal numbers leaves is rounding, of f64 and of the fixed point.
        let noise = ROUNDING * mean_square + 2.0 * mean.abs() / SCALE;
        let spread = if spread <= noise { 0.0 } else { spread };
        spread * n / (n - 1.0) * self.unit * self.unit
    }
}

/// Whether values can be measured in it.
pub(super) fn is_unit(unit: f64) -> bool {
    unit > 0.0 && unit.is_finite()
}

/// Sums of integers in two parts that f64 arithmetic keeps exact, lane by lane: `high·2^46 + low`.
///
/// A value is cut to a whole number `n`, as `n as i128` cuts it. Up to [`PARTS_LIMIT`] = 2^10 units `|n|` is at most
/// 2^10·2^60 for a value and (2^10)²·2^72 = 2^92 for a square. `high`, n/2^46 cut, is then at most 2^46, and `low`, what
/// is left, is below 2^46 and exact, as the low bits of a number of 53. Sums of 64 such parts stay within 2^52, where
/// every whole number is an f64: no addition rounds, so that neither their order nor the split can be seen.
#[derive(Default)]
struct Parts {
    high: [f64; SIDE],
    low: [f64; SIDE],
}

impl Parts {
    #[inline(always)]
    fn add(&mut self, lane: usize, scaled: f64) {
        let whole = scaled.trunc();
        let high = (whole * (1.0 / PART)).trunc();
        self.high[lane] += high;
        self.low[lane] += whole - high * PART;
    }

    #[inline(always)]
    fn total(&self) -> i128 {
        let sum = |parts: &[f64; SIDE]| i128::from(parts.iter().sum::<f64>() as i64);
        sum(&self.high) * PART as i128 + sum(&self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Limits of the parts in units, numbers beside them, and what has no place in a fixed point.
    fn awkward() -> impl Strategy<Value = f64> {
        let ends = [0.0, -0.0, 5e-324, f64::MIN_POSITIVE, 1.0 / SCALE, 1.0 / SQUARE_SCALE.sqrt(), 1.0, 8.0];
        let limits = [PARTS_LIMIT, SQUARE_LIMIT, VALUE_LIMIT, 1e150, f64::MAX];
        let near = |v: f64| [v, -v, v.next_up(), v.next_down(), -v.next_up(), -v.next_down()];
        let all: Vec<f64> = ends.into_iter().chain(limits).flat_map(near).filter(|v| v.is_finite()).collect();
        prop::sample::select(all)
    }

    fn same_as_one_by_one(unit: f64, values: &[f64]) {
        let [mut at_once, mut one_by_one] = [Moments::new(unit), Moments::new(unit)];
        at_once.add_all(values);
        values.iter().for_each(|value| one_by_one.add(*value));
        assert_eq!(at_once, one_by_one, "{values:?}");
        let bits = |m: &Moments| [m.min.to_bits(), m.max.to_bits()];
        assert_eq!(bits(&at_once), bits(&one_by_one), "{values:?}");
    }

    proptest! {
        #[test]
        fn many_at_once_are_the_integers_of_each(
            usual in prop::collection::vec(prop_oneof![-10.0..10.0, -1e-6..1e-6, -1_024.0..1_024.0], 0..150),
            odd in prop::collection::vec(prop_oneof![awkward(), -1e12..1e12, any::<f64>()], 0..80),
            unit in prop_oneof![Just(1.0), Just(3.0), 1e-3..1e6],
        ) {
            same_as_one_by_one(unit, &usual);
            let finite: Vec<f64> = odd.into_iter().filter(|value| value.is_finite()).collect();
            same_as_one_by_one(unit, &finite);
            let mixed: Vec<f64> = usual.into_iter().chain(finite).collect();
            same_as_one_by_one(unit, &mixed);
        }
    }

    #[test]
    fn a_full_row_at_the_limit_fills_the_parts_exactly() {
        for value in [PARTS_LIMIT, PARTS_LIMIT.next_down(), -PARTS_LIMIT, (-PARTS_LIMIT).next_up()] {
            same_as_one_by_one(1.0, &[value; MOST_PARTS]);
            same_as_one_by_one(1.0, &[value; 3 * MOST_PARTS + 5]);
            let [mut row, mut single] = [Parts::default(), Parts::default()];
            (0..MOST_PARTS).for_each(|i| row.add(i % SIDE, value * value * SQUARE_SCALE));
            single.add(0, value * value * SQUARE_SCALE);
            assert_eq!(single.total(), (value * value * SQUARE_SCALE) as i128);
            assert_eq!(row.total(), MOST_PARTS as i128 * single.total());
        }
    }
}
