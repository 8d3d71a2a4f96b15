//! ringfence's side of W1 to W5: units of assets at 100, 10x each, isolated and cross.

use std::sync::Arc;

use ringfence::domain::{
    Account, Asset, Clock, Decimal, FillPrice, FundingRates, LiquidationRule, MarginMode, Orders, Portfolio,
    Position, Remainder, Requirement, Side, Venue,
};
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{MarketModel, PathGenerator, PriceProcess};
use ringfence::simulation::Job;

use super::{PATHS, STEPS};
use crate::laws::{GBM, market};

/// Everything closed at the mark and returned, maintenance 0.5 %.
pub fn on(market: &MarketModel, wallet: u32, sides: &[Side]) -> Option<Job> {
    textbook(STEPS, market, wallet, sides)
}

/// W1 with so many steps.
pub fn w1(steps: u64) -> Option<Job> {
    textbook(steps, &market(PriceProcess::Gbm(GBM)), 50, &[Side::Long])
}

fn textbook(steps: u64, market: &MarketModel, wallet: u32, sides: &[Side]) -> Option<Job> {
    let liquidation = LiquidationRule::full(FillPrice::Mark, Remainder::Return);
    let venue = Venue { liquidation, ..Venue::textbook() };
    let maintenance = Requirement::flat(Decimal::new(5, 3));
    under(&venue, (&maintenance, Decimal::ZERO), steps, market, wallet, sides)
}

/// Ten leverages times five margins of W1's account, on the same paths: the notional is margin times leverage.
pub fn sweep(paths: u64) -> Option<Vec<Job>> {
    let w1 = w1(STEPS)?;
    let portfolio = w1.books.first()?.portfolio();
    let cell = |leverage: u32, margin: u32| {
        let mut portfolio = portfolio.clone();
        let position = portfolio.positions.first_mut()?;
        (position.leverage, position.margin) = (leverage.into(), margin.into());
        position.quantity = Decimal::from(leverage * margin) / Decimal::ONE_HUNDRED;
        let clock = w1.books.first()?.clock();
        let books = [MarginMode::Isolated, MarginMode::Cross].map(|m| BookPlan::new(&portfolio, m, clock));
        Some(Job { books: books.into(), paths, ..w1.clone() })
    };
    let leverages = [2, 3, 5, 8, 10, 15, 20, 30, 40, 50];
    let cells = leverages.into_iter().flat_map(|leverage| [4, 6, 8, 10, 12].map(|margin| (leverage, margin)));
    cells.map(|(leverage, margin)| cell(leverage, margin)).collect()
}

/// One unit of each asset under a venue's rules; `funding` is the rate of every 8 hours.
pub fn under(
    venue: &Venue,
    (maintenance, funding): (&Requirement, Decimal),
    steps: u64,
    market: &MarketModel,
    wallet: u32,
    sides: &[Side],
) -> Option<Job> {
    let asset = |i| Asset {
        name: format!("A{i}"),
        price: Decimal::ONE_HUNDRED,
        maintenance: maintenance.clone(),
        lot: Decimal::new(1, 8),
        funding: FundingRates::Constant(funding),
    };
    let position = |(i, &side): (usize, &Side)| Position {
        name: format!("p{i}"),
        asset: i,
        side,
        quantity: Decimal::ONE,
        margin: Decimal::TEN,
        leverage: Decimal::TEN,
        collateral: None,
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    };
    let portfolio = Portfolio {
        account: Account { wallet: wallet.into(), currency: "USD".into() },
        venue: venue.clone(),
        assets: (0..sides.len()).map(asset).collect(),
        positions: sides.iter().enumerate().map(position).collect(),
    };
    let clock = Clock { horizon_seconds: 3_600 * steps, steps };
    Some(Job {
        generator: Arc::new(PathGenerator::new(market, 42)?),
        books: [MarginMode::Isolated, MarginMode::Cross].map(|m| BookPlan::new(&portfolio, m, clock)).into(),
        funding: FundingTable::new(&portfolio, clock),
        paths: PATHS,
        steps,
        ruin_equity: 0.1 * f64::from(wallet),
    })
}
