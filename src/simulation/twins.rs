//! Totals of paths drawn in pairs: what the pairs' own variance is measured by. They merge exactly.

use std::collections::BTreeMap;

use super::Job;
use super::totals::PathResult;
use crate::statistics::{Histogram, Moments, TwinDifferences};

/// One measure over the pairs.
#[derive(Debug, Clone)]
pub struct TwinMeasure {
    /// Of the mean of a pair's two values.
    pub means: Moments,
    /// The larger of a pair's two values: the pairs of which both lie at or below a value are read off it.
    pub larger: Histogram,
}

/// One mode over the pairs. Counts are numbers of pairs of which both paths did.
#[derive(Debug, Clone)]
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
    pub first_liquidation: BTreeMap<u32, u64>,
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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

    fn add(&mut self, first: f64, second: f64) {
        self.means.add(mean(first, second));
        self.larger.add(first.max(second));
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
            first_liquidation: BTreeMap::new(),
            restricted_step: Moments::new(job.steps as f64),
            drawdown_relative: TwinMeasure::new(unit / job.opening_equity()),
            drawdown_absolute: TwinMeasure::new(unit),
            pnl: TwinMeasure::new(unit),
            shortfall: Moments::new(unit),
        }
    }

    fn add(&mut self, steps: u64, first: &PathResult, second: &PathResult) {
        let (a, b) = (first, second);
        self.any += u64::from(a.first_liquidation != 0 && b.first_liquidation != 0);
        self.all += u64::from(a.all && b.all);
        self.ruin += u64::from(a.ruin && b.ruin);
        self.shortfall_paths += u64::from(a.shortfall > 0.0 && b.shortfall > 0.0);
        let steps_of = |result: &PathResult| match result.first_liquidation {
            0 => u64::MAX,
            step => u64::from(step),
        };
        let (step_a, step_b) = (steps_of(a), steps_of(b));
        if let Ok(earlier) = u32::try_from(step_a.min(step_b)) {
            *self.first_liquidation.entry(earlier).or_default() += 1;
        }
        self.restricted_step.add(mean(step_a.min(steps) as f64, step_b.min(steps) as f64));
        self.drawdown_relative.add(a.drawdown_relative, b.drawdown_relative);
        self.drawdown_absolute.add(a.drawdown_absolute, b.drawdown_absolute);
        self.pnl.add(a.pnl, b.pnl);
        self.shortfall.add(mean(a.shortfall, b.shortfall));
    }

    fn merge(&mut self, other: &Self) {
        self.any += other.any;
        self.all += other.all;
        for (ours, theirs) in self.positions.iter_mut().zip(&other.positions) {
            *ours += theirs;
        }
        self.ruin += other.ruin;
        self.shortfall_paths += other.shortfall_paths;
        for (step, pairs) in &other.first_liquidation {
            *self.first_liquidation.entry(*step).or_default() += pairs;
        }
        self.restricted_step.merge(&other.restricted_step);
        self.drawdown_relative.merge(&other.drawdown_relative);
        self.drawdown_absolute.merge(&other.drawdown_absolute);
        self.pnl.merge(&other.pnl);
        self.shortfall.merge(&other.shortfall);
    }

    /// Of so many pairs those of which neither path has been liquidated by the end of `step`.
    pub fn both_alive_after(&self, pairs: u64, step: u64) -> u64 {
        let last = u32::try_from(step).unwrap_or(u32::MAX);
        pairs - self.first_liquidation.range(..=last).map(|(_, pairs)| pairs).sum::<u64>()
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

    /// Adds a pair: `[path][mode]`.
    fn add(&mut self, [[a1, b1], [a2, b2]]: [[&PathResult; 2]; 2]) {
        let lost = |result: &PathResult| i32::from(result.first_liquidation != 0);
        match (lost(a1) - lost(b1) + lost(a2) - lost(b2)).abs() {
            1 => self.liquidation.by_one += 1,
            2 => self.liquidation.by_two += 1,
            _ => {}
        }
        let difference =
            |measure: fn(&PathResult) -> f64| mean(measure(a1) - measure(b1), measure(a2) - measure(b2));
        self.drawdown_relative.add(difference(|r| r.drawdown_relative));
        self.pnl.add(difference(|r| r.pnl));
        self.shortfall.add(difference(|r| r.shortfall));
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

    /// Adds a pair: each path's results by mode, and whether both lost a position, by mode and position. `compared`
    /// are the two modes of each difference.
    pub fn add(
        &mut self,
        steps: u64,
        [first, second]: [&[PathResult]; 2],
        both_lost: impl Fn(usize, usize) -> bool,
        compared: impl Iterator<Item = (usize, usize)>,
    ) {
        self.pairs += 1;
        for (index, ((mode, a), b)) in self.modes.iter_mut().zip(first).zip(second).enumerate() {
            mode.add(steps, a, b);
            for (position, count) in mode.positions.iter_mut().enumerate() {
                *count += u64::from(both_lost(index, position));
            }
        }
        for (difference, (a, b)) in self.differences.iter_mut().zip(compared) {
            difference.add([[&first[a], &first[b]], [&second[a], &second[b]]]);
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

fn mean(a: f64, b: f64) -> f64 {
    0.5 * (a + b)
}
