//! What the holder does: stops, take profits, top-ups, and positions opened anew.

use super::account::{Desk, Held};
use super::ties::{EQUALITY, is_reached};
use crate::domain::Remainder;

impl Desk<'_> {
    /// Carries out a position's stop if its mark has reached it, unless the liquidation came first. `before` are the marks
    /// of the step before, where any position has a stop.
    pub fn stop(&mut self, position: usize, before: &[f64]) {
        let (pool, asset) = (self.terms.positions[position].pool, self.terms.positions[position].asset);
        let mark = self.marks[asset];
        let Some(level) = self.stop_reached(position, mark) else { return };
        let way = |price: f64| (price - before[asset]).abs();
        let mut marks = self.marks.to_vec();
        marks[asset] = if way(mark) < way(level) { mark } else { level };
        if !self.at(&marks).fails(pool) {
            self.leave(position);
        }
    }

    /// Carries out a position's take profit if its mark has reached it.
    pub fn take_profit(&mut self, position: usize) {
        let mark = self.marks[self.terms.positions[position].asset];
        if self.profit_reached(position, mark).is_some() {
            self.leave(position);
        }
    }

    /// The level of a position's stop, if the price has come to it.
    pub fn stop_reached(&self, position: usize, price: f64) -> Option<f64> {
        let held = &self.account.positions[position];
        let falling = self.terms.positions[position].sign > 0.0;
        held.stop_loss.filter(|&level| held.quantity > 0.0 && is_reached(price, level, falling))
    }

    /// The level of its take profit, likewise.
    pub fn profit_reached(&self, position: usize, price: f64) -> Option<f64> {
        let held = &self.account.positions[position];
        let falling = self.terms.positions[position].sign < 0.0;
        held.take_profit.filter(|&level| held.quantity > 0.0 && is_reached(price, level, falling))
    }

    /// Closes a position whole at its mark, for the taker fee.
    pub fn leave(&mut self, position: usize) {
        let (pool, asset) = (self.terms.positions[position].pool, self.terms.positions[position].asset);
        let (quantity, x) = (self.account.positions[position].quantity, self.x(asset));
        self.book(pool, position, quantity, x);
        let fee = (self.terms.taker * quantity * x).min(self.equity(pool).max(0.0));
        self.charge(pool, fee);
        if self.is_empty(pool) {
            self.settle(pool, Remainder::Return);
        }
    }

    /// Gives an isolated position money, if it is near its requirement.
    pub fn top_up(&mut self, position: usize) {
        let Some(top_up) = self.terms.positions[position].top_up else { return };
        let pool = self.terms.positions[position].pool;
        let none_left = self.account.positions[position].top_ups_left == 0;
        if none_left || self.terms.pools[pool].is_wallet || self.is_empty(pool) {
            return;
        }
        if self.gap(pool, top_up.trigger) > 0.0 {
            return;
        }
        let amount = top_up.amount.unwrap_or(self.initial_margin(position)).min(self.free_wallet());
        // What rounding leaves of a wallet is nothing, and uses no time.
        if amount > EQUALITY * self.terms.wallet.max(self.terms.pools[pool].size) {
            self.account.wallet -= amount;
            self.add_money(pool, amount);
            self.account.positions[position].top_ups_left -= 1;
        }
    }

    /// Opens a position anew, if its time has come.
    pub fn reopen(&mut self, index: usize) {
        let due = self.account.positions[index].reopens_at;
        if due == 0 || due > self.step {
            return;
        }
        self.account.positions[index].reopens_at = 0;
        let terms = self.terms;
        let position = &terms.positions[index];
        let market = &terms.markets[position.asset];
        let x = self.x(position.asset);
        // As much notional as at the opening.
        let opened_x = terms.x(market.price);
        let lots = libm::floor(position.quantity * opened_x / x / market.lot + 1e-6);
        let quantity = lots * market.lot;
        let notional = quantity * x;
        let (fee, set_aside) = (position.entry_fee * notional, terms.set_aside_of(position, notional));
        self.account.positions[index].reopenings_left -= 1;
        if !(lots >= 1.0 && quantity.is_finite()) || position.margin + set_aside + fee > self.free_wallet() {
            self.account.positions[index].reopenings_left = 0;
            return;
        }
        let ratio = self.marks[position.asset] / market.price;
        let before = self.account.positions[index];
        self.account.positions[index] = Held {
            quantity,
            opened: quantity,
            entry_x: x,
            set_aside,
            stop_loss: position.stop_loss.map(|level| level * ratio),
            take_profit: position.take_profit.map(|level| level * ratio),
            ..before
        };
        self.account.wallet -= fee;
        self.account.fees += fee;
        if !terms.pools[position.pool].is_wallet {
            self.account.wallet -= position.margin + set_aside;
            self.account.pools[position.pool].money = position.margin + set_aside;
        }
    }
}
