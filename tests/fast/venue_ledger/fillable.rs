//! The limit price, the shares of equity and the insurance fund's difference of dYdX v4, as its own tests publish them
//! (github.com/dydxprotocol/v4-chain, x/clob/keeper/liquidations_test.go). An account there is a quote balance, often
//! negative, and signed quantities; here the same net collateral `T` stands as a wallet, the quantities opened at their
//! present prices.

use ringfence::domain::{
    Decimal, FillPrice, Fillable, LiquidationStep, Order, Portfolio, Remainder, Side, StepKind, Trigger,
};
use ringfence::margin::SizeClose;
use rust_decimal::dec;

use super::book::{book, cross, flat, liquidation, market, position, step, venue_of};

/// (signed quantity, price) of each market, 10 % required; `collateral` at these prices.
fn account(
    held: &[(Decimal, Decimal)],
    collateral: Decimal,
    spread: Decimal,
    adjustment: Decimal,
) -> Portfolio {
    let markets: Vec<_> = held.iter().map(|(_, price)| market(*price, flat(dec!(0.1)))).collect();
    let positions: Vec<_> = held
        .iter()
        .enumerate()
        .map(|(index, (signed, _))| {
            let side = if signed.is_sign_negative() { Side::Short } else { Side::Long };
            position(index, side, signed.abs(), dec!(0))
        })
        .collect();
    let mut account = book(collateral, venue_of(&[]), &markets, &positions);
    account.venue.trigger = Trigger::Below;
    account.venue.liquidation.order = Order::LargestRequirement;
    account.venue.liquidation.remainder = Remainder::Return;
    account.venue.liquidation.steps = vec![
        LiquidationStep { kind: StepKind::Full, price: FillPrice::Fillable },
        LiquidationStep { kind: StepKind::Full, price: FillPrice::Mark },
    ];
    account.venue.liquidation.fillable = Some(Fillable { spread, adjustment });
    account
}

/// The first size closed at the opening prices.
fn first_close(account: &Portfolio) -> SizeClose {
    let marks: Vec<Decimal> = account.assets.iter().map(|asset| asset.price).collect();
    liquidation(&step(&mut cross(account), 1, &marks)).closes[0].clone()
}

const LONG: [(Decimal, Decimal); 1] = [(dec!(0.1), dec!(50000))];
const SHORT: [(Decimal, Decimal); 1] = [(dec!(-0.1), dec!(50000))];
/// 200 and 300 of notional, closed from the larger requirement on: the second market first.
const TWO: [(Decimal, Decimal); 2] = [(dec!(0.004), dec!(50000)), (dec!(0.1), dec!(3000))];
const HEDGED: [(Decimal, Decimal); 2] = [(dec!(0.004), dec!(50000)), (dec!(-0.1), dec!(3000))];

#[test]
fn fillable_prices() {
    // (held, T, spread to maintenance, bankruptcy adjustment, published price): DY-FP-1 to 13.
    let rows: [(&[_], _, _, _, _); 7] = [
        (&LONG, dec!(499), dec!(0.1), dec!(1), dec!(49999)),
        (&LONG, dec!(499), dec!(0.2), dec!(1), dec!(49998)),
        (&SHORT, dec!(499), dec!(0.1), dec!(2), dec!(50002)),
        (&LONG, dec!(0), dec!(0.1), dec!(1), dec!(49500)),
        (&LONG, dec!(-500), dec!(0.1), dec!(1), dec!(49500)),
        (&TWO, dec!(10), dec!(0.1), dec!(1), dec!(2976)),
        (&LONG, dec!(499), dec!(0.000001), dec!(1), dec!(49999.99999)),
    ];
    for (held, collateral, spread, adjustment, price) in rows {
        let close = first_close(&account(held, collateral, spread, adjustment));
        assert_eq!(close.fill, Some(price), "{held:?} {collateral}");
    }
}

/// What the trader gets for the first size, all the fund takes or gives counted: the price at which the size's share of
/// the account is used up. With a fee of 100 % the fund takes all that is above it.
fn bankruptcy_delta(held: &[(Decimal, Decimal)], collateral: Decimal, share: Decimal) -> Decimal {
    let mut account = account(held, collateral, dec!(0.1), dec!(1));
    account.venue.liquidation.fee = dec!(1);
    account.venue.liquidation.steps[0].kind = StepKind::Fraction {
        fraction: share,
        above_notional: dec!(0),
        least_notional: dec!(0),
        cooldown_seconds: 0,
        repeat: false,
    };
    let close = first_close(&account);
    let traded = close.quantity * close.fill.unwrap() * close.side.sign();
    traded - close.fee + close.paid_in
}

#[test]
fn shares_of_the_accounts_equity() {
    // DY-BK-1 to 11: quote received (paid, if negative) at bankruptcy.
    assert_eq!(bankruptcy_delta(&LONG, dec!(499), dec!(1)), dec!(4501));
    assert_eq!(bankruptcy_delta(&LONG, dec!(0), dec!(1)), dec!(5000));
    assert_eq!(bankruptcy_delta(&SHORT, dec!(0), dec!(0.5)), dec!(-2500));
    assert_eq!(bankruptcy_delta(&LONG, dec!(-100), dec!(1)), dec!(5100));
    assert_eq!(bankruptcy_delta(&TWO, dec!(10), dec!(1)), dec!(294));
    assert_eq!(bankruptcy_delta(&HEDGED, dec!(10), dec!(1)), dec!(-306));
    // DY-BK-13: a short of one, 13 of quote; published rounded to a millionth.
    let one = [(dec!(-1), dec!(50000))];
    let delta = bankruptcy_delta(&one, dec!(-49987), dec!(0.00021347));
    assert!((delta - dec!(-0.002775)).abs() < dec!(0.000001), "{delta}");
}

#[test]
fn the_funds_difference() {
    // T = −100 and a fill as published, by way of a spread that gives it (the limit is P·(1 − s·spread·0.1) there):
    // (held, fill, fee rate, paid to the fund; negative: the fund pays). DY-IF-1 to 11.
    let rows: [(&[_], _, _, _); 6] = [
        (&LONG, dec!(56100), dec!(0.005), dec!(28.05)),
        (&LONG, dec!(56100), dec!(1), dec!(510)),
        (&SHORT, dec!(44100), dec!(0.025), dec!(110.25)),
        (&LONG, dec!(51051), dec!(0.005), dec!(5.1)),
        (&LONG, dec!(51000), dec!(0.005), dec!(0)),
        (&LONG, dec!(50490), dec!(0.005), dec!(-51)),
    ];
    for (held, fill, fee, published) in rows {
        let side = if held == SHORT { dec!(-1) } else { dec!(1) };
        let spread = (dec!(50000) - fill) * side / dec!(5000);
        let mut account = account(held, dec!(-100), spread, dec!(1));
        account.venue.liquidation.fee = fee;
        let close = first_close(&account);
        assert_eq!((close.fill, close.fee - close.paid_in), (Some(fill), published));
    }
}

#[test]
fn what_the_fund_pays_is_shortfall_and_is_paid_once() {
    // T = −100: the fill at 49,500 loses 50 more; the share is −100, so the fund pays 150 and nothing is owed at the end.
    let account = account(&LONG, dec!(-100), dec!(0.1), dec!(1));
    let mut ledger = cross(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(50000)]));
    assert_eq!((event.shortfall, event.paid_in, event.returned), (dec!(150), dec!(150), dec!(0)));
    assert_eq!((ledger.shortfall(), ledger.wallet()), (dec!(150), dec!(0)));
    // Nothing required, nothing shared: closed at the mark, and the debt of the emptied pool is paid in.
    let mut free = account.clone();
    free.assets[0].maintenance = flat(dec!(0));
    let event = liquidation(&step(&mut cross(&free), 1, &[dec!(50000)]));
    assert_eq!((event.closes[0].fill, event.fee, event.shortfall), (Some(dec!(50000)), dec!(0), dec!(100)));
}

#[test]
fn equality_is_safe() {
    // DY-LQ: 500 against 500 stands, 499 does not.
    let safe = account(&LONG, dec!(500), dec!(0.1), dec!(1));
    assert_eq!(step(&mut cross(&safe), 1, &[dec!(50000)]), []);
}
