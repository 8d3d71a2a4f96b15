//! Folding blocks of paths into totals that merge exactly, in any order.

mod saved;

use serde::{Deserialize, Serialize};

use super::outcome::{ModeOutcome, PairOutcome, QuoteOutcome, TwoByTwo};
use super::results::{ModeResults, each, first_bits, row};
use super::twins::Twins;
use crate::error::Error;
use crate::margin::{BookPlan, BookState};
use crate::paths::{LANES, Sampling};
use crate::simulation::engine::Job;
use crate::simulation::outcome::RunOutcome;
use crate::statistics::{Distribution, Moments, StepCounts};

/// Paths that totals can be of: every sum of theirs fits.
const MOST_PATHS: u64 = 1 << 60;

/// A price or an equity that is not a number any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotFinite;

/// Totals of the paths folded so far. They merge exactly, in any order, and may be kept in a file: equal totals are equal
/// bytes there. What is read back adds up, or is refused; whether it is of a job, [`Totals::fits`] tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Totals {
    paths: u64,
    modes: Vec<ModeOutcome>,
    pairs: Vec<PairOutcome>,
    /// Per mode: paths by the step of their first forced close.
    first_liquidations: Vec<StepCounts>,
    held_paths: u64,
    /// Where paths are drawn in pairs.
    twins: Option<Twins>,
    steps: u64,
}

impl Totals {
    /// Nothing folded yet.
    pub fn new(job: &Job) -> Self {
        let unit = job.money_unit();
        let ratio_unit = unit / job.opening_equity();
        let positions = job.positions();
        let mode = |book: &BookPlan| ModeOutcome {
            mode: book.mode(),
            any: 0,
            all: 0,
            positions: vec![0; positions],
            ruin: 0,
            first_liquidation: Vec::new(),
            drawdown_relative: Distribution::new(ratio_unit),
            drawdown_absolute: Distribution::new(unit),
            pnl: Distribution::new(unit),
            shortfall_paths: 0,
            shortfall: Moments::new(unit),
            loss_when_liquidated: Moments::new(unit),
            fees: Moments::new(unit),
            funding: Moments::new(unit),
            quote: book.opening_quote_equity().map(|equity| {
                // The same unit, at the opening price.
                let unit = unit * (equity / book.opening_equity());
                QuoteOutcome {
                    drawdown_relative: Distribution::new(ratio_unit),
                    drawdown_absolute: Distribution::new(unit),
                    pnl: Distribution::new(unit),
                }
            }),
        };
        let pair = |(a, b)| PairOutcome {
            a,
            b,
            liquidation: TwoByTwo::default(),
            positions: vec![TwoByTwo::default(); positions],
            drawdown_relative: Moments::new(ratio_unit),
            pnl: Moments::new(unit),
            shortfall: Moments::new(unit),
        };
        let count = job.books.len();
        let ordered = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
        let pairs: Vec<PairOutcome> = ordered.map(pair).collect();
        let antithetic = job.generator.sampling() == Sampling::Antithetic;
        Self {
            paths: 0,
            modes: job.books.iter().map(mode).collect(),
            held_paths: 0,
            twins: antithetic.then(|| Twins::new(job, positions, pairs.len())),
            pairs,
            first_liquidations: vec![StepCounts::default(); count],
            steps: job.steps,
        }
    }

    /// Adds the first `lanes` paths of a block that has reached the horizon: each mode's accounts, and the paths held at the
    /// edge of the range of numbers, as bits. By way of `results`, one per mode.
    ///
    /// # Errors
    /// [`NotFinite`] when an account has left the range of numbers.
    #[inline(always)]
    pub(super) fn fold(
        &mut self,
        job: &Job,
        (states, held): (&[BookState], u64),
        results: &mut [ModeResults],
        lanes: usize,
    ) -> Result<(), NotFinite> {
        self.paths += lanes as u64;
        self.held_paths += count(held & first_bits(lanes));
        for ((results, plan), state) in results.iter_mut().zip(&job.books).zip(states) {
            results.read(job, plan, state, lanes)?;
        }
        let results = &*results;
        for (((total, plan), steps), results) in
            self.modes.iter_mut().zip(&job.books).zip(&mut self.first_liquidations).zip(results)
        {
            total.add(plan, results);
            each(results.any).for_each(|lane| steps.add(results.first_liquidation[lane]));
        }
        for pair in &mut self.pairs {
            pair.add(&results[pair.a], &results[pair.b]);
        }
        if let Some(twins) = &mut self.twins {
            twins.add(self.steps, results, self.pairs.iter().map(|pair| (pair.a, pair.b)));
        }
        Ok(())
    }

    /// Number of paths folded.
    pub fn paths(&self) -> u64 {
        self.paths
    }

    /// Adds everything `other` has folded.
    ///
    /// # Errors
    /// [`Error::Input`] when they are of scenarios that differ in modes, positions, steps, sampling or amounts of money,
    /// or of more paths than can be counted; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> crate::error::Result<()> {
        if !self.is_like(other) {
            return Err(Error::input("totals of different scenarios cannot be added up"));
        }
        if self.paths + other.paths > MOST_PATHS {
            return Err(Error::input("totals of more than 2^60 paths cannot be added up"));
        }
        self.paths += other.paths;
        self.held_paths += other.held_paths;
        if let (Some(ours), Some(theirs)) = (&mut self.twins, &other.twins) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.modes.iter_mut().zip(&other.modes) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.pairs.iter_mut().zip(&other.pairs) {
            ours.merge(theirs);
        }
        for (ours, theirs) in self.first_liquidations.iter_mut().zip(&other.first_liquidations) {
            ours.merge(theirs);
        }
        Ok(())
    }

    /// The outcome of the whole run.
    pub fn finish(mut self) -> RunOutcome {
        for mode in &mut self.modes {
            // Accounts of a plain venue have no costs, and were not asked for them.
            mode.fees.add_zeros(self.paths - mode.fees.count());
            mode.funding.add_zeros(self.paths - mode.funding.count());
        }
        for (mode, counts) in self.modes.iter_mut().zip(&self.first_liquidations) {
            mode.first_liquidation = vec![0; self.steps as usize + 1];
            for (step, count) in counts.iter() {
                mode.first_liquidation[step as usize] = count;
            }
        }
        RunOutcome {
            paths: self.paths,
            held_paths: self.held_paths,
            modes: self.modes,
            pairs: self.pairs,
            twins: self.twins,
            step_bias: None,
            correlations: Vec::new(),
        }
    }
}

fn add_all(ours: &mut [u64], theirs: &[u64]) {
    for (a, b) in ours.iter_mut().zip(theirs) {
        *a += b;
    }
}

fn count(lanes: u64) -> u64 {
    u64::from(lanes.count_ones())
}

impl ModeOutcome {
    #[inline(always)]
    fn add(&mut self, plan: &BookPlan, results: &ModeResults) {
        let paths = ..results.lanes;
        self.any += count(results.any);
        self.all += count(results.all);
        for (total, lost) in self.positions.iter_mut().zip(&results.positions) {
            *total += count(*lost);
        }
        self.ruin += count(results.ruin);
        self.shortfall_paths += count(results.short);
        let mut losses = [0.0; LANES];
        let mut liquidated = 0;
        for lane in each(results.any) {
            losses[liquidated] = -results.pnl[lane];
            liquidated += 1;
        }
        for (distribution, row) in [
            (&mut self.drawdown_relative, &results.drawdown_relative),
            (&mut self.drawdown_absolute, &results.drawdown_absolute),
            (&mut self.pnl, &results.pnl),
        ] {
            distribution.add_all(&row[paths]);
        }
        self.shortfall.add_all(&results.shortfall[paths]);
        self.loss_when_liquidated.add_all(&losses[..liquidated]);
        if plan.is_managed() {
            self.fees.add_all(&results.costs[0][paths]);
            self.funding.add_all(&results.costs[1][paths]);
        }
        if let (Some(quote), Some(opening)) = (&mut self.quote, plan.opening_quote_equity()) {
            let [equity, drawdown, relative] = &results.quote;
            quote.drawdown_relative.add_all(&relative[paths]);
            quote.drawdown_absolute.add_all(&drawdown[paths]);
            quote.pnl.add_all(&row(|lane| equity[lane] - opening)[paths]);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.any += other.any;
        self.all += other.all;
        add_all(&mut self.positions, &other.positions);
        self.ruin += other.ruin;
        self.drawdown_relative.merge(&other.drawdown_relative);
        self.drawdown_absolute.merge(&other.drawdown_absolute);
        self.pnl.merge(&other.pnl);
        self.shortfall_paths += other.shortfall_paths;
        self.shortfall.merge(&other.shortfall);
        self.loss_when_liquidated.merge(&other.loss_when_liquidated);
        self.fees.merge(&other.fees);
        self.funding.merge(&other.funding);
        if let (Some(ours), Some(theirs)) = (&mut self.quote, &other.quote) {
            ours.drawdown_relative.merge(&theirs.drawdown_relative);
            ours.drawdown_absolute.merge(&theirs.drawdown_absolute);
            ours.pnl.merge(&theirs.pnl);
        }
    }
}

impl PairOutcome {
    #[inline(always)]
    fn add(&mut self, a: &ModeResults, b: &ModeResults) {
        let live = first_bits(a.lanes);
        self.liquidation.add(a.any, b.any, live);
        for (table, (a, b)) in self.positions.iter_mut().zip(a.positions.iter().zip(&b.positions)) {
            table.add(*a, *b, live);
        }
        for (moments, a_row, b_row) in [
            (&mut self.drawdown_relative, &a.drawdown_relative, &b.drawdown_relative),
            (&mut self.pnl, &a.pnl, &b.pnl),
            (&mut self.shortfall, &a.shortfall, &b.shortfall),
        ] {
            moments.add_all(&row(|lane| a_row[lane] - b_row[lane])[..a.lanes]);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.liquidation.merge(&other.liquidation);
        for (ours, theirs) in self.positions.iter_mut().zip(&other.positions) {
            ours.merge(theirs);
        }
        self.drawdown_relative.merge(&other.drawdown_relative);
        self.pnl.merge(&other.pnl);
        self.shortfall.merge(&other.shortfall);
    }
}

impl TwoByTwo {
    fn add(&mut self, a: u64, b: u64, live: u64) {
        self.both += count(a & b);
        self.a_only += count(a & !b);
        self.b_only += count(!a & b);
        self.neither += count(!a & !b & live);
    }

    fn merge(&mut self, other: &Self) {
        self.both += other.both;
        self.a_only += other.a_only;
        self.b_only += other.b_only;
        self.neither += other.neither;
    }
}
