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
    wilson_of_clusters(count, n, 1.0, confidence)
}

/// [`wilson`] where the share varies `design_effect > 0` times as much as one of independent observations: the interval
/// of `n / design_effect` of them (Korn & Graubard 1998, Survey Methodology 24:193).
pub fn wilson_of_clusters(count: u64, n: u64, design_effect: f64, confidence: f64) -> Option<Interval> {
    if n == 0 || count > n {
        return None;
    }
    let z = two_sided_z(confidence);
    let size = Size { k: count as f64 / design_effect, total: n as f64 / design_effect };
    let upper = size.upper_limit((n - count) as f64 / design_effect, z);
    let high = if count == n { 1.0 } else { upper };
    // The lower limit of successes is the upper limit of failures, seen from the other end; as the
    // other root of the same quadratic it does not cancel.
    let (k, total) = (size.k, size.total);
    let low = k / total * k / (total + z * z) / upper;
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

/// Successes of so many observations, whole or not.
struct Size {
    k: f64,
    total: f64,
}

impl Size {
    fn upper_limit(&self, failures: f64, z: f64) -> f64 {
        let Self { k, total } = self;
        let spread = z * (z * z + 4.0 * k * (failures / total)).sqrt();
        (2.0 * k + z * z + spread) / (2.0 * (total + z * z))
    }
}
