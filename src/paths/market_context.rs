//! What the price models of one market share.

use super::replayer::WindowHistory;
use super::resampler::ReturnHistory;

/// What a price model needs beside its own parameters to describe itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct MarketContext<'a> {
    /// Length of a step in years of 365 days.
    pub step_years: f64,
    /// The returns that bootstrapped assets resample.
    pub history: Option<&'a ReturnHistory>,
    /// The closes that replayed assets are taken from.
    pub windows: Option<&'a WindowHistory>,
}

/// Volatility per square-root year of the log returns of steps.
pub fn volatility_of_returns(returns: impl Iterator<Item = f64>, step_years: f64) -> f64 {
    let (count, squares) = returns.fold((0.0, 0.0), |(n, sum), r| (n + 1.0, sum + r * r));
    (squares / f64::max(count, 1.0) / step_years).sqrt()
}
