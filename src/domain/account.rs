use rust_decimal::Decimal;

use crate::domain::funding::FundingRates;
use crate::domain::mode::Collateral;
use crate::domain::orders::Orders;
use crate::domain::requirement::Requirement;
use crate::domain::venue::{Contract, FeeInRequirement, Venue};

/// Direction of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Gains when the price rises.
    Long,
    /// Gains when the price falls.
    Short,
}

impl Side {
    /// `s` of the formulas: +1 long, −1 short.
    pub fn sign(self) -> Decimal {
        match self {
            Self::Long => Decimal::ONE,
            Self::Short => Decimal::NEGATIVE_ONE,
        }
    }

    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Short => "short",
        }
    }
}

/// The money the portfolio starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Opening equity, in `currency`; greater than zero.
    pub wallet: Decimal,
    /// What amounts are called; only ever printed.
    pub currency: String,
}

/// Something that is traded: its opening price and the requirement that applies to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Name in the scenario.
    pub name: String,
    /// Price at time 0, which is every position's entry price; quote per base unit, greater than zero.
    pub price: Decimal,
    /// Maintenance requirement of this asset's market.
    pub maintenance: Requirement,
    /// Smallest part of a size that is closed; greater than 0. Base units, or quote for an inverse contract.
    pub lot: Decimal,
    /// Funding of this market, fractions of the notional for each interval.
    pub funding: FundingRates,
}

/// One position, opened at time 0 at its asset's price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Name in the scenario.
    pub name: String,
    /// Index into [`Portfolio::assets`].
    pub asset: usize,
    /// Direction.
    pub side: Side,
    /// Base units (linear) or face value in quote (inverse), greater than zero.
    pub quantity: Decimal,
    /// Initial margin `N(entry)/L` in account currency, rounded down to 8 decimals.
    pub margin: Decimal,
    /// Notional over margin, as written or as implied; for display.
    pub leverage: Decimal,
    /// The collateral it names for the mode `mixed`.
    pub collateral: Option<Collateral>,
    /// Fee at entry, a fraction of the notional; paid from the wallet.
    pub entry_fee: Decimal,
    /// What the holder does while it is open.
    pub orders: Orders,
}

/// Everything about the account that does not depend on the price model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portfolio {
    /// The wallet.
    pub account: Account,
    /// The venue's rules.
    pub venue: Venue,
    /// What is traded, in the scenario's order.
    pub assets: Vec<Asset>,
    /// What is held, in the scenario's order; never empty.
    pub positions: Vec<Position>,
}

impl Portfolio {
    /// Entry price of a position.
    pub fn entry_price(&self, position: &Position) -> Decimal {
        self.assets[position.asset].price
    }

    /// Notional of a position at entry: `q·E`, or `q/E` of an inverse contract.
    pub fn entry_notional(&self, position: &Position) -> Decimal {
        match self.venue.contract {
            Contract::Linear => position.quantity * self.entry_price(position),
            Contract::Inverse => position.quantity / self.entry_price(position),
        }
    }

    /// Fee paid at entry, account currency, rounded to 15 decimals.
    pub fn entry_fee(&self, position: &Position) -> Decimal {
        (self.entry_notional(position) * position.entry_fee).round_dp(15)
    }

    /// What the venue sets aside at entry for the fee of closing, beside the margin: account currency, rounded down to
    /// 8 decimals. Part of an isolated position's money, and of the requirement in every mode.
    pub fn set_aside(&self, position: &Position) -> Decimal {
        self.set_aside_at(position, self.entry_notional(position))
    }

    /// The same, had it been opened with this notional and the margin it has.
    pub fn set_aside_at(&self, position: &Position, notional: Decimal) -> Decimal {
        let at = match (self.venue.fee_in_requirement, self.venue.contract) {
            (FeeInRequirement::TakerAtBankruptcy, Contract::Linear) => {
                notional - position.side.sign() * position.margin
            }
            (FeeInRequirement::TakerAtBankruptcy, Contract::Inverse) => {
                notional + position.side.sign() * position.margin
            }
            (FeeInRequirement::TakerAtEntry, _) => notional + position.margin,
            _ => Decimal::ZERO,
        };
        (at * self.venue.fees.taker).round_dp_with_strategy(8, rust_decimal::RoundingStrategy::ToZero)
    }
}
