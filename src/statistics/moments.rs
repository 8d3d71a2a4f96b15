//! Sums that merge exactly: the same for every order and every split.

/// Fixed-point scale of the sums: values are kept in units of 2^−60 of `unit`.
const SCALE: f64 = (1u64 << 60) as f64;

/// Count, sum and sum of squares of values measured in `unit`, as 128-bit integers, so that adding
/// and merging commute exactly. A value is rounded to 2^−60 units; sums saturate beyond 2^67 units.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    unit: f64,
    count: u64,
    sum: i128,
    sum_of_squares: i128,
    min: f64,
    max: f64,
}

impl Moments {
    /// No values yet. `unit > 0` is what values are divided by: opening equity for money, 1 for ratios.
    pub fn new(unit: f64) -> Self {
        Self { unit, count: 0, sum: 0, sum_of_squares: 0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }

    /// Adds one finite value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let x = value / self.unit;
        self.count += 1;
        self.sum = self.sum.saturating_add((x * SCALE) as i128);
        self.sum_of_squares = self.sum_of_squares.saturating_add((x * x * SCALE) as i128);
        // Adding +0.0 turns −0.0 into +0.0, so that min and max do not depend on the order.
        self.min = self.min.min(value + 0.0);
        self.max = self.max.max(value + 0.0);
    }

    /// Adds everything `other` has seen; both have the same unit.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.sum_of_squares = self.sum_of_squares.saturating_add(other.sum_of_squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Arithmetic mean; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.mean_in_units() * self.unit)
    }

    /// Sample variance (n − 1), never negative; `None` with fewer than two values.
    pub fn variance(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        if self.min == self.max {
            return Some(0.0);
        }
        let n = self.count as f64;
        let mean = self.mean_in_units();
        let spread = (self.sum_of_squares as f64 / SCALE - n * mean * mean) / (n - 1.0);
        Some(spread.max(0.0) * self.unit * self.unit)
    }

    /// Square root of [`Self::variance`].
    pub fn std(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Standard error of the mean, `std/√n`.
    pub fn std_error(&self) -> Option<f64> {
        self.std().map(|s| s / (self.count as f64).sqrt())
    }

    /// Sum of all values.
    pub fn sum(&self) -> f64 {
        self.sum as f64 / SCALE * self.unit
    }

    /// Smallest value, exact.
    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    /// Largest value, exact.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    fn mean_in_units(&self) -> f64 {
        self.sum as f64 / SCALE / self.count as f64
    }
}
