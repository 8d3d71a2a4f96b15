//! Mean-reverting log price (Uhlenbeck and Ornstein 1930; for prices Schwartz 1997, model 1):
//! dx = mean_reversion·(ln level − x) dt + volatility dB, x = ln S.
//!
//! The step is exact: x moves to ln level + (x − ln level)·e^(−κ dt) plus a normal of variance
//! σ²(1 − e^(−2κ dt))/(2κ). A price that reverts has no drift, so nothing is compensated.

use crate::lanes::{LANES, Lanes, Normals};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ou {
    /// Price that it reverts to, `> 0`.
    pub level: f64,
    /// Speed κ per year, `>= 0`: ln 2/κ is the half-life of a deviation.
    pub mean_reversion: f64,
    /// Volatility of the log price per square-root year, `>= 0`.
    pub volatility: f64,
}

/// One step of ln(S/S_0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OuStep {
    level: f64,
    /// Part of a deviation that is left after a step.
    pub left: f64,
    /// Standard deviation of a step.
    pub scale: f64,
    /// κ·dt.
    speed: f64,
}

impl OuStep {
    /// From annual parameters and the opening price.
    pub fn new(model: &Ou, price: f64, step_years: f64) -> Self {
        let speed = model.mean_reversion * step_years;
        // (1 − e^(−2κ dt))/(2κ dt), 1 where κ is 0.
        let shrink = if speed > 0.0 { -libm::expm1(-2.0 * speed) / (2.0 * speed) } else { 1.0 };
        Self {
            level: libm::log(model.level / price),
            left: libm::exp(-speed),
            scale: model.volatility * (step_years * shrink).sqrt(),
            speed,
        }
    }

    /// The log prices a step after `before`.
    #[inline(always)]
    pub fn advance(&self, before: &Lanes, after: &mut Lanes, driver: &Normals) {
        for l in 0..LANES {
            let reverted = self.level + (before[l] - self.level) * self.left;
            after[l] = reverted + self.scale * f64::from(driver[l]);
        }
    }

    /// What remains at the end of a step of a jump at `instant`, a fraction of the step.
    pub fn left_after(&self, instant: f64) -> f64 {
        libm::exp(-self.speed * (1.0 - instant))
    }
}
