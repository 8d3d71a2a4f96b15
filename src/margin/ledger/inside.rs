//! Continuous monitoring: what an account goes through inside a step.

use rust_decimal::Decimal;

use super::amount::PRICE_DIGITS;
use super::events::{LedgerEvent, OrderKind};
use crate::margin::ledger::Ledger;
use crate::margin::ledger::amount::OutOfRange;
use crate::margin::prices::{Curve, CurveInput, Holding, touched_price};

impl Ledger<'_> {
    /// Inside step `step` every price has been at its `low` and its `high`, and all are at `end` now. A pool of one asset
    /// sees both extremes; what fails there is liquidated at the price, to 12 digits, at which it met its requirement on
    /// the way, and once more at the extreme if it fails there still. Pools of several assets are checked at `end`.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn touch(
        &mut self,
        step: u64,
        [low, high, end]: [&[Decimal]; 3],
    ) -> Result<Vec<LedgerEvent>, OutOfRange> {
        let mut events = Vec::new();
        for pool in 0..self.pools.len() {
            let Some(asset) = self.pools[pool].pool.only_asset() else { continue };
            for extreme in [low[asset], high[asset]] {
                let mut marks = end.to_vec();
                marks[asset] = extreme;
                let at = (asset, extreme, [low[asset], high[asset]]);
                self.orders_at_level(step, pool, OrderKind::StopLoss, at, &marks, &mut events)?;
                if !self.waits(pool, step) && self.fails(pool, &marks)? {
                    let mut touched = marks.clone();
                    // A pool that failed before the stretch is met on it, not at a better price.
                    let met = self.touched(pool, asset, extreme)?;
                    touched[asset] = met.clamp(low[asset], high[asset]);
                    self.liquidate(step, pool, &touched, &mut events)?;
                }
                self.check(step, pool, &marks, &mut events)?;
                self.orders_at_level(step, pool, OrderKind::TakeProfit, at, &marks, &mut events)?;
            }
        }
        for pool in 0..self.pools.len() {
            if self.pools[pool].pool.only_asset().is_none() {
                self.look(step, pool, end, &mut events)?;
            }
        }
        Ok(events)
    }

    /// Inside step `step` all prices are at `to` now, some by a jump: stops at these marks, the check, take profits.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn jump(&mut self, step: u64, to: &[Decimal]) -> Result<Vec<LedgerEvent>, OutOfRange> {
        let mut events = Vec::new();
        self.stop_losses(step, to, None, &mut events)?;
        for pool in 0..self.pools.len() {
            self.check(step, pool, to, &mut events)?;
        }
        self.take_profits(step, to, None, &mut events)?;
        Ok(events)
    }

    /// [`Self::jump`] of one pool.
    fn look(
        &mut self,
        step: u64,
        pool: usize,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        self.stop_losses(step, marks, Some(pool), events)?;
        self.check(step, pool, marks, events)?;
        self.take_profits(step, marks, Some(pool), events)
    }
}

impl Ledger<'_> {
    /// The price at which a pool of one asset that fails at `failing` met its requirement on the way there; that price
    /// itself where it fails at every other too.
    fn touched(&self, pool: usize, asset: usize, failing: Decimal) -> Result<Decimal, OutOfRange> {
        let mut holdings = Vec::new();
        for &index in &self.pools[pool].pool.positions {
            let (position, state) = (&self.portfolio.positions[index], &self.positions[index]);
            if !state.quantity.is_zero() {
                holdings.push(Holding {
                    asset: position.asset,
                    side: position.side,
                    quantity: state.quantity,
                    entry: state.entry,
                    set_aside: self.proportion(index, state.set_aside)?,
                });
            }
        }
        let curve = Curve::new(&CurveInput {
            venue: &self.portfolio.venue,
            assets: &self.portfolio.assets,
            money: self.money(pool),
            holdings: &holdings,
            moving: asset,
            // Every holding is in the asset that moves, whose mark is not read.
            marks: &[],
        });
        let price = touched_price(&curve.ok_or(OutOfRange)?, failing).unwrap_or(failing);
        price.round_sf(PRICE_DIGITS as u32).ok_or(OutOfRange)
    }
}
