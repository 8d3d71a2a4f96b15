//! Jumps at their instants: arrivals of Poisson processes, or a known time, each with its moves.
//!
//! A path stores the time of its next arrival, so that a step without one costs a comparison for the whole block,
//! and arrivals do not depend on the step. Gaps and sizes are looked up by the number of the arrival: a path
//! that never jumps costs the draw of one gap.

use super::jump_size::{JumpSize, NormalJump};
use super::stream::{Counter, Purpose};
use super::unit_interval::exponential;
use crate::lanes::{LANES, Lanes};

/// When a source jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// Mean number of steps between arrivals; infinite where there are none.
    Poisson(f64),
    /// Once, so many steps after the start.
    Once(f64),
}

impl Arrivals {
    /// From a yearly rate.
    pub fn at_rate(rate: f64, step_years: f64) -> Self {
        Self::Poisson(if rate > 0.0 { 1.0 / (rate * step_years) } else { f64::INFINITY })
    }
}

/// One source of jumps.
#[derive(Debug, Clone)]
pub struct JumpSource {
    arrivals: Arrivals,
    /// Purpose and index of the words of arrivals.
    arrival_words: (Purpose, u32),
    sizes: Vec<AssetSize>,
}

/// The size of a source's jumps in one asset.
#[derive(Debug, Clone, Copy)]
struct AssetSize {
    asset: usize,
    size: JumpSize,
    /// Purpose of the words that sizes come from; their index is the asset.
    purpose: Purpose,
}

/// Lanes are searched for the one that jumps in groups.
const GROUP: usize = 8;
const GROUPS: usize = LANES / GROUP;

/// The arrivals of one source on every path of a block.
#[derive(Debug, Clone)]
pub struct JumpState {
    arrivals: [Counter; LANES],
    /// Arrivals so far.
    arrived: [u64; LANES],
    /// Time of the next arrival of each path, in steps.
    next: Lanes,
    /// The earliest of each group of lanes, and of all.
    earliest_of: [f64; GROUPS],
    earliest: f64,
}

/// One asset's jump on one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    /// Path of the block.
    pub lane: usize,
    /// Asset.
    pub asset: usize,
    /// When in its step, `0 < instant <= 1`.
    pub instant: f64,
    /// Move of the log price.
    pub size: f64,
    /// The part of it that a reverting price has lost again by the end of the step.
    pub lost: f64,
}

impl JumpSource {
    /// Jumps of one asset alone, from words of their own.
    pub fn of_asset(asset: usize, arrivals: Arrivals, size: JumpSize) -> Self {
        let sizes = vec![AssetSize { asset, size, purpose: Purpose::JumpSize }];
        Self { arrivals, arrival_words: (Purpose::Jump, asset as u32), sizes }
    }

    /// Common jumps: one arrival, a size for each asset that takes part.
    pub fn common(arrivals: Arrivals, sizes: impl Iterator<Item = (usize, NormalJump)>) -> Self {
        let purpose = Purpose::CommonJumpSize;
        let sizes = sizes.map(|(asset, size)| AssetSize { asset, size: JumpSize::Normal(size), purpose });
        Self { arrivals, arrival_words: (Purpose::CommonJump, 0), sizes: sizes.collect() }
    }

    /// Shock number `index`: fixed moves.
    pub fn shock(index: u32, arrivals: Arrivals, moves: impl Iterator<Item = (usize, f64)>) -> Self {
        // A fixed size draws nothing, so that the purpose of its words does not matter.
        let purpose = Purpose::Diffusion;
        let sizes = moves.map(|(asset, size)| AssetSize { asset, size: JumpSize::Fixed(size), purpose });
        Self { arrivals, arrival_words: (Purpose::ShockTime, index), sizes: sizes.collect() }
    }

    /// Whether it ever moves anything.
    pub fn can_jump(&self) -> bool {
        !self.sizes.is_empty() && self.arrivals != Arrivals::Poisson(f64::INFINITY)
    }

    /// The state before the first step; `words` gives a lane's.
    pub fn begin(&self, words: impl Fn(usize, Purpose, u32) -> Counter) -> JumpState {
        let (purpose, index) = self.arrival_words;
        let mut state = JumpState {
            arrivals: [Counter::default(); LANES],
            arrived: [0; LANES],
            next: [0.0; LANES],
            earliest_of: [0.0; GROUPS],
            earliest: 0.0,
        };
        match self.arrivals {
            Arrivals::Once(step) => state.next = [step; LANES],
            Arrivals::Poisson(gap) => {
                state.arrivals = std::array::from_fn(|lane| words(lane, purpose, index));
                state.next = state.arrivals.map(|words| gap * exponential(words.at(0)));
            }
        }
        for group in 0..GROUPS {
            state.find_earliest_of(group);
        }
        state.earliest = least(&state.earliest_of);
        state
    }

    /// Whether any path has an arrival up to the end of step `step` (from 1).
    #[inline(always)]
    pub fn has_jumps(&self, state: &JumpState, step: u64) -> bool {
        state.earliest <= step as f64
    }

    /// Every jump of step `step`, paths in order, each path's in time order.
    #[cold]
    #[inline(never)]
    pub fn apply_jumps(
        &self,
        state: &mut JumpState,
        step: u64,
        words: impl Fn(usize, Purpose, u32) -> Counter,
        jumps: &mut Vec<Jump>,
    ) {
        let end = step as f64;
        for group in 0..GROUPS {
            if state.earliest_of[group] > end {
                continue;
            }
            for lane in group * GROUP..(group + 1) * GROUP {
                while state.next[lane] <= end {
                    let instant = state.next[lane] - (end - 1.0);
                    let number = 2 * state.arrived[lane];
                    for &AssetSize { asset, size, purpose } in &self.sizes {
                        let size = match size {
                            JumpSize::Fixed(size) => size,
                            drawn => {
                                let words = words(lane, purpose, asset as u32);
                                drawn.of([words.at(number), words.at(number + 1)])
                            }
                        };
                        jumps.push(Jump { lane, asset, instant, size, lost: 0.0 });
                    }
                    self.await_next(state, lane);
                }
            }
            state.find_earliest_of(group);
        }
        state.earliest = least(&state.earliest_of);
    }

    fn await_next(&self, state: &mut JumpState, lane: usize) {
        state.arrived[lane] += 1;
        state.next[lane] = match self.arrivals {
            Arrivals::Once(_) => f64::INFINITY,
            Arrivals::Poisson(gap) => {
                state.next[lane] + gap * exponential(state.arrivals[lane].at(state.arrived[lane]))
            }
        };
    }
}

impl JumpState {
    fn find_earliest_of(&mut self, group: usize) {
        self.earliest_of[group] = least(&self.next[group * GROUP..(group + 1) * GROUP]);
    }
}

fn least(times: &[f64]) -> f64 {
    times.iter().fold(f64::INFINITY, |least, time| least.min(*time))
}
