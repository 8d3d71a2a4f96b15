//! Folding blocks of paths into totals that merge exactly, in any order.

use std::collections::BTreeMap;

use super::block::Scratch;
use super::outcome::{ModeOutcome, PairOutcome, QuoteOutcome, TwoByTwo};
use super::twins::Twins;
use super::{Job, RunOutcome};
use crate::margin::BookState;
use crate::paths::Sampling;
use crate::statistics::{Distribution, Moments};

/// Fraction of opening equity within which two amounts are the same.
const TIE: f64 = 1e-12;

/// A price or an equity that is not a number any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotFinite;

/// What one lane's path came to in one mode.
#[derive(Debug, Clone, Copy, Default)]
pub struct PathResult {
    /// Step of the first forced close; 0 if there was none.
    pub first_liquidation: u32,
    /// Whether every position was force-closed.
    pub all: bool,
    /// Whether equity fell to the ruin level or below.
    pub ruin: bool,
    /// Maximum drawdown relative to the running peak.
    pub drawdown_relative: f64,
    /// Maximum drawdown in account currency.
    pub drawdown_absolute: f64,
    /// Final minus opening equity.
    pub pnl: f64,
    /// Loss beyond the collateral.
    pub shortfall: f64,
}

/// Totals of the paths folded so far.
#[derive(Debug, Clone)]
pub struct Totals {
    paths: u64,
    modes: Vec<ModeOutcome>,
    pairs: Vec<PairOutcome>,
    /// Per mode: paths by the step of their first forced close. Sparse, because every thread has one.
    first_liquidations: Vec<BTreeMap<u32, u64>>,
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
        let mode = |book: &crate::margin::BookPlan| ModeOutcome {
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
            first_liquidations: vec![BTreeMap::new(); count],
            steps: job.steps,
        }
    }

    /// Adds the first `lanes` paths of a block that has reached the horizon.
    ///
    /// # Errors
    /// [`NotFinite`] when an account has left the range of numbers.
    pub fn fold(&mut self, job: &Job, block: &Scratch, lanes: usize) -> Result<(), NotFinite> {
        let states = block.states();
        self.paths += lanes as u64;
        self.held_paths += (0..lanes).filter(|lane| block.is_held(*lane)).count() as u64;
        let mut results = vec![PathResult::default(); states.len()];
        let mut before = results.clone();
        for lane in 0..lanes {
            std::mem::swap(&mut results, &mut before);
            for (mode, state) in states.iter().enumerate() {
                let quote = state.in_quote(lane).unwrap_or_default();
                let numbers =
                    [state.equity()[lane], state.drawdown(lane), state.fees(lane), quote[0], quote[1]];
                if numbers.iter().any(|number| !number.is_finite()) {
                    return Err(NotFinite);
                }
                results[mode] = self.fold_mode(job, mode, state, lane);
            }
            for pair in &mut self.pairs {
                let (a, b) = (results[pair.a], results[pair.b]);
                pair.liquidation.add(a.first_liquidation != 0, b.first_liquidation != 0);
                for (position, table) in pair.positions.iter_mut().enumerate() {
                    let lost = |mode: usize| states[mode].liquidated_at(position, lane).is_some();
                    table.add(lost(pair.a), lost(pair.b));
                }
                pair.drawdown_relative.add(a.drawdown_relative - b.drawdown_relative);
                pair.pnl.add(a.pnl - b.pnl);
                pair.shortfall.add(a.shortfall - b.shortfall);
            }
            if let Some(twins) = self.twins.as_mut().filter(|_| lane % 2 == 1) {
                let both_lost = |mode: usize, position: usize| {
                    [lane - 1, lane].iter().all(|lane| states[mode].liquidated_at(position, *lane).is_some())
                };
                let compared = self.pairs.iter().map(|pair| (pair.a, pair.b));
                twins.add(self.steps, [&before, &results], both_lost, compared);
            }
        }
        Ok(())
    }

    fn fold_mode(&mut self, job: &Job, mode: usize, state: &BookState, lane: usize) -> PathResult {
        let total = &mut self.modes[mode];
        let opening = job.opening_equity();
        let mut first = u32::MAX;
        let mut all = true;
        for (position, count) in total.positions.iter_mut().enumerate() {
            match state.liquidated_at(position, lane) {
                Some(step) => {
                    first = first.min(step);
                    *count += 1;
                }
                None => all = false,
            }
        }
        let first_liquidation = if first == u32::MAX { 0 } else { first };
        if first_liquidation != 0 {
            total.any += 1;
            *self.first_liquidations[mode].entry(first_liquidation).or_default() += 1;
        }
        total.all += u64::from(all);
        // Rounding must not decide a tie: many liquidated paths end at exactly the same equity.
        let ruin = state.least_equity(lane) <= job.ruin_equity + TIE * opening;
        total.ruin += u64::from(ruin);
        let result = PathResult {
            first_liquidation,
            all,
            ruin,
            drawdown_relative: state.relative_drawdown(lane),
            drawdown_absolute: state.drawdown(lane),
            pnl: state.equity()[lane] - opening,
            shortfall: state.shortfall(lane),
        };
        total.drawdown_relative.add(result.drawdown_relative);
        total.drawdown_absolute.add(result.drawdown_absolute);
        total.pnl.add(result.pnl);
        total.shortfall.add(result.shortfall);
        total.shortfall_paths += u64::from(result.shortfall > 0.0);
        if first_liquidation != 0 {
            total.loss_when_liquidated.add(-result.pnl);
        }
        if job.books[mode].is_managed() {
            total.fees.add(state.fees(lane));
            total.funding.add(state.funding_paid(lane));
        }
        if let (Some(quote), Some([equity, drawdown, relative]), Some(opening)) =
            (&mut total.quote, state.in_quote(lane), job.books[mode].opening_quote_equity())
        {
            quote.drawdown_relative.add(relative);
            quote.drawdown_absolute.add(drawdown);
            quote.pnl.add(equity - opening);
        }
        result
    }

    /// Adds everything `other` has folded.
    pub fn merge(&mut self, other: &Self) {
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
            for (step, count) in theirs {
                *ours.entry(*step).or_default() += count;
            }
        }
    }

    /// The outcome of the whole run.
    pub fn finish(mut self) -> RunOutcome {
        for mode in &mut self.modes {
            // Accounts of a plain venue have no costs, and were not asked for them.
            mode.fees.add_zeros(self.paths - mode.fees.count());
            mode.funding.add_zeros(self.paths - mode.funding.count());
        }
        for (mode, sparse) in self.modes.iter_mut().zip(&self.first_liquidations) {
            mode.first_liquidation = vec![0; self.steps as usize + 1];
            for (step, count) in sparse {
                mode.first_liquidation[*step as usize] = *count;
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

impl ModeOutcome {
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
    fn add(&mut self, a: bool, b: bool) {
        match (a, b) {
            (true, true) => self.both += 1,
            (true, false) => self.a_only += 1,
            (false, true) => self.b_only += 1,
            (false, false) => self.neither += 1,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.both += other.both;
        self.a_only += other.a_only;
        self.b_only += other.b_only;
        self.neither += other.neither;
    }
}
