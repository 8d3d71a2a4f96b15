//! Blocks of price paths: draws, laws and the exponential, a chunk of steps at a time.

use super::bootstrap::{Resampler, ResamplerState};
use super::cholesky::cholesky;
use super::elementary::exp;
use super::gbm::GbmStep;
use super::normal::normal_pairs;
use super::stream::{LaneStreams, Purpose};
use super::{LANES, Lanes, Law, MarketModel};

/// Steps advanced at a time; even, because normals come in pairs. A chunk of one asset is 4 KiB.
pub const CHUNK: usize = 8;

/// One asset, ready to step.
#[derive(Debug, Clone)]
enum AssetStep {
    Gbm(GbmStep),
    Bootstrap { column: usize },
}

/// Turns (seed, path) into prices. Shared by all threads.
#[derive(Debug, Clone)]
pub struct PathGenerator {
    seed: u64,
    prices: Vec<f64>,
    assets: Vec<AssetStep>,
    /// Assets that have a Gaussian driver, ascending.
    drivers: Vec<usize>,
    resampler: Option<Resampler>,
}

/// The paths of one block at their present step.
#[derive(Debug, Clone)]
pub struct PathBlock {
    shocks: Vec<LaneStreams>,
    resampling: Option<ResamplerState>,
    log_prices: Vec<Lanes>,
    /// Per driver: the normals of the chunk.
    normals: Vec<[Lanes; CHUNK]>,
    /// Per asset: the prices of the chunk.
    prices: Vec<[Lanes; CHUNK]>,
}

impl PathBlock {
    /// Prices of asset `asset` at the chunk's step `index`.
    #[inline(always)]
    pub fn price(&self, asset: usize, index: usize) -> &Lanes {
        &self.prices[asset][index]
    }
}

impl PathGenerator {
    /// `None` if the correlation matrix of the Gaussian drivers is not positive definite, or an
    /// asset resamples a history that is not there.
    pub fn new(market: &MarketModel, seed: u64) -> Option<Self> {
        let n = market.assets.len();
        let drivers: Vec<usize> =
            (0..n).filter(|&a| matches!(market.assets[a].law, Law::Gbm { .. })).collect();
        let d = drivers.len();
        let matrix: Vec<f64> = drivers
            .iter()
            .flat_map(|&i| drivers.iter().map(move |&j| (i, j)))
            .map(|(i, j)| market.correlation[i * n + j])
            .collect();
        let factor = cholesky(&matrix, d)?;
        let mut assets = Vec::with_capacity(n);
        for (index, asset) in market.assets.iter().enumerate() {
            assets.push(match asset.law {
                Law::Gbm { drift, volatility } => {
                    let rank = drivers.iter().position(|&a| a == index)?;
                    let row = &factor[rank * d..=rank * d + rank];
                    AssetStep::Gbm(GbmStep::new(drift, volatility, row, market.step_years))
                }
                Law::Bootstrap { column } => {
                    market.history.as_ref().filter(|h| column < h.columns)?;
                    AssetStep::Bootstrap { column }
                }
            });
        }
        Some(Self {
            seed,
            prices: market.assets.iter().map(|a| a.price).collect(),
            assets,
            drivers,
            resampler: market.history.as_ref().map(Resampler::new),
        })
    }

    /// Number of assets.
    pub fn assets(&self) -> usize {
        self.assets.len()
    }

    /// The paths `first_path .. first_path + LANES` before their first step.
    pub fn begin(&self, first_path: u64) -> PathBlock {
        let mut block = PathBlock {
            shocks: Vec::with_capacity(self.drivers.len()),
            resampling: None,
            log_prices: vec![[0.0; LANES]; self.assets.len()],
            normals: vec![[[0.0; LANES]; CHUNK]; self.drivers.len()],
            prices: vec![[[0.0; LANES]; CHUNK]; self.assets.len()],
        };
        self.restart(&mut block, first_path);
        block
    }

    /// Makes a block of this generator's the paths `first_path ..` before their first step.
    pub fn restart(&self, block: &mut PathBlock, first_path: u64) {
        let shock = |&asset: &usize| LaneStreams::new(self.seed, first_path, Purpose::Shock, asset as u32);
        block.shocks.clear();
        block.shocks.extend(self.drivers.iter().map(shock));
        block.resampling = self.resampler.as_ref().map(|r| r.begin(self.seed, first_path));
        block.log_prices.fill([0.0; LANES]);
    }

    /// Advances the block by `steps <= CHUNK` steps; only a path's last chunk may be shorter.
    #[inline(always)]
    pub fn advance(&self, block: &mut PathBlock, steps: usize) {
        for (streams, normals) in block.shocks.iter_mut().zip(&mut block.normals) {
            for pair in normals[..steps.next_multiple_of(2)].chunks_exact_mut(2) {
                if let [first, second] = pair {
                    normal_pairs(streams, first, second);
                }
            }
        }
        for index in 0..steps {
            if let (Some(resampler), Some(state)) = (&self.resampler, &mut block.resampling) {
                resampler.advance(state);
            }
            for (asset, law) in self.assets.iter().enumerate() {
                let log_price = &mut block.log_prices[asset];
                match law {
                    AssetStep::Gbm(step) => {
                        step.advance(log_price, block.normals.iter().map(|rows| &rows[index]));
                    }
                    AssetStep::Bootstrap { column } => {
                        if let (Some(resampler), Some(state)) = (&self.resampler, &block.resampling) {
                            resampler.gather(state, *column, log_price);
                        }
                    }
                }
                let opening = self.prices[asset];
                let price = &mut block.prices[asset][index];
                for l in 0..LANES {
                    price[l] = opening * exp(log_price[l]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::{AssetModel, Stream};
    use rand::Rng;

    /// The laws written out for one path with rand's trait and libm: streams, Box–Muller, Cholesky of
    /// [[1, .6], [.6, 1]] = [1 0; .6 .8], exact log-normal steps. Agrees to rounding.
    #[test]
    fn a_lane_is_the_scalar_walk() {
        let asset = |price, drift, volatility| AssetModel { price, law: Law::Gbm { drift, volatility } };
        let market = MarketModel {
            assets: vec![asset(100.0, 0.2, 0.5), asset(20.0, -0.1, 1.5)],
            correlation: vec![1.0, 0.6, 0.6, 1.0],
            history: None,
            step_years: 0.01,
        };
        let generator = PathGenerator::new(&market, 9).unwrap();
        let path = 64 * 7 + 13;
        let mut block = generator.begin(64 * 7);
        let mut streams: Vec<Stream> =
            (0..2).map(|asset| Stream::new(9, path, Purpose::Shock, asset)).collect();
        let (mut x, mut y) = (0.0, 0.0);
        for chunk in 0..4 {
            generator.advance(&mut block, CHUNK);
            for index in 0..CHUNK {
                if index % 2 == 0 {
                    continue;
                }
                let pairs: Vec<[f64; 2]> = streams.iter_mut().map(scalar_pair).collect();
                for half in 0..2 {
                    let (a, b) = (pairs[0][half], 0.6 * pairs[0][half] + 0.8 * pairs[1][half]);
                    x += (0.2 - 0.125) * 0.01 + 0.5 * 0.1 * a;
                    y += (-0.1 - 1.125) * 0.01 + 1.5 * 0.1 * b;
                    let at = index - 1 + half;
                    let relative = |got: f64, want: f64| (got / want - 1.0).abs();
                    assert!(relative(block.price(0, at)[13], 100.0 * libm::exp(x)) < 1e-14, "{chunk} {at}");
                    assert!(relative(block.price(1, at)[13], 20.0 * libm::exp(y)) < 1e-14, "{chunk} {at}");
                }
            }
        }
    }

    fn scalar_pair(stream: &mut Stream) -> [f64; 2] {
        let unit = |word: u64| (word >> 12) as f64 / 4_503_599_627_370_496.0;
        let (radius_word, angle_word) = (stream.next_u64(), stream.next_u64());
        let radius = (-2.0 * libm::log(1.0 - unit(radius_word))).sqrt();
        let angle = (unit(angle_word) - 0.5) * std::f64::consts::FRAC_PI_2;
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let sign = if angle_word & 2 == 2 { -1.0 } else { 1.0 };
        let pair = if angle_word & 1 == 1 { [cos, sin] } else { [sin, cos] };
        pair.map(|z| sign * radius * z)
    }

    #[test]
    fn zero_volatility_grows_at_the_drift() {
        let law = Law::Gbm { drift: 0.3, volatility: 0.0 };
        let market = MarketModel {
            assets: vec![AssetModel { price: 50.0, law }],
            correlation: vec![1.0],
            history: None,
            step_years: 0.25,
        };
        let generator = PathGenerator::new(&market, 1).unwrap();
        let mut block = generator.begin(0);
        generator.advance(&mut block, 4);
        let year = block.price(0, 3)[5];
        assert!((year / (50.0 * libm::exp(0.3)) - 1.0).abs() < 1e-15);
    }
}
