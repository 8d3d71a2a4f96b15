//! Portfolios and price paths for tests, built without a scenario file.
#![allow(dead_code)] // each test file uses its part

use ringfence::domain::{
    Account, Asset, Clock, Collateral, Decimal, FillPrice, FundingRates, LiquidationRule, Orders, Portfolio,
    Position, Remainder, Requirement, Side, TierTable, Venue,
};
use ringfence::margin::{BookPlan, BookState, LedgerEvent, LiquidationEvent};
use ringfence::paths::{BridgeObserver, BridgeWalk, CHUNK, LANES, Lanes, Need, PathGenerator};

/// Hourly steps, as many as any test takes.
pub const CLOCK: Clock = Clock { horizon_seconds: 3_600 * 10_000, steps: 10_000 };

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
        maintenance: Requirement::Lines(maintenance.clone()),
        lot: Decimal::new(1, 8),
        funding: FundingRates::default(),
    };
    let position = |(i, h): (usize, &Held)| Position {
        name: format!("p{i}"),
        asset: h.asset,
        side: h.side,
        quantity: h.quantity,
        margin: h.margin,
        leverage: (h.quantity * assets[h.asset].0 / h.margin).round_dp(4),
        collateral: Some(h.collateral),
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    };
    Portfolio {
        account: Account { wallet, currency: "USD".into() },
        venue: Venue { liquidation: LiquidationRule::full(price, remainder), ..Venue::textbook() },
        assets: assets.iter().enumerate().map(asset).collect(),
        positions: held.iter().enumerate().map(position).collect(),
    }
}

/// Steps every lane of the kernel along `marks[step][asset]`, the same path in each lane.
pub fn kernel_along(plan: &BookPlan, marks: &[Vec<f64>], mut see: impl FnMut(u64, &BookState)) -> BookState {
    let mut state = BookState::open(plan);
    for (index, row) in marks.iter().enumerate() {
        let lanes: Vec<Lanes> = row.iter().map(|price| [*price; LANES]).collect();
        state.step(plan, index as u32 + 1, |asset| &lanes[asset], None);
        see(index as u64 + 1, &state);
    }
    state
}

/// The liquidations among events.
pub fn liquidations(events: &[LedgerEvent]) -> Vec<&LiquidationEvent> {
    events.iter().filter_map(LedgerEvent::liquidation).collect()
}

/// One lane of one account looking inside a step.
struct Lane<'a> {
    plan: &'a BookPlan,
    state: &'a mut BookState,
    step: u32,
    lane: usize,
}

impl BridgeObserver for Lane<'_> {
    fn need(&self, low: &[f64], high: &[f64]) -> Need {
        self.state.need(self.plan, self.lane, low, high)
    }

    fn moved(&mut self, low: &[f64], high: &[f64], end: &[f64]) {
        self.state.ran(self.plan, self.step, self.lane, [low, high, end]);
    }

    fn jumped(&mut self, to: &[f64]) {
        self.state.jumped(self.plan, self.step, self.lane, to);
    }
}

/// Accounts of one block of paths at the horizon; inside steps they look at every lane, near a barrier or not.
pub fn block_states(
    generator: &PathGenerator,
    plans: &[BookPlan],
    first_path: u64,
    steps: u64,
) -> Vec<BookState> {
    let mut states: Vec<BookState> = plans.iter().map(BookState::open).collect();
    let mut block = generator.begin(first_path);
    let mut walk = BridgeWalk::new(generator);
    let mut done = 0;
    while done < steps {
        let chunk = CHUNK.min((steps - done) as usize);
        generator.advance(&mut block, chunk);
        for index in 0..chunk {
            let step = (done + index as u64 + 1) as u32;
            for (plan, state) in plans.iter().zip(&mut states) {
                for lane in 0..LANES {
                    let mut watcher = Lane { plan, state, step, lane };
                    walk.look(&block, (index, chunk), lane, &mut watcher);
                }
                state.step(plan, step, |asset| block.price(asset, index), None);
            }
        }
        done += chunk as u64;
    }
    states
}
