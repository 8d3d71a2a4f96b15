//! The margin rules for a block of paths side by side, in f64.
//!
//! Screen wide, resolve rarely: each step asks every pool of every lane whether its equity has come
//! down to its requirement, without a branch. A lane that answers yes is resolved alone.

use rust_decimal::Decimal;

use super::ledger::{price_to_decimal, profit, requirement};
use super::plan::{BookPlan, PoolPlan};
use crate::domain::{FillPrice, Remainder, to_f64};
use crate::paths::{LANES, Lanes};

/// Step at which a pool was liquidated; 0 while it is open.
pub type LiquidationSteps = [u32; LANES];

/// One mode of one block of paths.
#[derive(Debug, Clone)]
pub struct BookState {
    /// Per pool: its money plus offset while open, +∞ once liquidated, so that it never fails again.
    pub(super) pool_base: Vec<Lanes>,
    /// Per pool: when it was liquidated.
    pub(super) liquidated_at: Vec<LiquidationSteps>,
    wallet: Lanes,
    /// The wallet in decimals, which backs a pool's exact decisions; kept where pools return money to one.
    exact_wallet: Vec<Decimal>,
    /// Account equity is `equity_base + Σ equity_net[asset]·P`.
    equity_base: Lanes,
    equity_net: Vec<Lanes>,
    equity: Lanes,
    peak: Lanes,
    least_equity: Lanes,
    drawdown: Lanes,
    /// The largest relative drawdown as a fraction, so that no step divides.
    relative_drop: Lanes,
    relative_peak: Lanes,
    shortfall: Lanes,
}

impl BookState {
    /// The account of every lane at time 0.
    pub fn open(plan: &BookPlan) -> Self {
        let mut state = Self {
            pool_base: vec![[0.0; LANES]; plan.pools.len()],
            liquidated_at: vec![[0; LANES]; plan.pools.len()],
            wallet: [0.0; LANES],
            exact_wallet: vec![Decimal::ZERO; LANES],
            equity_base: [0.0; LANES],
            equity_net: vec![[0.0; LANES]; plan.portfolio.assets.len()],
            equity: [0.0; LANES],
            peak: [0.0; LANES],
            least_equity: [0.0; LANES],
            drawdown: [0.0; LANES],
            relative_drop: [0.0; LANES],
            relative_peak: [0.0; LANES],
            shortfall: [0.0; LANES],
        };
        state.reopen(plan);
        state
    }

    /// Back to time 0, for a state opened with the same plan.
    pub fn reopen(&mut self, plan: &BookPlan) {
        let opening = [plan.opening_equity; LANES];
        for (base, pool) in self.pool_base.iter_mut().zip(&plan.pools) {
            *base = [pool.money + pool.offset; LANES];
        }
        self.liquidated_at.fill([0; LANES]);
        self.wallet = [plan.wallet; LANES];
        self.exact_wallet.fill(plan.exact_wallet);
        self.equity = opening;
        self.peak = opening;
        self.least_equity = opening;
        self.drawdown = [0.0; LANES];
        self.relative_drop = [0.0; LANES];
        self.relative_peak = opening;
        self.shortfall = [0.0; LANES];
        for lane in 0..LANES {
            self.sum_open_pools(plan, lane);
        }
    }

    /// Moves every lane to `step` (from 1) at these prices: margin checks, liquidations, equity,
    /// drawdown. `prices(asset)` gives the asset's row.
    #[inline(always)]
    pub fn step<'a>(&mut self, plan: &BookPlan, step: u32, prices: impl Fn(usize) -> &'a Lanes) {
        // The wallet's pool comes first: a remainder returned by an isolated pool arrives after its check.
        for (index, pool) in plan.pools.iter().enumerate() {
            let gap = pool_gap(pool, &self.pool_base[index], &prices);
            let mut failing = false;
            for l in 0..LANES {
                failing |= gap[l] <= pool.guard;
            }
            if failing {
                self.resolve(plan, index, step, &gap, &|asset, lane| prices(asset)[lane]);
            }
        }
        let mut equity = self.equity_base;
        for (asset, net) in self.equity_net.iter().enumerate() {
            let price = prices(asset);
            for l in 0..LANES {
                equity[l] += net[l] * price[l];
            }
        }
        self.equity = equity;
        for l in 0..LANES {
            let e = equity[l];
            let peak = if e > self.peak[l] { e } else { self.peak[l] };
            let drop = peak - e;
            self.peak[l] = peak;
            self.drawdown[l] = if drop > self.drawdown[l] { drop } else { self.drawdown[l] };
            let deeper = drop * self.relative_peak[l] > self.relative_drop[l] * peak;
            self.relative_drop[l] = if deeper { drop } else { self.relative_drop[l] };
            self.relative_peak[l] = if deeper { peak } else { self.relative_peak[l] };
            self.least_equity[l] = if e < self.least_equity[l] { e } else { self.least_equity[l] };
        }
    }

    /// Decides the lanes whose gap is at or below the guard, and liquidates those that fail.
    #[cold]
    #[inline(never)]
    fn resolve(
        &mut self,
        plan: &BookPlan,
        pool: usize,
        step: u32,
        gap: &Lanes,
        price: &dyn Fn(usize, usize) -> f64,
    ) {
        for (lane, &gap) in gap.iter().enumerate() {
            if gap <= plan.pools[pool].guard && self.fails(plan, pool, lane, gap, price) {
                self.liquidate(plan, pool, step, lane, price);
            }
        }
    }

    /// Whether a pool with this gap, at these prices, fails; near the barrier the exact rule decides.
    pub(super) fn fails(
        &self,
        plan: &BookPlan,
        pool: usize,
        lane: usize,
        gap: f64,
        price: &dyn Fn(usize, usize) -> f64,
    ) -> bool {
        let guard = plan.pools[pool].guard;
        if gap.abs() > guard {
            return gap < 0.0;
        }
        match self.exact_margins(plan, pool, lane, price) {
            Some((equity, requirement)) => equity <= requirement,
            // Amounts beyond decimals: the f64 answer stands.
            None => gap <= 0.0,
        }
    }

    /// Equity and requirement of one lane's pool in decimals, at the prices the ledger would see.
    fn exact_margins(
        &self,
        plan: &BookPlan,
        pool: usize,
        lane: usize,
        price: &dyn Fn(usize, usize) -> f64,
    ) -> Option<(Decimal, Decimal)> {
        let planned = &plan.pools[pool];
        let assets = plan.portfolio.assets.len();
        let marks: Vec<Decimal> =
            (0..assets).map(|a| price_to_decimal(price(a, lane)).ok()).collect::<Option<_>>()?;
        let mut equity = if planned.is_wallet { self.exact_wallet[lane] } else { planned.exact.money };
        for &index in &planned.positions {
            equity = equity.checked_add(profit(&plan.portfolio, index, &marks).ok()?)?;
        }
        Some((equity, requirement(&plan.portfolio, &planned.exact, &marks).ok()?))
    }

    /// Closes one lane's pool: fill, shortfall, remainder.
    pub(super) fn liquidate(
        &mut self,
        plan: &BookPlan,
        pool: usize,
        step: u32,
        lane: usize,
        price: &dyn Fn(usize, usize) -> f64,
    ) {
        let planned = &plan.pools[pool];
        let profit: f64 = planned.net.iter().map(|&(asset, net)| net * price(asset, lane)).sum();
        let mut equity = self.pool_base[pool][lane] + profit;
        let within_rounding = equity.abs() <= planned.guard;
        if (within_rounding || plan.returns_to_pool)
            && let Some((exact, _)) = self.exact_margins(plan, pool, lane, price)
        {
            // Rounding must decide neither whether there is a shortfall …
            if within_rounding {
                equity = to_f64(exact);
            }
            // … nor a later tie of the wallet's pool.
            if plan.returns_to_pool && !planned.is_wallet {
                self.exact_wallet[lane] += exact.max(Decimal::ZERO);
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
    fn sum_open_pools(&mut self, plan: &BookPlan, lane: usize) {
        for net in &mut self.equity_net {
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
                self.equity_net[asset][lane] += net;
            }
        }
        self.equity_base[lane] = if wallet_counted { base } else { base + self.wallet[lane] };
    }

    /// Account equity at the present step.
    pub fn equity(&self) -> &Lanes {
        &self.equity
    }

    /// Smallest account equity so far.
    pub fn least_equity(&self, lane: usize) -> f64 {
        self.least_equity[lane]
    }

    /// Largest fall from the running peak, account currency.
    pub fn drawdown(&self, lane: usize) -> f64 {
        self.drawdown[lane]
    }

    /// Largest fall relative to the running peak, in `[0, 1]`.
    pub fn relative_drawdown(&self, lane: usize) -> f64 {
        (self.relative_drop[lane] / self.relative_peak[lane]).min(1.0)
    }

    /// Loss beyond pools' money so far.
    pub fn shortfall(&self, lane: usize) -> f64 {
        self.shortfall[lane]
    }

    /// Step at which a pool was liquidated, if it was.
    pub fn liquidated_at(&self, pool: usize, lane: usize) -> Option<u32> {
        let step = self.liquidated_at[pool][lane];
        (step != 0).then_some(step)
    }
}

/// Equity minus requirement of one pool in every lane.
#[inline(always)]
fn pool_gap<'a>(pool: &PoolPlan, base: &Lanes, prices: &impl Fn(usize) -> &'a Lanes) -> Lanes {
    let mut gap = *base;
    for &(asset, slope) in &pool.slopes {
        let price = prices(asset);
        for l in 0..LANES {
            gap[l] += slope * price[l];
        }
    }
    for size in &pool.tiered {
        let price = prices(size.asset);
        let mut largest = [0.0; LANES];
        for &(slope, deduction) in &size.lines {
            for l in 0..LANES {
                let line = slope * price[l] - deduction;
                largest[l] = if line > largest[l] { line } else { largest[l] };
            }
        }
        for l in 0..LANES {
            gap[l] -= largest[l];
        }
    }
    gap
}
