//! What a liquidation closes, at which price and fee: asked of the ledger, one step at the row's marks.

use ringfence::domain::{
    Account, Asset, Basis, Clock, FeeInRequirement, FillPrice, Fillable, FundingRates, LiquidationStep,
    MarginMode, Order, Orders, Portfolio, Position, Requirement, Side, StepKind, Trigger,
};
use ringfence::margin::{Ledger, SizeClose};
use rust_decimal::{Decimal, dec};

use super::ask::Ask;
use super::row::{Row, number};

pub fn answer(row: &Row) -> Option<Decimal> {
    match row.formula() {
        "dydx_liquidatable" => {
            let closes = first_close(&account(row), FULL);
            Some(if closes.is_some() { Decimal::ONE } else { Decimal::ZERO })
        }
        // max(portion·N, least) of a position that fails.
        "dydx_maxnotional" => {
            let kind = fraction(row.key_number("portion"), row.key_number("min_notional"));
            let mut book = account(row);
            book.account.wallet = Decimal::ZERO;
            book.assets[0].maintenance = Requirement::flat(dec!(0.1));
            let close = first_close(&book, kind)?;
            Some(close.quantity * close.mark)
        }
        "dydx_fillable" => {
            let mut book = account(row);
            let (spread, adjustment) = (row.key_number("smmr"), row.key_number("ba"));
            book.venue.liquidation.fillable = Some(Fillable { spread, adjustment });
            first_close(&book, FULL)?.fill
        }
        // The limit is set to the row's fill: in each row the pool is at or below nothing, where the distance from the
        // mark is spread times the maintenance rate.
        "dydx_ins_delta" => {
            let mut book = account(row);
            let distance = Decimal::ONE - row.key_number("fill_price") / row.number("mark_price")?;
            let spread = distance * book.positions[0].side.sign() / row.number("mmr")?;
            book.venue.liquidation.fillable = Some(Fillable { spread, adjustment: Decimal::ONE });
            let close = first_close(&book, FULL)?;
            assert_eq!(close.fill, Some(row.key_number("fill_price")), "{}", row.id());
            Some(close.fee - close.paid_in)
        }
        // What the close brings at the mark, less the closed part's share of the equity: the most that a fee without
        // bounds may take, or what the fund adds. Whole millionths of a dollar, rounded up.
        "dydx_bankruptcy" => {
            let mut book = account(row);
            book.venue.liquidation.fee = Decimal::ONE;
            let part = row.key_number("delta").abs() / book.positions[0].quantity;
            let close = first_close(&book, fraction(part, Decimal::ZERO))?;
            let brings = close.side.sign() * close.quantity * close.mark;
            Some(((brings - (close.fee - close.paid_in)) * dec!(1000000)).ceil() / dec!(1000000))
        }
        // Both fees leave the account; that of the fund is on a price in dollars. Whole billionths, rounded down.
        "drift_cover" => {
            let mut book = account(row);
            let quote = row.key_number("quote_price");
            let mark = row.number("mark_price")? * quote;
            let fee = row.number("fee")? + row.key_number("if_fee") / quote;
            let rate = row.number("mmr")?;
            book.positions[0].quantity = dec!(100);
            book.assets[0].price = mark;
            book.account.wallet = dec!(100) * mark * rate - row.key_number("shortage");
            book.venue.liquidation.fee = fee;
            book.venue.liquidation.fillable = None;
            book.venue.liquidation.steps[0] =
                LiquidationStep { kind: StepKind::Cover, price: FillPrice::Mark };
            Some(first(&book)?.quantity.trunc_with_scale(9))
        }
        other => panic!("{}: unknown rule {other}", row.id()),
    }
}

const FULL: StepKind = StepKind::Full;

fn fraction(fraction: Decimal, least_notional: Decimal) -> StepKind {
    let above_notional = Decimal::ZERO;
    StepKind::Fraction { fraction, above_notional, least_notional, cooldown_seconds: 0, repeat: false }
}

/// The first thing closed by a procedure of this step on the book, at the limit price.
fn first_close(book: &Portfolio, kind: StepKind) -> Option<SizeClose> {
    let mut book = book.clone();
    book.venue.liquidation.steps[0].kind = kind;
    first(&book)
}

fn first(book: &Portfolio) -> Option<SizeClose> {
    let marks: Vec<Decimal> = book.assets.iter().map(|asset| asset.price).collect();
    let clock = Clock { horizon_seconds: 3_600, steps: 1 };
    let events = Ledger::open(book, MarginMode::Cross, clock, 0).step(1, &marks).unwrap();
    events.iter().find_map(|event| event.liquidation()).map(|event| event.closes[0].clone())
}

/// The account of a row: positions opened at their marks, so that equity is the wallet: the quote balance and what the
/// positions are worth. The asset that is closed comes first.
fn account(row: &Row) -> Portfolio {
    let ask = Ask::new(row, Basis::Mark, FeeInRequirement::None);
    let listed: serde_json::Value = serde_json::from_str(row.text("other_positions_json")).unwrap();
    let mut positions: Vec<(String, [Decimal; 3])> = Vec::new();
    for position in listed.as_array().unwrap() {
        let field = |name: &str| position[name].as_str().unwrap();
        let numbers = ["qty", "price", "mmr"].map(|name| number(field(name)));
        let at = if row.key("asset") == Some(field("asset")) { 0 } else { positions.len() };
        positions.insert(at, (field("asset").to_owned(), numbers));
    }
    if positions.is_empty() {
        let rate = row.number("mmr").unwrap_or_default();
        positions.push(("X".to_owned(), [ask.side.sign() * ask.quantity, ask.mark, rate]));
    }
    let worth: Decimal = positions.iter().map(|(_, [quantity, price, _])| *quantity * *price).sum();
    let mut venue = ask.venue;
    venue.trigger = Trigger::Below;
    venue.liquidation.order = Order::LargestLoss;
    venue.liquidation.fillable = Some(Fillable { spread: Decimal::ZERO, adjustment: Decimal::ONE });
    venue.liquidation.steps = vec![
        LiquidationStep { kind: FULL, price: FillPrice::Fillable },
        LiquidationStep { kind: FULL, price: FillPrice::Bankruptcy },
    ];
    Portfolio {
        account: Account {
            wallet: row.number("isolated_margin_or_wallet").unwrap_or_default() + worth,
            currency: "USDC".to_owned(),
        },
        venue,
        assets: positions.iter().map(|(name, [_, price, rate])| asset(name, *price, *rate)).collect(),
        positions: positions.iter().enumerate().map(|(i, (name, [q, ..]))| position(name, i, *q)).collect(),
    }
}

fn asset(name: &str, price: Decimal, rate: Decimal) -> Asset {
    Asset {
        name: name.to_owned(),
        price,
        maintenance: Requirement::flat(rate),
        lot: dec!(0.000000000000001),
        funding: FundingRates::default(),
    }
}

fn position(name: &str, asset: usize, quantity: Decimal) -> Position {
    Position {
        name: name.to_owned(),
        asset,
        side: if quantity.is_sign_negative() { Side::Short } else { Side::Long },
        quantity: quantity.abs(),
        margin: Decimal::ONE,
        leverage: Decimal::ONE,
        collateral: None,
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    }
}
