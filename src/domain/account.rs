use rust_decimal::Decimal;

use super::{Collateral, TierTable, Venue};

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
    pub maintenance: TierTable,
}

/// One position, opened at time 0 at its asset's price. Linear contract: profit is `s·q·(P − E)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Name in the scenario.
    pub name: String,
    /// Index into [`Portfolio::assets`].
    pub asset: usize,
    /// Direction.
    pub side: Side,
    /// Base units, greater than zero.
    pub quantity: Decimal,
    /// Initial margin `N(entry)/L` in account currency, rounded down to 8 decimals.
    pub margin: Decimal,
    /// Notional over margin, as written or as implied; for display.
    pub leverage: Decimal,
    /// The collateral it names for the mode `mixed`.
    pub collateral: Option<Collateral>,
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

    /// Notional of a position at entry, `q·E`.
    pub fn entry_notional(&self, position: &Position) -> Decimal {
        position.quantity * self.entry_price(position)
    }
}
