//! The binomial distribution for numbers of trials up to 1e12.

/// `P(X = k)` for `n` trials of probability `0 < p < 1`, relative error below 1e-9 at `n` = 1e12
/// and 1e-13 at a thousand. Loader (2000), *Fast and Accurate Computation of Binomial
/// Probabilities*: no difference of large logarithms.
pub fn binomial_pmf(k: u64, n: u64, p: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    if k == 0 {
        return libm::exp(n as f64 * libm::log1p(-p));
    }
    if k == n {
        return libm::exp(n as f64 * libm::log(p));
    }
    let (x, y, total) = (k as f64, (n - k) as f64, n as f64);
    let exponent = stirling_error(total)
        - stirling_error(x)
        - stirling_error(y)
        - deviance(x, total * p)
        - deviance(y, total * (1.0 - p));
    libm::exp(exponent) * (total / (std::f64::consts::TAU * x * y)).sqrt()
}

/// `P(X <= k)`; relative precision of [`binomial_pmf`] where `k` lies below the mean, absolute above.
pub fn binomial_lower_tail(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    if k as f64 > n as f64 * p {
        return 1.0 - binomial_upper_tail(k + 1, n, p);
    }
    let odds = (1.0 - p) / p;
    sum_outwards(binomial_pmf(k, n, p), (0..k).rev().map(|j| odds * (j + 1) as f64 / (n - j) as f64))
}

/// `P(X >= k)`; relative precision of [`binomial_pmf`] where `k` lies above the mean, absolute below.
pub fn binomial_upper_tail(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if (k as f64) < n as f64 * p {
        return 1.0 - binomial_lower_tail(k - 1, n, p);
    }
    let odds = p / (1.0 - p);
    sum_outwards(binomial_pmf(k, n, p), (k + 1..=n).map(|j| odds * (n - j + 1) as f64 / j as f64))
}

/// A term and what follows by the ratios, until a falling term no longer counts.
fn sum_outwards(first: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut term, mut sum) = (first, first);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        // The rest is below term / (1 − ratio), as ratios fall away from the mode.
        if ratio < 1.0 && term <= sum * (1.0 - ratio) * 1e-17 {
            break;
        }
    }
    sum.min(1.0)
}

/// `ln n! − [(n + 1/2)·ln n − n + ln √(2π)]` for whole `n >= 1`.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - 0.918_938_533_204_672_7;
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1_260.0 - (1.0 / 1_680.0 - 1.0 / 1_188.0 / square) / square) / square)
            / square)
        / n
}

/// `x·ln(x/mean) + mean − x`, by a series where the two are close.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    let near = difference.abs() < 0.1 * (x + mean);
    if !near {
        return x * libm::log(x / mean) + mean - x;
    }
    let v = difference / (x + mean);
    let (mut sum, mut power, mut odd) = (difference * v, 2.0 * x * v, 1.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let next = sum + power / odd;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}
