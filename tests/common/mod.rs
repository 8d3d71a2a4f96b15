//! Portfolios and price paths for tests, built without a scenario file.
#![allow(dead_code)] // each test file uses its part

use ringfence::domain::{
    Account, Asset, Collateral, Decimal, FillPrice, LiquidationRule, Portfolio, Position, Remainder, Side,
    TierTable, Venue,
};
use ringfence::margin::{BookPlan, BookState};
use ringfence::paths::{LANES, Lanes};

/// A position of `quantity` units of asset `asset`, its margin in account currency.
pub struct Held {
    pub asset: usize,
    pub side: Side,
    pub quantity: Decimal,
    pub margin: Decimal,
    pub collateral: Collateral,
}

pub fn portfolio(
    wallet: Decimal,
    assets: &[(Decimal, TierTable)],
    held: &[Held],
    price: FillPrice,
    remainder: Remainder,
) -> Portfolio {
    let asset = |(i, (price, maintenance)): (usize, &(Decimal, TierTable))| Asset {
        name: format!("A{i}"),
        price: *price,
        maintenance: maintenance.clone(),
    };
    let position = |(i, h): (usize, &Held)| Position {
        name: format!("p{i}"),
        asset: h.asset,
        side: h.side,
        quantity: h.quantity,
        margin: h.margin,
        leverage: (h.quantity * assets[h.asset].0 / h.margin).round_dp(4),
        collateral: Some(h.collateral),
    };
    Portfolio {
        account: Account { wallet, currency: "USD".into() },
        venue: Venue {
            preset: "textbook".into(),
            maintenance: TierTable::flat(Decimal::new(5, 3)),
            liquidation: LiquidationRule { price, remainder },
        },
        assets: assets.iter().enumerate().map(asset).collect(),
        positions: held.iter().enumerate().map(position).collect(),
    }
}

/// Steps every lane of the kernel along `marks[step][asset]`, the same path in each lane.
pub fn kernel_along(plan: &BookPlan, marks: &[Vec<f64>], mut see: impl FnMut(u64, &BookState)) -> BookState {
    let mut state = BookState::open(plan);
    for (index, row) in marks.iter().enumerate() {
        let lanes: Vec<Lanes> = row.iter().map(|price| [*price; LANES]).collect();
        state.step(plan, index as u32 + 1, |asset| &lanes[asset]);
        see(index as u64 + 1, &state);
    }
    state
}
