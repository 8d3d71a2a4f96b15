//! Functions of a normal deviate as tables of cubics, so that any quantile costs a look-up in every lane.
//!
//! Cubic Hermite pieces 1/64 long, with exact slopes: their error is at most (1/64)⁴/384 times the largest fourth
//! derivative. Rows and arithmetic are in single precision, as the deviates are; the place within a piece is exact. In
//! all, a function is right to a relative 3e-7 within ±6, to 1e-6 up to ±8.5 and to 4e-6 further out (tested), for every
//! function here: no more than the deviate's own rounding makes of it.

use super::gamma::{log_quantile, log_quantile_slope};
use super::gaussian::{log_density, log_survival};
use crate::lanes::{LANES, Normals};

/// Deviates lie within ±8.49, since a radius is at most √(2·52·ln 2).
const MOST_PIECES: i32 = 544;
/// A mix of two of them, of weights whose squares add up to 1, within √2 times that.
const MOST_MIXED_PIECES: i32 = 769;
const PER_UNIT: f32 = 64.0;
/// The least power of two with room for the pieces around −12 … 12: a masked number is a row, whatever it was.
const ROWS: usize = 2048;
/// Adding it leaves a whole number in the low mantissa bits.
const ROUND: f32 = 12_582_912.0; // 1.5·2^23

/// A smooth function of a normal deviate.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalTable {
    /// Row `n mod ROWS`: coefficients of the piece around n/64, lowest power first, in units of a piece.
    rows: Box<[[f32; 4]; ROWS]>,
}

impl NormalTable {
    /// From a function and its slope, up to so many pieces from 0.
    fn new(pieces: i32, function: impl Fn(f64) -> (f64, f64)) -> Self {
        let length = 1.0 / f64::from(PER_UNIT);
        let end = |n: i32| function((f64::from(n) - 0.5) * length);
        let mut rows = Box::new([[0.0; 4]; ROWS]);
        let mut left = end(-pieces);
        for n in -pieces..=pieces {
            let right = end(n + 1);
            rows[n as usize % ROWS] = piece(left, right, length).map(|c| c as f32);
            left = right;
        }
        Self { rows }
    }

    /// ln(1 − Φ(z)), for deviates that are a mix of two.
    pub fn log_survival() -> Self {
        Self::new(MOST_MIXED_PIECES, |z| {
            let value = log_survival(z);
            (value, -libm::exp(log_density(z) - value))
        })
    }

    /// The gamma quantile of this shape (`>= 1`, scale 1) at Φ(z).
    pub fn gamma(shape: f64) -> Self {
        Self::new(MOST_PIECES, |z| {
            let log = log_quantile(shape, z);
            let value = libm::exp(log);
            (value, value * log_quantile_slope(shape, z, log))
        })
    }

    /// √((ν − 2)/χ²) with χ² the quantile of ν degrees of freedom at Φ(z): what makes a normal a Student-t of unit
    /// variance.
    pub fn student_mixing(nu: f64) -> Self {
        Self::new(MOST_PIECES, |z| {
            let half = 0.5 * nu;
            let log = log_quantile(half, z);
            // χ²_ν is twice a gamma variable of shape ν/2.
            let value = libm::exp(0.5 * (libm::log(0.5 * (nu - 2.0)) - log));
            (value, -0.5 * value * log_quantile_slope(half, z, log))
        })
    }

    /// The function at every lane's deviate.
    ///
    /// A row is copied whole, one load, and the copies are read a coefficient at a time: cheaper than to gather.
    #[inline(always)]
    pub fn at(&self, deviates: &Normals, values: &mut Normals) {
        let (mut numbers, mut fractions, mut rows) = ([0; LANES], [0.0; LANES], [[0.0; 4]; LANES]);
        for l in 0..LANES {
            let place = deviates[l] * PER_UNIT;
            let shifted = place + ROUND;
            numbers[l] = shifted.to_bits();
            fractions[l] = place - (shifted - ROUND);
        }
        for l in 0..LANES {
            rows[l] = self.rows[numbers[l] as usize % ROWS];
        }
        for l in 0..LANES {
            let (t, [a, b, c, d]) = (fractions[l], rows[l]);
            values[l] = a + t * (b + t * (c + t * d));
        }
    }
}

/// The cubic that has these values and slopes at the ends of a piece, in the distance from its middle, a piece being 1.
fn piece((a, slope_a): (f64, f64), (b, slope_b): (f64, f64), length: f64) -> [f64; 4] {
    let (da, db) = (slope_a * length, slope_b * length);
    let (rise, bend) = (b - a, db - da);
    [0.5 * (a + b) - 0.125 * bend, 1.5 * rise - 0.25 * (da + db), 0.5 * bend, da + db - 2.0 * rise]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest relative difference between a table and its function at deviates within ±`widest` that share no factor
    /// with the nodes.
    fn worst(table: &NormalTable, widest: f64, function: impl Fn(f64) -> f64) -> f64 {
        let deviate = |i: usize| widest * (2.0 * (i as f64 * 0.618_033_988_749_895).fract() - 1.0);
        let mut worst = 0.0_f64;
        for block in 0..60 {
            let deviates: Normals = std::array::from_fn(|l| deviate(block * LANES + l) as f32);
            let mut values = [0.0; LANES];
            table.at(&deviates, &mut values);
            for (z, value) in deviates.iter().zip(values) {
                worst = worst.max((f64::from(value) / function(f64::from(*z)) - 1.0).abs());
            }
        }
        worst
    }

    fn check(what: &str, table: &NormalTable, function: impl Fn(f64) -> f64) {
        let (near, far) = (worst(table, 6.0, &function), worst(table, 8.49, &function));
        assert!(near < 3e-7 && far < 1e-6, "{what}: {near:e} within 6, {far:e} in all");
    }

    #[test]
    fn log_survival_within_its_bound() {
        let table = NormalTable::log_survival();
        check("ln(1 - Φ)", &table, log_survival);
        let mixed = worst(&table, 12.01, log_survival);
        assert!(mixed < 4e-6, "{mixed:e}");
    }

    #[test]
    fn gamma_quantiles_within_their_bound() {
        for shape in [1.0, 1.0001, 1.5, 4.0, 50.0, 1e4, 1e6] {
            check(&shape.to_string(), &NormalTable::gamma(shape), |z| libm::exp(log_quantile(shape, z)));
        }
    }

    #[test]
    fn student_mixing_within_its_bound() {
        for nu in [2.0001, 2.05, 3.0, 5.0, 30.0, 1e4] {
            let exact = |z| libm::sqrt(0.5 * (nu - 2.0) * libm::exp(-log_quantile(0.5 * nu, z)));
            check(&nu.to_string(), &NormalTable::student_mixing(nu), exact);
        }
    }

    /// The ends of the range of deviates are there, and each lane has its own.
    #[test]
    fn the_ends_are_there() {
        let (mut deviates, mut values) = ([0.0; LANES], [0.0; LANES]);
        (deviates[3], deviates[62]) = (-8.5, 8.5);
        NormalTable::gamma(4.0).at(&deviates, &mut values);
        for l in [0, 3, 62] {
            let exact = libm::exp(log_quantile(4.0, f64::from(deviates[l])));
            assert!((f64::from(values[l]) / exact - 1.0).abs() < 1e-6, "{}", deviates[l]);
        }
    }
}
