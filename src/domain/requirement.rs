use rust_decimal::Decimal;

use crate::domain::tiers::{Tier, TierTable};

/// One size from which a rate holds for the whole of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateStep {
    /// Smallest quantity, exclusive but for 0: base units (linear) or face value in quote (inverse).
    pub floor: Decimal,
    /// Maintenance margin rate of the whole size.
    pub rate: Decimal,
}

/// The maintenance requirement of one market as a function of a size, without the venue's fee in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// `max over k of (r_k·N − c_k)`.
    Lines(TierTable),
    /// `r(q)·N`, where the rate is a step function of the quantity: it jumps, for the whole size.
    Steps(Vec<RateStep>),
    /// `(base + slope·q)·N`.
    Slope {
        /// Rate of the smallest size.
        base: Decimal,
        /// Rise of the rate per unit of quantity.
        slope: Decimal,
    },
}

impl Requirement {
    /// One rate for every size. The caller has checked `0 <= rate < 1`.
    pub fn flat(rate: Decimal) -> Self {
        Self::Lines(TierTable::flat(rate))
    }

    /// The rate of the smallest size.
    pub fn first_rate(&self) -> Decimal {
        match self {
            Self::Lines(table) => table.tiers().first().map_or(Decimal::ZERO, |tier| tier.rate),
            Self::Steps(steps) => steps.first().map_or(Decimal::ZERO, |step| step.rate),
            Self::Slope { base, .. } => *base,
        }
    }

    /// The tiers, where the requirement is made of lines; none otherwise.
    pub fn tiers(&self) -> &[Tier] {
        match self {
            Self::Lines(table) => table.tiers(),
            _ => &[],
        }
    }
}
