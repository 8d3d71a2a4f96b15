//! How far a log price may go over a horizon, for the overflow check of scenarios.

/// Standard deviations that no path of any run goes beyond.
const DEVIATIONS: f64 = 9.0;

/// Mean and spread of a log return over a horizon.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogReturnBound {
    /// Size of the mean, `>= 0`.
    pub drift: f64,
    /// Variance.
    pub variance: f64,
}

impl LogReturnBound {
    /// Of a price with a drift. `drift` is its largest size per year; `compensation` is what jumps take from the drift of
    /// the log price per year.
    pub fn of_drift(drift: f64, volatility: f64, compensation: f64, years: f64) -> Self {
        let variance = volatility * volatility;
        // The drift of the price exceeds that of its logarithm by half the variance, or by more with large jumps.
        let taken = (0.5 * variance).max(compensation.abs());
        Self { drift: (drift + taken) * years, variance: variance * years }
    }

    /// The largest log return.
    pub fn total(self) -> f64 {
        self.drift + DEVIATIONS * self.variance.sqrt()
    }
}
