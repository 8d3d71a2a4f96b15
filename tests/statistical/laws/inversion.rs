//! Distribution functions from characteristic functions (Gil-Pelaez 1951):
//! F(x) = 1/2 − (1/π)·∫₀^∞ Im[e^(−iux)·φ(u)]/u du.
//!
//! By the midpoint rule with step h, whose error is the probability beyond |x| + π/h from the mean or so (it is
//! F seen through a square wave of half period 2π/h; Davies 1973), up to where |φ| is negligible.

use super::complex::Complex;

/// A law by its characteristic function at the nodes.
pub struct Inversion {
    /// (u, φ(u)).
    nodes: Vec<(f64, Complex)>,
}

impl Inversion {
    /// `reach`: every value of interest and all but 1e-13 of the probability lie within ±reach.
    pub fn new(reach: f64, characteristic: impl Fn(f64) -> Complex) -> Self {
        let step = std::f64::consts::PI / (1.05 * reach);
        let mut nodes = Vec::new();
        let mut u = 0.5 * step;
        // A smooth law's decays like a Gaussian, one with gamma tails like a power.
        while nodes.len() < 400_000 {
            let value = characteristic(u);
            nodes.push((u, value));
            if value.abs() < 1e-15 * u {
                break;
            }
            u += step;
        }
        Self { nodes }
    }

    /// P(X <= x).
    pub fn cdf(&self, x: f64) -> f64 {
        let width = 2.0 * self.nodes[0].0;
        let terms = self.nodes.iter().map(|(u, value)| {
            let (sin, cos) = libm::sincos(-u * x);
            (sin * value.re + cos * value.im) / u
        });
        0.5 - terms.sum::<f64>() * width / std::f64::consts::PI
    }

    /// The value with this probability below it, by bisection in ±reach.
    pub fn quantile(&self, probability: f64) -> f64 {
        let reach = std::f64::consts::PI / (1.05 * 2.0 * self.nodes[0].0);
        let (mut low, mut high) = (-reach, reach);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.cdf(middle) < probability {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
