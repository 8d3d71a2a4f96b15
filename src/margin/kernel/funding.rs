//! Funding of one lane's pool.

use super::account::Desk;
use crate::domain::Debit;

/// A charge leaves so much of the requirement over, where funding alone does not liquidate.
const FLOOR: f64 = 1.000_000_001;

impl Desk<'_> {
    /// Pays or receives what the positions of a pool owe at these rates, by asset.
    pub fn fund(&mut self, pool: usize, rates: &[f64]) {
        let terms = self.terms;
        let owed = |&position: &usize| {
            let (held, p) = (&self.account.positions[position], &terms.positions[position]);
            p.sign * held.quantity * self.x(p.asset) * rates[p.asset]
        };
        let mut owed: f64 = terms.pools[pool].positions.iter().map(owed).sum();
        let by_pool = terms.pools[pool].is_wallet || terms.debit == Debit::Margin;
        if owed <= 0.0 {
            self.account.funding += owed;
            if by_pool {
                self.add_money(pool, -owed);
            } else {
                self.account.wallet -= owed;
            }
            return;
        }
        if terms.floors_funding {
            owed = owed.min((self.equity(pool) - self.requirement(pool) * FLOOR).max(0.0));
        }
        let mut left = owed;
        if !by_pool {
            let paid = left.min(self.free_wallet());
            self.account.wallet -= paid;
            left -= paid;
        }
        if by_pool || terms.debit == Debit::AvailableThenMargin {
            let paid = left.min(self.equity(pool).max(0.0));
            self.add_money(pool, -paid);
            left -= paid;
        }
        self.account.funding += owed;
        self.account.shortfall += left;
    }
}
