//! The nouns of the program in exact decimals: what an account, a position, a venue *is*.
//! No files, no randomness, no threads.

mod account;
mod clock;
mod duration;
mod funding;
mod liquidation;
mod measure;
mod mode;
mod orders;
mod requirement;
mod tiers;
mod venue;

pub use account::{Account, Asset, Portfolio, Position, Side};
pub use clock::Clock;
pub use duration::{ParseDurationError, SECONDS_PER_DAY, SECONDS_PER_YEAR, Span};
pub use funding::FundingRates;
pub use liquidation::{
    FillPrice, Fillable, LiquidationRule, LiquidationStep, Order, Remainder, Slippage, StepKind,
};
pub use measure::{Intervals, Measure, Precision, PrecisionTarget};
pub use mode::{Collateral, MarginMode, Monitoring};
pub use orders::{Orders, Reopen, TopUp, TopUpAmount};
pub use requirement::{RateStep, Requirement};
pub use tiers::{Tier, TierError, TierTable};
pub use venue::{Basis, Contract, Debit, FeeInRequirement, Fees, FundingRule, Trigger, Venue};

pub use rust_decimal::Decimal;

/// The nearest f64. By way of the text, which is exact: `Decimal::to_f64` may miss by a unit in the last place.
pub fn to_f64(x: Decimal) -> f64 {
    x.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn to_f64_is_what_the_literal_means() {
        assert_eq!(to_f64(dec!(0.65)), 0.65);
        assert_eq!(to_f64(dec!(60000.123456789)), 60000.123456789);
        assert_eq!(to_f64(dec!(0.1234567890123456789)), 0.123_456_789_012_345_68);
    }
}
