//! Jumps at their instants: arrivals of Poisson processes, or a known time, each with its moves.
//!
//! A path holds the time of its next arrival, so that a step without one costs a comparison for the whole block,
//! and the same arrivals are seen whatever the step.

use super::normal::scalar_normal;
use super::stream::{Purpose, Stream, unit_exponential, unit_open};
use super::{LANES, NormalJump};

/// The law of one jump of the log price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JumpSize {
    /// Normal.
    Normal(NormalJump),
    /// Exponential either way.
    DoubleExponential {
        /// Probability of an upward jump.
        up_probability: f64,
        /// Mean of an upward jump.
        up_mean: f64,
        /// Mean of a downward jump, as a positive number.
        down_mean: f64,
    },
    /// Always the same.
    Fixed(f64),
}

impl JumpSize {
    fn draw(&self, stream: &mut Stream) -> f64 {
        match *self {
            Self::Normal(NormalJump { mean, std }) => mean + std * scalar_normal(stream),
            Self::DoubleExponential { up_probability, up_mean, down_mean } => {
                let size = unit_exponential(stream);
                if unit_open(stream) <= up_probability { up_mean * size } else { -down_mean * size }
            }
            Self::Fixed(size) => size,
        }
    }
}

/// When a source strikes.
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
    /// Names the stream of arrivals.
    arrival_stream: (Purpose, u32),
    /// (asset, size, purpose of the stream that sizes come from; the stream's index is the asset).
    sizes: Vec<(usize, JumpSize, Purpose)>,
}

/// Where every path of a block stands with one source.
#[derive(Debug, Clone)]
pub struct JumpState {
    arrivals: Vec<Stream>,
    /// Per asset of the source, per path.
    sizes: Vec<Vec<Stream>>,
    /// Time of the next arrival of each path, in steps.
    next: [f64; LANES],
    /// The earliest of them.
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
    /// What of it a reverting price has lost again by the end of the step.
    pub lost: f64,
}

impl JumpSource {
    /// Jumps of one asset alone, from streams of their own.
    pub fn of_asset(asset: usize, arrivals: Arrivals, size: JumpSize) -> Self {
        let sizes = vec![(asset, size, Purpose::JumpSize)];
        Self { arrivals, arrival_stream: (Purpose::Jump, asset as u32), sizes }
    }

    /// Common jumps: one arrival, a size for each asset that takes part.
    pub fn common(arrivals: Arrivals, sizes: impl Iterator<Item = (usize, NormalJump)>) -> Self {
        let sizes = sizes.map(|(asset, size)| (asset, JumpSize::Normal(size), Purpose::CommonJumpSize));
        Self { arrivals, arrival_stream: (Purpose::CommonJump, 0), sizes: sizes.collect() }
    }

    /// Shock number `index`: fixed moves.
    pub fn shock(index: u32, arrivals: Arrivals, moves: impl Iterator<Item = (usize, f64)>) -> Self {
        // A fixed size draws nothing, so that its stream's name does not matter.
        let sizes = moves.map(|(asset, size)| (asset, JumpSize::Fixed(size), Purpose::Shock));
        Self { arrivals, arrival_stream: (Purpose::ShockTime, index), sizes: sizes.collect() }
    }

    /// Whether it ever moves anything.
    pub fn can_strike(&self) -> bool {
        !self.sizes.is_empty() && self.arrivals != Arrivals::Poisson(f64::INFINITY)
    }

    /// The state before the first step; `stream` gives a lane's stream.
    pub fn begin(&self, stream: impl Fn(usize, Purpose, u32) -> Stream) -> JumpState {
        let (purpose, index) = self.arrival_stream;
        let mut arrivals: Vec<Stream> = Vec::new();
        let next = match self.arrivals {
            Arrivals::Once(step) => [step; LANES],
            Arrivals::Poisson(gap) => {
                arrivals.extend((0..LANES).map(|lane| stream(lane, purpose, index)));
                std::array::from_fn(|lane| gap * unit_exponential(&mut arrivals[lane]))
            }
        };
        let of_asset = |&(asset, size, purpose): &(usize, JumpSize, Purpose)| match size {
            JumpSize::Fixed(_) => Vec::new(),
            _ => (0..LANES).map(|lane| stream(lane, purpose, asset as u32)).collect(),
        };
        let sizes = self.sizes.iter().map(of_asset).collect();
        let mut state = JumpState { arrivals, sizes, next, earliest: 0.0 };
        state.find_earliest();
        state
    }

    /// Whether any path has an arrival up to the end of step `step` (from 1).
    #[inline(always)]
    pub fn strikes(&self, state: &JumpState, step: u64) -> bool {
        state.earliest <= step as f64
    }

    /// Every jump of step `step`, paths in order, each path's in time order.
    #[cold]
    #[inline(never)]
    pub fn strike(&self, state: &mut JumpState, step: u64, jumps: &mut Vec<Jump>) {
        let end = step as f64;
        for lane in 0..LANES {
            while state.next[lane] <= end {
                let instant = state.next[lane] - (end - 1.0);
                for (which, (asset, size, _)) in self.sizes.iter().enumerate() {
                    let size = match size {
                        JumpSize::Fixed(size) => *size,
                        drawn => drawn.draw(&mut state.sizes[which][lane]),
                    };
                    jumps.push(Jump { lane, asset: *asset, instant, size, lost: 0.0 });
                }
                state.next[lane] = match self.arrivals {
                    Arrivals::Once(_) => f64::INFINITY,
                    Arrivals::Poisson(gap) => {
                        state.next[lane] + gap * unit_exponential(&mut state.arrivals[lane])
                    }
                };
            }
        }
        state.find_earliest();
    }
}

impl JumpState {
    fn find_earliest(&mut self) {
        self.earliest = self.next.iter().fold(f64::INFINITY, |least, time| least.min(*time));
    }
}
