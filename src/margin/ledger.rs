//! The account of one path in exact decimals, readable, and able to tell every intermediate value.
//!
//! Amounts are rounded to [`MONEY_DECIMALS`] where they arise (a profit at a mark, a requirement);
//! sums and transfers of them are exact, so money is conserved to the last digit.

use std::fmt;

use rust_decimal::Decimal;

use super::pool::{Partition, Pool, PoolKind};
use super::prices::{Curve, CurveInput, opening, touched_price};
use crate::domain::{FillPrice, MarginMode, Portfolio, Remainder};

/// Decimals of an amount of money in the ledger.
pub const MONEY_DECIMALS: u32 = 15;
/// Amounts below it are summed without loss at that many decimals.
const LARGEST_AMOUNT: i64 = 1_000_000_000_000;
/// Significant digits of a price handed to the ledger.
const PRICE_DIGITS: usize = 12;
/// Below it a decimal cannot hold that many digits.
const SMALLEST_PRECISE_PRICE: f64 = 1e-16;
const LARGEST_PRICE: f64 = 1e16;

/// An amount too large for exact arithmetic; the path cannot be kept in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an amount beyond {LARGEST_AMOUNT} or a price beyond {LARGEST_PRICE:e} cannot be kept exactly"
        )
    }
}

/// How one position of a liquidated pool was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionFill {
    /// Index into the portfolio's positions.
    pub position: usize,
    /// Mark at the check.
    pub mark: Decimal,
    /// Profit at the mark, `s·q·(P − E)`.
    pub profit_at_mark: Decimal,
}

/// One liquidation, with every value the decision rested on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiquidationEvent {
    /// Step at which the check failed.
    pub step: u64,
    /// Index of the pool in the partition.
    pub pool: usize,
    /// The pool's money before.
    pub money: Decimal,
    /// Its equity at the mark, `money + Σ U`.
    pub equity: Decimal,
    /// Its maintenance requirement at the mark.
    pub requirement: Decimal,
    /// The positions closed.
    pub fills: Vec<PositionFill>,
    /// Profit realised by the fills.
    pub realised: Decimal,
    /// Loss at the mark beyond the pool's money.
    pub shortfall: Decimal,
    /// Part of the shortfall paid into the pool; zero when the venue took the positions over at bankruptcy.
    pub paid_in: Decimal,
    /// What was left and went to the fund.
    pub forfeited: Decimal,
    /// What was left and went back to the wallet.
    pub returned: Decimal,
}

/// The two sides of `W + Σ M + Σ U = money in + realised + Σ U − forfeited + shortfall paid in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What the account holds.
    pub held: Decimal,
    /// What it must hold by what happened to it.
    pub explained: Decimal,
}

/// A pool that may still be open.
#[derive(Debug, Clone)]
struct OpenPool {
    pool: Pool,
    /// Margin of an isolated pool; the wallet's pool holds the ledger's wallet instead.
    margin: Decimal,
    open: bool,
}

/// One account, in one mode, along one path.
#[derive(Debug, Clone)]
pub struct Ledger<'a> {
    portfolio: &'a Portfolio,
    pools: Vec<OpenPool>,
    wallet: Decimal,
    realised: Decimal,
    forfeited: Decimal,
    paid_in: Decimal,
    shortfall: Decimal,
}

impl<'a> Ledger<'a> {
    /// The account at time 0.
    pub fn open(portfolio: &'a Portfolio, mode: MarginMode) -> Self {
        let Partition { pools, wallet } = Partition::new(portfolio, mode);
        let pools = pools
            .into_iter()
            .map(|pool| OpenPool {
                margin: if pool.kind == PoolKind::Isolated { pool.money } else { Decimal::ZERO },
                pool,
                open: true,
            })
            .collect();
        Self {
            portfolio,
            pools,
            wallet,
            realised: Decimal::ZERO,
            forfeited: Decimal::ZERO,
            paid_in: Decimal::ZERO,
            shortfall: Decimal::ZERO,
        }
    }

    /// The margin check of every pool at these marks, then the liquidation of those that fail.
    /// Checks come before transfers: what one pool returns reaches the wallet after all checks.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn step(&mut self, step: u64, marks: &[Decimal]) -> Result<Vec<LiquidationEvent>, OutOfRange> {
        let mut failing = Vec::new();
        for (index, pool) in self.pools.iter().enumerate().filter(|(_, p)| p.open) {
            if self.fails(pool, marks)? {
                failing.push(index);
            }
        }
        failing.into_iter().map(|index| self.liquidate(step, index, marks)).collect()
    }

    /// Continuous monitoring: inside step `step` every price has been at its `low` and its `high`. A pool of one asset
    /// that fails at either is liquidated at the price, to 12 digits, at which it met its requirement on the way there.
    ///
    /// # Errors
    /// [`OutOfRange`] when an amount is too large to be exact.
    pub fn touch(
        &mut self,
        step: u64,
        low: &[Decimal],
        high: &[Decimal],
    ) -> Result<Vec<LiquidationEvent>, OutOfRange> {
        let mut failing = Vec::new();
        for (index, pool) in self.pools.iter().enumerate().filter(|(_, p)| p.open) {
            let Some(asset) = pool.pool.only_asset() else { continue };
            let extreme = if self.fails(pool, low)? {
                low[asset]
            } else if self.fails(pool, high)? {
                high[asset]
            } else {
                continue;
            };
            let curve = Curve::new(&CurveInput {
                venue: &self.portfolio.venue,
                assets: &self.portfolio.assets,
                money: self.money(pool),
                holdings: &opening(self.portfolio, &pool.pool),
                moving: asset,
                marks: low,
            });
            let price = curve.and_then(|curve| touched_price(&curve, extreme));
            let price = price.and_then(|price| price.round_sf(PRICE_DIGITS as u32)).ok_or(OutOfRange)?;
            let mut marks = low.to_vec();
            marks[asset] = price;
            failing.push((index, marks));
        }
        failing.into_iter().map(|(index, marks)| self.liquidate(step, index, &marks)).collect()
    }

    fn fails(&self, pool: &OpenPool, marks: &[Decimal]) -> Result<bool, OutOfRange> {
        Ok(self.pool_equity(pool, marks)? <= requirement(self.portfolio, &pool.pool, marks)?)
    }

    fn liquidate(
        &mut self,
        step: u64,
        index: usize,
        marks: &[Decimal],
    ) -> Result<LiquidationEvent, OutOfRange> {
        let equity = self.pool_equity(&self.pools[index], marks)?;
        let requirement = requirement(self.portfolio, &self.pools[index].pool, marks)?;
        let money = self.money(&self.pools[index]);
        let mut fills = Vec::new();
        for &position in &self.pools[index].pool.positions {
            let mark = marks[self.portfolio.positions[position].asset];
            let profit_at_mark = profit(self.portfolio, position, marks)?;
            fills.push(PositionFill { position, mark, profit_at_mark });
        }
        let rule = &self.portfolio.venue.liquidation;
        let loss_at_mark = -fills.iter().map(|fill| fill.profit_at_mark).sum::<Decimal>();
        let shortfall = (loss_at_mark - money).max(Decimal::ZERO);
        let (realised, paid_in) = match rule.first_price() {
            FillPrice::Mark => (-loss_at_mark, shortfall),
            // Handed over where the pool's money is exactly used up, whatever the mark.
            FillPrice::Bankruptcy | FillPrice::Fillable => (-money, Decimal::ZERO),
        };
        let left = money + realised + paid_in;
        let (forfeited, returned) = match rule.remainder {
            Remainder::Forfeit => (left, Decimal::ZERO),
            Remainder::Return => (Decimal::ZERO, left),
        };
        self.pools[index].open = false;
        match self.pools[index].pool.kind {
            PoolKind::Isolated => self.pools[index].margin = Decimal::ZERO,
            PoolKind::Wallet => self.wallet = Decimal::ZERO,
        }
        self.wallet += returned;
        self.realised += realised;
        self.paid_in += paid_in;
        self.shortfall += shortfall;
        self.forfeited += forfeited;
        let pool = index;
        Ok(LiquidationEvent {
            step,
            pool,
            money,
            equity,
            requirement,
            fills,
            realised,
            shortfall,
            paid_in,
            forfeited,
            returned,
        })
    }

    /// Money that is not allocated to an isolated position.
    pub fn wallet(&self) -> Decimal {
        self.wallet
    }

    /// Loss beyond pools' money so far.
    pub fn shortfall(&self) -> Decimal {
        self.shortfall
    }

    /// Nothing is open any more: whatever prices do, the account stays as it is.
    pub fn is_closed(&self) -> bool {
        self.pools.iter().all(|pool| !pool.open)
    }

    /// The pools, and whether each is still open.
    pub fn pools(&self) -> impl Iterator<Item = (&Pool, bool)> {
        self.pools.iter().map(|p| (&p.pool, p.open))
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
        let mut unrealised = Decimal::ZERO;
        for pool in self.pools.iter().filter(|p| p.open) {
            unrealised = in_range(unrealised + self.pool_profit(pool, marks)?)?;
        }
        let margins: Decimal = self.pools.iter().map(|p| p.margin).sum();
        let money_in = self.portfolio.account.wallet;
        let realised = in_range(self.realised)?;
        let (forfeited, paid_in) = (in_range(self.forfeited)?, in_range(self.paid_in)?);
        Ok(Balance {
            held: self.wallet + margins + unrealised,
            explained: money_in + realised + unrealised - forfeited + paid_in,
        })
    }

    fn money(&self, pool: &OpenPool) -> Decimal {
        match pool.pool.kind {
            PoolKind::Isolated => pool.margin,
            PoolKind::Wallet => self.wallet,
        }
    }

    fn pool_profit(&self, pool: &OpenPool, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
        let mut sum = Decimal::ZERO;
        for &position in &pool.pool.positions {
            sum = in_range(sum + profit(self.portfolio, position, marks)?)?;
        }
        Ok(sum)
    }

    fn pool_equity(&self, pool: &OpenPool, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
        Ok(self.money(pool) + self.pool_profit(pool, marks)?)
    }
}

/// Unrealised profit of a position, `s·q·(P − E)`.
pub(super) fn profit(
    portfolio: &Portfolio,
    position: usize,
    marks: &[Decimal],
) -> Result<Decimal, OutOfRange> {
    let p = &portfolio.positions[position];
    let moved = marks[p.asset].checked_sub(portfolio.entry_price(p)).ok_or(OutOfRange)?;
    booked((p.side.sign() * p.quantity).checked_mul(moved))
}

/// Maintenance requirement of a pool: per market and side, the line of the tier that holds the notional.
///
/// # Errors
/// [`OutOfRange`] when an amount is too large to be exact.
pub fn requirement(portfolio: &Portfolio, pool: &Pool, marks: &[Decimal]) -> Result<Decimal, OutOfRange> {
    let mut sum = Decimal::ZERO;
    for size in &pool.sizes {
        let notional = size.quantity.checked_mul(marks[size.asset]).ok_or(OutOfRange)?;
        sum += maintenance(&portfolio.assets[size.asset].maintenance, notional)?;
    }
    in_range(sum)
}

/// `r_k·N − c_k` of the tier with `F_k <= N < F_{k+1}`.
fn maintenance(table: &crate::domain::Requirement, notional: Decimal) -> Result<Decimal, OutOfRange> {
    let tier = table.tiers().iter().rev().find(|tier| tier.floor <= notional).ok_or(OutOfRange)?;
    booked(tier.rate.checked_mul(notional).and_then(|x| x.checked_sub(tier.deduction)))
}

fn booked(amount: Option<Decimal>) -> Result<Decimal, OutOfRange> {
    in_range(amount.ok_or(OutOfRange)?.round_dp(MONEY_DECIMALS))
}

fn in_range(amount: Decimal) -> Result<Decimal, OutOfRange> {
    if amount.abs() < Decimal::from(LARGEST_AMOUNT) { Ok(amount) } else { Err(OutOfRange) }
}

/// A simulated price at 12 significant digits, so that products with it stay exact; below 1e-16 at 28
/// decimals, all a decimal has.
///
/// # Errors
/// [`OutOfRange`] for a price that is not finite or beyond 1e16.
pub fn price_to_decimal(price: f64) -> Result<Decimal, OutOfRange> {
    if !price.is_finite() || price.abs() > LARGEST_PRICE {
        return Err(OutOfRange);
    }
    let rounded = if price.abs() < SMALLEST_PRECISE_PRICE {
        Decimal::from_str_exact(&format!("{price:.28}"))
    } else {
        Decimal::from_scientific(&format!("{price:.*e}", PRICE_DIGITS - 1))
    };
    rounded.map_err(|_| OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn prices_keep_twelve_digits() {
        assert_eq!(price_to_decimal(60_123.456_789_012_3), Ok(dec!(60123.4567890)));
        assert_eq!(price_to_decimal(0.000_012_345_678_901_26), Ok(dec!(0.0000123456789013)));
        assert_eq!(price_to_decimal(1.234_567e-20), Ok(dec!(0.0000000000000000000123456700)));
        assert_eq!(price_to_decimal(0.0), Ok(dec!(0)));
        assert_eq!(price_to_decimal(f64::NAN), Err(OutOfRange));
        assert_eq!(price_to_decimal(1e40), Err(OutOfRange));
    }

    #[test]
    fn a_requirement_reads_the_tier_that_holds_the_notional() {
        let rows = [(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), None)];
        let table = crate::domain::Requirement::Lines(crate::domain::TierTable::new(&rows).unwrap());
        assert_eq!(maintenance(&table, dec!(49999)), Ok(dec!(199.996)));
        assert_eq!(maintenance(&table, dec!(50000)), Ok(dec!(200)));
        assert_eq!(maintenance(&table, dec!(250000)), Ok(dec!(1200)));
    }
}
