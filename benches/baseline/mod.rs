//! The same work as somebody would write it in an afternoon: one path at a time, rand_distr's
//! normals, the platform's exponential.
#![allow(clippy::disallowed_methods)]

pub mod laws;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::digest::{Digest, ModeDigest};

const MAINTENANCE: f64 = 0.005;
pub const STEP_YEARS: f64 = 1.0 / 8_760.0;

/// Where prices go.
pub trait Law {
    /// Back to time 0.
    fn begin(&mut self);

    /// One number an asset that is drawn anew every step.
    fn draw(&self, rng: &mut SmallRng) -> f64;

    /// The step's log return of an asset, from what was drawn for all.
    fn log_return(&mut self, asset: usize, drawn: &[f64], rng: &mut SmallRng) -> f64;
}

/// One position.
#[derive(Clone, Copy)]
pub struct Position {
    /// Quantity, negative for a short.
    size: f64,
    margin: f64,
    /// Maintenance requirement over the price.
    need: f64,
}

impl Position {
    /// `size` is negative for a short.
    pub fn new(size: f64, margin: f64) -> Self {
        Self { size, margin, need: MAINTENANCE * size.abs() }
    }
}

/// One position for each asset, and what stands behind them.
pub struct Account {
    pub wallet: f64,
    /// Price of every asset at time 0.
    pub entry: f64,
    pub positions: Vec<Position>,
    /// What a closed pool has left goes to the venue.
    pub forfeits: bool,
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

/// Sums over paths of one mode.
#[derive(Default)]
struct Sums {
    hits: u64,
    drawdown: f64,
    profit: f64,
}

impl Sums {
    fn digest(&self, mode: &str, paths: u64) -> ModeDigest {
        let n = paths as f64;
        ModeDigest {
            mode: mode.to_owned(),
            liquidated: self.hits,
            drawdown: self.drawdown / n,
            profit: self.profit / n,
        }
    }
}

impl Account {
    /// Simulates both modes.
    pub fn simulate(&self, mut law: impl Law, paths: u64, steps: u64) -> Digest {
        let mut rng = SmallRng::seed_from_u64(42);
        let (mut isolated_sums, mut cross_sums) = (Sums::default(), Sums::default());
        for _ in 0..paths {
            let n = self.positions.len();
            let (mut x, mut z, mut prices) = (vec![0.0; n], vec![0.0; n], vec![self.entry; n]);
            let mut lost: Vec<Option<f64>> = vec![None; n];
            let mut cross_frozen: Option<f64> = None;
            let mut isolated = Drawdown { peak: self.wallet, deepest: 0.0 };
            let mut cross = Drawdown { peak: self.wallet, deepest: 0.0 };
            let (mut equity, mut joint) = (self.wallet, self.wallet);
            law.begin();
            for _ in 0..steps {
                z.fill_with(|| law.draw(&mut rng));
                for i in 0..n {
                    x[i] += law.log_return(i, &z, &mut rng);
                    prices[i] = self.entry * x[i].exp();
                }
                let mut need = 0.0;
                (equity, joint) = (self.wallet, self.wallet);
                for i in 0..n {
                    let Position { size, margin, need: per_price } = self.positions[i];
                    let profit = size * (prices[i] - self.entry);
                    let maintenance = per_price * prices[i];
                    if lost[i].is_none() && margin + profit <= maintenance {
                        lost[i] = Some(if self.forfeits { -margin } else { profit.max(-margin) });
                    }
                    equity += lost[i].unwrap_or(profit);
                    joint += profit;
                    need += maintenance;
                }
                if cross_frozen.is_none() && joint <= need {
                    cross_frozen = Some(if self.forfeits { 0.0 } else { joint.max(0.0) });
                }
                isolated.see(equity);
                cross.see(cross_frozen.unwrap_or(joint));
            }
            isolated_sums.hits += u64::from(lost.iter().any(Option::is_some));
            cross_sums.hits += u64::from(cross_frozen.is_some());
            isolated_sums.drawdown += isolated.deepest;
            cross_sums.drawdown += cross.deepest;
            isolated_sums.profit += equity - self.wallet;
            cross_sums.profit += cross_frozen.unwrap_or(joint) - self.wallet;
        }
        let modes = vec![isolated_sums.digest("isolated", paths), cross_sums.digest("cross", paths)];
        Digest { paths, modes }
    }
}
