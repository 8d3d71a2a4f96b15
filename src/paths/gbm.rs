//! Geometric Brownian motion (Samuelson 1965): d ln S = (drift − volatility²/2) dt + volatility dB.
//!
//! The step is exact: ln S moves by a normal with that mean and variance times dt. Several assets
//! share correlated drivers through the lower Cholesky factor of their correlation matrix.

use super::{LANES, Lanes};

/// One asset's step: `x += mean + Σ_j loading[j]·z[j]`, with independent standard normals z.
#[derive(Debug, Clone, PartialEq)]
pub struct GbmStep {
    /// Mean of the log return per step.
    pub mean: f64,
    /// Row of the Cholesky factor times volatility·√dt; its length is the asset's rank plus one.
    pub loading: Vec<f64>,
}

impl GbmStep {
    /// From annual parameters; `factor_row` is the asset's row of the Cholesky factor, up to and
    /// including its diagonal.
    pub fn new(drift: f64, volatility: f64, factor_row: &[f64], step_years: f64) -> Self {
        let scale = volatility * step_years.sqrt();
        Self {
            mean: (drift - 0.5 * volatility * volatility) * step_years,
            loading: factor_row.iter().map(|f| f * scale).collect(),
        }
    }

    /// Advances the log prices by one step. `normals` holds one row per loading.
    #[inline(always)]
    pub fn advance<'a>(&self, log_price: &mut Lanes, normals: impl Iterator<Item = &'a Lanes>) {
        let mut increment = [self.mean; LANES];
        for (loading, z) in self.loading.iter().zip(normals) {
            for l in 0..LANES {
                increment[l] += loading * z[l];
            }
        }
        for l in 0..LANES {
            log_price[l] += increment[l];
        }
    }
}

/// Lower Cholesky factor of a correlation matrix, row-major; `None` if it is not positive definite.
pub fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let rest = matrix[i * n + j] - dot;
            if i != j {
                factor[i * n + j] = rest / factor[j * n + j];
            } else if rest > 0.0 {
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
