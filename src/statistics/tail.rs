//! The mean of a tail, and how sure that is.

use crate::statistics::moments::MeanEstimate;

/// Values a tail holds at least for its mean to have a standard error: with fewer the estimate below,
/// good for many, is itself mostly chance.
const FEWEST: f64 = 10.0;

/// Mean of the first `share·n` of `n` values that come in `bins` (value, count), from the far end of the
/// tail inwards, the last one counted in part. `None` where that is nothing, or more than there is.
///
/// The standard error is the asymptotic one, `√{[s² + (1 − share)·(mean − quantile)²] / (n·share)}` with
/// `s²` the variance within the tail: Manistre & Hancock (2005), *Variance of the CTE Estimator*, North
/// American Actuarial Journal 9(2):129. The second term is the error of where the tail begins. `None`
/// with fewer than ten values in the tail.
pub fn tail_mean(bins: impl Iterator<Item = (f64, u64)>, share: f64, n: u64) -> Option<MeanEstimate> {
    let weight = share * n as f64;
    let (mut left, mut sum, mut quantile) = (weight, 0.0, 0.0);
    // Welford's recursion: squares about a mean that moves along.
    let (mut taken, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for (value, count) in bins {
        let part = left.min(count as f64);
        sum += part * value;
        left -= part;
        taken += part;
        let deviation = value - mean;
        mean += deviation * part / taken;
        squares += part * deviation * (value - mean);
        quantile = value;
        if left <= 0.0 {
            break;
        }
    }
    if weight.is_nan() || weight <= 0.0 || left > weight * 1e-9 {
        return None;
    }
    let mean = sum / weight;
    let std_error = (weight >= FEWEST).then(|| {
        let of_boundary = (1.0 - share) * (mean - quantile) * (mean - quantile);
        ((squares / (weight - 1.0) + of_boundary) / weight).sqrt()
    });
    Some(MeanEstimate { mean, std_error })
}
