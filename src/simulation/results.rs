//! What the paths of one block came to, a row for each measure.

use super::totals::NotFinite;
use crate::margin::{BookPlan, BookState};
use crate::paths::{LANES, Lanes};
use crate::simulation::engine::Job;

/// Fraction of opening equity within which two amounts are the same.
const TIE: f64 = 1e-12;

/// One mode of one block. Lanes that did something are bits; those past the last path never are.
#[derive(Debug, Clone)]
pub struct ModeResults {
    /// Lanes with a path.
    pub lanes: usize,
    /// Step of the first forced close, or [`NEVER`].
    pub first_liquidation: [u32; LANES],
    /// At least one position was force-closed.
    pub any: u64,
    /// Every position was.
    pub all: u64,
    /// This position was; in the portfolio's order.
    pub positions: Vec<u64>,
    /// Equity fell to the ruin level or below.
    pub ruin: u64,
    /// Loss beyond the collateral.
    pub short: u64,
    /// Maximum drawdown relative to the running peak.
    pub drawdown_relative: Lanes,
    /// Maximum drawdown in account currency.
    pub drawdown_absolute: Lanes,
    /// Final minus opening equity.
    pub pnl: Lanes,
    /// Loss beyond the collateral.
    pub shortfall: Lanes,
    /// Fees, and funding paid less funding received; not read where the venue is plain.
    pub costs: [Lanes; 2],
    /// Counted in quote: final equity, maximum drawdown, the same relative to the running peak; not read where the
    /// account is not in coin.
    pub quote: [Lanes; 3],
}

/// The step of what has not happened: later than every step.
pub const NEVER: u32 = u32::MAX;

impl ModeResults {
    /// Of no path yet.
    pub fn new() -> Self {
        let nothing = [0.0; LANES];
        Self {
            lanes: 0,
            first_liquidation: [NEVER; LANES],
            any: 0,
            all: 0,
            positions: Vec::new(),
            ruin: 0,
            short: 0,
            drawdown_relative: nothing,
            drawdown_absolute: nothing,
            pnl: nothing,
            shortfall: nothing,
            costs: [nothing; 2],
            quote: [nothing; 3],
        }
    }

    /// Takes them from the first `lanes` accounts of a block that has reached the horizon.
    ///
    /// # Errors
    /// [`NotFinite`] when an account has left the range of numbers.
    #[inline(always)]
    pub fn read(
        &mut self,
        job: &Job,
        plan: &BookPlan,
        state: &BookState,
        lanes: usize,
    ) -> Result<(), NotFinite> {
        let opening = job.opening_equity();
        // Rounding must not decide a tie: many liquidated paths end at exactly the same equity.
        let ruin_equity = job.ruin_equity + TIE * opening;
        let live = first_bits(lanes);
        self.lanes = lanes;
        self.drawdown_relative = row(|lane| state.relative_drawdown(lane));
        self.drawdown_absolute = row(|lane| state.drawdown(lane));
        self.pnl = row(|lane| state.equity()[lane] - opening);
        self.shortfall = row(|lane| state.shortfall(lane));
        self.ruin = bits(|lane| state.least_equity(lane) <= ruin_equity) & live;
        self.short = bits(|lane| self.shortfall[lane] > 0.0) & live;
        (self.any, self.all) = (0, live);
        self.first_liquidation = [NEVER; LANES];
        self.positions.resize(plan.positions(), 0);
        for (position, lost) in self.positions.iter_mut().enumerate() {
            let steps = state.liquidation_steps(position);
            *lost = bits(|lane| steps[lane] != 0) & live;
            self.any |= *lost;
            self.all &= *lost;
            for lane in 0..LANES {
                let step = if steps[lane] == 0 { NEVER } else { steps[lane] };
                self.first_liquidation[lane] = self.first_liquidation[lane].min(step);
            }
        }
        let mut finite = self.are_finite(state.equity()) && self.are_finite(&self.drawdown_absolute);
        if plan.is_managed() {
            self.costs = [row(|lane| state.fees(lane)), row(|lane| state.funding_paid(lane))];
            finite &= self.are_finite(&self.costs[0]);
        }
        if plan.is_inverse() {
            let in_quote = |lane, which: usize| state.in_quote(lane).map_or(0.0, |quote| quote[which]);
            self.quote = [0, 1, 2].map(|which| row(|lane| in_quote(lane, which)));
            finite &= self.are_finite(&self.quote[0]) && self.are_finite(&self.quote[1]);
        }
        if finite { Ok(()) } else { Err(NotFinite) }
    }

    #[inline(always)]
    fn are_finite(&self, row: &Lanes) -> bool {
        row[..self.lanes].iter().fold(true, |finite, value| finite & value.is_finite())
    }
}

/// One number for each lane.
#[inline(always)]
pub fn row(of: impl Fn(usize) -> f64) -> Lanes {
    let mut row = [0.0; LANES];
    for lane in 0..LANES {
        row[lane] = of(lane);
    }
    row
}

/// Lanes of which something is true.
#[inline(always)]
pub fn bits(of: impl Fn(usize) -> bool) -> u64 {
    (0..LANES).fold(0, |bits, lane| bits | u64::from(of(lane)) << lane)
}

/// The first so many lanes.
#[inline(always)]
pub fn first_bits(lanes: usize) -> u64 {
    u64::MAX.checked_shr((LANES - lanes) as u32).unwrap_or(0)
}

/// The lanes that are set, ascending.
#[inline(always)]
pub fn each(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (lane < LANES).then_some(lane)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_bits() {
        for lanes in 0..=LANES {
            assert_eq!(first_bits(lanes), bits(|lane| lane < lanes));
            assert_eq!(each(first_bits(lanes)).collect::<Vec<_>>(), (0..lanes).collect::<Vec<_>>());
        }
        let some = [0, 1, 31, 32, 63];
        assert_eq!(bits(|lane| some.contains(&lane)), 1 | 1 << 1 | 1 << 31 | 1 << 32 | 1 << 63);
        assert_eq!(each(bits(|lane| some.contains(&lane))).collect::<Vec<_>>(), some);
    }

    #[test]
    fn only_lanes_with_a_path_have_to_be_finite() {
        let mut results = ModeResults::new();
        let mut row = [0.0; LANES];
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            row[5] = bad;
            for (lanes, fine) in [(5, true), (6, false), (LANES, false)] {
                results.lanes = lanes;
                assert_eq!(results.are_finite(&row), fine);
            }
        }
    }
}
