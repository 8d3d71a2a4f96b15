//! Andersen's quadratic-exponential scheme of the square-root process dv = κ(θ − v) dt + ξ√v dC, and the moment
//! generating function that his martingale correction needs ("Simple and efficient simulation of the Heston stochastic
//! volatility model", 2008, sections 3.2 and 4.3).
//!
//! A step goes from v to v' = m·(1 + n): m and s² are the exact mean and variance of v', ψ = s²/m², and n has mean 0 and
//! variance ψ. The mean is in double precision, as what is done to it every step adds up; the noise, which does not, in
//! single.
//!
//! - ψ <= 1.5: v' = a(b + z)². With p = ψ/2, r = √(1 − p) and c = p/(1 + r), a = m·c and a·b² = m·(1 − c), so that
//!   n = 2z·√(p − c²)… is written as 2z·√(c·r) + c·(z² − 1), without the difference of large numbers.
//! - ψ > 1.5: an atom at 0 and an exponential tail, v' = m·h·(ln(1/h) − ln(1 − Φ(z))) or 0, h = (ψ + 1)/2.

use super::elementary::ln;
use super::table::NormalTable;
use super::{LANES, Lanes, Normals, single};

/// Half of Andersen's ψ at which the one scheme takes over from the other.
const HALF_PSI_SWITCH: f32 = 0.75;
/// Keeps the mean of a variance that stays at zero apart from 0, and ψ within single precision.
const LEAST_MEAN: f64 = 1e-30;
/// Arguments within which the series of the correction are good to 1e-11.
const SMALL: f64 = 1.0 / 64.0;

/// A process and the price's pull on it.
#[derive(Debug, Clone)]
pub struct VarianceScheme {
    /// Part of a deviation of the variance that is left after a step, and `θ·(1 − left)`.
    left: f64,
    reverted: f64,
    /// `s²/2 = v·noise_slope + noise_base`.
    noise_slope: f64,
    noise_base: f64,
    /// A: the price's mean given v' goes with exp(A·v').
    tilt: f64,
    /// ln Φ(−z).
    log_survival: NormalTable,
}

/// A step of every lane.
#[derive(Debug, Clone)]
pub struct VarianceStep {
    /// m.
    pub mean: Lanes,
    /// n; at least −1, but for rounding.
    pub noise: Normals,
    /// ln E[exp(A·(v' − m))].
    pub correction: Lanes,
    half_psi: Normals,
    /// Of the moment generating function: a/m·2 in the quadratic scheme, h in the exponential one.
    reach: Normals,
}

impl VarianceScheme {
    /// From κ, θ and ξ per year, the length of a step, and A.
    pub fn new([kappa, theta, xi]: [f64; 3], step_years: f64, tilt: f64) -> Self {
        let left = libm::exp(-kappa * step_years);
        let reverted =
            if kappa * step_years > 0.0 { -libm::expm1(-kappa * step_years) / kappa } else { step_years };
        Self {
            left,
            reverted: theta * kappa * reverted,
            noise_slope: 0.5 * xi * xi * left * reverted,
            noise_base: 0.25 * theta * xi * xi * kappa * reverted * reverted,
            tilt,
            log_survival: NormalTable::log_survival(),
        }
    }

    /// A step from these variances along the standard normals `z`.
    #[inline(always)]
    pub fn step(&self, variance: &Lanes, z: &Normals) -> VarianceStep {
        let mut step = VarianceStep {
            mean: [0.0; LANES],
            noise: [0.0; LANES],
            correction: [0.0; LANES],
            half_psi: [0.0; LANES],
            reach: [0.0; LANES],
        };
        for l in 0..LANES {
            let mean = variance[l] * self.left + self.reverted;
            let mean = if mean > LEAST_MEAN { mean } else { LEAST_MEAN };
            step.mean[l] = mean;
            step.half_psi[l] = ((variance[l] * self.noise_slope + self.noise_base) / (mean * mean)) as f32;
        }
        let mut near_zero = false;
        for l in 0..LANES {
            near_zero |= step.half_psi[l] > HALF_PSI_SWITCH;
        }
        for l in 0..LANES {
            let p = step.half_psi[l];
            let p = if p < HALF_PSI_SWITCH { p } else { HALF_PSI_SWITCH };
            let r = (1.0 - p).sqrt();
            let c = p / (1.0 + r);
            step.noise[l] = 2.0 * z[l] * (c * r).sqrt() + c * (z[l] * z[l] - 1.0);
            step.reach[l] = 2.0 * c;
        }
        let mut is_wide = false;
        for l in 0..LANES {
            let pull = self.tilt * step.mean[l];
            let u = pull * f64::from(step.reach[l]);
            let t = small_odds(u);
            step.correction[l] = pull * t - 0.5 * small_rest(t);
            is_wide |= !(u.abs() < SMALL);
        }
        if near_zero {
            is_wide |= self.exponential(&mut step, z);
        }
        if is_wide {
            self.correct_exactly(&mut step);
        }
        step
    }

    /// The second scheme, for the lanes whose variance is near zero. Whether a series does not do for one of them.
    #[inline(always)]
    fn exponential(&self, step: &mut VarianceStep, z: &Normals) -> bool {
        let mut log_survival = [0.0; LANES];
        self.log_survival.at(z, &mut log_survival);
        for l in 0..LANES {
            let near_zero = step.half_psi[l] > HALF_PSI_SWITCH;
            let h = step.half_psi[l] + 0.5;
            let above = -single::ln(h) - log_survival[l];
            let noise = (if above > 0.0 { above } else { 0.0 }) * h - 1.0;
            step.noise[l] = if near_zero { noise } else { step.noise[l] };
            step.reach[l] = if near_zero { h } else { step.reach[l] };
        }
        let mut is_wide = false;
        for l in 0..LANES {
            let near_zero = step.half_psi[l] > HALF_PSI_SWITCH;
            let pull = self.tilt * step.mean[l];
            let u = pull * f64::from(step.reach[l]);
            let t = small_odds(u);
            let x = pull * (1.0 + t);
            let correction = pull * t - small_rest(x);
            step.correction[l] = if near_zero { correction } else { step.correction[l] };
            is_wide |= near_zero & !((u.abs() < SMALL) & (x.abs() < SMALL));
        }
        is_wide
    }

    /// The correction without series, where the moment exists; elsewhere from the first two cumulants, as in the
    /// uncorrected scheme.
    #[cold]
    #[inline(never)]
    fn correct_exactly(&self, step: &mut VarianceStep) {
        for l in 0..LANES {
            let (pull, half_psi) = (self.tilt * step.mean[l], f64::from(step.half_psi[l]));
            let u = pull * f64::from(step.reach[l]);
            let t = u / (1.0 - u);
            let rest = |x: f64| x - ln(1.0 + x);
            step.correction[l] = if u >= 0.999 {
                pull * pull * half_psi
            } else if step.half_psi[l] > HALF_PSI_SWITCH {
                pull * t - rest(pull * (1.0 + t))
            } else {
                pull * t - 0.5 * rest(t)
            };
        }
    }
}

/// u/(1 − u) for |u| < 1/64; relative error below 1.2e-11.
#[inline(always)]
fn small_odds(u: f64) -> f64 {
    u * (1.0 + u * (1.0 + u * (1.0 + u * (1.0 + u * (1.0 + u)))))
}

/// x − ln(1 + x) for |x| < 1/64 or so; relative error below 4e-9, and 5e-13 in all.
#[inline(always)]
fn small_rest(x: f64) -> f64 {
    const THIRD: f64 = 1.0 / 3.0;
    const SIXTH: f64 = 1.0 / 6.0;
    x * x * (0.5 - x * (THIRD - x * (0.25 - x * (0.2 - x * SIXTH))))
}
