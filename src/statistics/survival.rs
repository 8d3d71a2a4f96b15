//! When paths are first liquidated. Nothing is censored before the horizon, so plain shares will do.

use crate::statistics::moments::MeanEstimate;
use crate::statistics::quantile::quantile_rank;

/// The share of paths not liquidated by a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalPoint {
    /// Time, as a fraction of the horizon.
    pub fraction_of_horizon: f64,
    /// The last step by then.
    pub step: u64,
    /// Paths whose first liquidation comes later.
    pub alive_paths: u64,
    /// Their share.
    pub alive: f64,
}

/// Survival at `i/points` of the horizon, `i = 0 ..= points`. `first_liquidation[k]` counts the paths
/// first liquidated at step `k`, of `paths` paths in all; entry 0 is 0 and the last index is the last
/// step. Empty without paths.
pub fn survival(first_liquidation: &[u64], paths: u64, points: u64) -> Vec<SurvivalPoint> {
    if paths == 0 {
        return Vec::new();
    }
    let last_step = first_liquidation.len().saturating_sub(1) as u128;
    let mut counts = first_liquidation.iter().enumerate().peekable();
    let mut alive = paths;
    (0..=points)
        .map(|i| {
            // Step k has happened by i/points of the horizon where k/last_step <= i/points.
            let step = (u128::from(i) * last_step).checked_div(u128::from(points)).unwrap_or(0);
            while let Some((_, gone)) = counts.next_if(|(k, _)| *k as u128 <= step) {
                alive = alive.saturating_sub(*gone);
            }
            SurvivalPoint {
                fraction_of_horizon: if points == 0 { 0.0 } else { i as f64 / points as f64 },
                step: step as u64,
                alive_paths: alive,
                alive: alive as f64 / paths as f64,
            }
        })
        .collect()
}

/// Mean step of the first liquidation over the liquidated paths; `None` where none was.
pub fn mean_liquidation_step(first_liquidation: &[u64]) -> Option<MeanEstimate> {
    mean_step(first_liquidation, None)
}

/// Mean of min(first liquidation, horizon) in steps over all `paths`; `None` without paths.
pub fn restricted_mean_step(first_liquidation: &[u64], paths: u64) -> Option<MeanEstimate> {
    let liquidated: u64 = first_liquidation.iter().sum();
    let last_step = first_liquidation.len().saturating_sub(1) as u64;
    mean_step(first_liquidation, Some((last_step, paths.saturating_sub(liquidated))))
}

/// Type-1 `p`-quantile of the step of the first liquidation over the liquidated paths.
pub fn liquidation_step_quantile(first_liquidation: &[u64], p: f64) -> Option<u64> {
    let liquidated: u64 = first_liquidation.iter().sum();
    liquidation_step_at_rank(first_liquidation, quantile_rank(p, liquidated))
}

/// Step of the first liquidation at `rank` (1 = earliest) among the liquidated paths; `None` where there
/// are fewer, and for rank 0.
pub fn liquidation_step_at_rank(first_liquidation: &[u64], rank: u64) -> Option<u64> {
    if rank == 0 {
        return None;
    }
    let mut seen = 0;
    first_liquidation.iter().enumerate().find_map(|(step, count)| {
        seen += count;
        (seen >= rank).then_some(step as u64)
    })
}

/// Mean of the steps, each as often as its count, and of one more (step, count).
fn mean_step(counts: &[u64], more: Option<(u64, u64)>) -> Option<MeanEstimate> {
    let values = || (0..).zip(counts.iter().copied()).chain(more).filter(|(_, count)| *count > 0);
    let n: u64 = values().map(|(_, count)| count).sum();
    if n == 0 {
        return None;
    }
    let sum: u128 = values().map(|(step, count)| u128::from(step) * u128::from(count)).sum();
    let mean = sum as f64 / n as f64;
    let squares: f64 =
        values().map(|(step, count)| count as f64 * (step as f64 - mean) * (step as f64 - mean)).sum();
    let std_error = (n > 1).then(|| (squares / (n - 1) as f64 / n as f64).sqrt());
    Some(MeanEstimate { mean, std_error })
}
