//! Whether a correlation matrix is positive definite, and what would make it so. Matrices are `n × n`, row-major,
//! symmetric, with ones on the diagonal.

use crate::paths::cholesky;

/// Bisections of an interval of length `n`: more than an `f64` can tell apart.
const BISECTIONS: usize = 60;

/// The largest factor in per cent by which all off-diagonal entries may be multiplied.
pub(crate) fn largest_factor(matrix: &[f64], n: usize) -> Option<u32> {
    (1..100).rev().find(|percent| {
        let factor = f64::from(*percent) / 100.0;
        let mut scaled: Vec<f64> = matrix.iter().map(|rho| rho * factor).collect();
        for i in 0..n {
            scaled[i * n + i] = 1.0;
        }
        cholesky(&scaled, n).is_some()
    })
}

/// The value of entry (i, j) nearest to the present one that makes the matrix positive definite, the
/// others fixed, to 4 decimals; `None` where there is none.
///
/// With i and j last and `L` the factor of the others, let `u = L⁻¹ r_i` and `v = L⁻¹ r_j`. What
/// remains is the 2 × 2 Schur complement `[[1 − u·u, rho − u·v], [rho − u·v, 1 − v·v]]`, positive definite
/// for `|rho − u·v| < sqrt((1 − u·u)(1 − v·v))`.
pub(crate) fn nearest_that_works(matrix: &[f64], n: usize, i: usize, j: usize) -> Option<f64> {
    let others: Vec<usize> = (0..n).filter(|k| *k != i && *k != j).collect();
    let m = others.len();
    let rest: Vec<f64> = others.iter().flat_map(|r| others.iter().map(move |c| matrix[r * n + c])).collect();
    let factor = cholesky(&rest, m)?;
    let solve = |row: usize| {
        let mut u: Vec<f64> = Vec::with_capacity(m);
        for (k, other) in others.iter().enumerate() {
            let known: f64 = u.iter().enumerate().map(|(l, value)| factor[k * m + l] * value).sum();
            u.push((matrix[row * n + other] - known) / factor[k * m + k]);
        }
        u
    };
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let (u, v) = (solve(i), solve(j));
    let (a, b) = (1.0 - dot(&u, &u), 1.0 - dot(&v, &v));
    if !(a > 0.0 && b > 0.0) {
        return None;
    }
    let (centre, half) = (dot(&u, &v), (a * b).sqrt());
    let above = matrix[i * n + j] > centre;
    let edge = if above { ((centre + half) * 1e4).floor() } else { ((centre - half) * 1e4).ceil() };
    // On the edge itself the matrix is singular: at most one step further in is needed.
    let inward = if above { -1.0 } else { 1.0 };
    [edge, edge + inward].into_iter().map(|steps| steps / 1e4).find(|rho| {
        let mut changed = matrix.to_vec();
        changed[i * n + j] = *rho;
        changed[j * n + i] = *rho;
        rho.abs() < 1.0 && cholesky(&changed, n).is_some()
    })
}

/// The smallest eigenvalue, by bisection: `A − λ·1` is positive definite exactly below it. Absolute error 1e-11 or so,
/// from the smallest pivot.
pub(crate) fn smallest_eigenvalue(matrix: &[f64], n: usize) -> f64 {
    // Eigenvalues lie within n − 1 of the diagonal (Gershgorin), the smallest at or below their mean, 1.
    let (mut low, mut high) = (1.0 - n as f64, 1.0);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        let mut shifted = matrix.to_vec();
        for i in 0..n {
            shifted[i * n + i] -= middle;
        }
        if cholesky(&shifted, n).is_some() {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3 × 3 correlation matrix is positive definite exactly when its determinant
    /// 1 + 2abc − a² − b² − c² is positive (with |a|, |b|, |c| < 1).
    fn determinant(a: f64, b: f64, c: f64) -> f64 {
        1.0 + 2.0 * a * b * c - a * a - b * b - c * c
    }

    fn three(a: f64, b: f64, c: f64) -> Vec<f64> {
        vec![1.0, a, b, a, 1.0, c, b, c, 1.0]
    }

    #[test]
    fn agrees_with_the_determinant_of_three_assets() {
        let mut seen = [0, 0];
        for x in -9..=9 {
            for y in -9..=9 {
                for z in -9..=9 {
                    let [a, b, c] = [x, y, z].map(|k| f64::from(k) / 9.5);
                    let positive = determinant(a, b, c) > 0.0;
                    seen[usize::from(positive)] += 1;
                    assert_eq!(cholesky(&three(a, b, c), 3).is_some(), positive, "{a} {b} {c}");
                }
            }
        }
        assert!(seen[0] > 1_000 && seen[1] > 1_000);
    }

    #[test]
    fn smallest_eigenvalues_of_known_matrices() {
        // Equal correlations rho: 1 − rho and 1 + (n − 1)·rho. A chain 0.9, 0.9, 0 of three: 1 − 0.9·√2.
        let equal = |n: usize, rho: f64| -> Vec<f64> {
            (0..n * n).map(|at| if at / n == at % n { 1.0 } else { rho }).collect()
        };
        let cases = [
            (equal(1, 0.0), 1, 1.0),
            (equal(2, 0.8), 2, 0.2),
            (equal(4, -0.9), 4, -1.7),
            (equal(100, 0.5), 100, 0.5),
            (equal(100, -1.0), 100, -98.0),
            (three(0.9, 0.0, 0.9), 3, 1.0 - 0.9 * std::f64::consts::SQRT_2),
        ];
        for (matrix, n, expected) in cases {
            let found = smallest_eigenvalue(&matrix, n);
            assert!((found - expected).abs() < 1e-9, "{n}: {found} instead of {expected}");
        }
    }

    #[test]
    fn proposes_the_nearest_value() {
        // a = 0.9, b = 0.9: c > a·b − sqrt((1 − a²)(1 − b²)) = 0.81 − 0.19 = 0.62.
        let value = nearest_that_works(&three(0.9, 0.9, -0.5), 3, 1, 2);
        assert_eq!(value, Some(0.6201));
        // Above: a = 0.6, b = −0.6: c < −0.36 + 0.64 = 0.28.
        assert_eq!(nearest_that_works(&three(0.6, -0.6, 0.9), 3, 1, 2), Some(0.2799));
    }

    #[test]
    fn scales_where_no_pair_helps() {
        // Four assets, every correlation −0.9: the smallest eigenvalue 1 − 3·0.9·t is positive for
        // t < 0.3704; and any three of them contradict each other already.
        let mut matrix = vec![-0.9; 16];
        for i in 0..4 {
            matrix[i * 4 + i] = 1.0;
        }
        assert_eq!(nearest_that_works(&matrix, 4, 0, 1), None);
        assert_eq!(largest_factor(&matrix, 4), Some(37));
    }
}
