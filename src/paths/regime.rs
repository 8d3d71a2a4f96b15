//! Regime switching (Hamilton 1989; in continuous time Guo 2001): in state i, d ln S = (drift_i − volatility_i²/2) dt +
//! volatility_i dB, and the state is a continuous-time Markov chain, independent of B.
//!
//! A state is held for an exponential time of its mean duration and then left for another by the transition
//! probabilities. Switches fall where they fall, whatever the step: the log return of a step is normal with the mean
//! and variance of the times spent in each state, so that the step is exact.

use rand_distr::Distribution;
use rand_distr::weighted::WeightedIndex;

use super::asset::Draws;
use super::gbm::GbmStep;
use super::stream::{Purpose, Stream, unit_exponential};
use crate::lanes::{LANES, Lanes};

/// One state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Drift of the price per year while it holds.
    pub drift: f64,
    /// Volatility per square-root year while it holds, `>= 0`.
    pub volatility: f64,
    /// Mean time it holds, years, `> 0`; infinite where it is never left.
    pub mean_duration_years: f64,
}

/// Parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// The states, at least one.
    pub states: Vec<State>,
    /// Row-major, `states × states`: probability that a state, when left, is followed by another; rows sum to 1, the
    /// diagonal is 0.
    pub transition: Vec<f64>,
    /// Probability of each state at time 0.
    pub start: Vec<f64>,
}

impl Regime {
    /// Switches expected per year, over the shares of time at the start.
    pub fn switches_per_year(&self) -> f64 {
        self.states.iter().zip(&self.start).map(|(state, share)| share / state.mean_duration_years).sum()
    }

    /// The largest variance of any state, per year.
    pub fn largest_variance(&self) -> f64 {
        self.states.iter().map(|s| s.volatility * s.volatility).fold(0.0, f64::max)
    }
}

/// Long-run share of time in each state, from the transition probabilities and the mean durations; `None` where it
/// depends on the start, or rows do not sum to 1.
pub fn stationary(transition: &[f64], durations: &[f64]) -> Option<Vec<f64>> {
    let n = durations.len();
    if n == 1 {
        return Some(vec![1.0]);
    }
    // ν(P − 1) = 0 with Σν = 1 in place of the last equation; columns are equations.
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            (0..n).map(|i| transition[i * n + j] - if i == j { 1.0 } else { 0.0 }).chain([0.0]).collect()
        })
        .collect();
    rows[n - 1] = vec![1.0; n + 1];
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].abs() < 1e-12 {
            return None;
        }
        for other in (0..n).filter(|other| *other != column) {
            let factor = rows[other][column] / rows[column][column];
            for k in column..=n {
                let taken = factor * rows[column][k];
                rows[other][k] -= taken;
            }
        }
    }
    let weights: Vec<f64> = (0..n).map(|i| (rows[i][n] / rows[i][i]).max(0.0) * durations[i]).collect();
    let total: f64 = weights.iter().sum();
    (total > 0.0 && total.is_finite()).then(|| weights.iter().map(|w| w / total).collect())
}

/// One step.
#[derive(Debug, Clone)]
pub struct RegimeStep {
    /// Mean and deviation of a step spent in one state.
    whole: Vec<GbmStep>,
    /// Mean duration in steps.
    duration: Vec<f64>,
    /// For each state, the distribution of the state that follows it; `None` where no other state can.
    successor: Vec<Option<WeightedIndex<f64>>>,
    /// The distribution of the state at time 0.
    start: Option<WeightedIndex<f64>>,
}

/// Where every path of a block stands.
#[derive(Debug, Clone)]
pub struct RegimeState {
    streams: Vec<Stream>,
    state: [usize; LANES],
    /// When the state is left, in steps.
    until: [f64; LANES],
    earliest: f64,
    mean: Lanes,
    scale: Lanes,
    /// Deviation of the step just made.
    made: Lanes,
}

impl RegimeStep {
    /// From annual parameters; `compensation` is taken from every state's drift.
    pub fn new(model: &Regime, compensation: f64, step_years: f64) -> Self {
        let whole = |s: &State| GbmStep::new(s.drift - compensation, s.volatility, step_years);
        Self {
            whole: model.states.iter().map(whole).collect(),
            duration: model.states.iter().map(|s| s.mean_duration_years / step_years).collect(),
            successor: model.transition.chunks(model.states.len()).map(weighted).collect(),
            start: weighted(&model.start),
        }
    }

    /// The state before the first step; `stream` gives a lane's stream.
    pub fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> RegimeState {
        let mut streams: Vec<Stream> = (0..LANES).map(|lane| stream(lane, Purpose::Switch)).collect();
        let state: [usize; LANES] = std::array::from_fn(|l| choose(self.start.as_ref(), 0, &mut streams[l]));
        let until = std::array::from_fn(|l| self.hold(state[l], &mut streams[l]));
        let mut begun = RegimeState {
            streams,
            state,
            until,
            earliest: 0.0,
            mean: std::array::from_fn(|l| self.whole[state[l]].mean),
            scale: std::array::from_fn(|l| self.whole[state[l]].scale),
            made: [0.0; LANES],
        };
        begun.find_earliest();
        begun
    }

    /// The log prices at the end of step `step` (from 1), which began at `before`.
    #[inline(always)]
    pub fn advance(&self, state: &mut RegimeState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let (step, driver) = (draws.step, draws.driver);
        let mut mean = state.mean;
        state.made = state.scale;
        if state.earliest <= step as f64 {
            self.switch(state, step as f64, &mut mean);
        }
        for l in 0..LANES {
            after[l] = before[l] + (mean[l] + state.made[l] * f64::from(driver[l]));
        }
    }

    /// Sums up the step of every lane that switches in it.
    #[cold]
    #[inline(never)]
    fn switch(&self, state: &mut RegimeState, end: f64, mean: &mut Lanes) {
        for lane in 0..LANES {
            if state.until[lane] > end {
                continue;
            }
            let (mut at, mut sum, mut variance) = (end - 1.0, 0.0, 0.0);
            while at < end {
                let now = &self.whole[state.state[lane]];
                let part = state.until[lane].min(end) - at;
                sum += now.mean * part;
                variance += now.scale * now.scale * part;
                if state.until[lane] > end {
                    break;
                }
                at = state.until[lane];
                self.leave(state, lane);
            }
            mean[lane] = sum;
            state.made[lane] = variance.sqrt();
            let now = &self.whole[state.state[lane]];
            (state.mean[lane], state.scale[lane]) = (now.mean, now.scale);
        }
        state.find_earliest();
    }

    fn leave(&self, state: &mut RegimeState, lane: usize) {
        let left = state.state[lane];
        let stream = &mut state.streams[lane];
        let next = choose(self.successor[left].as_ref(), left, stream);
        state.state[lane] = next;
        state.until[lane] += self.hold(next, stream);
    }

    /// How long a state holds, in steps.
    fn hold(&self, state: usize, stream: &mut Stream) -> f64 {
        let mean = self.duration[state];
        if mean.is_finite() { mean * unit_exponential(stream) } else { f64::INFINITY }
    }
}

/// The distribution of an index with these probabilities; an index of probability 0 is never drawn. `None` where all
/// are 0.
fn weighted(probabilities: &[f64]) -> Option<WeightedIndex<f64>> {
    WeightedIndex::new(probabilities).ok()
}

/// Draws a state; `default` where there is no distribution to draw from. Sums and comparisons only, so that every
/// machine draws the same state.
fn choose(distribution: Option<&WeightedIndex<f64>>, default: usize, stream: &mut Stream) -> usize {
    distribution.map_or(default, |distribution| distribution.sample(stream))
}

impl RegimeState {
    fn find_earliest(&mut self) {
        self.earliest = self.until.iter().fold(f64::INFINITY, |least, time| least.min(*time));
    }

    /// Standard deviation of the log price over the step just made.
    pub fn step_deviation(&self) -> &Lanes {
        &self.made
    }
}
