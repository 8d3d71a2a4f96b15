//! The normal distribution on the scale of logarithms, from libm's complementary error function (error below 1 ulp).

use std::f64::consts::FRAC_1_SQRT_2;

/// ln √(2π).
const LN_ROOT_TWO_PI: f64 = 0.918_938_533_204_672_741_78;

/// ln(1 − Φ(z)) for |z| <= 30.
pub fn log_survival(z: f64) -> f64 {
    if z < -1.0 {
        // 1 − Φ(z) is near 1: from its complement.
        libm::log1p(-0.5 * libm::erfc(-z * FRAC_1_SQRT_2))
    } else {
        libm::log(0.5 * libm::erfc(z * FRAC_1_SQRT_2))
    }
}

/// ln φ(z).
pub fn log_density(z: f64) -> f64 {
    -0.5 * z * z - LN_ROOT_TWO_PI
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values with 18 digits (40-digit arithmetic). In the right tail the logarithm is within 4 units in the last place;
    /// in the left one it is the tail itself, to which the rounding of z·√½ adds z² of them.
    #[test]
    fn log_survival_in_both_tails() {
        let exact = [
            (-30.0, -4.90671392714818706e-198),
            (-8.5, -9.4795348222033184e-18),
            (-3.0, -0.0013508099647481938),
            (-1.0009765625, -0.172473096210267212),
            (-1.0, -0.17275377902344989),
            (-0.5, -0.368946415288656393),
            (0.0, -std::f64::consts::LN_2),
            (1.0, -1.84102164500926351),
            (3.25, -7.45762489137411204),
            (5.0, -15.0649983939887257),
            (8.5, -39.1973964282176693),
            (20.0, -203.917155371097264),
            (30.0, -454.321243956343197),
        ];
        for (z, value) in exact {
            let got = log_survival(z);
            let units = if z < 0.0 { 4.0 + z * z } else { 4.0 };
            assert!((got / value - 1.0).abs() < units * f64::EPSILON, "{z}: {got:e} {value:e}");
        }
    }

    /// φ is the slope of Φ.
    #[test]
    fn log_density_is_the_slope() {
        for z in [-6.0, -1.5, 0.0, 0.7, 4.0, 8.0] {
            let h = 1e-5;
            let slope = (libm::exp(log_survival(z - h)) - libm::exp(log_survival(z + h))) / (2.0 * h);
            let density = libm::exp(log_density(z));
            assert!((slope - density).abs() < 1e-9 * density + 1e-11, "{z}: {slope} {density}");
        }
    }
}
