//! The path inside a step, for continuous monitoring.
//!
//! Given its two ends, the diffusion inside a step is a Brownian bridge; jumps are added at their instants. What
//! happens there is a function of (seed, path, step): it is drawn only on request, and every request returns the same
//! numbers. With one asset the least and the largest price of the bridge are drawn from their exact distribution,
//! P(min <= m) = exp(−2(x₀ − m)(x₁ − m)/v) (Borodin and Salminen, Handbook of Brownian Motion, IV.26). With several
//! the bridges are halved jointly, [`DEPTH`] times over, and extremes drawn between the times so found.
//!
//! A bridge runs at the constant rate of its step. That is exact for gbm, merton, kou and garch, and of the next order in
//! the step for models whose variance moves inside it (heston, regime) or that revert (ou: good while a step is short
//! beside a half-life). The least and the largest of one stretch are drawn independently of each other, each from its own
//! exact distribution.

use super::bridge_chunk::MOST_BRIDGE_DEVIATIONS;
use super::elementary::{exp, ln};
use super::jumps::Jump;
use super::normal::pair;
use super::stream::{Counter, Purpose};
use super::unit_interval::one_to_two;
use crate::lanes::Need;
use crate::paths::block::PathBlock;
use crate::paths::generator::PathGenerator;

/// How often a step is halved, where several assets move.
const DEPTH: usize = 8;
/// Intervals that a step is divided into.
pub const PARTS_OF_A_STEP: u32 = 1 << DEPTH;

/// Receives what happens inside a step, in the order of time.
pub trait BridgeObserver {
    /// What the observer needs while every price stays within these bounds.
    fn need(&self, low: &[f64], high: &[f64]) -> Need;
    /// Each asset has been at its `low` and its `high`, and all are at `end` now. Where no extremes are needed, `low` and
    /// `high` are prices of the stretch that need not be its extremes.
    fn moved(&mut self, low: &[f64], high: &[f64], end: &[f64]);
    /// All assets are at `to` now, some by a jump.
    fn jumped(&mut self, to: &[f64]);
}

/// Words that one place of a step may draw.
const WORDS_A_PLACE: u64 = 1 << 12;
/// Places of one stretch: its start, the halvings, and the parts.
const PLACES_A_STRETCH: u64 = 1 << (DEPTH + 2);

/// Draws the bridges of steps. It keeps its buffers from step to step, so that a walk allocates nothing.
#[derive(Debug, Clone)]
pub struct BridgeWalk<'a> {
    generator: &'a PathGenerator,
    /// How often an interval is halved.
    depth: usize,
    /// Log prices and prices, asset by asset: of the stretch's two ends, and of each halving's middle.
    points: Vec<(Vec<f64>, Vec<f64>)>,
    /// Per depth: e^(−MOST_BRIDGE_DEVIATIONS·√v) of an interval so deep.
    factors: Vec<Vec<f64>>,
    /// Variance over the step, per asset.
    step_variance: Vec<f64>,
    /// Variance over the stretch.
    variance: Vec<f64>,
    /// Move of the log price that remains to the end of the step.
    to_go: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    jumps: Vec<Jump>,
    words: Counter,
    stretch: u64,
}

/// Places of a stretch's ends among its points; the middle of a halving follows.
const FROM: usize = 0;
const TO: usize = 1;

impl<'a> BridgeWalk<'a> {
    /// Through blocks of this generator.
    pub fn new(generator: &'a PathGenerator) -> Self {
        let n = generator.assets.len();
        let depth = if n > 1 { DEPTH } else { 0 };
        let row = || vec![0.0; n];
        Self {
            generator,
            depth,
            points: vec![(row(), row()); 2 + depth],
            factors: vec![row(); depth + 1],
            step_variance: row(),
            variance: row(),
            to_go: row(),
            low: row(),
            high: row(),
            jumps: Vec::new(),
            words: Counter::default(),
            stretch: 0,
        }
    }

    /// Reports the bridge of the chunk's step `index`, of `steps`, on one path. A block that does not record bridges
    /// reports nothing.
    pub fn look(
        &mut self,
        block: &PathBlock,
        (index, steps): (usize, usize),
        lane: usize,
        observer: &mut impl BridgeObserver,
    ) {
        let Some(bridges) = &block.bridges else { return };
        let step = block.step + 1 + index as u64 - steps as u64;
        let path = block.first_path.wrapping_add(lane as u64);
        self.words = Counter::new(self.generator.seed, path, Purpose::Bridge, step as u32);
        for (a, asset) in bridges.assets.iter().enumerate() {
            let start = if index == 0 { asset.start[lane] } else { asset.end[index - 1][lane] };
            self.points[FROM].0[a] = start;
            self.to_go[a] = asset.diffused[index][lane] - start;
            self.step_variance[a] = asset.variance[index][lane];
        }
        self.price(FROM);
        self.jumps.clear();
        self.jumps
            .extend(bridges.jumps.iter().filter(|(at, j)| *at == index && j.lane == lane).map(|(_, j)| *j));
        self.jumps.sort_by(|a, b| a.instant.total_cmp(&b.instant));
        let (mut now, mut next) = (0.0, 0);
        self.stretch = 0;
        while let Some(&Jump { instant, .. }) = self.jumps.get(next) {
            self.run(now, instant, observer);
            let (from, to) = self.points.split_at_mut(TO);
            from[FROM].0.copy_from_slice(&to[0].0);
            while let Some(jump) = self.jumps.get(next).filter(|jump| jump.instant == instant) {
                self.points[FROM].0[jump.asset] += jump.size;
                // What has reverted by the end of the step is taken back on the way there.
                self.to_go[jump.asset] -= jump.lost;
                next += 1;
            }
            now = instant;
            self.price(FROM);
            observer.jumped(&self.points[FROM].1);
        }
        self.run(now, 1.0, observer);
    }

    /// The stretch from the present point to time `until`, in parts of the step; nothing jumps in it.
    fn run(&mut self, now: f64, until: f64, observer: &mut impl BridgeObserver) {
        self.stretch += 1;
        let (part, left) = (until - now, 1.0 - now);
        let share = if left > 0.0 { part / left } else { 1.0 };
        // Of a bridge over what is left of the step: its value at the end of the stretch.
        let noisy = share < 1.0;
        if noisy {
            self.draw(0, TO);
        }
        for a in 0..self.to_go.len() {
            let v = self.step_variance[a];
            let noise = if noisy { self.points[TO].0[a] * (v * part * (1.0 - share)).sqrt() } else { 0.0 };
            let moved = self.to_go[a] * share + noise;
            self.points[TO].0[a] = self.points[FROM].0[a] + moved;
            self.to_go[a] -= moved;
            self.variance[a] = v * part;
            for depth in 0..=self.depth {
                self.factors[depth][a] = 0.0;
            }
        }
        self.price(TO);
        self.divide(1, 0, FROM, TO, observer);
    }

    /// The interval between two points, the `place`-th of its stretch, `depth` halvings deep.
    fn divide(
        &mut self,
        place: u64,
        depth: usize,
        from: usize,
        to: usize,
        observer: &mut impl BridgeObserver,
    ) {
        self.bound(depth, from, to);
        let need = observer.need(&self.low, &self.high);
        if need == Need::Nothing {
            return;
        }
        if depth == self.depth {
            self.draw_extremes(place, depth, from, to, need);
            return observer.moved(&self.low, &self.high, &self.points[to].1);
        }
        // The middle of a bridge: the mean of its ends and a deviation of half the root of its variance.
        let middle = 2 + depth;
        self.draw(place, middle);
        let half = 0.5 * (1.0 / (1u64 << depth) as f64).sqrt();
        for a in 0..self.variance.len() {
            let mean = 0.5 * (self.points[from].0[a] + self.points[to].0[a]);
            self.points[middle].0[a] = mean + half * self.variance[a].sqrt() * self.points[middle].0[a];
        }
        self.price(middle);
        self.divide(2 * place, depth + 1, from, middle, observer);
        self.divide(2 * place + 1, depth + 1, middle, to, observer);
    }

    /// Puts bounds of the prices between two points into `low` and `high`.
    fn bound(&mut self, depth: usize, from: usize, to: usize) {
        let root = (1.0 / (1u64 << depth) as f64).sqrt();
        for a in 0..self.low.len() {
            if self.factors[depth][a] == 0.0 {
                self.factors[depth][a] = exp(-MOST_BRIDGE_DEVIATIONS * root * self.variance[a].sqrt());
            }
            let factor = self.factors[depth][a];
            let (p, q) = (self.points[from].1[a], self.points[to].1[a]);
            self.low[a] = p.min(q) * factor;
            self.high[a] = p.max(q) / factor;
        }
    }

    /// Puts the extremes of the bridges between two points into `low` and `high`; the lower and the upper end where
    /// none are needed.
    fn draw_extremes(&mut self, place: u64, depth: usize, from: usize, to: usize, need: Need) {
        let part = 1.0 / (1u64 << depth) as f64;
        let base = (self.stretch * PLACES_A_STRETCH + place) * WORDS_A_PLACE;
        for a in 0..self.low.len() {
            if need < Need::Extremes {
                let (p, q) = (self.points[from].1[a], self.points[to].1[a]);
                (self.low[a], self.high[a]) = (p.min(q), p.max(q));
                continue;
            }
            let (x, y) = (self.points[from].0[a], self.points[to].0[a]);
            let root = |word: u64| {
                let uniform = 2.0 - one_to_two(self.words.at(base + word));
                ((y - x) * (y - x) - 2.0 * part * self.variance[a] * ln(uniform)).sqrt()
            };
            let (down, up) = (root(2 * a as u64), root(2 * a as u64 + 1));
            let opening = self.generator.prices[a];
            self.low[a] = opening * exp(0.5 * (x + y - down));
            self.high[a] = opening * exp(0.5 * (x + y + up));
        }
    }

    /// Puts correlated standard normals, one an asset, into the log prices of a point.
    fn draw(&mut self, place: u64, point: usize) {
        let n = self.low.len();
        let base = (self.stretch * PLACES_A_STRETCH + place) * WORDS_A_PLACE;
        let row = &mut self.points[point].0;
        for (pair_index, two) in row.chunks_mut(2).enumerate() {
            let word = base + 2 * pair_index as u64;
            let (x, y) = pair(self.words.at(word), self.words.at(word + 1));
            two[0] = x;
            if let Some(second) = two.get_mut(1) {
                *second = y;
            }
        }
        for a in (0..n).rev() {
            row[a] = (0..=a).map(|j| self.generator.factor[a * n + j] * row[j]).sum();
        }
    }

    /// Prices of a point from its log prices.
    fn price(&mut self, point: usize) {
        let (logs, prices) = &mut self.points[point];
        for a in 0..logs.len() {
            prices[a] = self.generator.prices[a] * exp(logs[a]);
        }
    }
}
