//! Ranks of quantiles, and of the bounds around them.

use super::binomial::{binomial_lower_tail, binomial_pmf, binomial_upper_tail};
use super::normal::normal_quantile;

/// Rank of the type-1 quantile (Hyndman & Fan 1996): the smallest whole number `>= p·n`, at least 1. A
/// product that misses a whole number by rounding alone counts as that number.
pub fn quantile_rank(p: f64, n: u64) -> u64 {
    let product = p * n as f64;
    let nearest = product.round();
    let rank = if (product - nearest).abs() <= 4e-15 * product { nearest } else { product.ceil() };
    (rank as u64).max(1)
}

/// Ranks whose values enclose the `p`-quantile with at least `confidence`, half of what is left on
/// either side, whatever the distribution (David & Nagaraja, *Order Statistics*, 7.1):
/// the largest `l` with `P(Bin(n, p) < l) <= α/2` and the smallest `u` with `P(Bin(n, p) >= u) <= α/2`.
/// `None` where the sample is too small to have such a rank.
pub fn rank_interval(n: u64, p: f64, confidence: f64) -> (Option<u64>, Option<u64>) {
    if n == 0 || !(p > 0.0 && p < 1.0) {
        return (None, None);
    }
    let tail = (1.0 - confidence) / 2.0;
    let guess = |z: f64| {
        let spread = (n as f64 * p * (1.0 - p)).sqrt();
        (n as f64 * p + z * spread).clamp(0.0, n as f64).round() as u64
    };
    let z = normal_quantile(tail);
    let lower = largest_lower(n, p, tail, guess(z));
    let upper = smallest_upper(n, p, tail, guess(-z));
    ((lower >= 1).then_some(lower), (upper <= n).then_some(upper))
}

/// Largest `l <= n` with `P(X <= l − 1) <= tail`; 0 where only 0 qualifies.
fn largest_lower(n: u64, p: f64, tail: f64, start: u64) -> u64 {
    let mut rank = start;
    let mut below = if rank == 0 { 0.0 } else { binomial_lower_tail(rank - 1, n, p) };
    while rank > 0 && below > tail {
        rank -= 1;
        below -= binomial_pmf(rank, n, p);
    }
    while rank < n {
        let next = below + binomial_pmf(rank, n, p);
        if next > tail {
            break;
        }
        (below, rank) = (next, rank + 1);
    }
    rank
}

/// Smallest `u` with `P(X >= u) <= tail`; `n + 1` where no rank qualifies.
fn smallest_upper(n: u64, p: f64, tail: f64, start: u64) -> u64 {
    let mut rank = start.max(1);
    let mut above = binomial_upper_tail(rank, n, p);
    while rank <= n && above > tail {
        above -= binomial_pmf(rank, n, p);
        rank += 1;
    }
    while rank > 1 {
        let next = above + binomial_pmf(rank - 1, n, p);
        if next > tail {
            break;
        }
        (above, rank) = (next, rank - 1);
    }
    rank
}
