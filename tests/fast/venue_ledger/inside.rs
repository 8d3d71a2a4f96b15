//! Inside a step: what extremes and jumps do, before the step itself.

use ringfence::domain::{Decimal, FillPrice, LiquidationStep, Order, Side, StepKind};
use ringfence::margin::{Ledger, LedgerEvent};
use rust_decimal::dec;

use super::book::{book, cross, flat, isolated, liquidation, market, one, order, position, step, venue_of};

fn touch(ledger: &mut Ledger<'_>, low: Decimal, high: Decimal) -> Vec<LedgerEvent> {
    ledger.touch(1, [&[low], &[high], &[high]]).unwrap()
}

#[test]
fn a_barrier_is_filled_where_it_was_met() {
    // 90/0.995 = 90.452261306…; a touch to 80 fills there, not at 80.
    let account = one(Side::Long);
    let mut ledger = isolated(&account);
    let event = liquidation(&touch(&mut ledger, dec!(80), dec!(101)));
    assert!((event.closes[0].mark - dec!(90.4522613065)).abs() < dec!(0.00000001));
    assert!((event.returned - dec!(0.4522613065)).abs() < dec!(0.00000001));
    assert_eq!(ledger.liquidated_at(0), Some(1));
    // A short's at 110/1.005.
    let event = liquidation(&touch(&mut isolated(&one(Side::Short)), dec!(99), dec!(120)));
    assert!((event.closes[0].mark - dec!(109.4527363184)).abs() < dec!(0.00000001));
    assert_eq!(touch(&mut isolated(&account), dec!(90.46), dec!(101)), []);
}

#[test]
fn orders_are_filled_at_their_levels() {
    let mut account = one(Side::Long);
    account.venue.fees.taker = dec!(0.001);
    account.positions[0].orders.stop_loss = Some(dec!(95));
    account.positions[0].orders.take_profit = Some(dec!(110));
    let event = order(&touch(&mut isolated(&account), dec!(93), dec!(101)));
    assert_eq!((event.fill, event.realised, event.fee), (dec!(95), dec!(-5), dec!(0.095)));
    let event = order(&touch(&mut isolated(&account), dec!(99), dec!(112)));
    assert_eq!((event.fill, event.realised), (dec!(110), dec!(10)));
    // The low comes first.
    assert_eq!(order(&touch(&mut isolated(&account), dec!(93), dec!(112))).fill, dec!(95));
    // A stop beyond the barrier is too late.
    account.positions[0].orders.stop_loss = Some(dec!(90.2));
    liquidation(&touch(&mut isolated(&account), dec!(89), dec!(101)));
    // A jump is borne: 93 instead of 95.
    account.positions[0].orders.stop_loss = Some(dec!(95));
    assert_eq!(order(&isolated(&account).jump(1, &[dec!(93)]).unwrap()).fill, dec!(93));
    assert_eq!(order(&isolated(&account).jump(1, &[dec!(113)]).unwrap()).fill, dec!(113));
}

#[test]
fn a_pool_that_fails_at_the_extreme_still_is_liquidated_again() {
    // Ten units, half closed at a time: at the touched 94.736… half restores the requirement; at 92 the five left have
    // 47.368… − 13.684… = 33.68 against 23: they stand. At 85 it is −1.3…: again at 85, to the end.
    let half = StepKind::Fraction {
        fraction: dec!(0.5),
        above_notional: dec!(0),
        least_notional: dec!(0),
        cooldown_seconds: 0,
        repeat: true,
    };
    let long = position(0, Side::Long, dec!(10), dec!(100));
    let mut account = book(dec!(150), venue_of(&[half]), &[market(dec!(100), flat(dec!(0.05)))], &[long]);
    let mut ledger = isolated(&account);
    let event = liquidation(&touch(&mut ledger, dec!(92), dec!(101)));
    assert!((event.closes[0].mark - dec!(94.7368421053)).abs() < dec!(0.00000001));
    assert_eq!(ledger.quantity(0), dec!(5));
    let mut ledger = isolated(&account);
    let events = touch(&mut ledger, dec!(85), dec!(101));
    assert_eq!(events.len(), 2);
    let again = events[1].liquidation().unwrap();
    assert_eq!((again.closes[0].mark, ledger.closes() >= 3), (dec!(85), true));
    // What is left of it is met at its own price: 5·P + 47.368… − 500·… = 5 %: a second stretch.
    let mut ledger = isolated(&account);
    touch(&mut ledger, dec!(92), dec!(101));
    let event = liquidation(&touch(&mut ledger, dec!(88), dec!(92)));
    // 73.684210526 realised to the 100: 100 − 26.315789… = 73.684…; 5·(P − 100) + 73.684… = 0.25·P at 426.3157…/4.75.
    assert!((event.closes[0].mark - dec!(89.7506925208)).abs() < dec!(0.00000001), "{event:#?}");
    // A waiting pool waits inside steps as well.
    let LiquidationStep { kind, .. } = &mut account.venue.liquidation.steps[0];
    if let StepKind::Fraction { cooldown_seconds, fraction, .. } = kind {
        (*cooldown_seconds, *fraction) = (7_200, dec!(0.01));
    }
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(92)]));
    assert_eq!(event.waits_until, Some(3));
    assert_eq!(touch(&mut ledger, dec!(90.5), dec!(101)), []);
    assert_eq!(ledger.jump(2, &[dec!(90.2)]).unwrap(), []);
    // Once it no longer waits, it is met on the stretch, not at the better price where it failed before.
    let events = ledger.touch(3, [&[dec!(85)], &[dec!(88)], &[dec!(88)]]).unwrap();
    let event = events[0].liquidation().unwrap();
    assert_eq!(event.closes[0].mark, dec!(88));
}

#[test]
fn a_pool_of_several_assets_is_looked_at_where_all_are() {
    // Its extremes are nobody's: the long at 80 and the short at 120 were never there together. At the end 92 and 96
    // fail as in a step.
    let positions = [position(0, Side::Long, dec!(1), dec!(5)), position(1, Side::Long, dec!(1), dec!(5))];
    let markets = [market(dec!(100), flat(dec!(0.01))), market(dec!(100), flat(dec!(0.03)))];
    let mut account = book(dec!(14), venue_of(&[]), &markets, &positions);
    account.venue.liquidation.order = Order::LargestRequirement;
    let (low, high) = ([dec!(80), dec!(80)], [dec!(120), dec!(120)]);
    let mut ledger = cross(&account);
    assert_eq!(ledger.touch(1, [&low, &high, &[dec!(99), dec!(99)]]).unwrap(), []);
    let event = liquidation(&ledger.touch(1, [&low, &high, &[dec!(92), dec!(96)]]).unwrap());
    assert_eq!((event.closes.len(), event.closes[0].asset), (1, 1));
    // Funding, top-ups and reopenings belong to steps; stops at the end's marks do not.
    account.positions[0].orders.stop_loss = Some(dec!(97));
    account.positions[1].orders.take_profit = Some(dec!(101));
    let mut ledger = cross(&account);
    let events = ledger.touch(1, [&low, &high, &[dec!(96), dec!(102)]]).unwrap();
    let fills: Vec<Decimal> = events.iter().map(|event| order(std::slice::from_ref(event)).fill).collect();
    assert_eq!(fills, [dec!(96), dec!(102)]);
    assert!(ledger.is_closed());
}

#[test]
fn handed_over_on_the_way_nothing_is_missing() {
    let mut account = one(Side::Long);
    account.venue.liquidation.steps[0].price = FillPrice::Bankruptcy;
    let event = liquidation(&touch(&mut isolated(&account), dec!(10), dec!(101)));
    assert_eq!((event.realised, event.shortfall), (dec!(-10), dec!(0)));
}
