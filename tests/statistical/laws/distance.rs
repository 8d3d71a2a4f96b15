//! Distances between samples and laws.

use super::LIMIT;

/// A Kolmogorov–Smirnov distance √n·D at which a test fails: 2·exp(−2·2.5²) is 7.5e-6.
pub const KS_LIMIT: f64 = 2.5;

/// √n·D over the values of `grid` (value, probability), ascending: never more than the distance over all values.
pub fn to_law(sample: &[f64], grid: &[(f64, f64)]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let share = |x: f64| sorted.partition_point(|y| *y <= x) as f64 / n;
    grid.iter().map(|(x, p)| (share(*x) - p).abs()).fold(0.0, f64::max) * n.sqrt()
}

/// √(nm/(n + m))·D of two samples.
pub fn between(a: &[f64], b: &[f64]) -> f64 {
    let sorted = |x: &[f64]| {
        let mut x = x.to_vec();
        x.sort_by(f64::total_cmp);
        x
    };
    let (a, b) = (sorted(a), sorted(b));
    let (n, m) = (a.len() as f64, b.len() as f64);
    let (mut i, mut j, mut largest) = (0, 0, 0.0f64);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        i += a[i..].iter().take_while(|y| **y <= x).count();
        j += b[j..].iter().take_while(|y| **y <= x).count();
        largest = largest.max((i as f64 / n - j as f64 / m).abs());
    }
    largest * (n * m / (n + m)).sqrt()
}

/// Largest deviation, in standard errors, of the shares below the values of a grid.
pub fn worst_share(sample: &[f64], grid: &[(f64, f64)], budget: f64) -> f64 {
    let n = sample.len() as f64;
    let z = |(x, p): &(f64, f64)| {
        let share = sample.iter().filter(|y| *y <= x).count() as f64 / n;
        ((share - p).abs() - budget).max(0.0) / (p * (1.0 - p) / n).sqrt()
    };
    grid.iter().map(z).fold(0.0, f64::max)
}

/// Two frequencies of so many paths agree.
pub fn require_equal_shares(what: &str, a: (usize, usize), b: (usize, usize), budget: f64) {
    let share = |(count, of): (usize, usize)| count as f64 / of as f64;
    let (p, q) = (share(a), share(b));
    let pooled = (a.0 + b.0) as f64 / (a.1 + b.1) as f64;
    let error = (pooled * (1.0 - pooled) * (1.0 / a.1 as f64 + 1.0 / b.1 as f64)).sqrt();
    println!("{what}: {p} and {q} ± {error}, z {:.2}", (p - q) / error);
    assert!((p - q).abs() < LIMIT * error + budget, "{what}: {p} and {q} ± {error}");
}
