//! The account of one path in exact decimals, readable, and able to tell every intermediate value. The rules are those of
//! `RULES.md` beside it, a file here for each part of them.
//!
//! Amounts are rounded to 15 decimals where they arise (a profit, a requirement, a fee); sums and transfers of them are
//! exact, so money is conserved to the last digit.

mod amount;
mod close;
mod cover;
mod events;
mod funding;
mod inside;
mod orders;
mod procedure;
mod size;

use rust_decimal::Decimal;

pub use amount::{OutOfRange, price_to_decimal};
pub use events::{
    Cause, FundingEvent, LedgerEvent, LiquidationEvent, OrderEvent, OrderKind, PositionFill, ReopeningEvent,
    SizeClose, TopUpEvent,
};

use self::amount::{Exact, add, booked, div, mul, sub, sum};
use self::size::{Size, notional, profit as profit_between, unit};
use super::pool::{Partition, Pool, PoolKind};
use crate::domain::{Clock, MarginMode, Portfolio, Trigger};

/// The two sides of `W + Σ M + Σ U = money in + realised + Σ U − fees − net funding − forfeited + shortfall paid in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What the account holds.
    pub held: Decimal,
    /// What it must hold by what happened to it.
    pub explained: Decimal,
}

/// A position as it stands.
#[derive(Debug, Clone)]
struct PositionState {
    /// What is left of it; 0: not held.
    quantity: Decimal,
    /// Its quantity when it was opened, the last time.
    opened: Decimal,
    /// Entry price.
    entry: Decimal,
    /// What was set aside when it was opened.
    set_aside: Decimal,
    stop_loss: Option<Decimal>,
    take_profit: Option<Decimal>,
    liquidated_at: Option<u64>,
    top_ups: u32,
    reopenings: u32,
    /// The step at which it is to be opened anew.
    reopens_at: Option<u64>,
}

/// A pool as it stands.
#[derive(Debug, Clone)]
struct PoolState {
    /// As it opened.
    pool: Pool,
    /// Money of an isolated pool; the wallet's pool holds the ledger's wallet instead.
    margin: Decimal,
    /// The step of the procedure that is next, where it waits.
    stage: usize,
    /// Not checked before this step.
    waits_until: Option<u64>,
}

/// Sums of what happened to the account.
#[derive(Debug, Clone, Default)]
struct Sums {
    realised: Decimal,
    fees: Decimal,
    funding: Decimal,
    forfeited: Decimal,
    paid_in: Decimal,
    shortfall: Decimal,
    closes: u64,
}

/// One account, in one mode, along one path.
#[derive(Debug, Clone)]
pub struct Ledger<'a> {
    portfolio: &'a Portfolio,
    clock: Clock,
    path: u64,
    pools: Vec<PoolState>,
    positions: Vec<PositionState>,
    /// The pool of every position.
    pool_of: Vec<usize>,
    wallet: Decimal,
    /// Marks of the step before.
    before: Vec<Decimal>,
    sums: Sums,
}

impl<'a> Ledger<'a> {
    /// The account at time 0 of path `path`, which tells the funding rates of a replayed history.
    pub fn open(portfolio: &'a Portfolio, mode: MarginMode, clock: Clock, path: u64) -> Self {
        let Partition { pools, wallet } = Partition::new(portfolio, mode);
        let mut pool_of = vec![0; portfolio.positions.len()];
        for (index, pool) in pools.iter().enumerate() {
            pool.positions.iter().for_each(|position| pool_of[*position] = index);
        }
        let pools = pools
            .into_iter()
            .map(|pool| PoolState {
                margin: if pool.kind == PoolKind::Isolated { pool.money } else { Decimal::ZERO },
                pool,
                stage: 0,
                waits_until: None,
            })
            .collect();
        let positions = portfolio
            .positions
            .iter()
            .map(|position| PositionState {
                quantity: position.quantity,
                opened: position.quantity,
                entry: portfolio.entry_price(position),
                set_aside: portfolio.set_aside(position),
                stop_loss: position.orders.stop_loss,
                take_profit: position.orders.take_profit,
                liquidated_at: None,
                top_ups: 0,
                reopenings: 0,
                reopens_at: None,
            })
            .collect();
        let fees = portfolio.positions.iter().map(|position| portfolio.entry_fee(position)).sum();
        Self {
            portfolio,
            clock,
            path,
            pools,
            positions,
            pool_of,
            wallet,
            before: portfolio.assets.iter().map(|asset| asset.price).collect(),
            sums: Sums { fees, ..Sums::default() },
        }
    }

    /// The whole of step `step` (from 1) at these marks, one for each asset: funding, stop losses, the check and the
    /// liquidation of every pool, take profits, top-ups, reopenings.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn step(&mut self, step: u64, marks: &[Decimal]) -> Result<Vec<LedgerEvent>, OutOfRange> {
        let mut events = Vec::new();
        self.fund(step, marks, &mut events)?;
        self.stop_losses(step, marks, None, &mut events)?;
        for pool in 0..self.pools.len() {
            self.check(step, pool, marks, &mut events)?;
        }
        self.take_profits(step, marks, None, &mut events)?;
        self.top_ups(step, marks, &mut events)?;
        self.reopenings(step, marks, &mut events)?;
        self.before.clear();
        self.before.extend_from_slice(marks);
        Ok(events)
    }

    /// Money that is not allocated to an isolated position.
    pub fn wallet(&self) -> Decimal {
        self.wallet
    }

    /// Loss beyond pools' money so far.
    pub fn shortfall(&self) -> Decimal {
        self.sums.shortfall
    }

    /// Trading and liquidation fees paid so far, those of the entry among them.
    pub fn fees(&self) -> Decimal {
        self.sums.fees
    }

    /// Funding paid less funding received so far, what the fund paid in for it among it.
    pub fn funding_paid(&self) -> Decimal {
        self.sums.funding
    }

    /// Closes of sizes by procedures so far.
    pub fn closes(&self) -> u64 {
        self.sums.closes
    }

    /// First step at which any of a position was closed by a procedure.
    pub fn liquidated_at(&self, position: usize) -> Option<u64> {
        self.positions[position].liquidated_at
    }

    /// What is left of a position; 0 where it is not held.
    pub fn quantity(&self, position: usize) -> Decimal {
        self.positions[position].quantity
    }

    /// Nothing is open and nothing will be opened anew: whatever prices do, the account stays as it is.
    pub fn is_closed(&self) -> bool {
        self.positions.iter().all(|p| p.quantity.is_zero() && p.reopens_at.is_none())
    }

    /// The pools as they opened, and the money each has now.
    pub fn pools(&self) -> impl Iterator<Item = (&Pool, Decimal)> {
        (0..self.pools.len()).map(|index| (&self.pools[index].pool, self.money(index)))
    }

    /// `W + Σ (M_i + U_i)`.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn equity(&self, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
        self.balance(marks).map(|balance| balance.held)
    }

    /// Both sides of the conservation identity.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn balance(&self, marks: &[Decimal]) -> Result<Balance, OutOfRange> {
        let (mut unrealised, mut margins) = (Decimal::ZERO, Decimal::ZERO);
        for (index, pool) in self.pools.iter().enumerate() {
            unrealised = sum(unrealised, self.profit(index, marks)?)?;
            margins = sum(margins, pool.margin)?;
        }
        let sums = &self.sums;
        let gained = sub(sub(sum(sums.realised, sums.paid_in)?, sums.fees)?, sums.funding)?;
        let kept = sub(add(self.portfolio.account.wallet, gained)?, sums.forfeited)?;
        Ok(Balance { held: add(add(self.wallet, margins)?, unrealised)?, explained: add(kept, unrealised)? })
    }

    fn money(&self, pool: usize) -> Decimal {
        match self.pools[pool].pool.kind {
            PoolKind::Isolated => self.pools[pool].margin,
            PoolKind::Wallet => self.wallet,
        }
    }

    /// Adds to a pool's money what may be negative.
    fn credit(&mut self, pool: usize, amount: Decimal) -> Result<(), OutOfRange> {
        let money = sum(self.money(pool), amount)?;
        match self.pools[pool].pool.kind {
            PoolKind::Isolated => self.pools[pool].margin = money,
            PoolKind::Wallet => self.wallet = money,
        }
        Ok(())
    }

    /// Positions of a pool that are held.
    fn held(&self, pool: usize) -> impl Iterator<Item = usize> {
        let positions = self.pools[pool].pool.positions.iter().copied();
        positions.filter(|position| !self.positions[*position].quantity.is_zero())
    }

    fn is_empty(&self, pool: usize) -> bool {
        self.held(pool).next().is_none()
    }

    /// `U` of one position.
    fn unrealised(&self, position: usize, price: Decimal) -> Exact {
        let (fixed, state) = (&self.portfolio.positions[position], &self.positions[position]);
        profit_between(self.portfolio.venue.contract, fixed.side, state.quantity, state.entry, price)
    }

    /// `Σ U` of a pool.
    fn profit(&self, pool: usize, marks: &[Decimal]) -> Exact {
        let mut total = Decimal::ZERO;
        for position in self.held(pool) {
            total = sum(total, self.unrealised(position, marks[self.portfolio.positions[position].asset])?)?;
        }
        Ok(total)
    }

    fn pool_equity(&self, pool: usize, marks: &[Decimal]) -> Exact {
        sum(self.money(pool), self.profit(pool, marks)?)
    }

    /// The sizes of a pool, in the order of their first positions.
    fn sizes(&self, pool: usize) -> Result<Vec<Size>, OutOfRange> {
        let held: Vec<usize> = self.held(pool).collect();
        sizes(self.portfolio, &held, |position| {
            let state = &self.positions[position];
            Ok((state.quantity, state.entry, self.proportion(position, state.set_aside)?))
        })
    }

    /// What of an amount belongs to what is left of a position; booked.
    fn proportion(&self, position: usize, amount: Decimal) -> Exact {
        let state = &self.positions[position];
        if amount.is_zero() || state.quantity == state.opened {
            return Ok(amount);
        }
        booked(div(mul(amount, state.quantity)?, state.opened)?)
    }

    fn pool_requirement(&self, pool: usize, marks: &[Decimal]) -> Exact {
        total_requirement(self.portfolio, &self.sizes(pool)?, marks)
    }

    /// Whether a pool fails the check at these marks; one that holds no position never does.
    fn fails(&self, pool: usize, marks: &[Decimal]) -> Result<bool, OutOfRange> {
        if self.is_empty(pool) {
            return Ok(false);
        }
        let (equity, required) = (self.pool_equity(pool, marks)?, self.pool_requirement(pool, marks)?);
        Ok(match self.portfolio.venue.trigger {
            Trigger::AtOrBelow => equity <= required,
            Trigger::Below => equity < required,
        })
    }

    /// Money of the wallet that backs no position.
    fn free_wallet(&self, marks: &[Decimal]) -> Exact {
        let shared = self.pools.iter().position(|pool| pool.pool.kind == PoolKind::Wallet);
        let Some(shared) = shared.filter(|&pool| !self.is_empty(pool)) else {
            return Ok(amount::positive(self.wallet));
        };
        let mut free = self.wallet.min(self.pool_equity(shared, marks)?);
        for position in self.held(shared) {
            free = sub(free, self.proportion(position, self.portfolio.positions[position].margin)?)?;
        }
        Ok(amount::positive(free))
    }
}

/// The sizes of some positions; `state` gives a position's quantity, entry price and what is set aside for it.
fn sizes(
    portfolio: &Portfolio,
    positions: &[usize],
    state: impl Fn(usize) -> Result<(Decimal, Decimal, Decimal), OutOfRange>,
) -> Result<Vec<Size>, OutOfRange> {
    let mut sizes: Vec<Size> = Vec::new();
    for &index in positions {
        let position = &portfolio.positions[index];
        let (quantity, entry, set_aside) = state(index)?;
        let entered = notional(portfolio.venue.contract, quantity, entry)?;
        match sizes.iter_mut().find(|size| size.asset == position.asset && size.side == position.side) {
            Some(size) => {
                size.members.push(index);
                size.quantity = add(size.quantity, quantity)?;
                size.entry_notional = add(size.entry_notional, entered)?;
                size.set_aside = add(size.set_aside, set_aside)?;
            }
            None => sizes.push(Size {
                asset: position.asset,
                side: position.side,
                members: vec![index],
                quantity,
                entry_notional: entered,
                set_aside,
            }),
        }
    }
    Ok(sizes)
}

fn total_requirement(portfolio: &Portfolio, sizes: &[Size], marks: &[Decimal]) -> Exact {
    sizes
        .iter()
        .try_fold(Decimal::ZERO, |total, size| sum(total, size.requirement(portfolio, marks[size.asset])?))
}

/// Maintenance requirement of a pool as it opened, at these marks: per market and side.
///
/// # Errors
/// [`OutOfRange`] when an amount is too large to be exact.
pub fn requirement(portfolio: &Portfolio, pool: &Pool, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
    let sizes = sizes(portfolio, &pool.positions, |index| {
        let position = &portfolio.positions[index];
        Ok((position.quantity, portfolio.entry_price(position), portfolio.set_aside(position)))
    })?;
    total_requirement(portfolio, &sizes, marks)
}
