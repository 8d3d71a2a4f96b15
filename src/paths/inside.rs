//! The path inside a step, for continuous monitoring.
//!
//! Given its two ends, the diffusion inside a step is a Brownian bridge; jumps lie over it at their instants. What
//! happens there is a function of (seed, path, step): it is drawn only where somebody looks, and everybody who looks
//! sees the same. With one asset the least and the largest price of the bridge are drawn from their exact law,
//! P(min <= m) = exp(−2(x₀ − m)(x₁ − m)/v) (Borodin and Salminen, Handbook of Brownian Motion, IV.26). With several
//! the bridges are drawn jointly at [`PARTS`]^[`DEPTH`] times, and extremes between two of those.
//!
//! A bridge runs at the constant rate of its step. That is exact for gbm, merton, kou and garch, and of the next
//! order in the step for models whose variance moves inside it (heston, regime) or that revert (ou).

use super::elementary::{exp, ln};
use super::jumps::Jump;
use super::normal::scalar_normal;
use super::stream::{Purpose, Stream, unit_open};
use super::{CHUNK, LANES, Lanes, PathBlock, PathGenerator};

/// Parts that an interval is divided into at a time, where several assets move.
const PARTS: usize = 16;
/// How often it is divided.
const DEPTH: usize = 2;
/// Parts of a step in all.
pub const PARTS_OF_A_STEP: u32 = (PARTS as u32).pow(DEPTH as u32);
/// Deviations beyond its ends that a bridge is taken to stay within: it goes further with probability e^(−2·4.3²), 1e-16.
const REACH: f64 = 4.3;

/// Looks at what happens inside a step, in the order of time.
pub trait Watcher {
    /// Whether anything could happen while every price stays within these bounds.
    fn is_near(&self, low: &[f64], high: &[f64]) -> bool;
    /// Each asset has been at its `low` and its `high`, and all are at `end` now.
    fn ran(&mut self, low: &[f64], high: &[f64], end: &[f64]);
    /// All assets are at `to` now, some by a jump.
    fn jumped(&mut self, to: &[f64]);
}

/// What a chunk's steps look like from inside.
#[derive(Debug, Clone)]
pub struct InsideChunk {
    assets: Vec<AssetInside>,
    /// (step of the chunk, jump), by step, in no order within it.
    jumps: Vec<(usize, Jump)>,
}

#[derive(Debug, Clone)]
struct AssetInside {
    /// Log price and price before the chunk.
    start: Lanes,
    start_price: Lanes,
    /// Log prices after each step's diffusion, before its jumps; and at its end.
    diffused: [Lanes; CHUNK],
    end: [Lanes; CHUNK],
    /// Variance of each step's diffusion.
    variance: [Lanes; CHUNK],
    /// Bounds of each step's prices, but for jumps.
    low: [Lanes; CHUNK],
    high: [Lanes; CHUNK],
    /// exp(−REACH·√variance) and the variance it belongs to.
    factor: Lanes,
    factor_of: Lanes,
}

impl InsideChunk {
    pub(super) fn new(assets: usize) -> Self {
        let zero = [[0.0; LANES]; CHUNK];
        let asset = AssetInside {
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
    pub(super) fn begin_chunk<'a>(&mut self, ends: impl Fn(usize) -> (&'a Lanes, &'a Lanes)) {
        for (index, asset) in self.assets.iter_mut().enumerate() {
            let (log_price, price) = ends(index);
            (asset.start, asset.start_price) = (*log_price, *price);
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
        let inside = &self.assets[asset];
        (&inside.low[index], &inside.high[index])
    }

    /// Takes note of where a step ended: `price` is the asset's row.
    #[inline(always)]
    pub(super) fn end_step(
        &mut self,
        asset: usize,
        index: usize,
        log_price: &Lanes,
        prices: &[Lanes; CHUNK],
    ) {
        let inside = &mut self.assets[asset];
        inside.end[index] = *log_price;
        let variance = &inside.variance[index];
        let mut same = true;
        for l in 0..LANES {
            same &= variance[l] == inside.factor_of[l];
        }
        if !same {
            inside.factor_of = *variance;
            for l in 0..LANES {
                inside.factor[l] = exp(-REACH * variance[l].sqrt());
            }
        }
        let before = if index == 0 { &inside.start_price } else { &prices[index - 1] };
        let (low, high) = (&mut inside.low[index], &mut inside.high[index]);
        for l in 0..LANES {
            let (a, b) = (before[l], prices[index][l]);
            low[l] = (if a < b { a } else { b }) * inside.factor[l];
            high[l] = (if a < b { b } else { a }) / inside.factor[l];
        }
    }
}

/// A stretch of time in which nothing jumps.
struct Stretch<'a> {
    opening: &'a [f64],
    /// Lower Cholesky factor of the assets' drivers, row-major.
    factor: &'a [f64],
}

impl PathGenerator {
    /// Shows a watcher the inside of the chunk's step `index` on one path, but for the moment of its end. A block that
    /// does not record what happens inside steps has nothing to show.
    pub fn look_inside(
        &self,
        block: &PathBlock,
        index: usize,
        steps: usize,
        lane: usize,
        watcher: &mut impl Watcher,
    ) {
        let Some(inside) = &block.inside else { return };
        let n = self.assets.len();
        let step = block.step + 1 + index as u64 - steps as u64;
        let path = block.first_path.wrapping_add(lane as u64);
        let mut stream = Stream::new(self.seed, path, Purpose::Inside, step as u32);
        let of = |row: fn(&AssetInside, usize) -> &Lanes| -> Vec<f64> {
            inside.assets.iter().map(|asset| row(asset, index)[lane]).collect()
        };
        let mut from = of(|a, i| if i == 0 { &a.start } else { &a.end[i - 1] });
        let diffused = of(|a, i| &a.diffused[i]);
        let variance = of(|a, i| &a.variance[i]);
        // What is left to diffuse, and the time that is left for it.
        let mut to_go: Vec<f64> = (0..n).map(|a| diffused[a] - from[a]).collect();
        let mut jumps: Vec<Jump> = inside
            .jumps
            .iter()
            .filter(|(at, jump)| *at == index && jump.lane == lane)
            .map(|(_, jump)| *jump)
            .collect();
        jumps.sort_by(|a, b| a.instant.total_cmp(&b.instant));
        let stretch = Stretch { opening: &self.prices, factor: &self.factor };
        let mut now = 0.0;
        let mut at = 0;
        while let Some(&Jump { instant, .. }) = jumps.get(at) {
            // Of a bridge over what is left of the step: its value at the instant.
            let (part, left) = (instant - now, 1.0 - now);
            let noise = stretch.correlated(&mut stream, 1);
            let to: Vec<f64> = (0..n)
                .map(|a| {
                    let deviation = (variance[a] * part * (left - part) / left).max(0.0).sqrt();
                    from[a] + to_go[a] * part / left + deviation * noise[a]
                })
                .collect();
            let scaled: Vec<f64> = variance.iter().map(|v| v * part).collect();
            stretch.run(&mut stream, &from, &to, &scaled, self.depth(), watcher);
            for a in 0..n {
                to_go[a] -= to[a] - from[a];
            }
            from = to;
            while let Some(jump) = jumps.get(at).filter(|jump| jump.instant == instant) {
                from[jump.asset] += jump.size;
                at += 1;
            }
            now = instant;
            watcher.jumped(&stretch.prices(&from));
        }
        let to: Vec<f64> = (0..n).map(|a| from[a] + to_go[a]).collect();
        let scaled: Vec<f64> = variance.iter().map(|v| v * (1.0 - now)).collect();
        stretch.run(&mut stream, &from, &to, &scaled, self.depth(), watcher);
    }

    /// How often an interval is divided.
    fn depth(&self) -> usize {
        if self.assets.len() > 1 { DEPTH } else { 0 }
    }
}

impl Stretch<'_> {
    fn prices(&self, logs: &[f64]) -> Vec<f64> {
        logs.iter().zip(self.opening).map(|(x, price)| price * exp(*x)).collect()
    }

    /// Correlated standard normals, one an asset, for each of `times`; asset by asset.
    fn correlated(&self, stream: &mut Stream, times: usize) -> Vec<f64> {
        let n = self.opening.len();
        let mut rows: Vec<f64> = (0..n * times).map(|_| scalar_normal(stream)).collect();
        for row in (0..n).rev() {
            for k in 0..times {
                rows[row * times + k] =
                    (0..=row).map(|j| self.factor[row * n + j] * rows[j * times + k]).sum();
            }
        }
        rows
    }

    /// Shows what happens between two times: log prices `from` and `to`, diffusions of these variances.
    fn run(
        &self,
        stream: &mut Stream,
        from: &[f64],
        to: &[f64],
        variance: &[f64],
        depth: usize,
        watcher: &mut impl Watcher,
    ) {
        let n = from.len();
        // A stretch's stream is its own, so that looking into another shifts nothing.
        let mut own = stream.child();
        let bound = |a: usize, side: f64| {
            let (least, most) = (from[a].min(to[a]), from[a].max(to[a]));
            let end = if side < 0.0 { least } else { most };
            self.opening[a] * exp(end + side * REACH * variance[a].sqrt())
        };
        let low: Vec<f64> = (0..n).map(|a| bound(a, -1.0)).collect();
        let high: Vec<f64> = (0..n).map(|a| bound(a, 1.0)).collect();
        if !watcher.is_near(&low, &high) {
            return;
        }
        if depth == 0 {
            let mut extreme = |a: usize, side: f64| {
                let (sum, move_) = (from[a] + to[a], to[a] - from[a]);
                let root = (move_ * move_ - 2.0 * variance[a] * ln(unit_open(&mut own))).sqrt();
                self.opening[a] * exp(0.5 * (sum + side * root))
            };
            let low: Vec<f64> = (0..n).map(|a| extreme(a, -1.0)).collect();
            let high: Vec<f64> = (0..n).map(|a| extreme(a, 1.0)).collect();
            return watcher.ran(&low, &high, &self.prices(to));
        }
        let noise = self.correlated(&mut own, PARTS);
        let part: Vec<f64> = variance.iter().map(|v| v / PARTS as f64).collect();
        // A walk of independent parts, bent so that it ends at `to`.
        let mut walk = vec![0.0; n];
        let total: Vec<f64> = (0..n).map(|a| noise[a * PARTS..(a + 1) * PARTS].iter().sum()).collect();
        let mut here = from.to_vec();
        for k in 1..=PARTS {
            let share = k as f64 / PARTS as f64;
            let next: Vec<f64> = (0..n)
                .map(|a| {
                    walk[a] += noise[a * PARTS + k - 1];
                    let bent = part[a].sqrt() * (walk[a] - share * total[a]);
                    if k == PARTS { to[a] } else { from[a] + share * (to[a] - from[a]) + bent }
                })
                .collect();
            self.run(&mut own, &here, &next, &part, depth - 1, watcher);
            here = next;
        }
    }
}
