//! Closing: a part of a size, a pool at bankruptcy, and what is left of a pool without positions.

use super::account::Desk;
use super::terms::SizeTerms;
use super::ties::EQUALITY;
use crate::domain::{FillPrice, Remainder};

/// Number of whole lots, counting one that is missed by rounding only.
const WHOLE: f64 = 1e-6;

impl Desk<'_> {
    /// Closes `quantity` of a size, in whole lots, as a procedure does.
    pub fn close(&mut self, pool: usize, size: &SizeTerms, quantity: f64, price: FillPrice) {
        let (total, lot) = (self.quantity(size), self.terms.markets[size.asset].lot);
        let lots = libm::ceil(quantity / lot - WHOLE).max(1.0);
        let whole = lots * lot >= total - WHOLE * lot;
        let closed = if whole { total } else { lots * lot };
        let x = self.x(size.asset);
        let fill = self.fill_x(pool, size, closed, price);
        let loss = self.terms.direction(size.sign) * closed * (x - fill);
        let fee = self.terms.procedure.fee * closed * fill;
        let surplus = self.share_of_equity(pool, size, closed / total) - loss;
        self.give(pool, size, closed, fill, whole);
        self.account.closes += 1;
        match price {
            FillPrice::Fillable if surplus > 0.0 => self.charge(pool, fee.min(surplus)),
            FillPrice::Fillable => {
                self.add_money(pool, -surplus);
                self.account.shortfall += -surplus;
            }
            FillPrice::Mark | FillPrice::Bankruptcy => {
                let most = self.equity(pool).max(0.0);
                self.charge(pool, fee.min(most));
            }
        }
    }

    /// What a part of a size has of its pool's equity, in proportion to requirements.
    fn share_of_equity(&self, pool: usize, size: &SizeTerms, part: f64) -> f64 {
        let requirement = self.requirement(pool);
        if requirement <= 0.0 {
            return 0.0;
        }
        self.equity(pool) * (self.size_requirement(size) * part) / requirement
    }

    pub fn charge(&mut self, pool: usize, fee: f64) {
        self.add_money(pool, -fee);
        self.account.fees += fee;
    }

    /// Takes a quantity from a size's positions, in proportion, and books their profit at `fill`.
    fn give(&mut self, pool: usize, size: &SizeTerms, closed: f64, fill: f64, whole: bool) {
        let total = self.quantity(size);
        let last = size.positions.iter().rposition(|&p| self.account.positions[p].quantity > 0.0);
        let mut rest = closed;
        for (index, &position) in size.positions.iter().enumerate() {
            let held = self.account.positions[position].quantity;
            if held <= 0.0 {
                continue;
            }
            let given = if whole {
                held
            } else if Some(index) == last {
                rest.clamp(0.0, held)
            } else {
                held * (closed / total)
            };
            rest -= given;
            self.book(pool, position, given, fill);
            self.count_liquidated(position);
        }
    }

    /// Books the profit of closing `given` of a position at `fill`.
    pub fn book(&mut self, pool: usize, position: usize, given: f64, fill: f64) {
        let direction = self.terms.direction(self.terms.positions[position].sign);
        let held = &mut self.account.positions[position];
        let realised = direction * given * (fill - held.entry_x);
        held.quantity = if given >= held.quantity { 0.0 } else { held.quantity - given };
        self.add_money(pool, realised);
    }

    /// A procedure closed some of a position; one that it closed whole may be opened anew.
    fn count_liquidated(&mut self, position: usize) {
        let step = self.step;
        let held = &mut self.account.positions[position];
        if held.liquidated_at == 0 {
            held.liquidated_at = step;
        }
        if let Some(reopen) = self.terms.positions[position].reopen
            && held.quantity <= 0.0
            && held.reopenings_left > 0
        {
            held.reopens_at = step.saturating_add(reopen.steps);
        }
    }

    /// What happens to the money of a pool without positions.
    pub fn settle(&mut self, pool: usize, remainder: Remainder) {
        let (money, is_wallet) = (self.money(pool), self.terms.pools[pool].is_wallet);
        (self.account.pools[pool].waits_until, self.account.pools[pool].stage) = (0, 0);
        if money < 0.0 {
            self.account.shortfall += self.beyond_rounding(pool, -money);
        }
        if is_wallet {
            self.account.wallet = if remainder == Remainder::Return { money.max(0.0) } else { 0.0 };
        } else {
            self.account.pools[pool].money = 0.0;
            if remainder == Remainder::Return {
                self.account.wallet += money.max(0.0);
            }
        }
    }

    /// A loss that is no more than rounding is none.
    fn beyond_rounding(&self, pool: usize, loss: f64) -> f64 {
        if loss <= EQUALITY * self.terms.pools[pool].size { 0.0 } else { loss }
    }

    /// All positions leave at once, with all the pool's money.
    pub fn hand_over(&mut self, pool: usize) {
        let terms = self.terms;
        let mut equity = self.money(pool);
        for size in &terms.pools[pool].sizes {
            let quantity = self.quantity(size);
            if quantity > 0.0 {
                let fill = self.fill_x(pool, size, quantity, FillPrice::Bankruptcy);
                equity += self.size_profit(size, fill);
                self.account.closes += 1;
            }
        }
        self.account.shortfall += self.beyond_rounding(pool, (-equity).max(0.0));
        for &position in &terms.pools[pool].positions {
            if self.account.positions[position].quantity > 0.0 {
                self.account.positions[position].quantity = 0.0;
                self.count_liquidated(position);
            }
        }
        self.set_money(pool, 0.0);
        (self.account.pools[pool].waits_until, self.account.pools[pool].stage) = (0, 0);
    }

    /// Everything is taken over at the mark, without costs; what is left goes to the fund.
    pub fn take_over(&mut self, pool: usize) {
        let terms = self.terms;
        for size in &terms.pools[pool].sizes {
            let quantity = self.quantity(size);
            if quantity > 0.0 {
                self.give(pool, size, quantity, self.x(size.asset), true);
                self.account.closes += 1;
            }
        }
        self.settle(pool, Remainder::Forfeit);
    }
}
