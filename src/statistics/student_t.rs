//! Student's t distribution, for means of few values.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

use super::normal::two_sided_z;

/// Number of values from which the normal quantile stands for Student's: at 95 % it is 1.2 % shorter there.
const MANY: u64 = 100;
/// Halvings of the bisection: far more than a double needs.
const HALVINGS: usize = 200;

/// Standard errors on either side of a mean of `n` values: Student's t with `n − 1` degrees of freedom
/// below 100 values, the normal's quantile from there on. `None` with fewer than two values.
pub fn mean_half_width(n: u64, confidence: f64) -> Option<f64> {
    match n {
        0 | 1 => None,
        2..MANY => Some(two_sided_t(confidence, n - 1)),
        _ => Some(two_sided_z(confidence)),
    }
}

/// Half the width of a central interval of Student's t: `P(|T| <= t) = confidence` with `freedom >= 1`
/// degrees of freedom, to within 1e-14 of `confidence`. The time taken grows with `freedom`.
pub fn two_sided_t(confidence: f64, freedom: u64) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if coverage(middle, freedom) > confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    (freedom as f64).sqrt() / libm::tan(high)
}

/// `P(|T| <= √freedom / tan angle)`: the finite series for whole degrees of freedom, Abramowitz & Stegun
/// (1964), 26.7.3 and 26.7.4, with `angle = π/2 − θ`.
fn coverage(angle: f64, freedom: u64) -> f64 {
    let (sine, cosine) = (libm::cos(angle), libm::sin(angle));
    let odd = freedom % 2 == 1;
    if freedom == 1 {
        return 1.0 - FRAC_2_PI * angle;
    }
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = term;
    for k in 1..freedom / 2 {
        let even_factor = (2 * k) as f64;
        let ratio = if odd { even_factor / (even_factor + 1.0) } else { (even_factor - 1.0) / even_factor };
        term *= ratio * cosine * cosine;
        sum += term;
    }
    if odd { FRAC_2_PI * (FRAC_PI_2 - angle + sine * sum) } else { sine * sum }
}
