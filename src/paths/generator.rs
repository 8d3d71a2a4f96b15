//! Blocks of price paths: draws, price models, jumps and the exponential, a chunk of steps at a time.

use super::block::{PathBlock, in_range, keep_in_range};
use super::bridge_chunk::BridgeChunk;
use super::cholesky::cholesky;
use super::draws::Draws;
use super::elementary::exp_within;
use super::jumps::{Arrivals, JumpSource};
use super::market::{AssetModel, MarketModel, Sampling, ShockTime};
use super::models::{Bootstrap, PriceProcess, ProcessStep, Replay};
use super::price_model::StepSetting;
use super::replayer::Replayer;
use super::resampler::Resampler;
use super::stream::{Counter, LaneStreams, Purpose, Stream};
use crate::lanes::{CHUNK, LANES, Lanes, Normals};

/// Turns (seed, path) into prices. Shared by all threads.
#[derive(Debug, Clone)]
pub struct PathGenerator {
    pub(super) seed: u64,
    sampling: Sampling,
    pub(super) prices: Vec<f64>,
    pub(super) assets: Vec<ProcessStep>,
    /// Assets that have a Gaussian driver, ascending.
    pub(super) drivers: Vec<usize>,
    /// Per asset: its place among the drivers.
    driver_of: Vec<Option<usize>>,
    /// Lower Cholesky factor of the drivers' correlations, row-major.
    pub(super) factor: Vec<f64>,
    /// Per asset: whether its log price may leave the range of numbers.
    is_limited: Vec<bool>,
    pub(super) jumps: Vec<JumpSource>,
    resampler: Option<Resampler>,
    replayer: Option<Replayer>,
    has_bridges: bool,
    records_bridges: bool,
}

impl PathGenerator {
    /// Paths drawn each on its own. `None` if the correlation matrix of the Gaussian drivers is not positive definite,
    /// or an asset names a history that is not there.
    pub fn new(market: &MarketModel, seed: u64) -> Option<Self> {
        let n = market.assets.len();
        let drivers: Vec<usize> = (0..n).filter(|&a| market.assets[a].process.is_driven()).collect();
        let pairs = drivers.iter().flat_map(|&i| drivers.iter().map(move |&j| (i, j)));
        let matrix: Vec<f64> = pairs.map(|(i, j)| market.correlation[i * n + j]).collect();
        let factor = cholesky(&matrix, drivers.len())?;
        for asset in &market.assets {
            match asset.process {
                PriceProcess::Bootstrap(Bootstrap { column }) => {
                    market.history.as_ref().filter(|history| column < history.columns).map(drop)?
                }
                PriceProcess::Replay(Replay { column }) => {
                    market.windows.as_ref().filter(|history| column < history.columns).map(drop)?
                }
                _ => {}
            }
        }
        let step = |(index, asset): (usize, &AssetModel)| {
            asset.process.step(&StepSetting {
                price: asset.price,
                common_return: market.common_jump_return(index),
                step_years: market.step_years,
            })
        };
        let assets: Vec<ProcessStep> = market.assets.iter().enumerate().map(step).collect();
        let jumps = sources(market);
        Some(Self {
            seed,
            sampling: Sampling::Independent,
            prices: market.assets.iter().map(|a| a.price).collect(),
            is_limited: assets.iter().map(|step| !jumps.is_empty() || step.may_overflow()).collect(),
            assets,
            driver_of: (0..n).map(|a| drivers.iter().position(|&d| d == a)).collect(),
            drivers,
            factor,
            jumps,
            resampler: market.history.as_ref().map(Resampler::new),
            replayer: market.windows.as_ref().map(Replayer::new),
            has_bridges: market.assets.iter().all(|asset| asset.process.has_bridge()),
            records_bridges: false,
        })
    }

    /// The same with another way of drawing paths.
    pub fn with_sampling(self, sampling: Sampling) -> Self {
        Self { sampling, ..self }
    }

    /// The same, recording the bridges inside steps, where every price model has them.
    pub fn recording_bridges(self) -> Self {
        Self { records_bridges: self.has_bridges, ..self }
    }

    /// The same without bridges: nothing is recorded between the ends of steps.
    pub fn without_bridges(self) -> Self {
        Self { records_bridges: false, ..self }
    }

    /// Whether the path between two steps is a Brownian bridge for every price model.
    pub fn has_bridges(&self) -> bool {
        self.has_bridges
    }

    /// How paths are drawn.
    pub fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// Whether blocks record the bridges inside steps.
    pub fn records_bridges(&self) -> bool {
        self.records_bridges
    }

    /// Number of assets.
    pub fn assets(&self) -> usize {
        self.assets.len()
    }

    /// Price of an asset at time 0.
    pub fn opening_price(&self, asset: usize) -> f64 {
        self.prices[asset]
    }

    /// The number of the path whose draws lane `lane` of a block uses.
    fn source_path(&self, path: u64) -> u64 {
        match self.sampling {
            Sampling::Independent => path,
            Sampling::Antithetic => path & !1,
        }
    }

    /// The paths `first_path .. first_path + LANES` before their first step.
    pub fn begin(&self, first_path: u64) -> PathBlock {
        let mut block = PathBlock::new(self.drivers.len(), self.assets.len());
        self.restart(&mut block, first_path);
        block
    }

    /// Makes a block of this generator's the paths `first_path ..` before their first step.
    pub fn restart(&self, block: &mut PathBlock, first_path: u64) {
        let ids: [u64; LANES] = std::array::from_fn(|l| self.source_path(first_path.wrapping_add(l as u64)));
        let stream =
            |lane: usize, purpose, index: usize| Stream::new(self.seed, ids[lane], purpose, index as u32);
        block.restart(first_path);
        if self.sampling == Sampling::Antithetic {
            block.signs = Some(std::array::from_fn(|l| 1.0 - 2.0 * ((first_path + l as u64) & 1) as f32));
        }
        let diffusion = |&asset: &usize| LaneStreams::new(self.seed, &ids, Purpose::Diffusion, asset as u32);
        block.diffusions.clear();
        block.diffusions.extend(self.drivers.iter().map(diffusion));
        block.resampling =
            self.resampler.as_ref().map(|r| r.begin(LaneStreams::new(self.seed, &ids, Purpose::Resample, 0)));
        block.windows = self.replayer.as_ref().map(|r| r.begin(first_path));
        block.jumps.clear();
        let words = |lane: usize, purpose, index| Counter::new(self.seed, ids[lane], purpose, index);
        block.jumps.extend(self.jumps.iter().map(|source| source.begin(words)));
        for (asset, (step, path)) in self.assets.iter().zip(&mut block.assets).enumerate() {
            path.state = step.begin(|lane, purpose| stream(lane, purpose, asset));
            path.own.restart(step, |purpose| {
                let index = if purpose.is_shared() { 0 } else { asset };
                LaneStreams::new(self.seed, &ids, purpose, index as u32)
            });
        }
        if self.records_bridges {
            block.bridges.get_or_insert_with(|| BridgeChunk::new(self.assets.len()));
        }
    }

    /// Advances the block by `steps <= CHUNK` steps; only a path's last chunk may be shorter.
    #[inline(always)]
    pub fn advance(&self, block: &mut PathBlock, steps: usize) {
        block.draw(steps);
        self.mix(block, steps);
        self.begin_bridges(block);
        for path in &mut block.assets {
            path.log_prices[0] = path.log_prices[CHUNK];
        }
        for index in 0..steps {
            block.step += 1;
            if let (Some(resampler), Some(state)) = (&self.resampler, &mut block.resampling) {
                resampler.advance(state);
            }
            self.step_processes(block, index);
            if self.jumps.iter().zip(&block.jumps).any(|(s, state)| s.has_jumps(state, block.step)) {
                self.apply_jumps(block, index);
            }
            for (path, is_limited) in block.assets.iter_mut().zip(&self.is_limited) {
                if *is_limited {
                    block.clamped |= keep_in_range(&mut path.log_prices[index + 1]);
                }
            }
        }
        self.price(block, steps);
    }

    #[inline(always)]
    fn begin_bridges(&self, block: &mut PathBlock) {
        if let Some(bridges) = &mut block.bridges {
            let (assets, at_start) = (&block.assets, block.step == 0);
            bridges.begin_chunk(|a| {
                let price = if at_start { [self.prices[a]; LANES] } else { assets[a].prices[CHUNK - 1] };
                (assets[a].log_prices[CHUNK], price)
            });
        }
    }

    /// Turns independent normals into the drivers, in place: each row needs only those before it.
    #[inline(always)]
    fn mix(&self, block: &mut PathBlock, steps: usize) {
        let n = self.drivers.len();
        for row in (1..n).rev() {
            let weights = &self.factor[row * n..=row * n + row];
            let (before, this) = block.drivers.split_at_mut(row);
            for index in 0..steps {
                let (mixed, own) = (&mut this[0][index], weights[row] as f32);
                for l in 0..LANES {
                    mixed[l] *= own;
                }
                for (normals, weight) in before.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
                    let weight = *weight as f32;
                    for l in 0..LANES {
                        mixed[l] += weight * normals[index][l];
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn step_processes(&self, block: &mut PathBlock, index: usize) {
        let rows = self.resampler.as_ref().zip(block.resampling.as_ref());
        for (asset, step) in self.assets.iter().enumerate() {
            let path = &mut block.assets[asset];
            let draws = Draws {
                driver: self.driver_of[asset].map_or(&NO_NORMALS, |d| &block.drivers[d][index]),
                normals: path.own.normals(index).unwrap_or(&NO_NORMALS),
                uniforms: path.own.uniforms(index).unwrap_or(&[0.0; LANES]),
                rows,
                step: block.step,
            };
            let (before, after) = path.log_prices.split_at_mut(index + 1);
            let (before, after) = (&before[index], &mut after[0]);
            step.advance(&mut path.state, before, after, &draws);
            if let Some(bridges) = &mut block.bridges {
                step.step_variance(&path.state, bridges.variance_row(asset, index));
                *bridges.diffused_row(asset, index) = after.map(in_range);
            }
        }
    }

    /// Adds the step's jumps to the log prices.
    #[cold]
    #[inline(never)]
    fn apply_jumps(&self, block: &mut PathBlock, index: usize) {
        let first = block.first_path;
        let words = |lane: usize, purpose, index| {
            Counter::new(self.seed, self.source_path(first.wrapping_add(lane as u64)), purpose, index)
        };
        block.jumped.clear();
        for (source, state) in self.jumps.iter().zip(&mut block.jumps) {
            if source.has_jumps(state, block.step) {
                source.apply_jumps(state, block.step, words, &mut block.jumped);
            }
        }
        for jump in &mut block.jumped {
            let left = self.assets[jump.asset].left_of_jump(jump.instant) * jump.size;
            block.assets[jump.asset].log_prices[index + 1][jump.lane] += left;
            jump.lost = jump.size - left;
        }
        if let Some(bridges) = &mut block.bridges {
            bridges.add_jumps(index, &block.jumped);
        }
    }

    /// The prices of the chunk, from its log prices.
    #[inline(always)]
    fn price(&self, block: &mut PathBlock, steps: usize) {
        for (asset, step) in self.assets.iter().enumerate() {
            let path = &mut block.assets[asset];
            for (log_price, row) in path.log_prices[1..].iter().zip(path.prices.iter_mut()).take(steps) {
                grow(self.prices[asset], log_price, row);
            }
            if let (ProcessStep::Replay(replay), Some(replayer), Some(starts)) =
                (step, &self.replayer, &block.windows)
            {
                let first_step = block.step - steps as u64 + 1;
                for (index, row) in path.prices[..steps].iter_mut().enumerate() {
                    replayer.apply(starts, replay.column, first_step + index as u64, row);
                }
            }
            if let Some(bridges) = &mut block.bridges {
                for index in 0..steps {
                    bridges.end_step(asset, index, &path.log_prices[index + 1], &path.prices);
                }
            }
        }
    }
}

/// Normals of an asset without a driver.
const NO_NORMALS: Normals = [0.0; LANES];

/// Prices at log prices that start from 0 at `price`.
#[inline(always)]
fn grow(price: f64, log_price: &Lanes, row: &mut Lanes) {
    for l in 0..LANES {
        row[l] = price * exp_within(log_price[l]);
    }
}

/// Every source of jumps: the assets' own, common ones, shocks.
fn sources(market: &MarketModel) -> Vec<JumpSource> {
    let years = market.step_years;
    let own = market.assets.iter().enumerate().filter_map(|(asset, model)| {
        let jumps = model.process.own_jumps()?;
        Some(JumpSource::of_asset(asset, Arrivals::at_rate(jumps.rate, years), jumps.size))
    });
    let common = market.common_jumps.iter().map(|common| {
        let sizes = common.sizes.iter().enumerate().filter_map(|(a, size)| size.map(|size| (a, size)));
        JumpSource::common(Arrivals::at_rate(common.rate, years), sizes)
    });
    let shocks = market.shocks.iter().enumerate().map(|(index, shock)| {
        let arrivals = match shock.time {
            ShockTime::At(step) => Arrivals::Once(step),
            ShockTime::Rate(rate) => Arrivals::at_rate(rate, years),
        };
        let moves = shock.log_moves.iter().copied().enumerate().filter(|(_, size)| *size != 0.0);
        JumpSource::shock(index as u32, arrivals, moves)
    });
    own.chain(common).chain(shocks).filter(JumpSource::can_jump).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::models::ProcessState;
    use crate::paths::{Gbm, Heston, Stream};
    use rand::Rng;

    /// The price models written out for one path with rand's trait and libm: streams, Box–Muller, Cholesky of
    /// [[1, .6], [.6, 1]] = [1 0; .6 .8], exact log-normal steps. Agrees to what single precision leaves of the normals, 4e-7
    /// of each.
    #[test]
    fn a_lane_is_the_scalar_walk() {
        let asset = |price, drift, volatility| AssetModel {
            price,
            process: PriceProcess::Gbm(Gbm { drift, volatility }),
        };
        let market = MarketModel {
            assets: vec![asset(100.0, 0.2, 0.5), asset(20.0, -0.1, 1.5)],
            correlation: vec![1.0, 0.6, 0.6, 1.0],
            step_years: 0.01,
            ..MarketModel::default()
        };
        let generator = PathGenerator::new(&market, 9).unwrap();
        let path = 64 * 7 + 13;
        let mut block = generator.begin(64 * 7);
        let mut streams: Vec<Stream> =
            (0..2).map(|asset| Stream::new(9, path, Purpose::Diffusion, asset)).collect();
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
                    assert!(relative(block.price(0, at)[13], 100.0 * libm::exp(x)) < 1e-6, "{chunk} {at}");
                    assert!(relative(block.price(1, at)[13], 20.0 * libm::exp(y)) < 1e-6, "{chunk} {at}");
                }
            }
        }
    }

    fn scalar_pair(stream: &mut Stream) -> [f64; 2] {
        let word = stream.next_u64();
        let radius = (-2.0 * libm::log(1.0 - (word >> 12) as f64 / 4_503_599_627_370_496.0)).sqrt();
        let angle = (word >> 2 & 0x3ff) as f64 / 1_024.0 + (word >> 19 & 0x1fff) as f64 / 8_388_608.0;
        let angle = (angle - 0.5) * std::f64::consts::FRAC_PI_2;
        let (sin, cos) = (libm::sin(angle), libm::cos(angle));
        let sign = if word & 1 == 1 { -1.0 } else { 1.0 };
        let pair = if word >> 1 & 1 == 1 { [cos, sin] } else { [sin, cos] };
        pair.map(|z| sign * radius * z)
    }

    /// Uncorrelated with the price, the variance of mirrored paths moves by mirrored draws of its own: up on one of the
    /// pair where it moves down on the other, about the same mean to the order of the noise squared.
    #[test]
    fn antithetic_variances_are_mirrored() {
        let heston = Heston {
            drift: 0.0,
            initial_variance: 0.64,
            mean_reversion: 3.0,
            long_run_variance: 0.64,
            vol_of_vol: 0.1,
            correlation: 0.0,
        };
        let market = MarketModel {
            assets: vec![AssetModel { price: 100.0, process: PriceProcess::Heston(heston) }],
            correlation: vec![1.0],
            step_years: 1.0 / 8_760.0,
            ..MarketModel::default()
        };
        let generator = PathGenerator::new(&market, 3).unwrap().with_sampling(Sampling::Antithetic);
        let mut block = generator.begin(0);
        generator.advance(&mut block, 1);
        let ProcessState::Heston(state) = &block.assets[0].state else { panic!("no variance") };
        for pair in state.variance.chunks(2) {
            let (up, down) = (pair[0] - 0.64, pair[1] - 0.64);
            assert!(up * down < 0.0 && (up + down).abs() < 0.02 * (up - down).abs(), "{up:e} {down:e}");
        }
    }

    #[test]
    fn zero_volatility_grows_at_the_drift() {
        let process = PriceProcess::Gbm(Gbm { drift: 0.3, volatility: 0.0 });
        let market = MarketModel {
            assets: vec![AssetModel { price: 50.0, process }],
            correlation: vec![1.0],
            step_years: 0.25,
            ..MarketModel::default()
        };
        let generator = PathGenerator::new(&market, 1).unwrap();
        let mut block = generator.begin(0);
        generator.advance(&mut block, 4);
        let year = block.price(0, 3)[5];
        assert!((year / (50.0 * libm::exp(0.3)) - 1.0).abs() < 1e-15);
    }
}
