//! Frequencies and mean shares with their intervals.

use crate::report::wording::cells::{at, or_dash};
use crate::result::document::Frequency;
use crate::result::document::mode::DistributionResult;
use crate::text::format::{decimals_for, fixed};

/// Paths that count, or that do not count, below which an interval is too asymmetric for its half-width.
const EVEN: f64 = 30.0;

/// `13.12 % ±0.21`, to two digits of the half-width; `0.05 % [0.01, 0.28]` where the interval is asymmetric;
/// `0 % (≤ 0.04)` and `100 % (≥ 99.96)` where it has one side only; `13.12 %` where no error is stated.
pub fn share(f: &Frequency) -> String {
    let (Some(value), Some(low), Some(high)) = (f.frequency, f.low, f.high) else { return plain(f) };
    let decimals = decimals_for(100.0 * (high - low), 1);
    if f.count == 0 {
        format!("0 % (≤ {})", fixed(100.0 * high, decimals))
    } else if value >= 1.0 {
        format!("100 % (≥ {})", fixed(100.0 * low, decimals))
    } else if is_symmetric(f, value) {
        with_half_width(value, (high - low) / 2.0)
    } else {
        interval(f)
    }
}

/// `4.2 % ± 0.1`, to one digit of the half-width; otherwise as [`share`].
pub fn brief(f: &Frequency) -> String {
    match (f.frequency, half_width(f.low, f.high)) {
        (Some(value), Some(half)) if f.count > 0 && value < 1.0 && is_symmetric(f, value) => {
            let decimals = decimals_for(1_000.0 * half, 1);
            format!("{} % ± {}", fixed(100.0 * value, decimals), fixed(100.0 * half, decimals))
        }
        _ => share(f),
    }
}

/// Whether the half-width describes the interval of a frequency of `value`.
fn is_symmetric(f: &Frequency, value: f64) -> bool {
    (f.count as f64).min(f.count as f64 * (1.0 - value) / value) >= EVEN - 0.5
}

fn plain(f: &Frequency) -> String {
    or_dash(f.frequency.map(|value| format!("{} %", fixed(100.0 * value, 2))))
}

/// `4.20 % [4.08, 4.33]`, or without the bounds where there are none.
pub fn interval(f: &Frequency) -> String {
    let (Some(value), Some(low), Some(high)) = (f.frequency, f.low, f.high) else { return plain(f) };
    let decimals = decimals_for(50.0 * (high - low), 1);
    let [value, low, high] = [value, low, high].map(|v| fixed(100.0 * v, decimals));
    format!("{value} % [{low}, {high}]")
}

/// A mean of shares.
pub fn mean_share(d: &DistributionResult) -> String {
    or_dash(d.mean.map(|mean| match half_width(d.low, d.high).filter(|half| *half > 0.0) {
        Some(half) => with_half_width(mean, half),
        None => format!("{} %", fixed(100.0 * mean, 2)),
    }))
}

/// A quantile of shares.
pub fn quantile_share(d: &DistributionResult, level: &str) -> String {
    let half = quantile_half_width(d, level).unwrap_or(0.0);
    or_dash(at(&d.quantiles, level).map(|v| format!("{} %", fixed(100.0 * v, decimals_for(100.0 * half, 2)))))
}

/// Half the interval of a quantile, where both ends are known.
pub fn quantile_half_width(d: &DistributionResult, level: &str) -> Option<f64> {
    half_width(at(&d.quantiles_low, level), at(&d.quantiles_high, level))
}

/// Half an interval, where both ends are known.
pub fn half_width(low: Option<f64>, high: Option<f64>) -> Option<f64> {
    Some((high? - low?) / 2.0)
}

fn with_half_width(share: f64, half: f64) -> String {
    let decimals = decimals_for(100.0 * half, 1);
    format!("{} % ±{}", fixed(100.0 * share, decimals), fixed(100.0 * half, decimals))
}
