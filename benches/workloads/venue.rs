//! W1 under a real venue's rules.

use ringfence::domain::{
    Decimal, FillPrice, LiquidationRule, LiquidationStep, Order, Remainder, Requirement, Side, StepKind,
    TierTable, Venue,
};
use ringfence::paths::PriceProcess;
use ringfence::simulation::Job;

use super::STEPS;
use super::account::under;
use crate::laws::{GBM, market};

/// BTCUSDT of 2024-10-24, floors and rates of data/venues/binance_usdm_BTCUSDT_2024-10-24.csv.
const TIERS: [(i64, i64); 12] = [
    (0, 40),
    (50_000, 50),
    (600_000, 65),
    (3_000_000, 100),
    (12_000_000, 200),
    (70_000_000, 250),
    (100_000_000, 500),
    (230_000_000, 1_000),
    (480_000_000, 1_250),
    (600_000_000, 1_500),
    (800_000_000, 2_500),
    (1_200_000_000, 5_000),
];

/// Rules like binance-usdm's: twelve lines, what covers the shortage and then everything at bankruptcy for a fee of
/// 1.25 %, funding of 0.01 % every 8 hours.
pub fn w1_under_binance_usdm() -> Option<Job> {
    let step = |kind, price| LiquidationStep { kind, price };
    let liquidation = LiquidationRule {
        steps: vec![step(StepKind::Cover, FillPrice::Mark), step(StepKind::Full, FillPrice::Bankruptcy)],
        order: Order::LargestLoss,
        fee: Decimal::new(125, 4),
        ..LiquidationRule::full(FillPrice::Bankruptcy, Remainder::Forfeit)
    };
    let rows: Vec<_> =
        TIERS.iter().map(|&(floor, rate)| (Decimal::from(floor), Decimal::new(rate, 4), None)).collect();
    let lines = Requirement::Lines(TierTable::new(&rows).ok()?);
    let venue = Venue { liquidation, ..Venue::textbook() };
    under(&venue, (&lines, Decimal::new(1, 4)), STEPS, &market(PriceProcess::Gbm(GBM)), 50, &[Side::Long])
}
