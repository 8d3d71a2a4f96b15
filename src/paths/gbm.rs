//! Geometric Brownian motion (Samuelson, "Rational theory of warrant pricing", 1965):
//! d ln S = (drift − volatility²/2) dt + volatility dB.
//!
//! The step is exact: ln S moves by a normal with that mean and variance times dt.

use crate::lanes::{LANES, Lanes, Normals};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gbm {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility per square-root year, `>= 0`.
    pub volatility: f64,
}

/// One step: `x += mean + scale·w`, with a standard normal w.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GbmStep {
    /// Mean of the log return per step.
    pub mean: f64,
    /// Its standard deviation.
    pub scale: f64,
}

impl GbmStep {
    /// From annual parameters. `drift` is what is left for the diffusion once jumps are compensated.
    pub fn new(drift: f64, volatility: f64, step_years: f64) -> Self {
        Self {
            mean: drift * step_years - half_variance(volatility, step_years),
            scale: volatility * step_years.sqrt(),
        }
    }

    /// The log prices a step after `before`.
    #[inline(always)]
    pub fn advance(&self, before: &Lanes, after: &mut Lanes, driver: &Normals) {
        for l in 0..LANES {
            after[l] = before[l] + (self.mean + self.scale * f64::from(driver[l]));
        }
    }
}

/// Half the variance of a step. One expression for every price model, so that their limits are this model bit for bit.
pub fn half_variance(volatility: f64, step_years: f64) -> f64 {
    0.5 * volatility * volatility * step_years
}
