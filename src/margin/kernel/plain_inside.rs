//! A plain venue between steps, for continuous monitoring: which paths might touch a barrier, and what then happens.
//!
//! A pool of one asset is liquidated at the price at which it meets its requirement; where the asset jumped past it,
//! at the price it landed on. A pool of several assets is checked at the times at which all prices are known.

use super::super::plan::{PlainPlan, PlainPool};
use super::MOST_LINES;
use super::plain::{PlainState, gap_at, required};
use super::screen::bits;
use crate::domain::to_f64;
use crate::lanes::{LANES, Lanes, Need};
use crate::margin::prices::INWARDS;

impl PlainState {
    /// Lanes, as bits, in which a pool may fail while prices stay within bounds. `bounds(asset)` gives the lower and
    /// the upper row.
    #[inline(always)]
    pub fn near<'a>(&self, plan: &PlainPlan, bounds: impl Fn(usize) -> (&'a Lanes, &'a Lanes)) -> u64 {
        let pools = plan.pools.iter().zip(&self.pool_base);
        pools.fold(0, |lanes, (pool, base)| lanes | near_pool(pool, base, &bounds))
    }

    /// What of one lane has to be seen while prices stay within bounds.
    pub fn need(&self, plan: &PlainPlan, lane: usize, low: &[f64], high: &[f64]) -> Need {
        let mut need = Need::Nothing;
        for (pool, base) in plan.pools.iter().zip(&self.pool_base) {
            let worst = |asset: usize, slope: f64| if slope > 0.0 { low[asset] } else { high[asset] };
            let slopes: f64 = pool.slopes.iter().map(|&(a, slope)| slope * worst(a, slope)).sum();
            if base[lane] + slopes - required(pool, |asset| high[asset]) <= pool.guard {
                need = need.max(if pool.only_asset.is_some() { Need::Extremes } else { Need::Times });
            }
        }
        need
    }

    /// One lane: inside step `step` each asset has been at its `low` and its `high`, and all are at `end` now.
    pub fn ran(&mut self, plan: &PlainPlan, step: u32, lane: usize, [low, high, end]: [&[f64]; 3]) {
        for (index, pool) in plan.pools.iter().enumerate() {
            let Some(asset) = pool.only_asset.filter(|_| self.liquidated_at[index][lane] == 0) else {
                continue;
            };
            for extreme in [low[asset], high[asset]] {
                if self.fails(plan, index, lane, &|_| extreme) {
                    let touched = touched_price(pool, self.pool_base[index][lane], extreme);
                    self.liquidate(plan, index, step, lane, &|_| touched);
                    break;
                }
            }
        }
        for (index, pool) in plan.pools.iter().enumerate() {
            if pool.only_asset.is_none() {
                self.check(plan, index, step, lane, &|asset| end[asset]);
            }
        }
    }

    /// One lane: all assets are at `to` now, some by a jump.
    pub fn jumped(&mut self, plan: &PlainPlan, step: u32, lane: usize, to: &[f64]) {
        for index in 0..plan.pools.len() {
            self.check(plan, index, step, lane, &|asset| to[asset]);
        }
    }
}

/// Lanes, as bits, in which a pool may fail while prices stay within bounds.
#[inline(always)]
pub(super) fn near_pool<'a>(
    pool: &PlainPool,
    base: &Lanes,
    bounds: &impl Fn(usize) -> (&'a Lanes, &'a Lanes),
) -> u64 {
    bits(&least_gaps(pool, base, bounds), pool.guard)
}

/// A lower bound of equity minus requirement in every lane, while prices stay within bounds.
#[inline(always)]
fn least_gaps<'a>(
    pool: &PlainPool,
    base: &Lanes,
    bounds: &impl Fn(usize) -> (&'a Lanes, &'a Lanes),
) -> Lanes {
    let mut gap = *base;
    for &(asset, slope) in &pool.slopes {
        let (low, high) = bounds(asset);
        let worst = if slope > 0.0 { low } else { high };
        for l in 0..LANES {
            gap[l] += slope * worst[l];
        }
    }
    for size in &pool.tiered {
        let (_, high) = bounds(size.asset);
        let mut largest = [0.0; LANES];
        for &(slope, deduction) in &size.lines {
            for l in 0..LANES {
                let line = slope * high[l] - deduction;
                largest[l] = if line > largest[l] { line } else { largest[l] };
            }
        }
        for l in 0..LANES {
            gap[l] -= largest[l];
        }
    }
    gap
}

/// The price at which a pool of one asset that fails at `failing` meets its requirement: Newton's method on a concave
/// function of straight pieces, which from a failing price never leaves the failing side.
fn touched_price(pool: &PlainPool, base: f64, failing: f64) -> f64 {
    let mut price = failing;
    for _ in 0..MOST_LINES {
        let mut slope: f64 = pool.slopes.iter().map(|(_, slope)| slope).sum();
        for size in &pool.tiered {
            let steeper = |best: (f64, f64), &(slope, deduction): &(f64, f64)| {
                let line = slope * price - deduction;
                if line > best.0 { (line, slope) } else { best }
            };
            slope -= size.lines.iter().fold((0.0, 0.0), steeper).1;
        }
        let next = price - gap_at(pool, base, |_| price) / slope;
        if !next.is_finite() || (next - price).abs() <= 1e-15 * price {
            break;
        }
        price = next;
    }
    let inwards = to_f64(INWARDS);
    if price < failing { price * (1.0 - inwards) } else { price * (1.0 + inwards) }
}
