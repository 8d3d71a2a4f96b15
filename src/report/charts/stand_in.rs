//! Stand-in for `crate::statistics::{wilson, survival}`.

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A point of a survival curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalPoint {
    /// Step.
    pub step: u64,
    /// Share alive.
    pub alive: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// Wilson's interval.
pub fn wilson(count: u64, n: u64, confidence: f64) -> Interval {
    let (mut a, mut b) = (0.0, 40.0);
    for _ in 0..80 {
        let z = (a + b) / 2.0;
        if libm::erf(z / std::f64::consts::SQRT_2) < confidence { a = z } else { b = z }
    }
    let (z, n) = (a, n.max(1) as f64);
    let p = count as f64 / n;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// Survival curve at about `points` steps, the first 0 and the last the last.
pub fn survival(first_liquidation: &[u64], paths: u64, points: usize, confidence: f64) -> Vec<SurvivalPoint> {
    let last = first_liquidation.len().saturating_sub(1);
    let stride = last.div_ceil(points.max(2) - 1).max(1);
    let mut dead = 0;
    let mut curve = Vec::new();
    for (step, count) in first_liquidation.iter().enumerate() {
        dead += count;
        if step % stride == 0 || step == last {
            let alive = paths.saturating_sub(dead);
            let Interval { low, high } = wilson(alive, paths, confidence);
            curve.push(SurvivalPoint {
                step: step as u64,
                alive: alive as f64 / paths.max(1) as f64,
                low,
                high,
            });
        }
    }
    curve
}
