//! Totals of paths drawn in pairs: what the pairs' own variance is measured by. They merge exactly.

use super::results::{ModeResults, each, first_bits, row};
use crate::paths::{LANES, Lanes};
use crate::simulation::engine::Job;
use crate::statistics::{Histogram, Moments, StepCounts, TwinDifferences};

/// One measure over the pairs.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct TwinMeasure {
    /// Of the mean of a pair's two values.
    pub means: Moments,
    /// The larger of a pair's two values: the pairs of which both lie at or below a value are read off it.
    pub larger: Histogram,
}

/// One mode over the pairs. Counts are numbers of pairs of which both paths did.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct TwinMode {
    /// At least one position was force-closed.
    pub any: u64,
    /// Every position was.
    pub all: u64,
    /// This position was; in the portfolio's order.
    pub positions: Vec<u64>,
    /// Equity fell to the ruin level or below.
    pub ruin: u64,
    /// Any shortfall.
    pub shortfall_paths: u64,
    /// Pairs by the step at which the first forced close of either was seen.
    pub first_liquidation: StepCounts,
    /// Mean of a pair's min(step of the first forced close, steps).
    pub restricted_step: Moments,
    /// Maximum drawdown relative to the running peak.
    pub drawdown_relative: TwinMeasure,
    /// Maximum drawdown in account currency.
    pub drawdown_absolute: TwinMeasure,
    /// Final minus opening equity.
    pub pnl: TwinMeasure,
    /// Mean of a pair's shortfalls.
    pub shortfall: Moments,
}

/// Two modes compared over the pairs: means of a pair's two differences.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct TwinDifference {
    /// Liquidated at all.
    pub liquidation: TwinDifferences,
    /// Of maximum relative drawdowns.
    pub drawdown_relative: Moments,
    /// Of profits.
    pub pnl: Moments,
    /// Of shortfalls.
    pub shortfall: Moments,
}

/// Totals over pairs of paths, `2k` and `2k + 1`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Twins {
    /// Number of pairs.
    pub pairs: u64,
    /// Per mode, in the run's order.
    pub modes: Vec<TwinMode>,
    /// Per two modes, in the order of the run's pairs of modes.
    pub differences: Vec<TwinDifference>,
}

impl TwinMeasure {
    fn new(unit: f64) -> Self {
        Self { means: Moments::new(unit), larger: Histogram::new(unit) }
    }

    #[inline(always)]
    fn add(&mut self, row: &Lanes, pairs: usize) {
        self.means.add_all(&means(row)[..pairs]);
        self.larger.add_all(&of_pairs(row, f64::max)[..pairs]);
    }

    fn merge(&mut self, other: &Self) {
        self.means.merge(&other.means);
        self.larger.merge(&other.larger);
    }
}

impl TwinMode {
    fn new(job: &Job, positions: usize) -> Self {
        let unit = job.money_unit();
        Self {
            any: 0,
            all: 0,
            positions: vec![0; positions],
            ruin: 0,
            shortfall_paths: 0,
            first_liquidation: StepCounts::default(),
            restricted_step: Moments::new(job.steps as f64),
            drawdown_relative: TwinMeasure::new(unit / job.opening_equity()),
            drawdown_absolute: TwinMeasure::new(unit),
            pnl: TwinMeasure::new(unit),
            shortfall: Moments::new(unit),
        }
    }

    #[inline(always)]
    fn add(&mut self, steps: u64, results: &ModeResults) {
        let pairs = results.lanes / 2;
        self.any += both(results.any);
        self.all += both(results.all);
        for (count, lost) in self.positions.iter_mut().zip(&results.positions) {
            *count += both(*lost);
        }
        self.ruin += both(results.ruin);
        self.shortfall_paths += both(results.short);
        let first = &results.first_liquidation;
        let either = (results.any | results.any >> 1) & FIRST_OF_PAIR & first_bits(2 * pairs);
        for lane in each(either) {
            self.first_liquidation.add(first[lane].min(first[lane + 1]));
        }
        let restricted = row(|lane| u64::from(first[lane]).min(steps) as f64);
        self.restricted_step.add_all(&means(&restricted)[..pairs]);
        for (measure, row) in [
            (&mut self.drawdown_relative, &results.drawdown_relative),
            (&mut self.drawdown_absolute, &results.drawdown_absolute),
            (&mut self.pnl, &results.pnl),
        ] {
            measure.add(row, pairs);
        }
        self.shortfall.add_all(&means(&results.shortfall)[..pairs]);
    }

    fn merge(&mut self, other: &Self) {
        self.any += other.any;
        self.all += other.all;
        for (ours, theirs) in self.positions.iter_mut().zip(&other.positions) {
            *ours += theirs;
        }
        self.ruin += other.ruin;
        self.shortfall_paths += other.shortfall_paths;
        self.first_liquidation.merge(&other.first_liquidation);
        self.restricted_step.merge(&other.restricted_step);
        self.drawdown_relative.merge(&other.drawdown_relative);
        self.drawdown_absolute.merge(&other.drawdown_absolute);
        self.pnl.merge(&other.pnl);
        self.shortfall.merge(&other.shortfall);
    }

    /// Of so many pairs those of which neither path has been liquidated by the end of `step`.
    pub fn both_alive_after(&self, pairs: u64, step: u64) -> u64 {
        let gone = self.first_liquidation.iter().take_while(|(at, _)| *at <= step);
        pairs - gone.map(|(_, pairs)| pairs).sum::<u64>()
    }
}

impl TwinDifference {
    fn new(job: &Job) -> Self {
        let unit = job.money_unit();
        Self {
            liquidation: TwinDifferences::default(),
            drawdown_relative: Moments::new(unit / job.opening_equity()),
            pnl: Moments::new(unit),
            shortfall: Moments::new(unit),
        }
    }

    #[inline(always)]
    fn add(&mut self, a: &ModeResults, b: &ModeResults) {
        let pairs = a.lanes / 2;
        // A path differs by 1, by −1 or not at all; twins that differ in opposite ways add up to none.
        let (plus, minus) = (a.any & !b.any, b.any & !a.any);
        let (first, second) = (plus | minus, (plus | minus) >> 1);
        let live = FIRST_OF_PAIR & first_bits(2 * pairs);
        self.liquidation.by_one += u64::from(((first ^ second) & live).count_ones());
        self.liquidation.by_two += both(plus) + both(minus);
        for (moments, a_row, b_row) in [
            (&mut self.drawdown_relative, &a.drawdown_relative, &b.drawdown_relative),
            (&mut self.pnl, &a.pnl, &b.pnl),
            (&mut self.shortfall, &a.shortfall, &b.shortfall),
        ] {
            moments.add_all(&means(&row(|lane| a_row[lane] - b_row[lane]))[..pairs]);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.liquidation.by_one += other.liquidation.by_one;
        self.liquidation.by_two += other.liquidation.by_two;
        self.drawdown_relative.merge(&other.drawdown_relative);
        self.pnl.merge(&other.pnl);
        self.shortfall.merge(&other.shortfall);
    }
}

impl Twins {
    /// Nothing yet; `differences` is the number of compared modes.
    pub fn new(job: &Job, positions: usize, differences: usize) -> Self {
        Self {
            pairs: 0,
            modes: job.books.iter().map(|_| TwinMode::new(job, positions)).collect(),
            differences: vec![TwinDifference::new(job); differences],
        }
    }

    /// Adds a block's whole pairs, given each mode's results. `compared` are the two modes of each difference.
    #[inline(always)]
    pub fn add(
        &mut self,
        steps: u64,
        results: &[ModeResults],
        compared: impl Iterator<Item = (usize, usize)>,
    ) {
        self.pairs += results.first().map_or(0, |mode| mode.lanes as u64 / 2);
        for (mode, results) in self.modes.iter_mut().zip(results) {
            mode.add(steps, results);
        }
        for (difference, (a, b)) in self.differences.iter_mut().zip(compared) {
            difference.add(&results[a], &results[b]);
        }
    }

    /// Adds everything `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.pairs += other.pairs;
        for (ours, theirs) in self.modes.iter_mut().zip(&other.modes) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.differences.iter_mut().zip(&other.differences) {
            ours.merge(theirs);
        }
    }
}

/// The lane of each pair's first path.
const FIRST_OF_PAIR: u64 = 0x5555_5555_5555_5555;
/// Pairs of a block.
const PAIRS: usize = LANES / 2;

/// Pairs of which both lanes are set.
fn both(lanes: u64) -> u64 {
    u64::from((lanes & lanes >> 1 & FIRST_OF_PAIR).count_ones())
}

/// Half the sum of each pair's values.
#[inline(always)]
fn means(row: &Lanes) -> [f64; PAIRS] {
    of_pairs(row, |a, b| 0.5 * (a + b))
}

#[inline(always)]
fn of_pairs(row: &Lanes, of: impl Fn(f64, f64) -> f64) -> [f64; PAIRS] {
    let mut pairs = [0.0; PAIRS];
    for k in 0..PAIRS {
        pairs[k] = of(row[2 * k], row[2 * k + 1]);
    }
    pairs
}
