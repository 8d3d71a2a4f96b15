//! Funding: what positions owe each other between payments, and from which money it is paid.

use rust_decimal::Decimal;

use super::amount::{add, booked, mul, positive, sub, sum};
use super::events::{FundingEvent, LedgerEvent};
use crate::domain::Debit;
use crate::margin::ledger::amount::OutOfRange;
use crate::margin::ledger::{Ledger, notional};
use crate::margin::pool::PoolKind;

/// A charge that must not liquidate leaves the requirement and a billionth of it.
const FLOOR: Decimal = Decimal::from_parts(1_000_000_001, 0, 0, false, 9);

impl Ledger<'_> {
    /// Pays what is due at this step, pool after pool, the wallet's first.
    pub(super) fn fund(
        &mut self,
        step: u64,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        let due = self.clock.payments(step, self.portfolio.venue.funding.interval_seconds);
        if due.is_empty() {
            return Ok(());
        }
        let mut rates = Vec::with_capacity(self.portfolio.assets.len());
        for asset in &self.portfolio.assets {
            let each = due.clone().map(|payment| asset.funding.rate(self.path, payment));
            rates.push(each.into_iter().try_fold(Decimal::ZERO, add)?);
        }
        for pool in 0..self.pools.len() {
            let owed = self.owed(pool, marks, &rates)?;
            if !owed.is_zero() {
                let event = self.settle_funding(step, pool, marks, owed)?;
                events.push(LedgerEvent::Funding(event));
            }
        }
        Ok(())
    }

    /// `Σ s·N·R` over a pool, N at the mark.
    fn owed(&self, pool: usize, marks: &[Decimal], rates: &[Decimal]) -> Result<Decimal, OutOfRange> {
        let mut owed = Decimal::ZERO;
        for index in self.held(pool) {
            let position = &self.portfolio.positions[index];
            let rate = mul(position.side.sign(), rates[position.asset])?;
            let quantity = self.positions[index].quantity;
            let notional = notional(self.portfolio.venue.contract, quantity, marks[position.asset])?;
            owed = sum(owed, booked(mul(rate, notional)?)?)?;
        }
        Ok(owed)
    }

    fn settle_funding(
        &mut self,
        step: u64,
        pool: usize,
        marks: &[Decimal],
        owed: Decimal,
    ) -> Result<FundingEvent, OutOfRange> {
        let rule = &self.portfolio.venue.funding;
        let from_wallet = self.pools[pool].pool.kind == PoolKind::Wallet || rule.debit != Debit::Margin;
        let mut waived = Decimal::ZERO;
        let (wallet, margin) = if owed.is_sign_negative() {
            if from_wallet { (owed, Decimal::ZERO) } else { (Decimal::ZERO, owed) }
        } else {
            let equity = self.pool_equity(pool, marks)?;
            let mut charged = owed;
            if rule.floor_at_requirement {
                let kept = booked(mul(self.pool_requirement(pool, marks)?, FLOOR)?)?;
                charged = charged.min(positive(sub(equity, kept)?));
                waived = sub(owed, charged)?;
            }
            self.charge(pool, marks, charged, positive(equity))?
        };
        let shortfall = if owed.is_sign_negative() {
            Decimal::ZERO
        } else {
            sub(sub(sub(owed, waived)?, wallet)?, margin)?
        };
        self.wallet = sum(self.wallet, -wallet)?;
        self.pools[pool].margin = sum(self.pools[pool].margin, -margin)?;
        self.sums.funding = sum(self.sums.funding, sub(owed, waived)?)?;
        self.sums.shortfall = sum(self.sums.shortfall, shortfall)?;
        self.sums.paid_in = sum(self.sums.paid_in, shortfall)?;
        Ok(FundingEvent { step, pool, owed, waived, from_wallet: wallet, from_margin: margin, shortfall })
    }

    /// How much of a charge the wallet and the margin pay; a pool pays no more than its equity.
    fn charge(
        &self,
        pool: usize,
        marks: &[Decimal],
        charged: Decimal,
        equity: Decimal,
    ) -> Result<(Decimal, Decimal), OutOfRange> {
        if self.pools[pool].pool.kind == PoolKind::Wallet {
            return Ok((charged.min(equity), Decimal::ZERO));
        }
        Ok(match self.portfolio.venue.funding.debit {
            Debit::Margin => (Decimal::ZERO, charged.min(equity)),
            Debit::Wallet => (charged.min(self.free_wallet(marks)?), Decimal::ZERO),
            Debit::AvailableThenMargin => {
                let wallet = charged.min(self.free_wallet(marks)?);
                (wallet, sub(charged, wallet)?.min(equity))
            }
        })
    }
}
