//! What is recorded of a chunk of steps so that the bridges inside them can be drawn later.

use super::elementary::exp;
use super::jumps::Jump;
use crate::lanes::{CHUNK, LANES, Lanes};

/// Standard deviations beyond its ends that a bridge is taken to stay within: it goes further with probability
/// e^(−2·4.3²), 1e-16.
pub const MOST_BRIDGE_DEVIATIONS: f64 = 4.3;

/// The bridges of a chunk's steps: their ends, variances and price bounds, and the jumps.
#[derive(Debug, Clone)]
pub struct BridgeChunk {
    pub(super) assets: Vec<AssetBridges>,
    /// (step of the chunk, jump), by step, in no order within it.
    pub(super) jumps: Vec<(usize, Jump)>,
}

/// The bridges of one asset.
#[derive(Debug, Clone)]
pub(super) struct AssetBridges {
    /// Log price and price before the chunk.
    pub start: Lanes,
    start_price: Lanes,
    /// Log prices after each step's diffusion, before its jumps; and at its end.
    pub diffused: [Lanes; CHUNK],
    pub end: [Lanes; CHUNK],
    /// Variance of each step's diffusion.
    pub variance: [Lanes; CHUNK],
    /// Bounds of each step's prices, but for jumps.
    low: [Lanes; CHUNK],
    high: [Lanes; CHUNK],
    /// exp(−MOST_BRIDGE_DEVIATIONS·√variance) and the variance it belongs to.
    factor: Lanes,
    factor_of: Lanes,
}

impl BridgeChunk {
    pub(super) fn new(assets: usize) -> Self {
        let zero = [[0.0; LANES]; CHUNK];
        let asset = AssetBridges {
            start: [0.0; LANES],
            start_price: [0.0; LANES],
            diffused: zero,
            end: zero,
            variance: zero,
            low: zero,
            high: zero,
            factor: [1.0; LANES],
            factor_of: [0.0; LANES],
        };
        Self { assets: vec![asset; assets], jumps: Vec::new() }
    }

    /// Before a chunk's first step: `ends(asset)` are the log prices and prices reached.
    pub(super) fn begin_chunk(&mut self, ends: impl Fn(usize) -> (Lanes, Lanes)) {
        for (index, asset) in self.assets.iter_mut().enumerate() {
            (asset.start, asset.start_price) = ends(index);
        }
        self.jumps.clear();
    }

    pub(super) fn variance_row(&mut self, asset: usize, index: usize) -> &mut Lanes {
        &mut self.assets[asset].variance[index]
    }

    pub(super) fn diffused_row(&mut self, asset: usize, index: usize) -> &mut Lanes {
        &mut self.assets[asset].diffused[index]
    }

    pub(super) fn add_jumps(&mut self, index: usize, jumps: &[Jump]) {
        self.jumps.extend(jumps.iter().map(|jump| (index, *jump)));
    }

    /// Lanes in which something jumps in the chunk's step `index`, as bits.
    pub fn jumping(&self, index: usize) -> u64 {
        self.jumps.iter().filter(|(at, _)| *at == index).fold(0, |mask, (_, jump)| mask | 1 << jump.lane)
    }

    /// Bounds of the prices of asset `asset` in the chunk's step `index`, but for jumps.
    #[inline(always)]
    pub fn bounds(&self, asset: usize, index: usize) -> (&Lanes, &Lanes) {
        let bridges = &self.assets[asset];
        (&bridges.low[index], &bridges.high[index])
    }

    /// Records where a step ended: `price` is the asset's row.
    #[inline(always)]
    pub(super) fn end_step(
        &mut self,
        asset: usize,
        index: usize,
        log_price: &Lanes,
        prices: &[Lanes; CHUNK],
    ) {
        let bridges = &mut self.assets[asset];
        bridges.end[index] = *log_price;
        let variance = &bridges.variance[index];
        let mut same = true;
        for l in 0..LANES {
            same &= variance[l] == bridges.factor_of[l];
        }
        if !same {
            bridges.factor_of = *variance;
            for l in 0..LANES {
                bridges.factor[l] = exp(-MOST_BRIDGE_DEVIATIONS * variance[l].sqrt());
            }
        }
        let before = if index == 0 { &bridges.start_price } else { &prices[index - 1] };
        let (low, high) = (&mut bridges.low[index], &mut bridges.high[index]);
        for l in 0..LANES {
            let (a, b) = (before[l], prices[index][l]);
            low[l] = (if a < b { a } else { b }) * bridges.factor[l];
            high[l] = (if a < b { b } else { a }) / bridges.factor[l];
        }
    }
}
