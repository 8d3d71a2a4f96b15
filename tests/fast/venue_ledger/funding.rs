use std::sync::Arc;

use ringfence::domain::{
    Basis, Clock, Collateral, Contract, Debit, Decimal, FundingRates, MarginMode, Portfolio, Side,
};
use ringfence::margin::{FundingEvent, Ledger, LedgerEvent};
use rust_decimal::dec;

use super::book::{HOURLY, cross, isolated, one, open, position, step};

/// [`one`], 1 % each 8 hours from this money.
fn funded(side: Side, debit: Debit) -> Portfolio {
    let mut account = one(side);
    account.assets[0].funding = FundingRates::Constant(dec!(0.01));
    account.venue.funding.debit = debit;
    account
}

fn funding(events: &[LedgerEvent]) -> FundingEvent {
    match events {
        [LedgerEvent::Funding(event), ..] => *event,
        other => panic!("funding expected: {other:#?}"),
    }
}

/// The payment at step 8, and (from the wallet, from margin, shortfall).
fn paid(ledger: &mut Ledger<'_>, mark: Decimal) -> (Decimal, Decimal, Decimal) {
    let event = funding(&step(ledger, 8, &[mark]));
    (event.from_wallet, event.from_margin, event.shortfall)
}

#[test]
fn longs_pay_and_shorts_receive_at_the_mark() {
    // 1 % of 110: 1.1, also where requirements are computed at entry.
    for basis in [Basis::Mark, Basis::Entry] {
        let mut long = funded(Side::Long, Debit::Margin);
        long.venue.basis = basis;
        let mut ledger = isolated(&long);
        assert_eq!(step(&mut ledger, 7, &[dec!(110)]), [], "nothing is due before 8 hours");
        assert_eq!(paid(&mut ledger, dec!(110)), (dec!(0), dec!(1.1), dec!(0)));
        assert_eq!((ledger.funding_paid(), ledger.wallet()), (dec!(1.1), dec!(40)));
        assert_eq!(ledger.equity(&[dec!(110)]), Ok(dec!(58.9)));
    }
    let short = funded(Side::Short, Debit::Margin);
    let mut ledger = isolated(&short);
    assert_eq!(paid(&mut ledger, dec!(90)), (dec!(0), dec!(-0.9), dec!(0)));
    assert_eq!((ledger.funding_paid(), ledger.wallet()), (dec!(-0.9), dec!(40)));
    // An inverse contract: 1 % of 1,000/80 coins.
    let mut inverse = funded(Side::Short, Debit::Margin);
    inverse.venue.contract = Contract::Inverse;
    inverse.positions[0].quantity = dec!(1000);
    assert_eq!(paid(&mut isolated(&inverse), dec!(80)).1, dec!(-0.125));
}

#[test]
fn each_money_pays_its_part() {
    // 1 at a mark of 100. The wallet pays all of it …
    let account = funded(Side::Long, Debit::Wallet);
    let mut ledger = isolated(&account);
    assert_eq!(paid(&mut ledger, dec!(100)), (dec!(1), dec!(0), dec!(0)));
    assert_eq!(ledger.wallet(), dec!(39));
    // … or the 0.4 it has: 0.6 are missing, and the fund pays them.
    let mut poor = account.clone();
    poor.account.wallet = dec!(10.4);
    let mut ledger = isolated(&poor);
    assert_eq!(paid(&mut ledger, dec!(100)), (dec!(0.4), dec!(0), dec!(0.6)));
    assert_eq!((ledger.wallet(), ledger.funding_paid(), ledger.shortfall()), (dec!(0), dec!(1), dec!(0.6)));
    // The margin pays the rest where it may.
    poor.venue.funding.debit = Debit::AvailableThenMargin;
    assert_eq!(paid(&mut isolated(&poor), dec!(100)), (dec!(0.4), dec!(0.6), dec!(0)));
    // Both receive into the wallet.
    for debit in [Debit::Wallet, Debit::AvailableThenMargin] {
        let short = funded(Side::Short, debit);
        assert_eq!(paid(&mut isolated(&short), dec!(100)), (dec!(-1), dec!(0), dec!(0)));
    }
    // The wallet's pool always pays from the wallet.
    assert_eq!(paid(&mut cross(&funded(Side::Long, Debit::Margin)), dec!(100)), (dec!(1), dec!(0), dec!(0)));
}

#[test]
fn a_pool_pays_no_more_than_its_equity() {
    // At 90.6 0.906 is due and equity is 0.6: 0.306 are shortfall, and a pool without equity is liquidated.
    let account = funded(Side::Long, Debit::Margin);
    let mut ledger = isolated(&account);
    let events = step(&mut ledger, 8, &[dec!(90.6)]);
    assert_eq!(funding(&events).from_margin, dec!(0.6));
    assert_eq!(funding(&events).shortfall, dec!(0.306));
    let event = events[1].liquidation().unwrap();
    assert_eq!((event.equity, event.shortfall, ledger.wallet()), (dec!(0), dec!(0), dec!(40)));
    // Below zero it pays nothing. Cross, wallet 9: at 90.6 equity is −0.4.
    let mut poor = account.clone();
    poor.account.wallet = dec!(9);
    let mut ledger = cross(&poor);
    let events = step(&mut ledger, 8, &[dec!(90.6)]);
    assert_eq!((funding(&events).from_wallet, funding(&events).shortfall), (dec!(0), dec!(0.906)));
    // After the wallet the margin pays up to equity: 0.1 free, 0.6 of equity.
    let mut both = funded(Side::Long, Debit::AvailableThenMargin);
    both.account.wallet = dec!(10.1);
    assert_eq!(paid(&mut isolated(&both), dec!(90.6)), (dec!(0.1), dec!(0.6), dec!(0.206)));
}

#[test]
fn a_floor_keeps_funding_from_liquidating() {
    // Equity 0.6, requirement 0.453: 0.6 − 0.453·1.000000001 are charged, the rest waived; the check holds, at `le`.
    let mut account = funded(Side::Long, Debit::Margin);
    account.venue.funding.floor_at_requirement = true;
    let mut ledger = isolated(&account);
    let events = step(&mut ledger, 8, &[dec!(90.6)]);
    let event = funding(&events);
    assert_eq!((events.len(), event.from_margin), (1, dec!(0.146999999547)));
    assert_eq!((event.waived, event.shortfall), (dec!(0.759000000453), dec!(0)));
    assert_eq!(ledger.funding_paid(), dec!(0.146999999547));
    // Below the requirement nothing is charged.
    let events = step(&mut isolated(&account), 8, &[dec!(90.4)]);
    assert_eq!((funding(&events).from_margin, funding(&events).waived), (dec!(0), dec!(0.904)));
    // What is small is charged whole, and what is received is not floored.
    assert_eq!(paid(&mut isolated(&account), dec!(100)), (dec!(0), dec!(1), dec!(0)));
    account.positions[0].side = Side::Short;
    assert_eq!(paid(&mut isolated(&account), dec!(100)), (dec!(0), dec!(-1), dec!(0)));
}

#[test]
fn the_free_wallet_is_what_backs_no_position() {
    // Mixed: 30 units ring-fenced with 1,000; 50 back one cross unit with a margin of 10. At 95 the cross pool has
    // lost 5: free are min(50, 45) − 10 = 35 … but first it pays its own 0.95: 49.05 − 5 − 10 = 34.05. The ring-fenced
    // long owes 1 % of 2,850.
    let mut account = funded(Side::Long, Debit::Wallet);
    account.account.wallet = dec!(1050);
    let mut large = position(0, Side::Long, dec!(30), dec!(1000));
    large.collateral = Some(Collateral::Isolated);
    account.positions.push(large);
    let mut ledger = open(&account, MarginMode::Mixed);
    let events = step(&mut ledger, 8, &[dec!(95)]);
    let LedgerEvent::Funding(own) = &events[0] else { panic!() };
    let LedgerEvent::Funding(other) = &events[1] else { panic!() };
    assert_eq!((own.from_wallet, other.from_wallet, other.shortfall), (dec!(0.95), dec!(28.5), dec!(0)));
    // At twice the rate 1.9 and 57 are due: 50 − 1.9 − 5 − 10 = 33.1 are free, 23.9 missing.
    account.assets[0].funding = FundingRates::Constant(dec!(0.02));
    let mut ledger = open(&account, MarginMode::Mixed);
    let events = step(&mut ledger, 8, &[dec!(95)]);
    let LedgerEvent::Funding(other) = &events[1] else { panic!() };
    assert_eq!((other.from_wallet, other.shortfall), (dec!(33.1), dec!(23.9)));
    // A gain of the cross pool is not free: at 110 W = 50 − 2.2, less 10.
    let mut ledger = open(&account, MarginMode::Mixed);
    let events = step(&mut ledger, 8, &[dec!(110)]);
    let LedgerEvent::Funding(other) = &events[1] else { panic!() };
    assert_eq!(other.from_wallet, dec!(37.8));
}

#[test]
fn payments_add_up_over_a_step_and_follow_their_series() {
    // Daily steps hold three payments of 1 %.
    let mut account = funded(Side::Long, Debit::Margin);
    let daily = Clock { horizon_seconds: 30 * 86_400, steps: 30 };
    let mut ledger = Ledger::open(&account, MarginMode::Isolated, daily, 0);
    assert_eq!(funding(&step(&mut ledger, 1, &[dec!(100)])).owed, dec!(3));
    // A series begins again; a rate of 0 is no event.
    account.assets[0].funding = FundingRates::Series(Arc::from([dec!(0.01), dec!(-0.02), dec!(0)]));
    let mut ledger = isolated(&account);
    assert_eq!(funding(&step(&mut ledger, 8, &[dec!(100)])).owed, dec!(1));
    assert_eq!(funding(&step(&mut ledger, 16, &[dec!(100)])).owed, dec!(-2));
    assert_eq!(step(&mut ledger, 24, &[dec!(100)]), []);
    assert_eq!(funding(&step(&mut ledger, 32, &[dec!(100)])).owed, dec!(1));
    // A replayed history: path 1 starts at its second rate.
    account.assets[0].funding =
        FundingRates::Windows { rates: Arc::from([dec!(0.01), dec!(0.03)]), starts: Arc::from([0, 1]) };
    let mut ledger = Ledger::open(&account, MarginMode::Isolated, HOURLY, 1);
    assert_eq!(funding(&step(&mut ledger, 8, &[dec!(100)])).owed, dec!(3));
}
