//! The normal law on the scale of logarithms, from libm's complementary error function (error below 1 ulp).

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
