//! How often something happened, and how sure that is.

use super::normal::two_sided_z;

/// A confidence interval, `low <= high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Score interval of a proportion, `count` of `n`: Wilson (1927), JASA 22:209. Exactly 0 at `count`
/// = 0 and 1 at `count` = `n`; `None` for `n` = 0.
pub fn wilson(count: u64, n: u64, confidence: f64) -> Option<Interval> {
    if n == 0 || count > n {
        return None;
    }
    let z = two_sided_z(confidence);
    let high = if count == n { 1.0 } else { upper_limit(count, n, z) };
    // The lower limit of successes is the upper limit of failures, seen from the other end; as the
    // other root of the same quadratic it does not cancel.
    let (k, total) = (count as f64, n as f64);
    let low = k / total * k / (total + z * z) / upper_limit(count, n, z);
    Some(Interval { low: low.clamp(0.0, k / total), high: high.clamp(k / total, 1.0) })
}

/// Standard error `√(p·(1 − p)/n)` of a proportion, `count` of `n`. `None` at 0, 1 and `n` = 0, where the
/// formula gives a certainty that there is not; the interval of [`wilson`] holds there too.
pub fn proportion_std_error(count: u64, n: u64) -> Option<f64> {
    if count == 0 || count >= n {
        return None;
    }
    let share = count as f64 / n as f64;
    Some((share * (1.0 - share) / n as f64).sqrt())
}

fn upper_limit(count: u64, n: u64, z: f64) -> f64 {
    let (k, total) = (count as f64, n as f64);
    let spread = z * (z * z + 4.0 * k * ((n - count) as f64 / total)).sqrt();
    (2.0 * k + z * z + spread) / (2.0 * (total + z * z))
}
