use rust_decimal::Decimal;

use crate::domain::liquidation::{FillPrice, LiquidationRule, Remainder};

/// What a unit of a position is, and in what money it settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contract {
    /// Base units; settled in quote. Notional `q·P`, profit `s·q·(P − E)`.
    #[default]
    Linear,
    /// Quote units (contracts × contract value); settled in coin. Notional `q/P`, profit `s·q·(1/E − 1/P)`.
    Inverse,
}

impl Contract {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Inverse => "inverse",
        }
    }
}

/// The price at which a requirement is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// The mark price of the moment.
    #[default]
    Mark,
    /// The entry price: frozen until the size changes.
    Entry,
}

impl Basis {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Entry => "entry",
        }
    }
}

/// A fee that counts as a part of the maintenance requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeeInRequirement {
    /// None.
    #[default]
    None,
    /// The taker fee on the notional at the requirement's basis.
    Taker,
    /// The liquidation fee on the notional at the requirement's basis.
    Liquidation,
    /// The taker fee on the notional at the price where the initial margin `N(entry)/L` is used up; set aside at entry.
    TakerAtBankruptcy,
    /// The taker fee on the notional at entry and the initial margin together; set aside at entry.
    TakerAtEntry,
}

impl FeeInRequirement {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Taker => "taker",
            Self::Liquidation => "liquidation",
            Self::TakerAtBankruptcy => "taker_at_bankruptcy",
            Self::TakerAtEntry => "taker_at_entry",
        }
    }

    /// Whether the fee is a sum fixed at entry, rather than a rate on the notional.
    pub fn is_set_aside(self) -> bool {
        matches!(self, Self::TakerAtBankruptcy | Self::TakerAtEntry)
    }
}

/// Which equity fails the margin check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trigger {
    /// At or below the requirement.
    #[default]
    AtOrBelow,
    /// Below the requirement: equality is safe.
    Below,
}

impl Trigger {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtOrBelow => "le",
            Self::Below => "lt",
        }
    }
}

/// Which money funding of an isolated position is paid from. A pool that is the wallet always pays from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Debit {
    /// From and to the position's margin.
    #[default]
    Margin,
    /// From and to the wallet.
    Wallet,
    /// From the free wallet first, then from the margin; received by the wallet.
    AvailableThenMargin,
}

impl Debit {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Margin => "margin",
            Self::Wallet => "wallet",
            Self::AvailableThenMargin => "available_then_margin",
        }
    }
}

/// When funding is paid, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingRule {
    /// Seconds between payments, from time 0; at least 1.
    pub interval_seconds: u64,
    /// Which money it is.
    pub debit: Debit,
    /// A charge never takes a pool below its requirement: funding alone does not liquidate.
    pub floor_at_requirement: bool,
}

impl Default for FundingRule {
    fn default() -> Self {
        Self { interval_seconds: 8 * 3_600, debit: Debit::Margin, floor_at_requirement: false }
    }
}

/// Fees as fractions of the notional traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fees {
    /// Paid by an order that trades at once: entry unless it says otherwise, stops, take profits.
    pub taker: Decimal,
    /// Paid by an order that waited.
    pub maker: Decimal,
}

/// A venue's margin rules, as one run applies them. What differs by market lies in [`super::Asset`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Name of the preset the rules started from.
    pub preset: String,
    /// What is traded.
    pub contract: Contract,
    /// The price at which requirements are computed.
    pub basis: Basis,
    /// The fee inside the requirement.
    pub fee_in_requirement: FeeInRequirement,
    /// Which equity fails.
    pub trigger: Trigger,
    /// Trading fees.
    pub fees: Fees,
    /// Funding; the rates lie with the assets.
    pub funding: FundingRule,
    /// How a pool that fails is closed.
    pub liquidation: LiquidationRule,
}

impl Venue {
    /// The rules of the introductory texts: no fees, no funding, everything closed at the mark.
    pub fn textbook() -> Self {
        Self {
            preset: "textbook".to_owned(),
            contract: Contract::Linear,
            basis: Basis::Mark,
            fee_in_requirement: FeeInRequirement::None,
            trigger: Trigger::AtOrBelow,
            fees: Fees::default(),
            funding: FundingRule::default(),
            liquidation: LiquidationRule::full(FillPrice::Mark, Remainder::Forfeit),
        }
    }

    /// Rate of the notional that the requirement holds beside the maintenance rate, `φ`; 0 where the fee is a fixed sum.
    pub fn fee_rate_in_requirement(&self) -> Decimal {
        match self.fee_in_requirement {
            FeeInRequirement::Taker => self.fees.taker,
            FeeInRequirement::Liquidation => self.liquidation.fee,
            FeeInRequirement::None | FeeInRequirement::TakerAtBankruptcy | FeeInRequirement::TakerAtEntry => {
                Decimal::ZERO
            }
        }
    }
}
