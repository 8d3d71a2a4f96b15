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
#[derive(Debug, Clone, PartialEq)]
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
