//! Discretely monitored first passage of a Gaussian random walk by quadrature.
//!
//! With x the distance of ln S from the barrier, the density of the paths that are still open obeys
//! `f_{k+1}(y) = ∫_0^∞ f_k(x)·φ((y − x − m)/s)/s dx`, and step k + 1 takes `∫_0^∞ f_k(x)·Φ(−(x + m)/s) dx`
//! out (m, s: mean and standard deviation of a step). The integrals are composite Gauss–Legendre sums, as in
//! Aitsahlia and Lai, "Random walk duality and the valuation of discrete lookback options" (1998).
//! Panels of 1.5 s with 12 nodes integrate a normal density of standard deviation s to 1e-12; the kernel is
//! cut at 9 s and the range at 9 standard deviations of the horizon (1e-18 of the mass). All terms are
//! positive, so that small probabilities keep their relative precision.

use std::f64::consts::PI;

use super::closed_form::normal_cdf;

const NODES: usize = 12;
const PANEL: f64 = 1.5;
const REACH: f64 = 9.0;

/// A walk that starts `distance > 0` above its barrier.
pub struct Walk {
    pub distance: f64,
    /// Mean of a step.
    pub mean: f64,
    /// Standard deviation of a step.
    pub spread: f64,
    pub steps: u64,
}

/// Probability that the walk is first at or below its barrier at step 1, 2, …
pub fn first_passage(walk: &Walk) -> Vec<f64> {
    let (m, s) = (walk.mean, walk.spread);
    let n = walk.steps as f64;
    let range = walk.distance + (m * n).max(0.0) + REACH * s * n.sqrt();
    let (nodes, weights) = composite_rule(range, PANEL * s);
    let kernel = |from: f64, to: f64| {
        let u = (to - from - m) / s;
        libm::exp(-0.5 * u * u) / (s * (2.0 * PI).sqrt())
    };
    let falls: Vec<f64> = nodes.iter().zip(&weights).map(|(x, w)| w * normal_cdf(-(x + m) / s)).collect();
    // Per target: the first source within reach, and weight times kernel from there on.
    let rows: Vec<(usize, Vec<f64>)> = nodes
        .iter()
        .map(|&y| {
            let first = nodes.partition_point(|&x| x < y - m - REACH * s);
            let last = nodes.partition_point(|&x| x <= y - m + REACH * s);
            (first, (first..last).map(|j| weights[j] * kernel(nodes[j], y)).collect())
        })
        .collect();
    let mut density: Vec<f64> = nodes.iter().map(|&y| kernel(walk.distance, y)).collect();
    let mut passages = vec![normal_cdf(-(walk.distance + m) / s)];
    for _ in 1..walk.steps {
        passages.push(density.iter().zip(&falls).map(|(f, w)| f * w).sum());
        density = rows
            .iter()
            .map(|(first, row)| row.iter().zip(&density[*first..]).map(|(k, f)| k * f).sum())
            .collect();
    }
    passages
}

/// Nodes and weights of Gauss–Legendre panels of about `panel` that cover 0 to `range`.
fn composite_rule(range: f64, panel: f64) -> (Vec<f64>, Vec<f64>) {
    let panels = (range / panel).ceil();
    let half = 0.5 * range / panels;
    let rule: Vec<(f64, f64)> = (0..NODES).map(gauss_legendre).collect();
    (0..panels as u32)
        .flat_map(|i| rule.iter().map(move |(x, w)| (half * (2.0 * f64::from(i) + 1.0 + x), half * w)))
        .unzip()
}

/// Node and weight `i` of the rule on [−1, 1], ascending: Newton's method on the Legendre polynomial, from
/// the asymptotic place of its root (Abramowitz and Stegun 22.16.6, 25.4.29).
fn gauss_legendre(i: usize) -> (f64, f64) {
    let n = NODES as f64;
    let mut x = -libm::cos(PI * (i as f64 + 0.75) / (n + 0.5));
    let mut slope = 1.0;
    for _ in 0..6 {
        let (mut before, mut value) = (1.0, x);
        for k in 2..=NODES {
            let k = k as f64;
            (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
        }
        slope = n * (x * value - before) / (x * x - 1.0);
        x -= value / slope;
    }
    (x, 2.0 / ((1.0 - x * x) * slope * slope))
}
