//! Small accounts, and a ledger that is asked for conservation at every step.

use ringfence::domain::{
    Account, Asset, Clock, Collateral, Decimal, FillPrice, FundingRates, LiquidationRule, LiquidationStep,
    MarginMode, Orders, Portfolio, Position, Remainder, Requirement, Side, StepKind, TierTable, Venue,
    to_f64,
};
use ringfence::margin::{BookPlan, BookState, Ledger, LedgerEvent, LiquidationEvent, OrderEvent};
use ringfence::paths::{LANES, Lanes};
use rust_decimal::dec;

/// Hourly steps.
pub const HOURLY: Clock = Clock { horizon_seconds: 30 * 86_400, steps: 720 };

pub fn flat(rate: Decimal) -> Requirement {
    Requirement::flat(rate)
}

/// Lines from (floor, rate).
pub fn lines(rows: &[(Decimal, Decimal)]) -> Requirement {
    let rows: Vec<_> = rows.iter().map(|(floor, rate)| (*floor, *rate, None)).collect();
    Requirement::Lines(TierTable::new(&rows).unwrap())
}

pub fn market(price: Decimal, maintenance: Requirement) -> Asset {
    Asset { name: "X".into(), price, maintenance, lot: dec!(0.00000001), funding: FundingRates::default() }
}

pub fn position(asset: usize, side: Side, quantity: Decimal, margin: Decimal) -> Position {
    Position {
        name: "p".into(),
        asset,
        side,
        quantity,
        margin,
        leverage: dec!(1),
        collateral: Some(Collateral::Cross),
        entry_fee: dec!(0),
        orders: Orders::default(),
    }
}

pub fn book(wallet: Decimal, venue: Venue, assets: &[Asset], positions: &[Position]) -> Portfolio {
    Portfolio {
        account: Account { wallet, currency: "USD".into() },
        venue,
        assets: assets.to_vec(),
        positions: positions.to_vec(),
    }
}

/// One unit at 100, margin 10 of a wallet of 50, requirement 0.5 % of the notional, what is left returned.
pub fn one(side: Side) -> Portfolio {
    let venue =
        Venue { liquidation: LiquidationRule::full(FillPrice::Mark, Remainder::Return), ..Venue::textbook() };
    book(dec!(50), venue, &[market(dec!(100), flat(dec!(0.005)))], &[position(0, side, dec!(1), dec!(10))])
}

/// A venue of these steps at the mark, the last followed by a full one; what is left returned.
pub fn venue_of(steps: &[StepKind]) -> Venue {
    let mut liquidation = LiquidationRule::full(FillPrice::Mark, Remainder::Return);
    liquidation.steps =
        steps.iter().map(|kind| LiquidationStep { kind: *kind, price: FillPrice::Mark }).collect();
    liquidation.steps.push(LiquidationStep { kind: StepKind::Full, price: FillPrice::Mark });
    Venue { liquidation, ..Venue::textbook() }
}

pub fn open(portfolio: &Portfolio, mode: MarginMode) -> Ledger<'_> {
    Ledger::open(portfolio, mode, HOURLY, 0)
}

pub fn isolated(portfolio: &Portfolio) -> Ledger<'_> {
    open(portfolio, MarginMode::Isolated)
}

pub fn cross(portfolio: &Portfolio) -> Ledger<'_> {
    open(portfolio, MarginMode::Cross)
}

/// One step; money is conserved to the last digit.
pub fn step(ledger: &mut Ledger<'_>, step: u64, marks: &[Decimal]) -> Vec<LedgerEvent> {
    let events = ledger.step(step, marks).unwrap();
    let balance = ledger.balance(marks).unwrap();
    assert_eq!(balance.held, balance.explained, "conservation at step {step}");
    events
}

/// The one liquidation among events.
pub fn liquidation(events: &[LedgerEvent]) -> LiquidationEvent {
    let found: Vec<_> = events.iter().filter_map(LedgerEvent::liquidation).collect();
    assert_eq!(found.len(), 1, "one liquidation in {events:#?}");
    found[0].clone()
}

/// The one order among events.
pub fn order(events: &[LedgerEvent]) -> OrderEvent {
    match events {
        [LedgerEvent::Order(event)] => *event,
        other => panic!("one order expected: {other:#?}"),
    }
}

/// The kernel that knows every rule, after a step for each of these rows of marks, the same in every lane.
pub fn kernel_along(portfolio: &Portfolio, mode: MarginMode, rows: &[&[Decimal]]) -> BookState {
    let plan = BookPlan::new(portfolio, mode, HOURLY);
    let mut state = BookState::open(&plan);
    for (index, marks) in rows.iter().enumerate() {
        let lanes: Vec<Lanes> = marks.iter().map(|mark| [to_f64(*mark); LANES]).collect();
        state.step(&plan, index as u32 + 1, |asset| &lanes[asset], None);
    }
    state
}
