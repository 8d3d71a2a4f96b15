//! Functions of a normal deviate as tables of cubics, so that any quantile costs a look-up in every lane.
//!
//! Cubic Hermite pieces between nodes 1/32 apart, with exact slopes: the error is at most (1/32)⁴/384 times the
//! largest fourth derivative. That comes to less than 5e-10 for each of the functions (tested): the probability of a
//! variance gamma or Student-t return is then off by less than 1e-10.

use super::elementary::exp;
use super::gamma::{log_quantile, log_quantile_slope};
use super::gaussian::{log_density, log_survival};
use super::{LANES, Lanes, Normals};

/// Deviates lie within ±8.49, since a radius is at most √(2·52·ln 2).
const REACH: f64 = 8.5;
const PER_UNIT: f64 = 32.0;
const PIECES: usize = 544;

/// A smooth function of a normal deviate.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalTable {
    /// Coefficients of each piece, lowest power first, in the fraction of the piece.
    pieces: Vec<[f64; 4]>,
}

impl NormalTable {
    fn new(function: impl Fn(f64) -> (f64, f64)) -> Self {
        let nodes: Vec<(f64, f64)> = (0..=PIECES).map(|i| function(i as f64 / PER_UNIT - REACH)).collect();
        let piece = |ends: &[(f64, f64)]| {
            let ((a, slope_a), (b, slope_b)) = (ends[0], ends[1]);
            let (da, db) = (slope_a / PER_UNIT, slope_b / PER_UNIT);
            [a, da, 3.0 * (b - a) - 2.0 * da - db, 2.0 * (a - b) + da + db]
        };
        Self { pieces: nodes.windows(2).map(piece).collect() }
    }

    /// ln(1 − Φ(z)).
    pub fn log_survival() -> Self {
        Self::new(|z| {
            let value = log_survival(z);
            (value, -libm::exp(log_density(z) - value))
        })
    }

    /// ln of the gamma quantile of this shape (`>= 1`, scale 1) at Φ(z).
    pub fn log_gamma(shape: f64) -> Self {
        Self::new(|z| {
            let value = log_quantile(shape, z);
            (value, log_quantile_slope(shape, z, value))
        })
    }

    /// ln √((ν − 2)/χ²) with χ² the quantile of ν degrees of freedom at Φ(z): what makes a normal a Student-t of unit
    /// variance.
    pub fn log_student_mixing(nu: f64) -> Self {
        Self::new(|z| {
            let half = 0.5 * nu;
            let value = log_quantile(half, z);
            // χ²_ν is twice a gamma variable of shape ν/2.
            let mixing = 0.5 * (libm::log(nu - 2.0) - core::f64::consts::LN_2 - value);
            (mixing, -0.5 * log_quantile_slope(half, z, value))
        })
    }

    /// The function at a deviate.
    #[inline(always)]
    pub fn at(&self, z: f64) -> f64 {
        let place = (z + REACH) * PER_UNIT;
        let index = (place as usize).min(PIECES - 1);
        let t = place - index as f64;
        let [a, b, c, d] = self.pieces[index];
        a + t * (b + t * (c + t * d))
    }

    /// Multiplies by the exponential of the function.
    #[inline(always)]
    pub fn scale_by_exp(&self, deviates: &Normals, values: &mut Lanes) {
        let mut logs = [0.0; LANES];
        for l in 0..LANES {
            logs[l] = self.at(f64::from(deviates[l]));
        }
        for l in 0..LANES {
            values[l] *= exp(logs[l]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest difference between a table and its function at 10,000 deviates within ±8.49 that share no factor with
    /// the nodes.
    fn worst(table: &NormalTable, function: impl Fn(f64) -> f64) -> f64 {
        (0..10_000)
            .map(|i| 8.49 * (2.0 * (f64::from(i) * 0.618_033_988_749_895).fract() - 1.0))
            .map(|z| (table.at(z) - function(z)).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn log_survival_to_half_a_billionth() {
        let error = worst(&NormalTable::log_survival(), log_survival);
        assert!(error < 5e-10, "{error:e}");
    }

    #[test]
    fn gamma_quantiles_to_half_a_billionth() {
        for shape in [1.0, 1.0001, 1.5, 4.0, 50.0, 1e4, 1e6] {
            let error = worst(&NormalTable::log_gamma(shape), |z| log_quantile(shape, z));
            assert!(error < 5e-10, "{shape}: {error:e}");
        }
    }

    #[test]
    fn student_mixing_to_half_a_billionth() {
        for nu in [2.05, 3.0, 5.0, 30.0, 1e4] {
            let exact = |z| 0.5 * (libm::log((nu - 2.0) / 2.0) - log_quantile(0.5 * nu, z));
            let error = worst(&NormalTable::log_student_mixing(nu), exact);
            assert!(error < 5e-10, "{nu}: {error:e}");
        }
    }

    /// The ends of the range of deviates, and what lies beyond it, stay within the table.
    #[test]
    fn the_ends_are_there() {
        let table = NormalTable::log_survival();
        for z in [-REACH, -8.49, 8.49, REACH] {
            assert!((table.at(z) - log_survival(z)).abs() < 1e-9, "{z}");
        }
        let mut values = [2.0; LANES];
        table.scale_by_exp(&[8.0; LANES], &mut values);
        assert!((values[3] / (2.0 * libm::exp(log_survival(8.0))) - 1.0).abs() < 1e-9);
    }
}
