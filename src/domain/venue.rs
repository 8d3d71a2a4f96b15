use rust_decimal::Decimal;

use super::TierTable;

/// At what price a liquidated pool's positions are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillPrice {
    /// At the mark that triggered the liquidation: a gap beyond bankruptcy is a shortfall.
    Mark,
    /// Handed over where the pool's money is exactly used up: nothing is left for the holder.
    Bankruptcy,
}

impl FillPrice {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Bankruptcy => "bankruptcy",
        }
    }
}

/// Who receives what is left of a liquidated pool's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remainder {
    /// The venue's insurance fund.
    Forfeit,
    /// The holder's wallet.
    Return,
}

impl Remainder {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forfeit => "forfeit",
            Self::Return => "return",
        }
    }
}

/// How a pool that fails the margin check is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiquidationRule {
    /// The fill.
    pub price: FillPrice,
    /// The remainder after the fill.
    pub remainder: Remainder,
}

/// A venue's margin rules, as one run applies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Name of the preset the rules started from.
    pub preset: String,
    /// Maintenance requirement of a market that brings no table of its own.
    pub maintenance: TierTable,
    /// How a pool is closed.
    pub liquidation: LiquidationRule,
}

impl Venue {
    /// One rate for every size: the requirement of the introductory texts.
    pub fn flat(preset: &str, rate: Decimal, liquidation: LiquidationRule) -> Self {
        Self { preset: preset.to_owned(), maintenance: TierTable::flat(rate), liquidation }
    }
}
