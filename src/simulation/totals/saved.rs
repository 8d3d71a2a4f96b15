//! Totals in a file. What is read may be anything: it is taken only where everything in it adds up to its number of paths,
//! so that nothing done with it later can fail.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::{MOST_PATHS, Totals};
use crate::simulation::engine::Job;
use crate::simulation::outcome::{ModeOutcome, PairOutcome, QuoteOutcome, TwoByTwo};
use crate::simulation::twins::{TwinDifference, TwinMeasure, TwinMode, Twins};
use crate::statistics::StepCounts;

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Totals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let totals = Self::deserialize(deserializer)?;
        if totals.adds_up() { Ok(totals) } else { Err(D::Error::custom("totals do not add up")) }
    }
}

impl Totals {
    /// Whether they can be totals of this job: the same modes, positions, steps, sampling and units of money. Seeds, models and
    /// leverage do not show in totals.
    pub fn fits(&self, job: &Job) -> bool {
        self.is_like(&Self::new(job))
    }

    /// Whether both are of one kind, as they must be to be merged.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let twins = match (&self.twins, &other.twins) {
            (Some(a), Some(b)) => a.is_like(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        self.steps == other.steps
            && twins
            && alike(&self.modes, &other.modes, ModeOutcome::is_like)
            && alike(&self.pairs, &other.pairs, PairOutcome::is_like)
    }

    fn adds_up(&self) -> bool {
        let count = self.modes.len();
        let positions = self.modes.first().map_or(0, |mode| mode.positions.len());
        let ordered = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
        self.paths <= MOST_PATHS
            && self.held_paths <= self.paths
            && (1..=u64::from(u32::MAX)).contains(&self.steps)
            && count > 0
            && self.modes.iter().all(|mode| mode.adds_up(self.paths, positions))
            && !ordered.clone().any(|(a, b)| self.modes[a].mode == self.modes[b].mode)
            && self.pairs.iter().map(|pair| (pair.a, pair.b)).eq(ordered)
            && self.pairs.iter().all(|pair| pair.adds_up(self.paths, positions))
            && self.first_liquidations.len() == count
            && self
                .modes
                .iter()
                .zip(&self.first_liquidations)
                .all(|(mode, steps)| counts(steps, self.steps) == Some(mode.any))
            && self.twins.as_ref().is_none_or(|twins| {
                twins.pairs <= self.paths / 2
                    && (twins.modes.len(), twins.differences.len()) == (count, self.pairs.len())
                    && twins.modes.iter().all(|mode| mode.adds_up(twins.pairs, positions, self.steps))
                    && twins.differences.iter().all(|difference| difference.adds_up(twins.pairs))
            })
    }
}

/// Whether two lists are as long and alike one by one.
fn alike<T>(ours: &[T], theirs: &[T], is_like: impl Fn(&T, &T) -> bool) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| is_like(a, b))
}

/// How many paths were counted at steps `1 ..= last`; `None` where there are more than can be, or at another step.
fn counts(steps: &StepCounts, last: u64) -> Option<u64> {
    let within = |sum: u64, (step, count): (u64, u64)| {
        (1..=last).contains(&step).then(|| sum.checked_add(count)).flatten()
    };
    steps.iter().try_fold(0, within)
}

/// Counts of which none is larger than `most`.
fn within(counts: &[u64], most: u64) -> bool {
    counts.iter().all(|count| *count <= most)
}

impl ModeOutcome {
    fn adds_up(&self, paths: u64, positions: usize) -> bool {
        let counts = [self.any, self.all, self.ruin, self.shortfall_paths];
        within(&counts, paths)
            && self.positions.len() == positions
            && within(&self.positions, self.any)
            && self.first_liquidation.is_empty()
            && [&self.drawdown_relative, &self.drawdown_absolute, &self.pnl].iter().all(|d| d.can_be_of(paths))
            && self.shortfall.can_be_of(paths)
            && self.loss_when_liquidated.can_be_of(self.any)
            // Where the venue is plain nobody asked for costs.
            && [&self.fees, &self.funding].iter().all(|costs| costs.can_be_of(paths) || costs.can_be_of(0))
            && self.quote.as_ref().is_none_or(|quote| quote.adds_up(paths))
    }

    fn is_like(&self, other: &Self) -> bool {
        let quote = match (&self.quote, &other.quote) {
            (Some(a), Some(b)) => a.is_like(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        self.mode == other.mode
            && self.positions.len() == other.positions.len()
            && self.drawdown_relative.is_like(&other.drawdown_relative)
            && self.drawdown_absolute.is_like(&other.drawdown_absolute)
            && self.pnl.is_like(&other.pnl)
            && self.shortfall.is_like(&other.shortfall)
            && self.loss_when_liquidated.is_like(&other.loss_when_liquidated)
            && self.fees.is_like(&other.fees)
            && self.funding.is_like(&other.funding)
            && quote
    }
}

impl QuoteOutcome {
    fn adds_up(&self, paths: u64) -> bool {
        [&self.drawdown_relative, &self.drawdown_absolute, &self.pnl].iter().all(|d| d.can_be_of(paths))
    }

    fn is_like(&self, other: &Self) -> bool {
        self.drawdown_relative.is_like(&other.drawdown_relative)
            && self.drawdown_absolute.is_like(&other.drawdown_absolute)
            && self.pnl.is_like(&other.pnl)
    }
}

impl PairOutcome {
    fn adds_up(&self, paths: u64, positions: usize) -> bool {
        self.liquidation.adds_up(paths)
            && self.positions.len() == positions
            && self.positions.iter().all(|table| table.adds_up(paths))
            && [&self.drawdown_relative, &self.pnl, &self.shortfall].iter().all(|m| m.can_be_of(paths))
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.a, self.b, self.positions.len()) == (other.a, other.b, other.positions.len())
            && self.drawdown_relative.is_like(&other.drawdown_relative)
            && self.pnl.is_like(&other.pnl)
            && self.shortfall.is_like(&other.shortfall)
    }
}

impl TwoByTwo {
    fn adds_up(&self, paths: u64) -> bool {
        let cells = [self.both, self.a_only, self.b_only, self.neither];
        cells.iter().map(|cell| u128::from(*cell)).sum::<u128>() == u128::from(paths)
    }
}

impl Twins {
    fn is_like(&self, other: &Self) -> bool {
        alike(&self.modes, &other.modes, TwinMode::is_like)
            && alike(&self.differences, &other.differences, TwinDifference::is_like)
    }
}

impl TwinMode {
    fn adds_up(&self, pairs: u64, positions: usize, steps: u64) -> bool {
        within(&[self.any, self.all, self.ruin, self.shortfall_paths], pairs)
            && self.positions.len() == positions
            && within(&self.positions, pairs)
            && counts(&self.first_liquidation, steps).is_some_and(|count| count <= pairs)
            && self.restricted_step.can_be_of(pairs)
            && [&self.drawdown_relative, &self.drawdown_absolute, &self.pnl].iter().all(|m| m.adds_up(pairs))
            && self.shortfall.can_be_of(pairs)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.positions.len() == other.positions.len()
            && self.restricted_step.is_like(&other.restricted_step)
            && self.drawdown_relative.is_like(&other.drawdown_relative)
            && self.drawdown_absolute.is_like(&other.drawdown_absolute)
            && self.pnl.is_like(&other.pnl)
            && self.shortfall.is_like(&other.shortfall)
    }
}

impl TwinMeasure {
    fn adds_up(&self, pairs: u64) -> bool {
        self.means.can_be_of(pairs) && self.larger.total() == pairs
    }

    fn is_like(&self, other: &Self) -> bool {
        self.means.is_like(&other.means) && self.larger.is_like(&other.larger)
    }
}

impl TwinDifference {
    fn adds_up(&self, pairs: u64) -> bool {
        self.liquidation.by_one.checked_add(self.liquidation.by_two).is_some_and(|sum| sum <= pairs)
            && [&self.drawdown_relative, &self.pnl, &self.shortfall].iter().all(|m| m.can_be_of(pairs))
    }

    fn is_like(&self, other: &Self) -> bool {
        self.drawdown_relative.is_like(&other.drawdown_relative)
            && self.pnl.is_like(&other.pnl)
            && self.shortfall.is_like(&other.shortfall)
    }
}
