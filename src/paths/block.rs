//! The paths of one block at their present step.

use super::bridge_chunk::BridgeChunk;
use super::jumps::{Jump, JumpState};
use super::models::{ProcessState, ProcessStep};
use super::normal::normal_pairs;
use super::replayer::WindowStarts;
use super::resampler::ResamplerState;
use super::stream::{LaneStreams, Purpose};
use crate::lanes::{Aligned, CHUNK, LANES, Lanes, Normals};

/// Largest move of a log price from its start, a factor of 2e130: beyond it amounts and their squares leave the range
/// of numbers.
const LARGEST_LOG_MOVE: f64 = 300.0;

/// The paths of one block at their present step.
#[derive(Debug, Clone)]
pub struct PathBlock {
    pub(super) first_path: u64,
    /// Steps made.
    pub(super) step: u64,
    pub(super) diffusions: Vec<LaneStreams>,
    /// Signs of Gaussian draws, where paths are drawn in pairs.
    pub(super) signs: Option<Normals>,
    pub(super) resampling: Option<ResamplerState>,
    pub(super) windows: Option<WindowStarts>,
    pub(super) jumps: Vec<JumpState>,
    /// The step's jumps.
    pub(super) jumped: Vec<Jump>,
    /// Per driver: its normals of the chunk.
    pub(super) drivers: Vec<Aligned<[Normals; CHUNK]>>,
    pub(super) assets: Vec<AssetPath>,
    /// Paths that left the range of numbers and were clamped to its edge, as bits.
    pub(super) clamped: u64,
    pub(super) bridges: Option<BridgeChunk>,
}

/// One asset's paths.
#[derive(Debug, Clone)]
pub(super) struct AssetPath {
    /// ln(S/S_0) before the chunk and after each of its steps; of a replayed asset what jumps add to the history.
    pub log_prices: Aligned<[Lanes; CHUNK + 1]>,
    pub state: ProcessState,
    pub own: OwnDraws,
    /// Prices of the chunk.
    pub prices: Aligned<[Lanes; CHUNK]>,
}

/// Draws of a price model beside its driver.
#[derive(Debug, Clone, Default)]
pub struct OwnDraws {
    normals: Option<Rows<f32>>,
    /// Whether antithetic paths flip the normals: those of a variance's driver, not those of a subordinator.
    flips: bool,
    uniforms: Option<Rows<f64>>,
}

impl OwnDraws {
    /// Begins the streams that the price model draws from.
    pub fn restart(&mut self, step: &ProcessStep, streams: impl Fn(Purpose) -> LaneStreams) {
        self.flips = step.own_normals().is_some_and(Purpose::is_mirrored);
        begin(&mut self.normals, step.own_normals().map(&streams));
        begin(&mut self.uniforms, step.own_uniforms().map(&streams));
    }

    #[inline(always)]
    fn draw(&mut self, steps: usize, signs: Option<&Normals>) {
        if let Some((streams, rows)) = &mut self.normals {
            draw_normals(streams, rows, steps, signs.filter(|_| self.flips));
        }
        if let Some((streams, rows)) = &mut self.uniforms {
            for row in &mut rows[..steps] {
                streams.uniforms(row);
            }
        }
    }

    /// The normals of the chunk's step `index`, if the price model draws any.
    #[inline(always)]
    pub fn normals(&self, index: usize) -> Option<&Normals> {
        self.normals.as_ref().map(|(_, rows)| &rows[index])
    }

    /// The uniforms in (0, 1].
    #[inline(always)]
    pub fn uniforms(&self, index: usize) -> Option<&Lanes> {
        self.uniforms.as_ref().map(|(_, rows)| &rows[index])
    }
}

/// Streams, and rows of what they gave.
type Rows<T> = (LaneStreams, Box<Aligned<[[T; LANES]; CHUNK]>>);

/// Puts streams in place; their rows of numbers are kept from block to block.
fn begin<T: Copy + Default>(draws: &mut Option<Rows<T>>, streams: Option<LaneStreams>) {
    let rows = draws.take().map(|(_, rows)| rows);
    *draws = streams.map(|s| (s, rows.unwrap_or_else(|| Box::new(Aligned([[T::default(); LANES]; CHUNK])))));
}

#[inline(always)]
fn draw_normals(
    streams: &mut LaneStreams,
    rows: &mut [Normals; CHUNK],
    steps: usize,
    signs: Option<&Normals>,
) {
    for pair in rows[..steps.next_multiple_of(2)].chunks_exact_mut(2) {
        if let [first, second] = pair {
            normal_pairs(streams, first, second);
            if let Some(signs) = signs {
                for l in 0..LANES {
                    first[l] *= signs[l];
                    second[l] *= signs[l];
                }
            }
        }
    }
}

/// A log price, or the edge of the range that it has left. Not a number counts as out of range.
#[inline(always)]
pub fn in_range(log_price: f64) -> f64 {
    let below = if log_price < LARGEST_LOG_MOVE { log_price } else { LARGEST_LOG_MOVE };
    if below > -LARGEST_LOG_MOVE { below } else { -LARGEST_LOG_MOVE }
}

/// Clamps log prices to the range of numbers. Returns the lanes of those that were outside, as bits.
#[inline(always)]
pub fn keep_in_range(log_prices: &mut Lanes) -> u64 {
    let mut all_in_range = true;
    for l in 0..LANES {
        // Not a number is not below anything.
        all_in_range &= log_prices[l].abs() < LARGEST_LOG_MOVE;
    }
    if all_in_range { 0 } else { clamp(log_prices) }
}

#[cold]
#[inline(never)]
fn clamp(log_prices: &mut Lanes) -> u64 {
    let mut clamped = 0;
    for (lane, log_price) in log_prices.iter_mut().enumerate() {
        *log_price = in_range(*log_price);
        clamped |= u64::from(log_price.abs() >= LARGEST_LOG_MOVE) << lane;
    }
    clamped
}

impl PathBlock {
    /// A block of this number of Gaussian drivers and assets, before any path is begun.
    pub(super) fn new(drivers: usize, assets: usize) -> Self {
        let asset = AssetPath {
            log_prices: Aligned([[0.0; LANES]; CHUNK + 1]),
            state: ProcessState::Nothing,
            own: OwnDraws::default(),
            prices: Aligned([[0.0; LANES]; CHUNK]),
        };
        Self {
            first_path: 0,
            step: 0,
            diffusions: Vec::with_capacity(drivers),
            signs: None,
            resampling: None,
            windows: None,
            jumps: Vec::new(),
            jumped: Vec::new(),
            drivers: vec![Aligned([[0.0; LANES]; CHUNK]); drivers],
            assets: vec![asset; assets],
            clamped: 0,
            bridges: None,
        }
    }

    /// Back to time 0; streams and states are begun by the generator.
    pub(super) fn restart(&mut self, first_path: u64) {
        self.first_path = first_path;
        self.step = 0;
        self.clamped = 0;
        for asset in &mut self.assets {
            // The first chunk begins where the last of another path would have ended.
            asset.log_prices[CHUNK] = [0.0; LANES];
        }
    }

    /// Draws the chunk's normals and uniforms.
    #[inline(always)]
    pub(super) fn draw(&mut self, steps: usize) {
        let signs = self.signs.as_ref();
        for (streams, rows) in self.diffusions.iter_mut().zip(&mut self.drivers) {
            draw_normals(streams, rows, steps, signs);
        }
        for asset in &mut self.assets {
            asset.own.draw(steps, signs);
        }
    }

    /// Prices of asset `asset` at the chunk's step `index`.
    #[inline(always)]
    pub fn price(&self, asset: usize, index: usize) -> &Lanes {
        &self.assets[asset].prices[index]
    }

    /// Prices of asset `asset` at every step of the chunk.
    #[inline(always)]
    pub fn prices(&self, asset: usize) -> &[Lanes; CHUNK] {
        &self.assets[asset].prices
    }

    /// The bridges of the chunk's steps, where the generator records them.
    #[inline(always)]
    pub fn bridges(&self) -> Option<&BridgeChunk> {
        self.bridges.as_ref()
    }

    /// Paths that left the range of numbers so far and were clamped to its edge, as bits.
    pub fn clamped(&self) -> u64 {
        self.clamped
    }
}
