//! All positions of one market and one side in a pool: the size that a requirement counts, as it stands now.

use rust_decimal::Decimal;

use super::amount::{Exact, add, booked, div, mul, sub};
use crate::domain::{Asset, Basis, Contract, Portfolio, Requirement, Side};
use crate::margin::ledger::amount::OutOfRange;

/// From so many times a floor on an amount stands above it.
const ABOVE: Decimal = Decimal::from_parts(3_567_587_329, 232, 0, false, 12);

/// `x` of the rules, in which both contracts are linear: the price, or one over it.
pub(super) fn unit(contract: Contract, price: Decimal) -> Exact {
    match contract {
        Contract::Linear => Ok(price),
        Contract::Inverse => div(Decimal::ONE, price),
    }
}

/// `N = q·x`.
pub(super) fn notional(contract: Contract, quantity: Decimal, price: Decimal) -> Exact {
    mul(quantity, unit(contract, price)?)
}

/// Profit of a quantity between two prices, `±s·q·(x − x_E)`: + linear, − inverse; booked.
pub(super) fn profit(
    contract: Contract,
    side: Side,
    quantity: Decimal,
    entry: Decimal,
    price: Decimal,
) -> Exact {
    let (x, entered) = (unit(contract, price)?, unit(contract, entry)?);
    let gained = match contract {
        Contract::Linear => sub(x, entered)?,
        Contract::Inverse => sub(entered, x)?,
    };
    booked(mul(mul(side.sign(), quantity)?, gained)?)
}

/// A size at one moment.
#[derive(Debug, Clone)]
pub(super) struct Size {
    pub asset: usize,
    pub side: Side,
    /// Its positions that are open.
    pub members: Vec<usize>,
    /// `Q`.
    pub quantity: Decimal,
    /// `Σ q_i·x_Ei`.
    pub entry_notional: Decimal,
    /// What is left of what was set aside for its positions.
    pub set_aside: Decimal,
}

impl Size {
    /// What it would be at another quantity, all positions in proportion.
    pub fn at(&self, quantity: Decimal) -> Result<Self, OutOfRange> {
        let scaled = |amount: Decimal| div(mul(amount, quantity)?, self.quantity);
        Ok(Self {
            quantity,
            entry_notional: scaled(self.entry_notional)?,
            set_aside: scaled(self.set_aside)?,
            members: Vec::new(),
            ..*self
        })
    }

    /// The notional that the requirement counts, `N_b`.
    pub fn basis(&self, portfolio: &Portfolio, mark: Decimal) -> Exact {
        match portfolio.venue.basis {
            Basis::Mark => notional(portfolio.venue.contract, self.quantity, mark),
            Basis::Entry => Ok(self.entry_notional),
        }
    }

    /// Requirement: the market's, the fee inside it, and what was set aside.
    pub fn requirement(&self, portfolio: &Portfolio, mark: Decimal) -> Exact {
        let basis = self.basis(portfolio, mark)?;
        let maintenance = maintenance(self.rules(portfolio), self.quantity, basis)?;
        self.with_fee(portfolio, basis, maintenance)
    }

    /// Requirement if the whole size stood in the first tier.
    pub fn first_tier_requirement(&self, portfolio: &Portfolio, mark: Decimal) -> Exact {
        let basis = self.basis(portfolio, mark)?;
        let maintenance = mul(self.rules(portfolio).first_rate(), basis)?;
        self.with_fee(portfolio, basis, maintenance)
    }

    fn with_fee(&self, portfolio: &Portfolio, basis: Decimal, maintenance: Decimal) -> Exact {
        let fee = mul(portfolio.venue.fee_rate_in_requirement(), basis)?;
        booked(add(add(maintenance, fee)?, self.set_aside)?)
    }

    /// Fall of the requirement per unit of quantity closed, to the right of the present quantity.
    pub fn relief(&self, portfolio: &Portfolio, mark: Decimal) -> Exact {
        let basis = self.basis(portfolio, mark)?;
        let rate = match self.rules(portfolio) {
            Requirement::Lines(table) => {
                // At a floor the lower tier's rate: that is where closing leads.
                let mut best: Option<(Decimal, Decimal)> = None;
                for tier in table.tiers() {
                    let line = sub(mul(tier.rate, basis)?, tier.deduction)?;
                    if best.is_none_or(|(highest, _)| line > highest) {
                        best = Some((line, tier.rate));
                    }
                }
                best.map_or(Decimal::ZERO, |(_, rate)| rate)
            }
            Requirement::Steps(_) => rate_at(self.rules(portfolio), self.quantity)?,
            Requirement::Slope { base, slope } => {
                add(*base, mul(mul(Decimal::TWO, *slope)?, self.quantity)?)?
            }
        };
        let rate = add(rate, portfolio.venue.fee_rate_in_requirement())?;
        div(add(mul(rate, basis)?, self.set_aside)?, self.quantity)
    }

    /// The tier it stands in, from 1.
    pub fn tier(&self, portfolio: &Portfolio, mark: Decimal) -> Result<usize, OutOfRange> {
        let above = match self.rules(portfolio) {
            Requirement::Lines(table) => {
                let basis = self.basis(portfolio, mark)?;
                let above = |floor| exceeds(basis, floor);
                count(table.tiers().iter().map(|tier| above(tier.floor)))?
            }
            Requirement::Steps(steps) => count(steps.iter().map(|step| exceeds(self.quantity, step.floor)))?,
            Requirement::Slope { .. } => 1,
        };
        Ok(above.max(1))
    }

    /// Quantity to close so that it stands exactly at the floor of tier `tier` (from 2).
    pub fn above_floor(&self, portfolio: &Portfolio, mark: Decimal, tier: usize) -> Exact {
        match self.rules(portfolio) {
            Requirement::Lines(table) => {
                let floor = table.tiers().get(tier - 1).map_or(Decimal::ZERO, |tier| tier.floor);
                let kept = div(mul(self.quantity, floor)?, self.basis(portfolio, mark)?)?;
                sub(self.quantity, kept)
            }
            Requirement::Steps(steps) => {
                sub(self.quantity, steps.get(tier - 1).map_or(Decimal::ZERO, |step| step.floor))
            }
            Requirement::Slope { .. } => Ok(self.quantity),
        }
    }

    /// The market's requirement.
    pub fn rules<'a>(&self, portfolio: &'a Portfolio) -> &'a Requirement {
        &self.market(portfolio).maintenance
    }

    /// The market.
    pub fn market<'a>(&self, portfolio: &'a Portfolio) -> &'a Asset {
        &portfolio.assets[self.asset]
    }
}

/// Whether an amount stands above a floor by more than rounding.
pub(super) fn exceeds(amount: Decimal, floor: Decimal) -> Result<bool, OutOfRange> {
    Ok(amount > mul(floor, ABOVE)?)
}

fn count(above: impl IntoIterator<Item = Result<bool, OutOfRange>>) -> Result<usize, OutOfRange> {
    above.into_iter().try_fold(0, |count, above| Ok(count + usize::from(above?)))
}

/// The rate of a whole quantity: of the last step whose floor is below it, or the first.
fn rate_at(rules: &Requirement, quantity: Decimal) -> Exact {
    Ok(match rules {
        Requirement::Steps(steps) => {
            let step = steps.iter().rev().find(|step| step.floor < quantity).or(steps.first());
            step.map_or(Decimal::ZERO, |step| step.rate)
        }
        Requirement::Slope { base, slope } => add(*base, mul(*slope, quantity)?)?,
        Requirement::Lines(_) => rules.first_rate(),
    })
}

/// The market's own requirement of a size, without fees.
fn maintenance(rules: &Requirement, quantity: Decimal, basis: Decimal) -> Exact {
    match rules {
        Requirement::Lines(table) => {
            let mut highest = Decimal::ZERO;
            for tier in table.tiers() {
                highest = highest.max(sub(mul(tier.rate, basis)?, tier.deduction)?);
            }
            Ok(highest)
        }
        Requirement::Steps(_) | Requirement::Slope { .. } => mul(rate_at(rules, quantity)?, basis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RateStep, TierTable};
    use rust_decimal::dec;

    #[test]
    fn a_requirement_reads_the_tier_that_holds_the_notional() {
        let rows = [(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), None)];
        let table = Requirement::Lines(TierTable::new(&rows).unwrap());
        assert_eq!(maintenance(&table, dec!(1), dec!(49999)), Ok(dec!(199.996)));
        assert_eq!(maintenance(&table, dec!(1), dec!(50000)), Ok(dec!(200)));
        assert_eq!(maintenance(&table, dec!(1), dec!(250000)), Ok(dec!(1200)));
    }

    #[test]
    fn a_step_holds_for_the_whole_size_and_begins_above_its_floor() {
        let step = |floor, rate| RateStep { floor, rate };
        let steps = Requirement::Steps(vec![step(dec!(0), dec!(0.004)), step(dec!(10), dec!(0.006))]);
        // 10 units of 100: still 0.4 %, 4; 10.1 units: 0.6 % of all of it, 6.06.
        assert_eq!(maintenance(&steps, dec!(10), dec!(1000)), Ok(dec!(4)));
        assert_eq!(maintenance(&steps, dec!(10.1), dec!(1010)), Ok(dec!(6.06)));
    }

    #[test]
    fn a_slope_grows_with_the_size() {
        // Published for BTC_USDC: base 1 %, 0.005 % per coin; 25 coins at 100,000: 1.125 % of 2.5 million, 28,125.
        let slope = Requirement::Slope { base: dec!(0.01), slope: dec!(0.00005) };
        assert_eq!(maintenance(&slope, dec!(25), dec!(2500000)), Ok(dec!(28125)));
    }

    #[test]
    fn profits_are_linear_in_price_or_in_its_inverse() {
        let (linear, inverse) = (Contract::Linear, Contract::Inverse);
        assert_eq!(profit(linear, Side::Short, dec!(2), dec!(100), dec!(90)), Ok(dec!(20)));
        // 1,000 of quote from 100 to 125: 1000·(1/100 − 1/125) = 10 − 8 coins.
        assert_eq!(profit(inverse, Side::Long, dec!(1000), dec!(100), dec!(125)), Ok(dec!(2)));
        assert_eq!(profit(inverse, Side::Short, dec!(1000), dec!(100), dec!(125)), Ok(dec!(-2)));
        assert_eq!(notional(inverse, dec!(1000), dec!(125)), Ok(dec!(8)));
        assert!(profit(inverse, Side::Long, dec!(1), dec!(100), dec!(0)).is_err());
    }
}
