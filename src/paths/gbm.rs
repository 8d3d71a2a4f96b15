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
