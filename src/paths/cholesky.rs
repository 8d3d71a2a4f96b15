/// Smallest pivot that counts as positive: below it the matrix is singular for all that rounding can tell.
pub const SMALLEST_PIVOT: f64 = 1e-12;

/// Lower Cholesky factor of a symmetric `n × n` matrix, both row-major; `None` if it is not positive definite.
pub fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let rest = matrix[i * n + j] - dot;
            if i != j {
                factor[i * n + j] = rest / factor[j * n + j];
            } else if rest > SMALLEST_PIVOT {
                factor[i * n + i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_of_a_worked_matrix() {
        // [[1, .6], [.6, 1]] = L·Lᵀ with L = [[1, 0], [.6, .8]].
        let factor = cholesky(&[1.0, 0.6, 0.6, 1.0], 2).unwrap();
        for (got, want) in factor.iter().zip([1.0, 0.0, 0.6, 0.8]) {
            assert!((got - want).abs() < 1e-15);
        }
        assert_eq!(cholesky(&[1.0, 1.0, 1.0, 1.0], 2), None);
    }
}
