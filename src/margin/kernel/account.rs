//! One lane's account, and what is asked of it: equity, requirement, the margin check.

use super::super::kernel::terms::{SizeTerms, Terms};
use super::ties::{EQUALITY, GUARD, rounded};
use crate::domain::FillPrice;

/// Largest part of the mark that a forced fill lies away from it.
pub(super) const FARTHEST: f64 = 0.99;

/// One position as it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// What is left of it; 0 once it is closed.
    pub quantity: f64,
    /// Quantity when it was last opened.
    pub opened: f64,
    /// x when it was last opened.
    pub entry_x: f64,
    /// Set aside when it was last opened.
    pub set_aside: f64,
    /// Levels of the orders.
    pub stop_loss: Option<f64>,
    pub take_profit: Option<f64>,
    pub top_ups_left: u32,
    pub reopenings_left: u32,
    /// Step at which it is opened anew; 0: not.
    pub reopens_at: u32,
    /// Step at which a procedure first closed any of it; 0 if none did.
    pub liquidated_at: u32,
}

impl Held {
    /// Part of the opened quantity that is left.
    pub fn left(&self) -> f64 {
        if self.quantity > 0.0 { self.quantity / self.opened } else { 0.0 }
    }
}

/// One pool as it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PoolAccount {
    /// Money of an isolated pool; the wallet's pool holds the account's wallet.
    pub money: f64,
    /// Until this step it is not checked; 0: it does not wait.
    pub waits_until: u32,
    /// Procedure step that comes next when it has waited.
    pub stage: usize,
}

/// One lane's account.
#[derive(Debug, Clone, Default)]
pub(super) struct LaneAccount {
    pub wallet: f64,
    pub pools: Vec<PoolAccount>,
    pub positions: Vec<Held>,
    pub shortfall: f64,
    pub fees: f64,
    /// Funding paid less funding received.
    pub funding: f64,
    /// Sizes closed by procedures.
    pub closes: u32,
}

impl LaneAccount {
    pub fn open(terms: &Terms) -> Self {
        let held = |p: &super::terms::PositionTerms| Held {
            quantity: p.quantity,
            opened: p.quantity,
            entry_x: terms.x(terms.markets[p.asset].price),
            set_aside: p.set_aside,
            stop_loss: p.stop_loss,
            take_profit: p.take_profit,
            top_ups_left: p.top_up.map_or(0, |top_up| top_up.times),
            reopenings_left: p.reopen.map_or(0, |reopen| reopen.times),
            ..Held::default()
        };
        let pool = |p: &super::terms::PoolTerms| PoolAccount { money: p.money, ..PoolAccount::default() };
        Self {
            wallet: terms.wallet,
            pools: terms.pools.iter().map(pool).collect(),
            positions: terms.positions.iter().map(held).collect(),
            fees: terms.entry_fees,
            ..Self::default()
        }
    }

    /// Takes over another account of the same portfolio.
    pub fn copy_from(&mut self, other: &Self) {
        self.pools.copy_from_slice(&other.pools);
        self.positions.copy_from_slice(&other.positions);
        (self.wallet, self.shortfall) = (other.wallet, other.shortfall);
        (self.fees, self.funding, self.closes) = (other.fees, other.funding, other.closes);
    }
}

/// One lane's account at a moment, and the rules that act on it. Marks are prices by asset.
pub(super) struct Desk<'a> {
    pub terms: &'a Terms,
    pub account: &'a mut LaneAccount,
    pub step: u32,
    pub marks: &'a [f64],
}

impl<'a> Desk<'a> {
    /// The same account at other marks.
    pub fn at<'b>(&'b mut self, marks: &'b [f64]) -> Desk<'b>
    where
        'a: 'b,
    {
        Desk { terms: self.terms, account: self.account, step: self.step, marks }
    }

    pub fn x(&self, asset: usize) -> f64 {
        self.terms.x(self.marks[asset])
    }

    pub fn money(&self, pool: usize) -> f64 {
        if self.terms.pools[pool].is_wallet { self.account.wallet } else { self.account.pools[pool].money }
    }

    pub fn add_money(&mut self, pool: usize, amount: f64) {
        if self.terms.pools[pool].is_wallet {
            self.account.wallet += amount;
        } else {
            self.account.pools[pool].money += amount;
        }
    }

    pub fn set_money(&mut self, pool: usize, amount: f64) {
        if self.terms.pools[pool].is_wallet {
            self.account.wallet = amount;
        } else {
            self.account.pools[pool].money = amount;
        }
    }

    /// Profit of what is left of a position at x.
    pub fn profit(&self, position: usize, x: f64) -> f64 {
        let held = &self.account.positions[position];
        self.terms.direction(self.terms.positions[position].sign) * held.quantity * (x - held.entry_x)
    }

    pub fn size_profit(&self, size: &SizeTerms, x: f64) -> f64 {
        size.positions.iter().map(|&position| self.profit(position, x)).sum()
    }

    pub fn equity(&self, pool: usize) -> f64 {
        let positions = &self.terms.pools[pool].positions;
        let of = |&position: &usize| self.profit(position, self.x(self.terms.positions[position].asset));
        self.money(pool) + positions.iter().map(of).sum::<f64>()
    }

    pub fn quantity(&self, size: &SizeTerms) -> f64 {
        size.positions.iter().map(|&position| self.account.positions[position].quantity).sum()
    }

    pub fn notional(&self, size: &SizeTerms) -> f64 {
        self.quantity(size) * self.x(size.asset)
    }

    /// The notional that the requirement counts.
    pub fn basis_notional(&self, size: &SizeTerms) -> f64 {
        if !self.terms.at_entry {
            return self.notional(size);
        }
        let held = size.positions.iter().map(|&position| &self.account.positions[position]);
        held.map(|held| held.quantity * held.entry_x).sum()
    }

    /// What is set aside for what is left of a size.
    pub fn set_aside(&self, size: &SizeTerms) -> f64 {
        let held = size.positions.iter().map(|&position| &self.account.positions[position]);
        held.map(|held| held.set_aside * held.left()).sum()
    }

    pub fn size_requirement(&self, size: &SizeTerms) -> f64 {
        let quantity = self.quantity(size);
        if quantity <= 0.0 {
            return 0.0;
        }
        let notional = self.basis_notional(size);
        let rates = &self.terms.markets[size.asset].rates;
        rates.required(notional, quantity) + self.terms.phi * notional + self.set_aside(size)
    }

    pub fn requirement(&self, pool: usize) -> f64 {
        self.terms.pools[pool].sizes.iter().map(|size| self.size_requirement(size)).sum()
    }

    /// The requirement as if every size stood in the first tier.
    pub fn first_tier_requirement(&self, pool: usize) -> f64 {
        let of = |size: &SizeTerms| {
            let rate = self.terms.markets[size.asset].rates.first_rate();
            (rate + self.terms.phi) * self.basis_notional(size) + self.set_aside(size)
        };
        self.terms.pools[pool].sizes.iter().map(of).sum()
    }

    pub fn is_empty(&self, pool: usize) -> bool {
        self.terms.pools[pool].positions.iter().all(|&p| self.account.positions[p].quantity <= 0.0)
    }

    /// The larger of money and notional: what rounding is measured by.
    pub fn scale(&self, pool: usize) -> f64 {
        let notional: f64 = self.terms.pools[pool].sizes.iter().map(|size| self.notional(size)).sum();
        notional.max(self.money(pool).abs())
    }

    /// Equity less so many times the requirement; near 0 at prices of 12 digits, and 0 within rounding of it.
    pub fn gap(&mut self, pool: usize, times: f64) -> f64 {
        let scale = self.scale(pool);
        let gap = self.equity(pool) - times * self.requirement(pool);
        if gap.abs() > GUARD * scale {
            return gap;
        }
        let marks: Vec<f64> = self.marks.iter().map(|&price| rounded(price)).collect();
        let desk = self.at(&marks);
        let gap = desk.equity(pool) - times * desk.requirement(pool);
        if gap.abs() <= EQUALITY * scale { 0.0 } else { gap }
    }

    /// The margin check.
    pub fn fails(&mut self, pool: usize) -> bool {
        if self.is_empty(pool) {
            return false;
        }
        let gap = self.gap(pool, 1.0);
        if self.terms.equality_fails { gap <= 0.0 } else { gap < 0.0 }
    }

    /// The check of a pool, and its liquidation where it fails; one that waits is left alone until it is worth too little.
    pub fn check(&mut self, pool: usize) {
        if self.is_empty(pool) {
            return;
        }
        let state = self.account.pools[pool];
        if state.waits_until <= self.step {
            self.stop_waiting(pool);
            if self.fails(pool) {
                self.liquidate(pool, state.stage);
            }
        }
        while self.account.pools[pool].waits_until > self.step && self.is_overdue(pool) {
            let stage = self.account.pools[pool].stage;
            self.stop_waiting(pool);
            self.liquidate(pool, stage);
        }
    }

    fn stop_waiting(&mut self, pool: usize) {
        (self.account.pools[pool].waits_until, self.account.pools[pool].stage) = (0, 0);
    }

    /// Whether a pool is worth less than nothing, or than where the backstop takes over.
    fn is_overdue(&mut self, pool: usize) -> bool {
        self.gap(pool, self.terms.procedure.backstop.unwrap_or(0.0)) < 0.0
    }

    /// A position's margin in proportion to what is left of its quantity.
    pub fn initial_margin(&self, position: usize) -> f64 {
        self.terms.positions[position].margin * self.account.positions[position].left()
    }

    /// What of the wallet backs no position: what a top-up, a reopening and some venues' funding are taken from.
    pub fn free_wallet(&self) -> f64 {
        let wallet = self.account.wallet;
        let Some(pool) = self.terms.shared().filter(|&pool| !self.is_empty(pool)) else {
            return wallet.max(0.0);
        };
        let margins: f64 = self.terms.pools[pool].positions.iter().map(|&p| self.initial_margin(p)).sum();
        (wallet.min(self.equity(pool)) - margins).max(0.0)
    }

    /// Sizes that hold anything, in the procedure's order.
    pub fn ordered(&self, pool: usize) -> Vec<&'a SizeTerms> {
        use crate::domain::Order;
        let terms = self.terms;
        let open = terms.pools[pool].sizes.iter().filter(|size| self.quantity(size) > 0.0);
        let key = |size: &SizeTerms| match terms.procedure.order {
            Order::All => 0.0,
            Order::LargestLoss => self.size_profit(size, self.x(size.asset)),
            Order::LargestRequirement => -self.size_requirement(size),
        };
        // Of equals, by 12 digits, the one whose first open position comes first.
        let first = |size: &SizeTerms| {
            size.positions.iter().find(|&&p| self.account.positions[p].quantity > 0.0).copied()
        };
        let mut keyed: Vec<_> = open.map(|size| (rounded(key(size)), first(size), size)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keyed.into_iter().map(|(_, _, size)| size).collect()
    }

    /// x of a forced fill of so much of a size.
    pub fn fill_x(&self, pool: usize, size: &SizeTerms, quantity: f64, price: FillPrice) -> f64 {
        let (mark, rule) = (self.marks[size.asset], &self.terms.procedure);
        let away = match price {
            FillPrice::Fillable => {
                let [adjustment, spread] = rule.fillable;
                let requirement = self.requirement(pool);
                // Without a requirement there is no ratio to move the limit by.
                if requirement <= 0.0 {
                    return self.terms.x(mark);
                }
                let eagerness = (adjustment * (1.0 - self.equity(pool) / requirement)).clamp(0.0, 1.0);
                eagerness * spread * self.size_requirement(size) / self.notional(size)
            }
            FillPrice::Mark | FillPrice::Bankruptcy => {
                rule.slippage + rule.impact * (quantity * self.terms.x(mark)).sqrt()
            }
        };
        self.terms.x(mark * (1.0 - size.sign * away.min(FARTHEST)))
    }
}
