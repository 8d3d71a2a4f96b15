//! Two outcomes of the same paths, compared.

use super::binomial::binomial_lower_tail;
use crate::statistics::proportion::{Interval, wilson_of_clusters};

/// McNemar's exact two-sided p-value of `b` against `c` disagreeing pairs:
/// `min(1, 2·P(X <= min(b, c)))` with `X ~ Bin(b + c, 1/2)`; 1 where no pair disagrees.
pub fn mcnemar_exact(b: u64, c: u64) -> f64 {
    (2.0 * binomial_lower_tail(b.min(c), b.saturating_add(c), 0.5)).min(1.0)
}

/// Interval of `p_a − p_b` for paired proportions from the 2×2 table: Newcombe (1998), Statistics in
/// Medicine 17:2635, method 10 (Wilson limits, squared and added, with the continuity-corrected φ).
/// `None` where the table is empty.
pub fn newcombe_paired(
    both: u64,
    a_only: u64,
    b_only: u64,
    neither: u64,
    confidence: f64,
) -> Option<Interval> {
    newcombe_of_clusters([both, a_only, b_only, neither], 1.0, confidence)
}

/// [`newcombe_paired`] where the difference varies `design_effect > 0` times as much as one of independent paths:
/// the interval of the table with every cell divided by it. Cells: both, a only, b only, neither.
pub fn newcombe_of_clusters(cells: [u64; 4], design_effect: f64, confidence: f64) -> Option<Interval> {
    let [both, a_only, b_only, neither] = cells;
    let limits = |count, n| wilson_of_clusters(count, n, design_effect, confidence);
    let n = both + a_only + b_only + neither;
    let (count_a, count_b) = (both + a_only, both + b_only);
    let (limits_a, limits_b) = (limits(count_a, n)?, limits(count_b, n)?);
    let (p_a, p_b) = (count_a as f64 / n as f64, count_b as f64 / n as f64);
    let phi = corrected_phi(cells, design_effect);
    let add = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
    let difference = (a_only as f64 - b_only as f64) / n as f64;
    let down = add(p_a - limits_a.low, limits_b.high - p_b);
    let up = add(limits_a.high - p_a, p_b - limits_b.low);
    Some(Interval { low: (difference - down).max(-1.0), high: (difference + up).min(1.0) })
}

/// Correlation of the two outcomes, a positive one shrunk by `n/2` in the numerator (of cells divided by the design
/// effect); 0 where a margin
/// is empty.
fn corrected_phi([both, a_only, b_only, neither]: [u64; 4], design_effect: f64) -> f64 {
    let (e, f, g, h) = (both as f64, a_only as f64, b_only as f64, neither as f64);
    let margins = ((e + f) * (g + h)).sqrt() * ((e + g) * (f + h)).sqrt();
    if margins == 0.0 {
        return 0.0;
    }
    let exact = u128::from(both) * u128::from(neither);
    let against = u128::from(a_only) * u128::from(b_only);
    let numerator = if exact >= against {
        ((exact - against) as f64 - (e + f + g + h) * design_effect / 2.0).max(0.0)
    } else {
        -((against - exact) as f64)
    };
    numerator / margins
}

/// How many times more paths two independent runs would need for a mean difference as precise as the
/// paired one: `(var_a + var_b) / var_difference`; `None` where that is undefined.
pub fn variance_factor(var_a: Option<f64>, var_b: Option<f64>, var_difference: Option<f64>) -> Option<f64> {
    let factor = (var_a? + var_b?) / var_difference.filter(|v| *v > 0.0)?;
    factor.is_finite().then_some(factor)
}

/// [`variance_factor`] of a difference of proportions:
/// `(p_a·q_a + p_b·q_b) / (p_10 + p_01 − (p_10 − p_01)²)`.
pub fn proportion_variance_factor(both: u64, a_only: u64, b_only: u64, neither: u64) -> Option<f64> {
    let n = both + a_only + b_only + neither;
    let binary = |count: u64| {
        let share = count as f64 / n as f64;
        share * (1.0 - share)
    };
    let of_difference = difference_variance(a_only, b_only, n);
    variance_factor(Some(binary(both + a_only)), Some(binary(both + b_only)), Some(of_difference))
}

/// Standard error of the difference of paired proportions, `√{[p_10 + p_01 − (p_10 − p_01)²]/n}`. `None`
/// where the formula gives a certainty that there is not: no pair disagrees, or all do in one direction.
pub fn proportion_difference_std_error(both: u64, a_only: u64, b_only: u64, neither: u64) -> Option<f64> {
    let n = both + a_only + b_only + neither;
    let disagree = a_only + b_only;
    let certain = disagree == 0 || a_only.max(b_only) == n;
    (!certain).then(|| (difference_variance(a_only, b_only, n) / n as f64).sqrt())
}

/// Variance of one pair's difference.
fn difference_variance(a_only: u64, b_only: u64, n: u64) -> f64 {
    let (p_10, p_01) = (a_only as f64 / n as f64, b_only as f64 / n as f64);
    p_10 + p_01 - (p_10 - p_01) * (p_10 - p_01)
}
