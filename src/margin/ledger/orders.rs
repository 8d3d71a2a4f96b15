//! What the holder does: stop losses, take profits, top-ups, reopenings.

use rust_decimal::{Decimal, RoundingStrategy};

use super::amount::{add, booked, div, mul, positive, sub, sum};
use super::events::{LedgerEvent, OrderEvent, OrderKind, ReopeningEvent, TopUpEvent};
use crate::domain::{Side, TopUpAmount};
use crate::margin::ledger::amount::OutOfRange;
use crate::margin::ledger::{Ledger, notional, unit};
use crate::margin::pool::PoolKind;

/// Numbers of lots this near a whole one are it.
pub(super) const LOT_SLACK: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// An order that a price has reached.
struct Reached {
    kind: OrderKind,
    level: Decimal,
    /// Where it is filled.
    fill: Decimal,
}

impl Ledger<'_> {
    /// Stops that these marks reach, of one pool or of all, filled at the mark. One is not carried out whose pool fails
    /// where prices first reached it: the liquidation came first.
    pub(super) fn stop_losses(
        &mut self,
        step: u64,
        marks: &[Decimal],
        pool: Option<usize>,
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        for position in self.with_orders(pool) {
            let asset = self.portfolio.positions[position].asset;
            let Some(level) = self.level_reached(OrderKind::StopLoss, position, marks[asset]) else {
                continue;
            };
            let before = self.before[asset];
            let by_mark = sub(marks[asset], before)?.abs() < sub(level, before)?.abs();
            let mut first = marks.to_vec();
            first[asset] = if by_mark { marks[asset] } else { level };
            if !self.fails(self.pool_of[position], &first)? {
                let order = Reached { kind: OrderKind::StopLoss, level, fill: marks[asset] };
                events.push(self.carry_out(step, position, order, marks)?);
            }
        }
        Ok(())
    }

    /// Take profits that these marks reach, of one pool or of all, filled at the mark.
    pub(super) fn take_profits(
        &mut self,
        step: u64,
        marks: &[Decimal],
        pool: Option<usize>,
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        for position in self.with_orders(pool) {
            let mark = marks[self.portfolio.positions[position].asset];
            if let Some(level) = self.level_reached(OrderKind::TakeProfit, position, mark) {
                let order = Reached { kind: OrderKind::TakeProfit, level, fill: mark };
                events.push(self.carry_out(step, position, order, marks)?);
            }
        }
        Ok(())
    }

    /// Inside a step, where a pool of one asset has come to `extreme`: stops and take profits are filled at their level,
    /// stops only where the pool does not fail there.
    pub(super) fn orders_at_level(
        &mut self,
        step: u64,
        pool: usize,
        kind: OrderKind,
        (asset, extreme, [low, high]): (usize, Decimal, [Decimal; 2]),
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        for position in self.with_orders(Some(pool)) {
            let Some(level) = self.level_reached(kind, position, extreme) else { continue };
            let mut there = marks.to_vec();
            // A level that lies beyond the stretch was passed before it.
            let fill = level.clamp(low, high);
            there[asset] = fill;
            if kind == OrderKind::TakeProfit || !self.fails(pool, &there)? {
                let order = Reached { kind, level, fill };
                events.push(self.carry_out(step, position, order, &there)?);
            }
        }
        Ok(())
    }

    fn with_orders(&self, pool: Option<usize>) -> Vec<usize> {
        let held = |position: &usize| {
            pool.is_none_or(|pool| self.pool_of[*position] == pool)
                && !self.positions[*position].quantity.is_zero()
        };
        (0..self.positions.len()).filter(held).collect()
    }

    /// The level of a position's order, where a price has reached it: from above for a long's stop and a short's take
    /// profit, from below for the others.
    fn level_reached(&self, kind: OrderKind, position: usize, price: Decimal) -> Option<Decimal> {
        let (state, side) = (&self.positions[position], self.portfolio.positions[position].side);
        let (level, falling) = match kind {
            OrderKind::StopLoss => (state.stop_loss, side == Side::Long),
            OrderKind::TakeProfit => (state.take_profit, side == Side::Short),
        };
        level.filter(|level| if falling { price <= *level } else { price >= *level })
    }

    /// Closes a position at a fill, for the taker fee; a pool it empties is settled with its money returned.
    fn carry_out(
        &mut self,
        step: u64,
        position: usize,
        Reached { kind, level, fill }: Reached,
        marks: &[Decimal],
    ) -> Result<LedgerEvent, OutOfRange> {
        let pool = self.pool_of[position];
        let quantity = self.positions[position].quantity;
        let realised = self.unrealised(position, fill)?;
        let traded = notional(self.portfolio.venue.contract, quantity, fill)?;
        self.positions[position].quantity = Decimal::ZERO;
        self.credit(pool, realised)?;
        self.sums.realised = sum(self.sums.realised, realised)?;
        let asked = booked(mul(self.portfolio.venue.fees.taker, traded)?)?;
        let fee = asked.min(positive(self.pool_equity(pool, marks)?));
        self.pay_fee(pool, fee)?;
        let (mut shortfall, mut returned) = (Decimal::ZERO, Decimal::ZERO);
        if self.is_empty(pool) {
            let settled = self.settle(pool, false)?;
            (shortfall, returned) = (settled.shortfall, settled.returned);
        }
        Ok(LedgerEvent::Order(OrderEvent {
            step,
            position,
            kind,
            level,
            fill,
            quantity,
            entry: self.positions[position].entry,
            realised,
            fee,
            shortfall,
            returned,
        }))
    }

    /// Margin from the free wallet for isolated pools that have come near their requirement.
    pub(super) fn top_ups(
        &mut self,
        step: u64,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        for position in self.with_orders(None) {
            let fixed = &self.portfolio.positions[position];
            let pool = self.pool_of[position];
            let Some(rule) = fixed.orders.top_up else { continue };
            if self.pools[pool].pool.kind != PoolKind::Isolated
                || self.positions[position].top_ups >= rule.times
            {
                continue;
            }
            let (equity, requirement) = (self.pool_equity(pool, marks)?, self.pool_requirement(pool, marks)?);
            if equity > mul(rule.trigger, requirement)? {
                continue;
            }
            let wished = match rule.amount {
                TopUpAmount::Money(amount) => booked(amount)?,
                TopUpAmount::Initial => self.proportion(position, fixed.margin)?,
            };
            let amount = wished.min(self.free_wallet(marks)?);
            if amount > Decimal::ZERO {
                self.wallet = sum(self.wallet, -amount)?;
                self.credit(pool, amount)?;
                self.positions[position].top_ups += 1;
                events.push(LedgerEvent::TopUp(TopUpEvent { step, position, amount, equity, requirement }));
            }
        }
        Ok(())
    }

    /// A position was closed whole by a liquidation: when it is opened anew, if it may be.
    pub(super) fn plan_reopening(&mut self, step: u64, position: usize) {
        let state = &mut self.positions[position];
        let rule = self.portfolio.positions[position].orders.reopen;
        state.reopens_at = rule
            .filter(|rule| state.reopenings < rule.times)
            .map(|rule| step.saturating_add(self.clock.steps_for(rule.after_seconds)));
    }

    /// Opens what is due, or leaves it out for good.
    pub(super) fn reopenings(
        &mut self,
        step: u64,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        for position in 0..self.positions.len() {
            if self.positions[position].reopens_at.is_some_and(|due| due <= step) {
                self.positions[position].reopens_at = None;
                let event = self.reopening(step, position, marks)?;
                if event.opened {
                    self.open_anew(&event)?;
                }
                events.push(LedgerEvent::Reopening(event));
            }
        }
        Ok(())
    }

    /// The same notional at the mark, in whole lots, and whether it can be afforded.
    fn reopening(&self, step: u64, position: usize, marks: &[Decimal]) -> Result<ReopeningEvent, OutOfRange> {
        let fixed = &self.portfolio.positions[position];
        let contract = self.portfolio.venue.contract;
        let asset = &self.portfolio.assets[fixed.asset];
        let price = marks[fixed.asset];
        let free = self.free_wallet(marks)?;
        let mut event = ReopeningEvent {
            step,
            position,
            price,
            quantity: Decimal::ZERO,
            margin: fixed.margin,
            set_aside: Decimal::ZERO,
            fee: Decimal::ZERO,
            free,
            opened: false,
        };
        // A price of which nothing is left buys no finite quantity.
        let entered = mul(fixed.quantity, unit(contract, asset.price)?)?;
        let Ok(wished) = unit(contract, price).and_then(|x| div(entered, x)) else { return Ok(event) };
        let lots =
            add(div(wished, asset.lot)?, LOT_SLACK)?.round_dp_with_strategy(0, RoundingStrategy::ToZero);
        event.quantity = mul(lots, asset.lot)?;
        if event.quantity.is_zero() {
            return Ok(event);
        }
        let traded = notional(contract, event.quantity, price)?;
        event.fee = booked(mul(traded, fixed.entry_fee)?)?;
        event.set_aside = self.portfolio.set_aside_at(fixed, traded);
        event.opened = add(add(event.margin, event.set_aside)?, event.fee)? <= free;
        Ok(event)
    }

    fn open_anew(&mut self, event: &ReopeningEvent) -> Result<(), OutOfRange> {
        let fixed = &self.portfolio.positions[event.position];
        let first_entry = self.portfolio.entry_price(fixed);
        let moved = |level: Option<Decimal>| {
            level.map(|level| div(mul(level, event.price)?, first_entry)).transpose()
        };
        let (stop_loss, take_profit) = (moved(fixed.orders.stop_loss)?, moved(fixed.orders.take_profit)?);
        let state = &mut self.positions[event.position];
        state.quantity = event.quantity;
        state.opened = event.quantity;
        state.entry = event.price;
        state.set_aside = event.set_aside;
        (state.stop_loss, state.take_profit) = (stop_loss, take_profit);
        state.reopenings += 1;
        self.wallet = sum(self.wallet, -event.fee)?;
        self.sums.fees = sum(self.sums.fees, event.fee)?;
        let pool = self.pool_of[event.position];
        if self.pools[pool].pool.kind == PoolKind::Isolated {
            let money = sum(event.margin, event.set_aside)?;
            self.wallet = sum(self.wallet, -money)?;
            self.credit(pool, money)?;
        }
        Ok(())
    }
}
