use ringfence::domain::{
    Basis, Contract, Decimal, FeeInRequirement, MarginMode, Portfolio, RateStep, Requirement, Side, Trigger,
};
use ringfence::margin::{Partition, requirement};
use rust_decimal::dec;

use super::book::{book, cross, flat, isolated, lines, liquidation, market, one, position, step, venue_of};

/// The marks in turn: all but the last are survived; equity and requirement at the last, where the check fails.
fn fails_at(portfolio: &Portfolio, marks: &[Decimal]) -> (Decimal, Decimal) {
    let mut ledger = isolated(portfolio);
    let (last, before) = marks.split_last().unwrap();
    for (index, mark) in before.iter().enumerate() {
        assert_eq!(step(&mut ledger, index as u64 + 1, &[*mark]), [], "{mark} is survived");
    }
    let event = liquidation(&step(&mut ledger, marks.len() as u64, &[*last]));
    (event.equity, event.requirement)
}

#[test]
fn on_the_basis_of_entry_a_requirement_stays() {
    // 600 at 100: 0.5 % of 60,000 less 50 is 250 at every mark. At 75.5: 15,000 − 14,700 = 300; at 75.4: 240.
    // At the mark it would be 0.4 % of 45,240, 180.96, and the account would stand.
    let table = lines(&[(dec!(0), dec!(0.004)), (dec!(50000), dec!(0.005))]);
    let long = position(0, Side::Long, dec!(600), dec!(15000));
    let mut account = book(dec!(15000), venue_of(&[]), &[market(dec!(100), table)], &[long]);
    account.venue.basis = Basis::Entry;
    assert_eq!(fails_at(&account, &[dec!(75.5), dec!(75.4)]), (dec!(240), dec!(250)));
}

#[test]
fn a_fee_inside_the_requirement_is_a_rate_on_its_notional() {
    // Taker 0.05 %: at 90.5 0.5 > 0.55 % of 90.5 = 0.49775; at 90.4 0.4 <= 0.4972.
    let mut taker = one(Side::Long);
    taker.venue.fees.taker = dec!(0.0005);
    taker.venue.fee_in_requirement = FeeInRequirement::Taker;
    assert_eq!(fails_at(&taker, &[dec!(90.5), dec!(90.4)]), (dec!(0.4), dec!(0.4972)));
    // Liquidation fee 1 %: at 91 equity 1 <= 1.5 % of 91 = 1.365.
    let mut fee = one(Side::Long);
    fee.venue.liquidation.fee = dec!(0.01);
    fee.venue.fee_in_requirement = FeeInRequirement::Liquidation;
    assert_eq!(fails_at(&fee, &[dec!(92), dec!(91)]), (dec!(1), dec!(1.365)));
    // On the basis of entry: 0.55 % of 100.
    taker.venue.basis = Basis::Entry;
    assert_eq!(fails_at(&taker, &[dec!(90.56), dec!(90.55)]), (dec!(0.55), dec!(0.55)));
}

#[test]
fn a_fee_fixed_at_entry_is_set_aside() {
    // Taker 0.1 % at the bankruptcy price 90: 0.09 beside the margin of 10. At 90.4: 10.09 − 9.6 = 0.49, against
    // 0.452 + 0.09. The wallet keeps 50 − 10.09.
    let with = |side, kind| {
        let mut account = one(side);
        account.venue.fees.taker = dec!(0.001);
        account.venue.fee_in_requirement = kind;
        account
    };
    let long = with(Side::Long, FeeInRequirement::TakerAtBankruptcy);
    assert_eq!(isolated(&long).wallet(), dec!(39.91));
    assert_eq!(fails_at(&long, &[dec!(90.5), dec!(90.4)]), (dec!(0.49), dec!(0.542)));
    // A short's bankruptcy price is 110: 0.11. At 109.5: 10.11 − 9.5 = 0.61 <= 0.5475 + 0.11.
    let short = with(Side::Short, FeeInRequirement::TakerAtBankruptcy);
    assert_eq!(fails_at(&short, &[dec!(109.4), dec!(109.5)]), (dec!(0.61), dec!(0.6575)));
    // At entry: 0.1 % of notional and margin, 0.11, of a long.
    let entry = with(Side::Long, FeeInRequirement::TakerAtEntry);
    assert_eq!(fails_at(&entry, &[dec!(90.5), dec!(90.4)]), (dec!(0.51), dec!(0.562)));
    // In the wallet's pool the requirement holds it as well, and the wallet is not divided.
    let ledger = cross(&entry);
    assert_eq!(ledger.wallet(), dec!(50));
    let pool = &Partition::new(&entry, MarginMode::Cross).pools[0];
    assert_eq!(requirement(&entry, pool, &[dec!(100)]), Ok(dec!(0.61)));
}

#[test]
fn equality_fails_or_not_as_the_trigger_says() {
    // Margin 10 and a rate of 10 % at 100: a tie at the unchanged price.
    let mut account = one(Side::Long);
    account.assets[0].maintenance = flat(dec!(0.1));
    assert_eq!(fails_at(&account, &[dec!(100)]), (dec!(10), dec!(10)));
    account.venue.trigger = Trigger::Below;
    assert_eq!(fails_at(&account, &[dec!(100), dec!(99.99)]), (dec!(9.99), dec!(9.999)));
}

#[test]
fn steps_count_the_whole_size_at_one_rate() {
    // 1 % up to 10 units, 2 % above. 10 units, margin 100: at 91 equity 10 > 9.1. With 10.1 units, margin 101:
    // 10.1 against 2 % of 919.1.
    let step = |floor, rate| RateStep { floor, rate };
    let steps = Requirement::Steps(vec![step(dec!(0), dec!(0.01)), step(dec!(10), dec!(0.02))]);
    let with = |quantity: Decimal, margin| {
        let long = position(0, Side::Long, quantity, margin);
        book(margin, venue_of(&[]), &[market(dec!(100), steps.clone())], &[long])
    };
    assert_eq!(fails_at(&with(dec!(10), dec!(100)), &[dec!(91), dec!(90.9)]), (dec!(9), dec!(9.09)));
    assert_eq!(fails_at(&with(dec!(10.1), dec!(101)), &[dec!(91)]), (dec!(10.1), dec!(18.382)));
}

#[test]
fn a_slope_grows_with_the_size_and_the_price() {
    // 1 % and 0.1 % a unit: 10 units ask 2 %. At 91: 10 <= 18.2; at 92: 20 > 18.4.
    let slope = Requirement::Slope { base: dec!(0.01), slope: dec!(0.001) };
    let long = position(0, Side::Long, dec!(10), dec!(100));
    let account = book(dec!(100), venue_of(&[]), &[market(dec!(100), slope)], &[long]);
    assert_eq!(fails_at(&account, &[dec!(92), dec!(91)]), (dec!(10), dec!(18.2)));
}

#[test]
fn inverse_contracts_lose_in_coin() {
    // 1,000 of quote at 100, margin 1 coin, rate 1 %. At 92: 1 + 10 − 10.869565… = 0.1304… > 0.1086…
    // At 91.5: 1000/91.5 = 10.928961748633880: 0.071038251366120 <= 0.109289617486339.
    let with = |side| {
        let held = position(0, side, dec!(1000), dec!(1));
        let mut account = book(dec!(5), venue_of(&[]), &[market(dec!(100), flat(dec!(0.01)))], &[held]);
        account.venue.contract = Contract::Inverse;
        account
    };
    let long = with(Side::Long);
    assert_eq!(fails_at(&long, &[dec!(92), dec!(91.5)]), (dec!(0.071038251366120), dec!(0.109289617486339)));
    // A short at 125: 1 − (10 − 8) is below 1 % of 8; at 109 1 − 0.825688… is above 0.0917…
    assert_eq!(fails_at(&with(Side::Short), &[dec!(109), dec!(125)]), (dec!(-1), dec!(0.08)));
    // On the basis of entry 1 % of 10 coins: at 91.8 1 − 0.893246187363834 > 0.1, at 91.7 it is 0.094874591057797.
    let mut entry = with(Side::Long);
    entry.venue.basis = Basis::Entry;
    assert_eq!(fails_at(&entry, &[dec!(91.8), dec!(91.7)]), (dec!(0.094874591057797), dec!(0.1)));
    // Set aside: a long's bankruptcy notional is 10 + 1 coins, a short's 10 − 1.
    let mut fee = with(Side::Long);
    fee.venue.fees.taker = dec!(0.001);
    fee.venue.fee_in_requirement = FeeInRequirement::TakerAtBankruptcy;
    assert_eq!(isolated(&fee).wallet(), dec!(3.989));
    fee.positions[0].side = Side::Short;
    assert_eq!(isolated(&fee).wallet(), dec!(3.991));
}

#[test]
fn fees_of_the_entry_leave_the_wallet() {
    // 0.05 % of 100: wallet 50 − 10 − 0.05; at the unchanged price equity is 49.95.
    let mut account = one(Side::Long);
    account.positions[0].entry_fee = dec!(0.0005);
    let mut ledger = isolated(&account);
    assert_eq!((ledger.wallet(), ledger.fees()), (dec!(39.95), dec!(0.05)));
    assert_eq!(step(&mut ledger, 1, &[dec!(100)]), []);
    assert_eq!(ledger.equity(&[dec!(100)]), Ok(dec!(49.95)));
    assert_eq!(cross(&account).wallet(), dec!(49.95));
}
