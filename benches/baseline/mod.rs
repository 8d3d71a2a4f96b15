//! The same work as somebody would write it in an afternoon: one path at a time, rand_distr's
//! normals, the platform's exponential.
#![allow(clippy::disallowed_methods)]

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand_distr::{Distribution, StandardNormal};

const MAINTENANCE: f64 = 0.005;
const MARGIN: f64 = 10.0;
const ENTRY: f64 = 100.0;
const STEP_YEARS: f64 = 1.0 / 8_760.0;

/// Positions of one unit each.
pub struct Workload {
    wallet: f64,
    volatilities: Vec<f64>,
    signs: Vec<f64>,
    correlation: f64,
}

/// Running maximum drawdown.
struct Drawdown {
    peak: f64,
    deepest: f64,
}

impl Drawdown {
    fn see(&mut self, equity: f64) {
        self.peak = self.peak.max(equity);
        self.deepest = self.deepest.max((self.peak - equity) / self.peak);
    }
}

impl Workload {
    pub fn one_asset() -> Self {
        Self { wallet: 50.0, volatilities: vec![0.8], signs: vec![1.0], correlation: 0.0 }
    }

    pub fn four_assets() -> Self {
        Self {
            wallet: 100.0,
            volatilities: vec![0.6, 0.8, 1.0, 1.2],
            signs: vec![1.0, 1.0, -1.0, -1.0],
            correlation: 0.6,
        }
    }

    /// Lower Cholesky factor of equal correlations.
    fn factor(&self) -> Vec<Vec<f64>> {
        let n = self.signs.len();
        let mut factor = vec![vec![0.0; n]; n];
        for i in 0..n {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                factor[i][j] =
                    if i == j { (1.0 - dot).sqrt() } else { (self.correlation - dot) / factor[j][j] };
            }
        }
        factor
    }

    /// Simulates both modes; liquidated paths and mean drawdown of each.
    pub fn digest(&self, paths: u64, steps: u64) -> String {
        let mut rng = SmallRng::seed_from_u64(42);
        let factor = self.factor();
        let (mut isolated_hits, mut cross_hits, mut isolated_sum, mut cross_sum) = (0u64, 0u64, 0.0, 0.0);
        for _ in 0..paths {
            let n = self.signs.len();
            let (mut x, mut z, mut prices) = (vec![0.0; n], vec![0.0; n], vec![ENTRY; n]);
            let mut lost: Vec<Option<f64>> = vec![None; n];
            let mut cross_frozen: Option<f64> = None;
            let mut isolated = Drawdown { peak: self.wallet, deepest: 0.0 };
            let mut cross = Drawdown { peak: self.wallet, deepest: 0.0 };
            for _ in 0..steps {
                z.fill_with(|| StandardNormal.sample(&mut rng));
                for i in 0..n {
                    let v = self.volatilities[i];
                    let driver: f64 = (0..=i).map(|j| factor[i][j] * z[j]).sum();
                    x[i] += -0.5 * v * v * STEP_YEARS + v * STEP_YEARS.sqrt() * driver;
                    prices[i] = ENTRY * x[i].exp();
                }
                let (mut equity, mut joint, mut need) = (self.wallet, self.wallet, 0.0);
                for i in 0..n {
                    let profit = self.signs[i] * (prices[i] - ENTRY);
                    if lost[i].is_none() && MARGIN + profit <= MAINTENANCE * prices[i] {
                        lost[i] = Some(profit.max(-MARGIN));
                    }
                    equity += lost[i].unwrap_or(profit);
                    joint += profit;
                    need += MAINTENANCE * prices[i];
                }
                if cross_frozen.is_none() && joint <= need {
                    cross_frozen = Some(joint.max(0.0));
                }
                isolated.see(equity);
                cross.see(cross_frozen.unwrap_or(joint));
            }
            isolated_hits += u64::from(lost.iter().any(Option::is_some));
            cross_hits += u64::from(cross_frozen.is_some());
            isolated_sum += isolated.deepest;
            cross_sum += cross.deepest;
        }
        let n = paths as f64;
        format!(
            "isolated liquidated {isolated_hits}, drawdown {:.9}; cross liquidated {cross_hits}, drawdown {:.9}",
            isolated_sum / n,
            cross_sum / n
        )
    }
}
