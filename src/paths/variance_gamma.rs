//! Variance gamma (Madan, Carr and Chang, "The variance gamma process and option pricing", 1998): a Brownian motion
//! with drift on a gamma subordinator, ln S_t = ln S_0 + (drift + ω)·t + skew·G_t + volatility·B(G_t).
//!
//! G_t has mean t and variance nu·t; ω = ln(1 − skew·nu − volatility²·nu/2)/nu compensates. The step is exact in law:
//! G over dt is gamma with shape a = dt/nu, drawn as gamma(a + 1)·U^(1/a) (Devroye, "Non-uniform random variate
//! generation", 1986, IV.6.4), the first factor from a table of quantiles (relative error below 3e-7).
//!
//! Assets on such a clock share its draws (Madan and Seneta 1990): of equal nu they keep the correlation of their
//! drivers. With an asset that runs on calendar time they keep it only in part, E[√G]/√dt.

use super::asset::Draws;
use super::elementary::{exp, ln};
use super::table::NormalTable;
use crate::lanes::{LANES, Lanes};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceGamma {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// σ per square-root year of the subordinator, `>= 0`.
    pub volatility: f64,
    /// θ: drift of the log price per year of the subordinator; `skew·nu + volatility²·nu/2 < 1`.
    pub skew: f64,
    /// Variance of the clock per year, `> 0`.
    pub nu: f64,
}

impl VarianceGamma {
    /// Variance of the log return per year.
    pub fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility + self.skew * self.skew * self.nu
    }

    /// ω, per year.
    pub fn compensation(&self) -> f64 {
        libm::log1p(-self.nu * (self.skew + 0.5 * self.volatility * self.volatility)) / self.nu
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct VarianceGammaStep {
    mean: f64,
    skew: f64,
    volatility: f64,
    /// The scale of the subordinator.
    nu: f64,
    /// nu/dt, the inverse of the shape.
    inverse_shape: f64,
    gamma: NormalTable,
}

impl VarianceGammaStep {
    /// From annual parameters; `drift` as in the other laws.
    pub fn new(model: &VarianceGamma, drift: f64, step_years: f64) -> Self {
        let shape = step_years / model.nu;
        Self {
            mean: (drift + model.compensation()) * step_years,
            skew: model.skew,
            volatility: model.volatility,
            nu: model.nu,
            inverse_shape: 1.0 / shape,
            gamma: NormalTable::gamma(shape + 1.0),
        }
    }

    /// The log prices a step after `before`. `deviate` is normal and `uniform` in (0, 1], both the clock's.
    #[inline(always)]
    pub fn advance(&self, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let Draws { driver, normals: deviate, uniforms: uniform, .. } = draws;
        let mut gamma = [0.0; LANES];
        self.gamma.at(deviate, &mut gamma);
        // Two loops: one that held all of it would run out of registers.
        let mut log_power = [0.0; LANES];
        for l in 0..LANES {
            log_power[l] = ln(uniform[l]) * self.inverse_shape;
        }
        for l in 0..LANES {
            let subordinator = self.nu * f64::from(gamma[l]) * exp(log_power[l]);
            let diffusion = self.volatility * subordinator.sqrt() * f64::from(driver[l]);
            after[l] = before[l] + (self.mean + self.skew * subordinator + diffusion);
        }
    }
}
