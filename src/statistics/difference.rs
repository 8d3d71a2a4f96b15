//! The difference of two independent estimates.

use super::student_t::mean_half_width;
use crate::statistics::proportion::Interval;

/// An estimate between its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounded {
    /// The estimate.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Interval of `b − a` from the intervals of two independent estimates at the same level, distances squared and added:
/// for proportions with Wilson's bounds Newcombe (1998), Statistics in Medicine 17:873, method 10; in general Zou and
/// Donner (2008), Statistics in Medicine 27:1693.
pub fn difference_of_bounded(a: Bounded, b: Bounded) -> Interval {
    let add = |x: f64, y: f64| libm::hypot(x, y);
    let difference = b.value - a.value;
    Interval {
        low: difference - add(b.value - b.low, a.high - a.value),
        high: difference + add(b.high - b.value, a.value - a.low),
    }
}

/// A mean of `n` independent observations with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanOf {
    /// The mean.
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Observations.
    pub n: u64,
}

/// Interval of `b − a` of two independent means: Student's t with Welch and Satterthwaite's degrees of freedom, rounded
/// down, the normal's quantile from 99 of them on. `None` with fewer than two values in either.
pub fn difference_of_means(a: MeanOf, b: MeanOf, confidence: f64) -> Option<Interval> {
    if a.n < 2 || b.n < 2 {
        return None;
    }
    let error = libm::hypot(a.std_error, b.std_error);
    let half = if error > 0.0 { mean_half_width(freedom(a, b, error) + 1, confidence)? * error } else { 0.0 };
    let difference = b.value - a.value;
    Some(Interval { low: difference - half, high: difference + half })
}

/// `s⁴ / [s_a⁴/(n_a − 1) + s_b⁴/(n_b − 1)]` with `s² = s_a² + s_b²`, rounded down: Welch (1947), Biometrika 34:28.
fn freedom(a: MeanOf, b: MeanOf, error: f64) -> u64 {
    // Of shares of the error: its fourth power may leave the range of numbers.
    let part = |mean: MeanOf| {
        let share = (mean.std_error / error) * (mean.std_error / error);
        share * share / (mean.n - 1) as f64
    };
    (1.0 / (part(a) + part(b))).max(1.0) as u64
}
