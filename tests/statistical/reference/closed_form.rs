//! Laws of Brownian motion that stand in textbooks.

use std::f64::consts::FRAC_1_SQRT_2;

/// Φ, from libm's complementary error function (error below 1 ulp, so that far tails keep their digits).
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// Probability that a geometric Brownian motion opened at 1 has touched `barrier < 1` within `years`.
/// `drift` is that of the price, `E[S_t] = exp(drift·t)`. (Borodin and Salminen, Handbook of Brownian
/// Motion, 2nd ed., part II, 2.1.2.4.)
pub fn touches_below(barrier: f64, drift: f64, volatility: f64, years: f64) -> f64 {
    let log_drift = drift - 0.5 * volatility * volatility;
    let (b, spread) = (libm::log(barrier), volatility * years.sqrt());
    let reflected = libm::exp(2.0 * log_drift * b / (volatility * volatility));
    normal_cdf((b - log_drift * years) / spread) + reflected * normal_cdf((b + log_drift * years) / spread)
}

/// Upper bound of `E[max(0, barrier − min S)]` for a price opened at 1: the integral of
/// [`touches_below`] from 0 to the barrier, by rectangles that reach up to its larger end.
pub fn mean_depth_below(barrier: f64, drift: f64, volatility: f64, years: f64) -> f64 {
    const RECTANGLES: u32 = 1_000;
    let width = barrier / f64::from(RECTANGLES);
    (1..=RECTANGLES).map(|i| width * touches_below(width * f64::from(i), drift, volatility, years)).sum()
}
