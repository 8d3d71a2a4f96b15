//! Closing: fills on the book, handing over, and what becomes of an emptied pool's money.

use rust_decimal::{Decimal, RoundingStrategy};

use super::amount::{Exact, add, booked, div, mul, positive, square_root, sub, sum};
use super::events::{Cause, LiquidationEvent, PositionFill, SizeClose};
use super::orders::LOT_SLACK;
use super::size::Size;
use crate::domain::{FillPrice, LiquidationRule, Remainder, Side, Slippage};
use crate::margin::ledger::amount::OutOfRange;
use crate::margin::ledger::{Ledger, notional, profit_between};
use crate::margin::pool::PoolKind;

/// No fill lies further from the mark than this part of it.
const LARGEST_SLIPPAGE: Decimal = Decimal::from_parts(99, 0, 0, false, 2);
/// Decimals of the quantity that a position gives to a close.
const QUANTITY_DECIMALS: u32 = 15;

/// Quantities that positions give, and the quantity they make together.
type Given = (Vec<(usize, Decimal)>, Decimal);

/// What became of an emptied pool's money.
pub(super) struct Settled {
    pub shortfall: Decimal,
    pub forfeited: Decimal,
    pub returned: Decimal,
}

/// Slippage of a fixed fraction, or of what is closed.
pub(super) fn slippage(rule: &LiquidationRule, closed_notional: Decimal) -> Exact {
    let fraction = match rule.slippage {
        Slippage::Fixed(fraction) => fraction,
        Slippage::SquareRoot { impact, daily_volume } => {
            mul(impact, square_root(div(closed_notional, daily_volume)?)?)?
        }
    };
    Ok(fraction.min(LARGEST_SLIPPAGE))
}

/// `P·(1 − s·σ)`.
fn filled_at(side: Side, mark: Decimal, slippage: Decimal) -> Exact {
    mul(mark, sub(Decimal::ONE, mul(side.sign(), slippage)?)?)
}

/// The limit of a forced order and the size's share of the pool's equity, both before it is closed.
pub(super) struct Limit {
    /// Distance from the mark, a fraction of it.
    pub slippage: Decimal,
    /// Equity that belongs to the whole size; 0 where nothing is required.
    share: Decimal,
}

impl Ledger<'_> {
    /// The fillable price's distance from the mark, and the share of equity that fees are measured from.
    pub(super) fn limit(&self, pool: usize, size: &Size, marks: &[Decimal]) -> Result<Limit, OutOfRange> {
        let (equity, required) = (self.pool_equity(pool, marks)?, self.pool_requirement(pool, marks)?);
        let fillable = self.portfolio.venue.liquidation.fillable;
        let (Some(rule), false) = (fillable, required.is_zero()) else {
            return Ok(Limit { slippage: Decimal::ZERO, share: Decimal::ZERO });
        };
        let mark = marks[size.asset];
        let own = size.requirement(self.portfolio, mark)?;
        let missing = sub(Decimal::ONE, div(equity, required)?)?;
        let pressed = mul(rule.adjustment, missing)?.clamp(Decimal::ZERO, Decimal::ONE);
        let notional = notional(self.portfolio.venue.contract, size.quantity, mark)?;
        // A notional that decimals cannot hold has no requirement either.
        let ratio = if notional.is_zero() { Decimal::ZERO } else { div(own, notional)? };
        Ok(Limit {
            slippage: mul(mul(pressed, rule.spread)?, ratio)?.min(LARGEST_SLIPPAGE),
            share: div(mul(equity, own)?, required)?,
        })
    }

    /// Closes a quantity of a size on the book, rounded up to lots: realised profit to the pool's money, then the fee.
    pub(super) fn close(
        &mut self,
        event: &mut LiquidationEvent,
        size: &Size,
        quantity: Decimal,
        cause: Cause,
        marks: &[Decimal],
    ) -> Result<(), OutOfRange> {
        let (pool, mark) = (event.pool, marks[size.asset]);
        let contract = self.portfolio.venue.contract;
        let (given, closed) = self.give(size, quantity)?;
        let fillable = matches!(cause, Cause::Step(_, FillPrice::Fillable));
        let limit = self.limit(pool, size, marks)?;
        let slippage = match cause {
            Cause::Backstop => Decimal::ZERO,
            Cause::Step(_, FillPrice::Fillable) => limit.slippage,
            Cause::Step(..) => {
                slippage(&self.portfolio.venue.liquidation, notional(contract, closed, mark)?)?
            }
        };
        let fill = filled_at(size.side, mark, slippage)?;
        let tier = size.tier(self.portfolio, mark)?;
        let fills = self.fills(&given, mark, fill)?;
        let (mut realised, mut at_mark) = (Decimal::ZERO, Decimal::ZERO);
        for part in &fills {
            realised = sum(realised, part.profit)?;
            at_mark = sum(at_mark, part.profit_at_mark)?;
            self.take(event.step, part);
        }
        self.credit(pool, realised)?;
        self.sums.realised = sum(self.sums.realised, realised)?;
        let asked = match cause {
            Cause::Backstop => Decimal::ZERO,
            Cause::Step(..) => {
                booked(mul(self.portfolio.venue.liquidation.fee, notional(contract, closed, fill)?)?)?
            }
        };
        let (fee, paid_in) = if fillable {
            let share = booked(div(mul(limit.share, closed)?, size.quantity)?)?;
            let surplus = sub(share, sub(at_mark, realised)?)?;
            (asked.min(positive(surplus)), positive(-surplus))
        } else {
            (asked.min(positive(self.pool_equity(pool, marks)?)), Decimal::ZERO)
        };
        self.pay_fee(pool, fee)?;
        self.pay_in(pool, paid_in)?;
        self.sums.closes += 1;
        event.realised = sum(event.realised, realised)?;
        event.fee = sum(event.fee, fee)?;
        event.shortfall = sum(event.shortfall, paid_in)?;
        event.paid_in = sum(event.paid_in, paid_in)?;
        let (asset, side, of) = (size.asset, size.side, size.quantity);
        let fill = Some(fill);
        event.closes.push(SizeClose {
            cause,
            asset,
            side,
            quantity: closed,
            of,
            tier,
            mark,
            fill,
            fills,
            realised,
            fee,
            paid_in,
        });
        Ok(())
    }

    /// All positions leave with all the pool's money; what they lost beyond it is only recorded.
    pub(super) fn hand_over(
        &mut self,
        event: &mut LiquidationEvent,
        cause: Cause,
        marks: &[Decimal],
    ) -> Result<(), OutOfRange> {
        let money = self.money(event.pool);
        let mut equity = money;
        for size in self.sizes(event.pool)? {
            let mark = marks[size.asset];
            let closed = notional(self.portfolio.venue.contract, size.quantity, mark)?;
            let price = filled_at(size.side, mark, slippage(&self.portfolio.venue.liquidation, closed)?)?;
            let tier = size.tier(self.portfolio, mark)?;
            let whole: Vec<_> = size.members.iter().map(|&p| (p, self.positions[p].quantity)).collect();
            let fills = self.fills(&whole, mark, price)?;
            for part in &fills {
                equity = sum(equity, part.profit)?;
                self.take(event.step, part);
            }
            self.sums.closes += 1;
            event.closes.push(SizeClose {
                cause,
                asset: size.asset,
                side: size.side,
                quantity: size.quantity,
                of: size.quantity,
                tier,
                mark,
                fill: None,
                fills,
                realised: Decimal::ZERO,
                fee: Decimal::ZERO,
                paid_in: Decimal::ZERO,
            });
        }
        let shortfall = positive(-equity);
        self.credit(event.pool, -money)?;
        self.sums.realised = sum(self.sums.realised, -money)?;
        self.sums.shortfall = sum(self.sums.shortfall, shortfall)?;
        event.realised = sum(event.realised, -money)?;
        event.shortfall = sum(event.shortfall, shortfall)?;
        self.forget_waiting(event.pool);
        Ok(())
    }

    /// Money of a pool that holds nothing any more: a debt is paid in, the rest forfeited or returned.
    pub(super) fn settle(&mut self, pool: usize, forfeit: bool) -> Result<Settled, OutOfRange> {
        self.forget_waiting(pool);
        let money = self.money(pool);
        let zero = Decimal::ZERO;
        let mut settled = Settled { shortfall: zero, forfeited: zero, returned: zero };
        if money < Decimal::ZERO {
            settled.shortfall = -money;
            self.pay_in(pool, -money)?;
        } else if forfeit {
            settled.forfeited = money;
            self.credit(pool, -money)?;
            self.sums.forfeited = sum(self.sums.forfeited, money)?;
        } else {
            settled.returned = money;
            if self.pools[pool].pool.kind == PoolKind::Isolated {
                self.credit(pool, -money)?;
                self.wallet = sum(self.wallet, money)?;
            }
        }
        Ok(settled)
    }

    /// [`Self::settle`] after a liquidation.
    pub(super) fn settle_liquidation(
        &mut self,
        event: &mut LiquidationEvent,
        remainder: Remainder,
    ) -> Result<(), OutOfRange> {
        let settled = self.settle(event.pool, remainder == Remainder::Forfeit)?;
        event.shortfall = sum(event.shortfall, settled.shortfall)?;
        event.paid_in = sum(event.paid_in, settled.shortfall)?;
        event.forfeited = settled.forfeited;
        event.returned = settled.returned;
        Ok(())
    }

    pub(super) fn pay_fee(&mut self, pool: usize, fee: Decimal) -> Result<(), OutOfRange> {
        self.sums.fees = sum(self.sums.fees, fee)?;
        self.credit(pool, -fee)
    }

    /// The fund pays into a pool what the account is short of.
    fn pay_in(&mut self, pool: usize, amount: Decimal) -> Result<(), OutOfRange> {
        self.sums.shortfall = sum(self.sums.shortfall, amount)?;
        self.sums.paid_in = sum(self.sums.paid_in, amount)?;
        self.credit(pool, amount)
    }

    pub(super) fn forget_waiting(&mut self, pool: usize) {
        (self.pools[pool].stage, self.pools[pool].waits_until) = (0, None);
    }

    /// How much each position of a size gives when a quantity is closed, and their sum: whole lots, or all of it.
    fn give(&self, size: &Size, quantity: Decimal) -> Result<Given, OutOfRange> {
        let lot = size.market(self.portfolio).lot;
        let all: Vec<_> = size.members.iter().map(|&p| (p, self.positions[p].quantity)).collect();
        // More lots than a decimal counts are the whole size.
        let Ok(lots) = div(quantity, lot).and_then(|lots| sub(lots, LOT_SLACK)) else {
            return Ok((all, size.quantity));
        };
        let lots = lots.round_dp_with_strategy(0, RoundingStrategy::ToPositiveInfinity).max(Decimal::ONE);
        let closed = mul(lots, lot)?;
        if add(closed, mul(LOT_SLACK, lot)?)? >= size.quantity {
            return Ok((all, size.quantity));
        }
        let mut given = Vec::with_capacity(all.len());
        let mut rest = closed;
        for (index, &(position, held)) in all.iter().enumerate() {
            let part = if index + 1 == all.len() {
                rest
            } else {
                div(mul(held, closed)?, size.quantity)?.round_dp(QUANTITY_DECIMALS)
            };
            let part = part.clamp(Decimal::ZERO, held);
            rest = sub(rest, part)?;
            given.push((position, part));
        }
        Ok((given, sub(closed, rest)?))
    }

    fn fills(
        &self,
        given: &[(usize, Decimal)],
        mark: Decimal,
        fill: Decimal,
    ) -> Result<Vec<PositionFill>, OutOfRange> {
        let one = |&(position, quantity): &(usize, Decimal)| {
            let side = self.portfolio.positions[position].side;
            let entry = self.positions[position].entry;
            let at = |price| profit_between(self.portfolio.venue.contract, side, quantity, entry, price);
            Ok(PositionFill { position, quantity, entry, profit_at_mark: at(mark)?, profit: at(fill)? })
        };
        given.iter().map(one).collect()
    }

    /// Takes a fill's quantity from its position.
    fn take(&mut self, step: u64, part: &PositionFill) {
        let state = &mut self.positions[part.position];
        state.quantity -= part.quantity;
        state.liquidated_at = state.liquidated_at.or(Some(step));
        if state.quantity.is_zero() {
            self.plan_reopening(step, part.position);
        }
    }
}
