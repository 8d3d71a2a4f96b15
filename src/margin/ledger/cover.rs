//! How much of a size has to be closed so that a pool meets its requirement again.

use rust_decimal::Decimal;

use super::amount::{Exact, add, div, mul, sub};
use super::close::slippage;
use super::size::{Size, notional, unit};
use crate::domain::{Contract, FillPrice, LiquidationRule, Portfolio, Requirement, Slippage, Trigger};
use crate::margin::ledger::Ledger;
use crate::margin::ledger::amount::OutOfRange;

/// Part of a lot at which Newton's method has arrived.
const ARRIVED: Decimal = Decimal::from_parts(1, 0, 0, false, 9);
/// Part of a size's notional from which a gain counts.
const MATTERS: Decimal = Decimal::from_parts(1, 0, 0, false, 12);
/// Rounds of Newton's method between two jumps of the requirement, at most: one for each line, and a few for a curve.
const MOST_ROUNDS: usize = 1_000;

/// Equity less requirement of a pool as a function of the quantity closed of one of its sizes, costs counted in full.
///
/// Between the jumps of a requirement in steps it is concave, because costs and requirement are convex. Newton's method
/// from the left therefore never passes a root.
pub(super) struct Gap<'a> {
    portfolio: &'a Portfolio,
    size: &'a Size,
    mark: Decimal,
    /// Equity less the requirement of the pool's other sizes.
    rest: Decimal,
    /// Slippage where it does not depend on the quantity closed.
    fixed: Option<Decimal>,
}

impl Ledger<'_> {
    /// The gap of a pool while a size is closed at this kind of price.
    pub(super) fn gap<'s>(
        &'s self,
        pool: usize,
        size: &'s Size,
        price: FillPrice,
        marks: &[Decimal],
    ) -> Result<Gap<'s>, OutOfRange> {
        let mark = marks[size.asset];
        let others = sub(self.pool_requirement(pool, marks)?, size.requirement(self.portfolio, mark)?)?;
        let fixed = match (price, self.portfolio.venue.liquidation.slippage) {
            (FillPrice::Fillable, _) => Some(self.limit(pool, size, marks)?.slippage),
            (_, Slippage::Fixed(fraction)) => Some(fraction),
            (_, Slippage::SquareRoot { .. }) => None,
        };
        Ok(Gap {
            portfolio: self.portfolio,
            size,
            mark,
            rest: sub(self.pool_equity(pool, marks)?, others)?,
            fixed,
        })
    }
}

impl Gap<'_> {
    /// The least quantity, below the whole size, after which the pool no longer fails; none where there is no such.
    pub fn least_restoring(&self) -> Result<Option<Decimal>, OutOfRange> {
        let arrived = mul(self.size.market(self.portfolio).lot, ARRIVED)?;
        let mut closed = Decimal::ZERO;
        for end in self.jumps()? {
            for _ in 0..MOST_ROUNDS {
                let (gap, slope) = (self.value(closed)?, self.slope(closed)?);
                let rises = slope > Decimal::ZERO;
                let equality_is_safe = self.portfolio.venue.trigger == Trigger::Below;
                let holds = gap > Decimal::ZERO || gap.is_zero() && (rises || equality_is_safe);
                // At a touched price the pool holds by a hair before anything is closed: where closing lowers the gap
                // that is no cover.
                if holds && (rises || closed > Decimal::ZERO) {
                    return Ok(Some(closed));
                }
                // A step beyond all decimals is beyond the size.
                let step = if rises { div(-gap, slope).ok() } else { None };
                let Some(next) = step.and_then(|step| add(closed, step).ok()).filter(|next| *next < end)
                else {
                    break;
                };
                if sub(next, closed)? <= arrived {
                    return Ok(Some(next));
                }
                closed = next;
            }
            closed = end;
        }
        Ok(None)
    }

    /// Whether the gap is larger once the whole size is closed, by more than rounding.
    pub fn closing_all_helps(&self) -> Result<bool, OutOfRange> {
        let gained = sub(self.value(self.size.quantity)?, self.value(Decimal::ZERO)?)?;
        let notional = notional(self.portfolio.venue.contract, self.size.quantity, self.mark)?;
        Ok(gained > mul(notional, MATTERS)?)
    }

    /// Quantities at which the requirement jumps, and the whole size.
    fn jumps(&self) -> Result<Vec<Decimal>, OutOfRange> {
        let whole = self.size.quantity;
        let mut ends = Vec::new();
        if let Requirement::Steps(steps) = self.size.rules(self.portfolio) {
            for step in steps.iter().rev() {
                if Decimal::ZERO < step.floor && step.floor < whole {
                    ends.push(sub(whole, step.floor)?);
                }
            }
        }
        ends.push(whole);
        Ok(ends)
    }

    fn rule(&self) -> &LiquidationRule {
        &self.portfolio.venue.liquidation
    }

    fn value(&self, closed: Decimal) -> Exact {
        let left = self.size.at(sub(self.size.quantity, closed)?)?;
        sub(sub(self.rest, self.cost(closed)?)?, left.requirement(self.portfolio, self.mark)?)
    }

    /// Slope of [`Self::value`] to the right.
    fn slope(&self, closed: Decimal) -> Exact {
        let left = self.size.at(sub(self.size.quantity, closed)?)?;
        let slippage = self.slippage(closed)?;
        let mut cost = self.unit_cost(slippage)?;
        if self.fixed.is_none() {
            // y·dσ/dy = σ/2 under the square-root law.
            let steeper = mul(self.unit_cost_slope(slippage)?, div(slippage, Decimal::TWO)?)?;
            cost = add(cost, steeper)?;
        }
        let x = unit(self.portfolio.venue.contract, self.mark)?;
        sub(left.relief(self.portfolio, self.mark)?, mul(x, cost)?)
    }

    fn slippage(&self, closed: Decimal) -> Exact {
        match self.fixed {
            Some(fraction) => Ok(fraction),
            None => slippage(self.rule(), notional(self.portfolio.venue.contract, closed, self.mark)?),
        }
    }

    /// Loss against the mark and fee.
    fn cost(&self, closed: Decimal) -> Exact {
        let cost = self.unit_cost(self.slippage(closed)?)?;
        mul(notional(self.portfolio.venue.contract, closed, self.mark)?, cost)
    }

    /// Loss against the mark and fee, per unit of notional: `σ + f·(1 − sσ)`, or `σ/(1 − sσ) + f/(1 − sσ)` inverse.
    fn unit_cost(&self, slippage: Decimal) -> Exact {
        let fee = self.rule().fee;
        let kept = sub(Decimal::ONE, mul(self.size.side.sign(), slippage)?)?;
        match self.portfolio.venue.contract {
            Contract::Linear => add(slippage, mul(fee, kept)?),
            Contract::Inverse => div(add(slippage, fee)?, kept),
        }
    }

    /// Derivative of [`Self::unit_cost`] by the slippage: `1 − s·f`, or `(1 + s·f)/(1 − sσ)²` inverse.
    fn unit_cost_slope(&self, slippage: Decimal) -> Exact {
        let signed_fee = mul(self.size.side.sign(), self.rule().fee)?;
        match self.portfolio.venue.contract {
            Contract::Linear => sub(Decimal::ONE, signed_fee),
            Contract::Inverse => {
                let kept = sub(Decimal::ONE, mul(self.size.side.sign(), slippage)?)?;
                div(add(Decimal::ONE, signed_fee)?, mul(kept, kept)?)
            }
        }
    }
}
