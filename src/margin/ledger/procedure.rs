//! The margin check, and the liquidation of a pool that fails it: step by step, until it holds or nothing is left.

use rust_decimal::Decimal;

use super::amount::{div, mul, sum};
use super::events::{Cause, LedgerEvent, LiquidationEvent};
use super::size::{Size, exceeds};
use crate::domain::{FillPrice, LiquidationStep, Order, Remainder, StepKind};
use crate::margin::ledger::amount::OutOfRange;
use crate::margin::ledger::{Ledger, notional, unit};

/// How a step of a procedure ended.
enum Outcome {
    /// The check holds, or nothing is left.
    Ended,
    /// The next step's turn.
    Next,
    /// The pool waits until this step.
    Waits(u64),
}

/// A step that closes a share of sizes.
#[derive(Clone, Copy)]
struct Share {
    fraction: Decimal,
    above_notional: Decimal,
    least_notional: Decimal,
    cooldown_seconds: u64,
    repeat: bool,
}

impl Ledger<'_> {
    /// The check of one pool at these marks, and its liquidation if it fails. A waiting pool is left alone until it owes
    /// more than it may.
    pub(super) fn check(
        &mut self,
        step: u64,
        pool: usize,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        if !self.waits(pool, step) {
            if !self.fails(pool, marks)? {
                self.forget_waiting(pool);
                return Ok(());
            }
            self.liquidate(step, pool, marks, events)?;
        }
        while self.waits(pool, step) && self.is_overdue(pool, marks)? {
            self.liquidate(step, pool, marks, events)?;
        }
        Ok(())
    }

    /// Whether a pool is worth too little to wait: less than nothing, or than where the backstop takes over.
    fn is_overdue(&self, pool: usize, marks: &[Decimal]) -> Result<bool, OutOfRange> {
        let equity = self.pool_equity(pool, marks)?;
        let least = match self.portfolio.venue.liquidation.backstop {
            Some(share) => mul(share, self.pool_requirement(pool, marks)?)?,
            None => Decimal::ZERO,
        };
        Ok(equity < least)
    }

    /// Whether a pool is not to be checked yet.
    pub(super) fn waits(&self, pool: usize, step: u64) -> bool {
        self.pools[pool].waits_until.is_some_and(|until| step < until)
    }

    /// The liquidation of a pool that failed on the way to these marks, or at them.
    pub(super) fn liquidate(
        &mut self,
        step: u64,
        pool: usize,
        marks: &[Decimal],
        events: &mut Vec<LedgerEvent>,
    ) -> Result<(), OutOfRange> {
        let zero = Decimal::ZERO;
        let mut event = LiquidationEvent {
            step,
            pool,
            money: self.money(pool),
            equity: self.pool_equity(pool, marks)?,
            requirement: self.pool_requirement(pool, marks)?,
            closes: Vec::new(),
            realised: zero,
            fee: zero,
            shortfall: zero,
            paid_in: zero,
            forfeited: zero,
            returned: zero,
            emptied: false,
            waits_until: None,
        };
        let rule = &self.portfolio.venue.liquidation;
        let (backstop, mut remainder) = (rule.backstop, rule.remainder);
        if let Some(share) = backstop
            && event.equity < mul(share, event.requirement)?
        {
            for size in self.sizes(pool)? {
                self.close(&mut event, &size, size.quantity, Cause::Backstop, marks)?;
            }
            remainder = Remainder::Forfeit;
        } else {
            self.proceed(&mut event, marks)?;
        }
        event.emptied = self.is_empty(pool);
        if event.emptied {
            self.settle_liquidation(&mut event, remainder)?;
        }
        events.push(LedgerEvent::Liquidation(event));
        Ok(())
    }

    /// Steps from the pool's stage on.
    fn proceed(&mut self, event: &mut LiquidationEvent, marks: &[Decimal]) -> Result<(), OutOfRange> {
        let steps = &self.portfolio.venue.liquidation.steps;
        let pool = event.pool;
        let stage = std::mem::take(&mut self.pools[pool].stage);
        self.pools[pool].waits_until = None;
        for (index, step) in steps.iter().enumerate().skip(stage) {
            match self.carry_out_step(event, *step, marks)? {
                Outcome::Ended => return Ok(()),
                Outcome::Next => {}
                Outcome::Waits(until) => {
                    let again = matches!(step.kind, StepKind::Fraction { repeat: true, .. });
                    self.pools[pool].stage = if again { index } else { index + 1 };
                    self.pools[pool].waits_until = Some(until);
                    event.waits_until = Some(until);
                    return Ok(());
                }
            }
        }
        let price = steps.last().map_or(FillPrice::Mark, |step| step.price);
        self.close_all(event, LiquidationStep { kind: StepKind::Full, price }, marks).map(|_| ())
    }

    fn carry_out_step(
        &mut self,
        event: &mut LiquidationEvent,
        step: LiquidationStep,
        marks: &[Decimal],
    ) -> Result<Outcome, OutOfRange> {
        match step.kind {
            StepKind::Full => self.close_all(event, step, marks),
            StepKind::Tiered { tiers, above_first_tier } => {
                self.step_down(event, step, (tiers.max(1) as usize, above_first_tier), marks)
            }
            StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds, repeat } => {
                let share = Share { fraction, above_notional, least_notional, cooldown_seconds, repeat };
                self.close_shares(event, step, share, marks)
            }
            StepKind::Cover => self.cover(event, step, marks),
        }
    }

    /// Everything: handed over at bankruptcy, or size after size.
    fn close_all(
        &mut self,
        event: &mut LiquidationEvent,
        step: LiquidationStep,
        marks: &[Decimal],
    ) -> Result<Outcome, OutOfRange> {
        let cause = Cause::Step(step.kind, step.price);
        if step.price == FillPrice::Bankruptcy {
            self.hand_over(event, cause, marks)?;
            return Ok(Outcome::Ended);
        }
        let one_by_one = self.portfolio.venue.liquidation.order != Order::All;
        for size in self.in_order(self.sizes(event.pool)?, marks)? {
            self.close(event, &size, size.quantity, cause, marks)?;
            if one_by_one && !self.fails(event.pool, marks)? {
                return Ok(Outcome::Ended);
            }
        }
        Ok(Outcome::Ended)
    }

    /// A share of every size above a bound; once, or again and again.
    fn close_shares(
        &mut self,
        event: &mut LiquidationEvent,
        step: LiquidationStep,
        share: Share,
        marks: &[Decimal],
    ) -> Result<Outcome, OutOfRange> {
        let cause = Cause::Step(step.kind, step.price);
        let contract = self.portfolio.venue.contract;
        let one_by_one = self.portfolio.venue.liquidation.order != Order::All;
        loop {
            let mut eligible = Vec::new();
            for size in self.sizes(event.pool)? {
                if exceeds(notional(contract, size.quantity, marks[size.asset])?, share.above_notional)? {
                    eligible.push(size);
                }
            }
            if eligible.is_empty() {
                return Ok(Outcome::Next);
            }
            for size in self.in_order(eligible, marks)? {
                let least = div(share.least_notional, unit(contract, marks[size.asset])?)?;
                let quantity = mul(share.fraction, size.quantity)?.max(least);
                self.close(event, &size, quantity, cause, marks)?;
                if one_by_one && !self.fails(event.pool, marks)? {
                    return Ok(Outcome::Ended);
                }
            }
            if !self.fails(event.pool, marks)? {
                return Ok(Outcome::Ended);
            }
            let waited = self.clock.steps_within(share.cooldown_seconds);
            if waited >= 1 {
                return Ok(Outcome::Waits(event.step.saturating_add(waited)));
            }
            if !share.repeat {
                return Ok(Outcome::Next);
            }
        }
    }

    /// Sizes down to the floor of a lower tier, while they stand above the lowest ones.
    fn step_down(
        &mut self,
        event: &mut LiquidationEvent,
        step: LiquidationStep,
        (tiers, above_first_tier): (usize, bool),
        marks: &[Decimal],
    ) -> Result<Outcome, OutOfRange> {
        let cause = Cause::Step(step.kind, step.price);
        let one_by_one = self.portfolio.venue.liquidation.order != Order::All;
        loop {
            if above_first_tier
                && self.pool_equity(event.pool, marks)? < self.first_tier_requirement(event.pool, marks)?
            {
                return Ok(Outcome::Next);
            }
            let mut eligible = Vec::new();
            for size in self.sizes(event.pool)? {
                if size.tier(self.portfolio, marks[size.asset])? > tiers {
                    eligible.push(size);
                }
            }
            if eligible.is_empty() {
                return Ok(Outcome::Next);
            }
            let mut chosen = self.in_order(eligible, marks)?;
            if one_by_one {
                chosen.truncate(1);
            }
            for size in chosen {
                let mark = marks[size.asset];
                let floor_of = size.tier(self.portfolio, mark)? - tiers + 1;
                let quantity = size.above_floor(self.portfolio, mark, floor_of)?;
                self.close(event, &size, quantity, cause, marks)?;
            }
            if !self.fails(event.pool, marks)? {
                return Ok(Outcome::Ended);
            }
        }
    }

    /// One size after the other: exactly what restores the requirement, or all of it where that helps.
    fn cover(
        &mut self,
        event: &mut LiquidationEvent,
        step: LiquidationStep,
        marks: &[Decimal],
    ) -> Result<Outcome, OutOfRange> {
        let cause = Cause::Step(step.kind, step.price);
        for size in self.in_order(self.sizes(event.pool)?, marks)? {
            let gap = self.gap(event.pool, &size, step.price, marks)?;
            if let Some(quantity) = gap.least_restoring()? {
                self.close(event, &size, quantity, cause, marks)?;
                return Ok(Outcome::Ended);
            }
            // What is left when every other size is gone is the next step's.
            if self.sizes(event.pool)?.len() > 1 && gap.closing_all_helps()? {
                self.close(event, &size, size.quantity, cause, marks)?;
                if !self.fails(event.pool, marks)? {
                    return Ok(Outcome::Ended);
                }
            }
        }
        Ok(Outcome::Next)
    }

    /// Sizes in the venue's order; of equals the earlier first.
    fn in_order(&self, sizes: Vec<Size>, marks: &[Decimal]) -> Result<Vec<Size>, OutOfRange> {
        let mut keyed = Vec::with_capacity(sizes.len());
        for size in sizes {
            let key = match self.portfolio.venue.liquidation.order {
                Order::All => Decimal::ZERO,
                Order::LargestLoss => {
                    let mark = marks[size.asset];
                    let profits = size.members.iter().map(|&position| self.unrealised(position, mark));
                    profits.into_iter().try_fold(Decimal::ZERO, |total, profit| sum(total, profit?))?
                }
                Order::LargestRequirement => -size.requirement(self.portfolio, marks[size.asset])?,
            };
            keyed.push((key, size));
        }
        keyed.sort_by_key(|(key, _)| *key);
        Ok(keyed.into_iter().map(|(_, size)| size).collect())
    }

    /// The pool's requirement if every size stood in the first tier.
    fn first_tier_requirement(&self, pool: usize, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
        self.sizes(pool)?.iter().try_fold(Decimal::ZERO, |total, size| {
            sum(total, size.first_tier_requirement(self.portfolio, marks[size.asset])?)
        })
    }
}
