//! Andersen's quadratic-exponential scheme of the square-root process dv = κ(θ − v) dt + ξ√v dC, and the moment
//! generating function that his martingale correction needs ("Simple and efficient simulation of the Heston stochastic
//! volatility model", 2008, sections 3.2 and 4.3).
//!
//! A step goes from v to v' = m·(1 + n): m and s² are the exact mean and variance of v', ψ = s²/m², and n has mean 0 and
//! variance ψ. The mean is in double precision, as what is done to it every step adds up; the noise, which does not, in
//! single.
//!
//! - ψ <= 1.5: v' = a(b + z)². With p = ψ/2, r = √(1 − p) and c = p/(1 + r) that is a = m·c and b² = r/c, so that
//!   n = 2z·√(c·r) + c·(z² − 1).
//! - ψ > 1.5: an atom at 0 and an exponential tail: with h = (ψ + 1)/2, v' = −m·h·ln(h·(1 − Φ(z))), or 0 if that is negative.
//!
//! n has mean 0 to 1e-6 of √ψ, and variance ψ to a relative 1e-6 (tested).

use super::elementary::ln;
use super::table::NormalTable;
use crate::lanes::{LANES, Lanes, Normals};
use crate::paths::single;

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
    /// The moment generating function of v' exists for A·m·scale < 1: 2c in the quadratic scheme, h in the other.
    scale: Normals,
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
            scale: [0.0; LANES],
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
            step.scale[l] = 2.0 * c;
        }
        let mut is_wide = false;
        // A·(m − a)/(1 − u) − ln(1 − u)/2 − A·m with u = 2A·a and t = u/(1 − u).
        for l in 0..LANES {
            let pull = self.tilt * step.mean[l];
            let u = pull * f64::from(step.scale[l]);
            let t = small_odds(u);
            step.correction[l] = pull * t - 0.5 * small_rest(t);
            is_wide |= u.abs() >= SMALL;
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
            step.scale[l] = if near_zero { h } else { step.scale[l] };
        }
        let mut is_wide = false;
        // ln(1 + x) − A·m with x = A·m/(1 − u), u = A·m·h.
        for l in 0..LANES {
            let near_zero = step.half_psi[l] > HALF_PSI_SWITCH;
            let pull = self.tilt * step.mean[l];
            let u = pull * f64::from(step.scale[l]);
            let t = small_odds(u);
            let x = pull * (1.0 + t);
            let correction = pull * t - small_rest(x);
            step.correction[l] = if near_zero { correction } else { step.correction[l] };
            is_wide |= near_zero & ((u.abs() >= SMALL) | (x.abs() >= SMALL));
        }
        is_wide
    }

    /// ln E[exp(A·(v' − m))] without series, where the moment exists; elsewhere from the first two cumulants, as in the
    /// uncorrected scheme.
    #[cold]
    #[inline(never)]
    fn correct_exactly(&self, step: &mut VarianceStep) {
        for l in 0..LANES {
            let (pull, half_psi) = (self.tilt * step.mean[l], f64::from(step.half_psi[l]));
            let u = pull * f64::from(step.scale[l]);
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

/// u/(1 − u) for |u| < 1/64; relative error below 1.6e-11.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// E[n], E[n²] and E[exp(x) − 1 − x], x = A·m·n, of a step from `variance`, by the trapezoidal rule over z; and the step.
    fn integrate(scheme: &VarianceScheme, variance: f64) -> ([f64; 3], VarianceStep) {
        let mut sums = [0.0; 4];
        for block in -268..268 {
            let z: Normals = std::array::from_fn(|l| (block * LANES as i32 + l as i32) as f32 / 2_048.0);
            let step = scheme.step(&[variance; LANES], &z);
            for l in 0..LANES {
                let (z, n) = (f64::from(z[l]), f64::from(step.noise[l]));
                assert!(n >= -1.0 - 1e-6, "{n}");
                let weight = libm::exp(-0.5 * z * z);
                let x = scheme.tilt * step.mean[l] * n;
                for (sum, value) in sums.iter_mut().zip([1.0, n, n * n, libm::expm1(x) - x]) {
                    *sum += weight * value;
                }
            }
        }
        ([1, 2, 3].map(|k| sums[k] / sums[0]), scheme.step(&[variance; LANES], &[0.5; LANES]))
    }

    /// Cases of (κ, θ, ξ), dt, v, A: both schemes, with pulls for which the series do and do not.
    const CASES: [([f64; 3], f64, f64, f64); 11] = [
        ([3.0, 0.64, 1.0], 1.0 / 8_760.0, 0.64, -0.5),
        ([3.0, 0.64, 1e-6], 1.0 / 8_760.0, 0.64, 9e5),
        ([3.0, 0.64, 1.0], 1.0 / 365.0, 0.01, 0.9),
        ([3.0, 0.64, 1.0], 0.1, 0.64, -0.5),
        ([3.0, 0.64, 1.0], 0.1, 0.64, 5.0),
        ([0.0, 0.64, 1.0], 1.0 / 365.0, 0.3, -0.7),
        ([3.0, 0.64, 4.0], 1.0 / 8_760.0, 1e-5, -0.2),
        ([3.0, 0.64, 4.0], 1.0 / 8_760.0, 0.0, 0.2),
        ([3.0, 0.4, 4.0], 0.1, 0.05, -3.0),
        ([3.0, 0.4, 4.0], 0.1, 0.0, 0.5),
        ([1.0, 0.2, 2.0], 2.0, 0.1, -2.0),
    ];

    /// Mean and variance of Cox, Ingersoll and Ross 1985, equation 19.
    #[test]
    fn mean_and_variance_are_exact_and_the_correction_is_the_moment() {
        let mut seen = [false; 2];
        for (parameters, dt, variance, tilt) in CASES {
            let [kappa, theta, xi] = parameters;
            let ([first, second, tilted], step) =
                integrate(&VarianceScheme::new(parameters, dt, tilt), variance);
            let what = format!("{parameters:?}, {dt} years from {variance}");
            let left = libm::exp(-kappa * dt);
            let reverted = if kappa > 0.0 { (1.0 - left) / kappa } else { dt };
            let mean = theta + (variance - theta) * left;
            let spread = xi * xi * reverted * (variance * left + 0.5 * theta * (1.0 - left));
            let psi = spread / (mean * mean);
            assert!((step.mean[7] / mean - 1.0).abs() < 1e-12, "{what}");
            assert!(first.abs() < 1e-6 * psi.sqrt(), "{what}: {first:e}");
            assert!((second / psi - 1.0).abs() < 1e-6, "{what}: {second:e} {psi:e}");
            let error = step.correction[7] - libm::log1p(tilted);
            let size = tilt * tilt * spread;
            assert!(error.abs() < 2e-6 * size + 1e-14, "{what}: {error:e} of {size:e}");
            seen[usize::from(psi > 1.5)] = true;
        }
        assert_eq!(seen, [true, true]);
    }

    /// Where E[exp(A·v')] does not exist: the first two cumulants, A·m + A²s²/2.
    #[test]
    fn a_moment_that_does_not_exist_is_left_uncorrected() {
        for (variance, tilt) in [(0.64, 300.0), (0.0, 300.0)] {
            let scheme = VarianceScheme::new([3.0, 0.64, 1.0], 0.1, tilt);
            let step = scheme.step(&[variance; LANES], &[0.5; LANES]);
            let spread = 2.0 * (variance * scheme.noise_slope + scheme.noise_base);
            assert!((step.correction[9] / (0.5 * tilt * tilt * spread) - 1.0).abs() < 1e-6);
        }
    }

    /// Lanes are stepped each by its own scheme, whatever the others need.
    #[test]
    fn a_lane_does_not_depend_on_its_neighbours() {
        let scheme = VarianceScheme::new([3.0, 0.64, 4.0], 1.0 / 8_760.0, -0.2);
        let variance: Lanes = std::array::from_fn(|l| if l % 3 == 0 { 0.0 } else { 1e-4 * l as f64 });
        let z: Normals = std::array::from_fn(|l| 0.1 * l as f32 - 3.0);
        let together = scheme.step(&variance, &z);
        for l in 0..LANES {
            let alone = scheme.step(&[variance[l]; LANES], &[z[l]; LANES]);
            assert_eq!(together.noise[l], alone.noise[l]);
            assert_eq!(together.correction[l], alone.correction[l]);
        }
    }

    /// Against libm, within the stated bounds.
    #[test]
    fn series_within_their_bounds() {
        for i in -1_000..=1_000 {
            let x = SMALL * f64::from(i) / 1_000.0;
            assert!((small_odds(x) - x / (1.0 - x)).abs() <= 1.6e-11 * x.abs());
            let rest = x - libm::log1p(x);
            assert!((small_rest(x) - rest).abs() <= 5e-13 + 1e-17, "{x}");
        }
    }
}
