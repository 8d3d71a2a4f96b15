//! The rules of a plain venue: everything is closed at once, at the mark or at bankruptcy, and nothing costs a fee. A
//! pool is open as it was opened, or gone.
//!
//! Screen wide, resolve rarely: a chunk of steps asks every pool of every lane, at its worst prices and without a branch,
//! whether its equity may come down to its requirement. A lane that answers yes goes through the steps alone.

use super::super::plan::{PlainPlan, PlainPool};
use super::line::EquityLine;
use super::plain_inside::near_pool;
use super::screen::lanes_of;
use super::ties;
use super::track::EquityTrack;
use crate::domain::{FillPrice, Remainder};
use crate::lanes::{LANES, Lanes};

/// Step at which a pool was liquidated; 0 while it is open.
type LiquidationSteps = [u32; LANES];

/// One mode of one block of paths.
#[derive(Debug, Clone)]
pub(super) struct PlainState {
    /// Per pool: its money plus offset while open, +∞ once liquidated, so that it never fails again.
    pub(super) pool_base: Vec<Lanes>,
    /// Per pool: when it was liquidated.
    pub(super) liquidated_at: Vec<LiquidationSteps>,
    pub wallet: Lanes,
    /// Account equity.
    line: EquityLine,
    /// Per pool: lanes in which it may fail in the present steps, as bits.
    near: Vec<u64>,
    /// Of lanes that went through a chunk alone what is to be remembered.
    aside: EquityTrack,
    pub shortfall: Lanes,
    /// Per position: its pool, and its quantity at the opening.
    pub positions: Vec<(usize, f64)>,
    /// Per pool: the number of its sizes.
    sizes: Vec<u32>,
}

impl PlainState {
    /// The account of every lane at time 0.
    pub fn open(plan: &PlainPlan, positions: Vec<(usize, f64)>) -> Self {
        let mut state = Self {
            pool_base: vec![[0.0; LANES]; plan.pools.len()],
            liquidated_at: vec![[0; LANES]; plan.pools.len()],
            wallet: [0.0; LANES],
            line: EquityLine::new(plan.assets),
            near: vec![0; plan.pools.len()],
            aside: EquityTrack::open(0.0),
            shortfall: [0.0; LANES],
            positions,
            sizes: plan.pools.iter().map(|pool| pool.sizes.len() as u32).collect(),
        };
        state.restart(plan);
        state
    }

    /// Back to time 0, for a state opened with the same plan.
    pub fn restart(&mut self, plan: &PlainPlan) {
        for (base, pool) in self.pool_base.iter_mut().zip(&plan.pools) {
            *base = [pool.money + pool.offset; LANES];
        }
        self.liquidated_at.fill([0; LANES]);
        self.wallet = [plan.wallet; LANES];
        self.shortfall = [0.0; LANES];
        self.sum_open_pools(plan, 0);
        self.line.spread();
    }

    /// Moves every lane through the steps from `first` (from 1) on: margin checks, liquidations, equity, drawdown.
    /// `prices(asset)` gives the asset's rows, `bounds(asset)` the least and the greatest price of each lane in them.
    #[inline(always)]
    pub fn steps<'a, const N: usize>(
        &mut self,
        plan: &PlainPlan,
        track: &mut EquityTrack,
        first: u32,
        prices: impl Fn(usize) -> &'a [Lanes; N],
        bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes),
    ) {
        let mut lanes = 0;
        for ((pool, base), near) in plan.pools.iter().zip(&self.pool_base).zip(&mut self.near) {
            *near = near_pool(pool, base, &bounds);
            lanes |= *near;
        }
        let moved = if lanes == 0 { 0 } else { self.resolve(plan, track, first, lanes, &prices) };
        self.line.see(track, prices);
        for lane in lanes_of(moved) {
            track.set(lane, self.aside.lane(lane));
        }
    }

    /// Goes through the steps with each of these lanes alone. Puts what is to be remembered of those in which a pool fails
    /// aside, and says which they are, as bits.
    #[cold]
    #[inline(never)]
    fn resolve<'a, const N: usize>(
        &mut self,
        plan: &PlainPlan,
        track: &EquityTrack,
        first: u32,
        lanes: u64,
        prices: &impl Fn(usize) -> &'a [Lanes; N],
    ) -> u64 {
        let mut moved = 0;
        for lane in lanes_of(lanes) {
            let price = |index: usize| move |asset: usize| prices(asset)[index][lane];
            let fails = |index: &usize| {
                self.near_pools(lane).any(|pool| self.fails(plan, pool, lane, &price(*index)))
            };
            let Some(failing) = (0..N).find(fails) else { continue };
            let mut track = track.lane(lane);
            (0..failing).for_each(|index| track.see(self.line.at(lane, price(index))));
            for index in failing..N {
                // The wallet's pool comes first: a remainder returned by an isolated pool arrives after its check.
                for pool in 0..plan.pools.len() {
                    if self.near[pool] >> lane & 1 == 1 {
                        self.check(plan, pool, first + index as u32, lane, &price(index));
                    }
                }
                track.see(self.line.at(lane, price(index)));
            }
            self.aside.set(lane, track);
            moved |= 1 << lane;
        }
        moved
    }

    /// Pools of a lane that may fail in the present steps.
    fn near_pools(&self, lane: usize) -> impl Iterator<Item = usize> {
        let pools = self.near.iter().enumerate();
        pools.filter(move |(_, lanes)| *lanes >> lane & 1 == 1).map(|(pool, _)| pool)
    }

    /// Checks one lane's pool, and liquidates it where it fails.
    pub fn check(
        &mut self,
        plan: &PlainPlan,
        pool: usize,
        step: u32,
        lane: usize,
        price: &impl Fn(usize) -> f64,
    ) {
        if self.fails(plan, pool, lane, price) {
            self.liquidate(plan, pool, step, lane, price);
        }
    }

    /// Whether a pool fails at these prices; near the barrier those of 12 digits decide.
    #[inline]
    pub fn fails(&self, plan: &PlainPlan, pool: usize, lane: usize, price: &impl Fn(usize) -> f64) -> bool {
        let gap = gap_at(&plan.pools[pool], self.pool_base[pool][lane], price);
        let guard = plan.pools[pool].guard;
        if gap.abs() > guard { gap < 0.0 } else { self.fails_by_digits(plan, pool, lane, price) }
    }

    #[cold]
    #[inline(never)]
    fn fails_by_digits(
        &self,
        plan: &PlainPlan,
        pool: usize,
        lane: usize,
        price: &dyn Fn(usize) -> f64,
    ) -> bool {
        let planned = &plan.pools[pool];
        let gap = gap_at(planned, self.pool_base[pool][lane], |asset| ties::rounded(price(asset)));
        let tie = ties::EQUALITY * planned.size(price);
        if gap.abs() <= tie { plan.equality_fails } else { gap < 0.0 }
    }

    /// Closes one lane's pool: fill, shortfall, remainder.
    pub fn liquidate(
        &mut self,
        plan: &PlainPlan,
        pool: usize,
        step: u32,
        lane: usize,
        price: &dyn Fn(usize) -> f64,
    ) {
        let planned = &plan.pools[pool];
        let base = self.pool_base[pool][lane];
        let mut equity = base + planned.profit(price);
        // Rounding must not decide whether there is a shortfall.
        if equity.abs() <= planned.guard {
            equity = base + planned.profit(&|asset| ties::rounded(price(asset)));
            if equity.abs() <= ties::EQUALITY * planned.size(price) {
                equity = 0.0;
            }
        }
        self.shortfall[lane] += (-equity).max(0.0);
        let left = match plan.fill {
            FillPrice::Mark => equity.max(0.0),
            FillPrice::Bankruptcy | FillPrice::Fillable => 0.0,
        };
        let returned = match plan.remainder {
            Remainder::Return => left,
            Remainder::Forfeit => 0.0,
        };
        self.pool_base[pool][lane] = f64::INFINITY;
        self.liquidated_at[pool][lane] = step;
        if planned.is_wallet {
            self.wallet[lane] = returned;
        } else {
            self.wallet[lane] += returned;
            let shared = plan.pools.iter().position(|p| p.is_wallet);
            if let Some(index) = shared
                && self.liquidated_at[index][lane] == 0
            {
                self.pool_base[index][lane] += returned;
            }
        }
        self.sum_open_pools(plan, lane);
    }

    /// Recomputes a lane's equity line from the pools that are open, so that a closed pool leaves
    /// nothing behind, not even a rounding error.
    fn sum_open_pools(&mut self, plan: &PlainPlan, lane: usize) {
        for net in &mut self.line.nets {
            net[lane] = 0.0;
        }
        let mut wallet_counted = false;
        let mut base = 0.0;
        for (index, pool) in plan.pools.iter().enumerate() {
            if self.liquidated_at[index][lane] != 0 {
                continue;
            }
            base += self.pool_base[index][lane];
            wallet_counted |= pool.is_wallet;
            for &(asset, net) in &pool.net {
                self.line.nets[asset][lane] += net;
            }
        }
        self.line.base[lane] = if wallet_counted { base } else { base + self.wallet[lane] };
    }

    /// Sizes closed so far.
    pub fn closes(&self, lane: usize) -> u32 {
        let pools = self.sizes.iter().zip(&self.liquidated_at);
        pools.filter(|(_, at)| at[lane] != 0).map(|(sizes, _)| sizes).sum()
    }

    /// Step at which a position's pool was liquidated; 0 while it is open.
    #[inline]
    pub fn liquidated_at(&self, position: usize, lane: usize) -> u32 {
        self.liquidated_at[self.positions[position].0][lane]
    }
}

/// Requirement of the sizes that have several lines.
pub(super) fn required(pool: &PlainPool, price: impl Fn(usize) -> f64) -> f64 {
    let largest = |lines: &[(f64, f64)], p: f64| {
        lines.iter().map(|(slope, deduction)| slope * p - deduction).fold(0.0, f64::max)
    };
    pool.tiered.iter().map(|size| largest(&size.lines, price(size.asset))).sum()
}

/// Equity minus requirement of one lane's pool.
pub(super) fn gap_at(pool: &PlainPool, base: f64, price: impl Fn(usize) -> f64) -> f64 {
    let slopes: f64 = pool.slopes.iter().map(|&(asset, slope)| slope * price(asset)).sum();
    base + slopes - required(pool, price)
}
