//! The logarithm of gamma quantiles, for tables that are built once a run.

use super::gaussian::{log_density, log_survival};

/// Iterations of the series and of the continued fraction: their number grows with the square root of the shape.
const MOST_TERMS: u32 = 100_000;

/// ln x at which a gamma variable of this shape (`>= 1`, scale 1) has the probability Φ(z) below it; absolute error
/// below 1e-11 for |z| <= 9.
///
/// Newton's method on the logarithm of the smaller tail, which is concave in ln x, from Wilson and Hilferty's
/// approximation (1931); tails by the series and the continued fraction of Abramowitz and Stegun 6.5.29 and 6.5.31.
pub fn log_quantile(shape: f64, z: f64) -> f64 {
    let ninth = 1.0 / (9.0 * shape);
    let cube_root = 1.0 - ninth + z * ninth.sqrt();
    let below = log_survival(-z);
    // Far down, where the cube root is no guide: P = x^a/Γ(a + 1) up to e^−x.
    let low = (below + libm::lgamma(shape + 1.0)) / shape;
    let start = if cube_root > 0.0 { libm::log(shape) + 3.0 * libm::log(cube_root) } else { low };
    let mut y = start.max(low);
    for _ in 0..60 {
        let x = libm::exp(y);
        let (log_lower, log_upper) = log_tails(shape, x);
        // d P/d ln x = x·density.
        let log_slope = shape * y - x - libm::lgamma(shape);
        let step = if z < 0.0 {
            (below - log_lower) * libm::exp(log_lower - log_slope)
        } else {
            (log_upper - log_survival(z)) * libm::exp(log_upper - log_slope)
        };
        let step = step.clamp(-2.0, 2.0);
        y += step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    y
}

/// d ln x/dz of [`log_quantile`] at its value `y`: φ(z)/(x·density).
pub fn log_quantile_slope(shape: f64, z: f64, y: f64) -> f64 {
    libm::exp(log_density(z) - (shape * y - libm::exp(y) - libm::lgamma(shape)))
}

/// Logarithms of the regularised incomplete gamma functions P and Q.
fn log_tails(shape: f64, x: f64) -> (f64, f64) {
    let log_front = shape * libm::log(x) - x - libm::lgamma(shape);
    if x < shape + 1.0 {
        let (mut term, mut sum, mut a) = (1.0 / shape, 1.0 / shape, shape);
        for _ in 0..MOST_TERMS {
            a += 1.0;
            term *= x / a;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        let log_lower = (log_front + libm::log(sum)).min(-1e-300);
        (log_lower, libm::log(-libm::expm1(log_lower)))
    } else {
        let log_upper = log_front + libm::log(upper_fraction(shape, x));
        (libm::log1p(-libm::exp(log_upper)), log_upper)
    }
}

/// Q without its front factor, by Lentz's method.
fn upper_fraction(shape: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b.max(TINY);
    let mut fraction = d;
    for i in 1..MOST_TERMS {
        let i = f64::from(i);
        let an = -i * (i - shape);
        b += 2.0;
        let next = an * d + b;
        d = 1.0 / if next.abs() < TINY { TINY } else { next };
        let next = b + an / c;
        c = if next.abs() < TINY { TINY } else { next };
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Gamma};

    const SHAPES: [f64; 7] = [1.0, 1.0001, 1.5, 4.0, 50.0, 1e4, 1e6];

    /// Against incomplete gamma functions of another making: what they say of the quantile's smaller tail, as an error
    /// of the quantile. 2e-12 at a shape of 1e6, where theirs have lost as many digits as ours, 1e-13 below 100.
    #[test]
    fn quantiles_have_their_probability() {
        for shape in SHAPES {
            let gamma = Gamma::new(shape, 1.0).unwrap();
            for i in -32..=32 {
                let z = f64::from(i) * 0.25;
                let y = log_quantile(shape, z);
                let x = libm::exp(y);
                let (log_tail, asked) = if z < 0.0 {
                    (libm::log(gamma.cdf(x)), log_survival(-z))
                } else {
                    (libm::log(gamma.sf(x)), log_survival(z))
                };
                // d ln tail/d ln x of the smaller tail.
                let slope = libm::exp(log_density(z) - asked) / log_quantile_slope(shape, z, y);
                let error = ((log_tail - asked) / slope).abs();
                assert!(error < 1e-11, "shape {shape}, deviate {z}: {error:e}");
            }
        }
    }
}
