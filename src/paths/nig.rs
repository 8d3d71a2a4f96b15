//! Normal inverse Gaussian (Barndorff-Nielsen, "Processes of normal inverse Gaussian type", 1998): a Brownian motion
//! with drift on an inverse Gaussian clock, ln S_t = ln S_0 + (drift + ω)·t + beta·I_t + B(I_t).
//!
//! I over dt is inverse Gaussian with mean delta·dt/γ and shape (delta·dt)², γ = √(alpha² − beta²), drawn by the
//! method of Michael, Schucany and Haas (1976); ω = delta·(√(alpha² − (beta + 1)²) − γ) compensates. The step is exact.
//! Assets share the draws of their clocks, as in `variance_gamma`.

use super::asset::Draws;
use super::{LANES, Lanes};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nig {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Tail heaviness, `> |beta|` and `> |beta + 1|`.
    pub alpha: f64,
    /// Asymmetry.
    pub beta: f64,
    /// Scale per year, `> 0`.
    pub delta: f64,
}

impl Nig {
    fn gamma(&self) -> f64 {
        ((self.alpha - self.beta) * (self.alpha + self.beta)).sqrt()
    }

    /// Variance of the log return per year.
    pub fn annual_variance(&self) -> f64 {
        let gamma = self.gamma();
        self.delta * self.alpha * self.alpha / (gamma * gamma * gamma)
    }

    /// ω, per year.
    pub fn compensation(&self) -> f64 {
        let shifted = ((self.alpha - self.beta - 1.0) * (self.alpha + self.beta + 1.0)).sqrt();
        self.delta * (shifted - self.gamma())
    }
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NigStep {
    mean: f64,
    beta: f64,
    /// Mean of the clock over a step.
    clock: f64,
    /// Mean over twice the shape of the clock.
    half_ratio: f64,
}

impl NigStep {
    /// From annual parameters; `drift` as in the other laws.
    pub fn new(law: &Nig, drift: f64, step_years: f64) -> Self {
        let scale = law.delta * step_years;
        let clock = scale / law.gamma();
        Self {
            mean: (drift + law.compensation()) * step_years,
            beta: law.beta,
            clock,
            half_ratio: 0.5 * clock / (scale * scale),
        }
    }

    /// The log prices a step after `before`. `deviate` is normal and `uniform` in (0, 1], both the clock's.
    #[inline(always)]
    pub fn advance(&self, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let Draws { driver, normals: deviate, uniforms: uniform, .. } = draws;
        for l in 0..LANES {
            let deviate = f64::from(deviate[l]);
            let w = self.half_ratio * deviate * deviate;
            // The roots of the quadratic are clock/stretch and clock·stretch.
            let stretch = 1.0 + w + (w * (2.0 + w)).sqrt();
            let takes_smaller = uniform[l] * (1.0 + stretch) <= stretch;
            let clock = if takes_smaller { self.clock / stretch } else { self.clock * stretch };
            after[l] = before[l] + (self.mean + self.beta * clock + clock.sqrt() * f64::from(driver[l]));
        }
    }
}
