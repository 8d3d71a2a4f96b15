//! Any venue between steps, for continuous monitoring.

use std::ops::Range;

use super::MOST_LINES;
use super::account::Desk;
use super::managed::ManagedState;
use super::screen::{bits, least_gaps, reached};
use super::terms::{PoolTerms, Terms};
use super::ties::GUARD;
use crate::domain::to_f64;
use crate::lanes::{Lanes, Need};
use crate::margin::prices::INWARDS;

impl ManagedState {
    /// Lanes, as bits, in which something may happen while prices stay within bounds. `bounds(asset)` gives the lower
    /// and the upper row.
    #[inline(always)]
    pub fn near<'a>(&self, terms: &Terms, bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes) + Copy) -> u64 {
        let mut lanes = 0;
        for (pool, planned) in self.pools.iter().zip(&terms.pools) {
            let gap = least_gaps(terms, planned, &pool.check, &pool.quantities, 1.0, bounds);
            lanes |= pool.woken | bits(&gap, planned.guard());
        }
        lanes | reached(&self.stops, bounds) | reached(&self.profits, bounds)
    }

    /// What of one lane has to be seen while prices stay within bounds.
    pub fn need(&self, terms: &Terms, lane: usize, low: &[f64], high: &[f64]) -> Need {
        let mut need = Need::Nothing;
        let asks = |planned: &PoolTerms| {
            if planned.only_asset.is_some() { Need::Extremes } else { Need::Times }
        };
        for (pool, planned) in self.pools.iter().zip(&terms.pools) {
            if pool.woken >> lane & 1 == 1
                || self.least_gap(terms, pool, planned, lane, low, high) <= planned.guard()
            {
                need = need.max(asks(planned));
            }
        }
        for level in self.stops.iter().chain(&self.profits) {
            let beyond = if level.falling {
                low[level.asset] <= level.row[lane]
            } else {
                high[level.asset] >= level.row[lane]
            };
            if beyond {
                need = need.max(asks(&terms.pools[terms.positions[level.position].pool]));
            }
        }
        need
    }

    /// A lower bound of a pool's gap while prices stay within bounds.
    fn least_gap(
        &self,
        terms: &Terms,
        pool: &super::managed::WidePool,
        planned: &PoolTerms,
        lane: usize,
        low: &[f64],
        high: &[f64],
    ) -> f64 {
        let x = |asset: usize| {
            let (a, b) = (terms.x(low[asset]), terms.x(high[asset]));
            (a.min(b), a.max(b))
        };
        let mut gap = pool.check.base[lane];
        for (slope, &asset) in pool.check.slopes.iter().zip(&planned.assets) {
            let (least, most) = x(asset);
            gap += slope[lane] * if slope[lane] > 0.0 { least } else { most };
        }
        for (quantity, &size) in pool.quantities.iter().zip(&planned.laddered) {
            let asset = planned.sizes[size].asset;
            let rates = &terms.markets[asset].rates;
            let notional = quantity[lane] * x(asset).1;
            gap -= rates.required(notional, quantity[lane]) - rates.first_rate() * notional;
        }
        gap
    }

    /// One lane: inside the present step each asset has been at its `low` and its `high`, and all are at `end` now. Pools
    /// of one asset see both extremes, a pool of several the end.
    pub fn ran(&mut self, terms: &Terms, lane: usize, [low, high, end]: [&[f64]; 3]) {
        let before = self.marks_before(lane);
        self.with_lane(terms, lane, end, |desk| {
            for (pool, planned) in terms.pools.iter().enumerate() {
                if let Some(asset) = planned.only_asset {
                    for extreme in [low[asset], high[asset]] {
                        desk.touch(pool, asset, extreme, [low[asset], high[asset]]);
                    }
                }
            }
            if let Some(pool) = terms.pools.iter().position(|planned| planned.only_asset.is_none()) {
                desk.look(pool..pool + 1, &before);
            }
        });
        self.forget_woken(lane);
    }

    /// One lane: all assets are at `to` now, some by a jump.
    pub fn jumped(&mut self, terms: &Terms, lane: usize, to: &[f64]) {
        let before = self.marks_before(lane);
        self.with_lane(terms, lane, to, |desk| desk.look(0..terms.pools.len(), &before));
        self.forget_woken(lane);
    }

    fn forget_woken(&mut self, lane: usize) {
        for pool in &mut self.pools {
            pool.woken &= !(1 << lane);
        }
    }
}

impl Desk<'_> {
    /// Stops, the check and take profits of these pools at the marks.
    fn look(&mut self, pools: Range<usize>, before: &[f64]) {
        let positions = 0..self.terms.positions.len();
        let terms = self.terms;
        let theirs = |position: &usize| pools.contains(&terms.positions[*position].pool);
        positions.clone().filter(theirs).for_each(|position| self.stop(position, before));
        pools.clone().for_each(|pool| self.check(pool));
        positions.filter(theirs).for_each(|position| self.take_profit(position));
    }

    /// A pool of one asset has been at `extreme` of a stretch: stops, the check where it came to fail and at the
    /// extreme itself, take profits. Levels and touched prices beyond the stretch were never seen: its nearest price is.
    fn touch(&mut self, pool: usize, asset: usize, extreme: f64, [low, high]: [f64; 2]) {
        if self.is_empty(pool) {
            return;
        }
        let mut marks = self.marks.to_vec();
        let terms = self.terms;
        for &position in &terms.pools[pool].positions {
            if let Some(level) = self.stop_reached(position, extreme) {
                marks[asset] = level.clamp(low, high);
                let mut desk = self.at(&marks);
                if !desk.fails(pool) {
                    desk.leave(position);
                }
            }
        }
        marks[asset] = extreme;
        let mut desk = self.at(&marks);
        if desk.account.pools[pool].waits_until <= desk.step && desk.fails(pool) {
            let touched = desk.touched_price(pool, asset).clamp(low, high);
            let stage = desk.account.pools[pool].stage;
            desk.account.pools[pool].waits_until = 0;
            desk.account.pools[pool].stage = 0;
            marks[asset] = touched;
            self.at(&marks).liquidate(pool, stage);
        }
        marks[asset] = extreme;
        self.at(&marks).check(pool);
        for &position in &terms.pools[pool].positions {
            if let Some(level) = self.profit_reached(position, extreme) {
                marks[asset] = level.clamp(low, high);
                self.at(&marks).leave(position);
            }
        }
    }

    /// The price at which a pool of one asset that fails at its mark meets its requirement: Newton's method on a concave
    /// function of straight pieces, which from a failing point never leaves the failing side.
    fn touched_price(&self, pool: usize, asset: usize) -> f64 {
        let terms = self.terms;
        let failing = self.marks[asset];
        let mut x = self.x(asset);
        for _ in 0..MOST_LINES {
            let (gap, slope) = self.gap_and_slope(pool, x);
            let next = x - gap / slope;
            if !next.is_finite() || (next - x).abs() <= 1e-15 * x {
                break;
            }
            x = next;
        }
        let price = terms.x(x);
        // Where the pool fails at every price there is none at which it came to.
        if !(price.is_finite() && price > 0.0) || self.gap_and_slope(pool, x).0 < -GUARD * self.scale(pool) {
            return failing;
        }
        let inwards = to_f64(INWARDS);
        if price < failing { price * (1.0 - inwards) } else { price * (1.0 + inwards) }
    }

    /// A pool's gap at x, and its change per unit of x.
    fn gap_and_slope(&self, pool: usize, x: f64) -> (f64, f64) {
        let terms = self.terms;
        let planned = &terms.pools[pool];
        let (mut gap, mut slope) = (self.money(pool), 0.0);
        for &position in &planned.positions {
            gap += self.profit(position, x);
            slope +=
                terms.direction(terms.positions[position].sign) * self.account.positions[position].quantity;
        }
        for size in &planned.sizes {
            let quantity = self.quantity(size);
            let rates = &terms.markets[size.asset].rates;
            gap -= self.set_aside(size);
            if terms.at_entry {
                let notional = self.basis_notional(size);
                gap -= rates.required(notional, quantity) + terms.phi * notional;
            } else {
                let notional = quantity * x;
                gap -= rates.required(notional, quantity) + terms.phi * notional;
                slope -= (rates.steepness(notional, quantity) + terms.phi) * quantity;
            }
        }
        (gap, slope)
    }
}
