//! Exactly what restores the requirement. Worked by hand: one unit at 100, 10 % required, 4 there, fee 0.5 % of what is
//! closed: (10 − 4)/(10 − 0.5) = 0.63158.

use ringfence::domain::{
    Basis, Contract, Decimal, Order, Portfolio, RateStep, Requirement, Side, Slippage, StepKind, Trigger,
};
use rust_decimal::dec;

use super::book::{book, cross, flat, isolated, lines, liquidation, market, position, step, venue_of};

/// One unit at 100 with this requirement; lots of 0.00001.
fn covered(maintenance: Requirement, margin: Decimal, fee: Decimal) -> Portfolio {
    let long = position(0, Side::Long, dec!(1), margin);
    let mut account = book(margin, venue_of(&[StepKind::Cover]), &[market(dec!(100), maintenance)], &[long]);
    account.assets[0].lot = dec!(0.00001);
    account.venue.liquidation.fee = fee;
    account
}

/// Closed of the one size at 100, which the pool survives; its equity then.
fn closed(account: &Portfolio) -> (Decimal, Decimal) {
    let mut ledger = isolated(account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(100)]));
    assert_eq!((event.closes.len(), event.emptied), (1, false), "{event:#?}");
    assert_eq!(step(&mut ledger.clone(), 2, &[dec!(100)]), [], "the check holds afterwards");
    (event.closes[0].quantity, ledger.equity(&[dec!(100)]).unwrap())
}

#[test]
fn the_fee_is_part_of_what_has_to_be_covered() {
    // 0.6315789… is 0.63158 in lots; fee 0.31579; 3.68421 covers 10 % of 36.842.
    assert_eq!(closed(&covered(flat(dec!(0.1)), dec!(4), dec!(0.005))), (dec!(0.63158), dec!(3.68421)));
    // Without a fee 0.6, where equality is safe.
    let mut account = covered(flat(dec!(0.1)), dec!(4), dec!(0));
    account.venue.trigger = Trigger::Below;
    assert_eq!(closed(&account).0, dec!(0.6));
    // The basis of entry, at 95: equity 9 − 5 = 4 against 10; a fee of 0.5 % of 95: 6/(10 − 0.475) = 0.6299212…
    let mut entry = covered(flat(dec!(0.1)), dec!(9), dec!(0.005));
    entry.venue.basis = Basis::Entry;
    let event = liquidation(&step(&mut isolated(&entry), 1, &[dec!(95)]));
    assert_eq!(event.closes[0].quantity, dec!(0.62993));
}

#[test]
fn slippage_is_part_of_it_too() {
    // 1 % of 100 lost and 0.5 % of 99 paid for each unit: 6/(10 − 1 − 0.495) = 0.70546737…
    let mut account = covered(flat(dec!(0.1)), dec!(4), dec!(0.005));
    account.venue.liquidation.slippage = Slippage::Fixed(dec!(0.01));
    assert_eq!(closed(&account).0, dec!(0.70547));
    // The square-root law, 2 % for a day's volume of 100: y units lose 2·y^1.5. 0.64 lose 2·0.512 = 1.024 and leave
    // 3.6 required: 4.624 − 1.024 = 3.6.
    let mut account = covered(flat(dec!(0.1)), dec!(4.624), dec!(0));
    account.venue.liquidation.slippage = Slippage::SquareRoot { impact: dec!(0.02), daily_volume: dec!(100) };
    account.venue.trigger = Trigger::Below;
    account.assets[0].lot = dec!(0.01);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(100)]));
    assert_eq!((event.closes[0].quantity, event.realised), (dec!(0.64), dec!(-1.024)));
    // With a fee of 0.5 %, of 100·(1 − 0.016) a unit: 0.64·98.4·0.005 = 0.31488 more.
    account.venue.liquidation.fee = dec!(0.005);
    account.positions[0].margin = dec!(4.93888);
    account.account.wallet = dec!(4.93888);
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(100)]));
    assert_eq!((event.closes[0].quantity, event.fee), (dec!(0.64), dec!(0.31488)));
}

#[test]
fn lines_are_walked_from_the_size_downwards() {
    // 5 % to 60, 15 % above (amount 6): 9 at 100. In the upper line 15 − 0.5 a unit: 5/14.5 = 0.3448275…
    let table = lines(&[(dec!(0), dec!(0.05)), (dec!(60), dec!(0.15))]);
    assert_eq!(closed(&covered(table.clone(), dec!(4), dec!(0.005))).0, dec!(0.34483));
    // With 2.5: after 0.4 (to 60) 2.3 against 3; then 5 − 0.5 a unit: 0.4 + 0.7/4.5 = 0.5555…
    assert_eq!(closed(&covered(table, dec!(2.5), dec!(0.005))).0, dec!(0.55556));
}

#[test]
fn where_a_requirement_jumps_the_jump_may_do() {
    // 5 % up to half a unit, 12 % above. In the upper step 8/(12 − 0.5) is beyond the half that has to go, where
    // 3.75 are left against 2.5.
    let step_at = |floor, rate| RateStep { floor, rate };
    let steps = Requirement::Steps(vec![step_at(dec!(0), dec!(0.05)), step_at(dec!(0.5), dec!(0.12))]);
    assert_eq!(closed(&covered(steps.clone(), dec!(4), dec!(0.005))), (dec!(0.5), dec!(3.75)));
    // With 10: 2/11.5 = 0.1739130… before it.
    assert_eq!(closed(&covered(steps.clone(), dec!(10), dec!(0.005))).0, dec!(0.17392));
    // With 1.25: at the half 1 against 2.5; 0.5 + 1.5/(5 − 0.5) = 0.8333…
    assert_eq!(closed(&covered(steps, dec!(1.25), dec!(0.005))).0, dec!(0.83334));
    // A fee above the upper rate leads to the jump alone: 0.5 units cost 6.5, and 9.5 − 6.5 does against 2.5.
    let steps = |low| Requirement::Steps(vec![step_at(dec!(0), low), step_at(dec!(0.5), dec!(0.12))]);
    assert_eq!(closed(&covered(steps(dec!(0.05)), dec!(9.5), dec!(0.13))).0, dec!(0.5));
}

#[test]
fn a_slopes_requirement_falls_faster_than_the_size() {
    // 1 % and 9 % a unit: 10 at one unit; at 0.5 (1 % + 4.5 %) of 50 = 2.75. Without a fee 2.75 there: exactly half.
    let slope = Requirement::Slope { base: dec!(0.01), slope: dec!(0.09) };
    let mut account = covered(slope, dec!(2.75), dec!(0));
    account.venue.trigger = Trigger::Below;
    assert_eq!(closed(&account), (dec!(0.5), dec!(2.75)));
}

#[test]
fn where_no_close_restores_the_next_step_takes_it() {
    // A fee of 2 % against a rate of 1 %: every close makes it worse, and the next step takes it.
    let account = covered(flat(dec!(0.01)), dec!(0.5), dec!(0.02));
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(100)]));
    assert_eq!((event.closes.len(), event.closes[0].cause), (1, full()));
    // In debt: −1 and a fee against 10 required: the pool's only size is not closed whole by this step, but by the next.
    let account = covered(flat(dec!(0.1)), dec!(9), dec!(0.005));
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90)]));
    assert_eq!((event.closes.len(), event.shortfall, event.fee), (1, dec!(1), dec!(0)));
    assert_eq!(event.closes[0].cause, full());
}

fn full() -> ringfence::margin::Cause {
    ringfence::margin::Cause::Step(StepKind::Full, ringfence::domain::FillPrice::Mark)
}

#[test]
fn inverse_contracts_are_covered_in_coin() {
    // 10,000 of quote at 100 are 100 coins, 10 required, 4 there, fee 0.5: as by hand, 6,315.789… of 10,000.
    let long = position(0, Side::Long, dec!(10000), dec!(4));
    let mut account =
        book(dec!(4), venue_of(&[StepKind::Cover]), &[market(dec!(100), flat(dec!(0.1)))], &[long]);
    account.venue.contract = Contract::Inverse;
    account.venue.liquidation.fee = dec!(0.005);
    account.assets[0].lot = dec!(1);
    assert_eq!(closed(&account).0, dec!(6316));
    // A long sold 1 % below: 100·0.01/0.99 + 0.5/0.99 = 1.515151… a whole size: 6/(10 − 1.515151…) = 0.707142857…
    account.venue.liquidation.slippage = Slippage::Fixed(dec!(0.01));
    assert_eq!(closed(&account).0, dec!(7072));
    // A short bought 1 % above: 1.5/1.01 = 1.485148…: 6/8.514851… = 0.7046511…
    account.positions[0].side = Side::Short;
    assert_eq!(closed(&account).0, dec!(7047));
    // The square-root law: 2 % for 100 coins a day. 6,400 lose 64·0.016/(1 − 0.016) = 1.0406504…, with 4.6406505 there
    // just more than needed.
    account.positions[0].side = Side::Long;
    account.venue.liquidation.fee = dec!(0);
    account.venue.liquidation.slippage = Slippage::SquareRoot { impact: dec!(0.02), daily_volume: dec!(100) };
    account.positions[0].margin = dec!(4.6406505);
    account.account.wallet = dec!(4.6406505);
    assert_eq!(closed(&account).0, dec!(6400));
}

#[test]
fn sizes_are_covered_one_after_the_other() {
    // Two markets of 10 %, one long in each: A at 90, B at 100, wallet 11: equity 1 <= 19. A closed whole leaves 1
    // against 10; then B: 9/(10 − 0) = 0.9.
    let positions = [position(0, Side::Long, dec!(1), dec!(5)), position(1, Side::Long, dec!(1), dec!(5))];
    let mut markets = [market(dec!(100), flat(dec!(0.1))), market(dec!(100), flat(dec!(0.1)))];
    markets.iter_mut().for_each(|market| market.lot = dec!(0.01));
    let mut account = book(dec!(11), venue_of(&[StepKind::Cover]), &markets, &positions);
    account.venue.liquidation.order = Order::LargestLoss;
    account.venue.trigger = Trigger::Below;
    let mut ledger = cross(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(90), dec!(100)]));
    assert_eq!((event.closes.len(), ledger.quantity(0), ledger.quantity(1)), (2, dec!(0), dec!(0.1)));
    // The largest requirement first: B whole, 1 is left against A's 9; then 8/9 of A.
    account.venue.liquidation.order = Order::LargestRequirement;
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(90), dec!(100)]);
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(0.11), dec!(0)));
    // Closed whole, exactly what is needed: 10 there, A's 9 gone, B's 10 stay.
    account.venue.liquidation.order = Order::LargestLoss;
    account.account.wallet = dec!(20);
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(90), dec!(100)]);
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(0), dec!(1)));
}
