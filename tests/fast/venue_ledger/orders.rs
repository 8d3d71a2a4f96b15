use ringfence::domain::{
    Collateral, FeeInRequirement, MarginMode, Order, Portfolio, Remainder, Reopen, Side, StepKind, TopUp,
    TopUpAmount,
};
use ringfence::margin::{LedgerEvent, OrderKind, ReopeningEvent, TopUpEvent};
use rust_decimal::{Decimal, dec};

use super::book::{
    book, cross, flat, isolated, kernel_along, liquidation, market, one, open, order, position, step,
    venue_of,
};

fn with_stop(side: Side, level: Decimal) -> Portfolio {
    let mut account = one(side);
    account.positions[0].orders.stop_loss = Some(level);
    account.venue.fees.taker = dec!(0.001);
    account.venue.liquidation.remainder = Remainder::Forfeit;
    account
}

#[test]
fn a_stop_bears_the_gap_and_its_money_comes_back() {
    // Stop 95, mark 93: −7, fee 0.093, 2.907 of the margin returns although the venue forfeits remainders.
    let account = with_stop(Side::Long, dec!(95));
    let mut ledger = isolated(&account);
    assert_eq!(step(&mut ledger, 1, &[dec!(95.01)]), []);
    let event = order(&step(&mut ledger, 2, &[dec!(93)]));
    assert_eq!((event.kind, event.level, event.fill), (OrderKind::StopLoss, dec!(95), dec!(93)));
    assert_eq!((event.realised, event.fee, event.returned), (dec!(-7), dec!(0.093), dec!(2.907)));
    assert_eq!((ledger.wallet(), ledger.fees(), ledger.closes()), (dec!(42.907), dec!(0.093), 0));
    assert_eq!((ledger.liquidated_at(0), ledger.is_closed()), (None, true));
    // At the level itself, and a short's the other way.
    assert_eq!(order(&step(&mut isolated(&account), 1, &[dec!(95)])).fill, dec!(95));
    let short = with_stop(Side::Short, dec!(105));
    let mut ledger = isolated(&short);
    assert_eq!(step(&mut ledger, 1, &[dec!(104.99)]), []);
    assert_eq!(order(&step(&mut ledger, 2, &[dec!(106)])).realised, dec!(-6));
}

#[test]
fn a_stop_beyond_the_barrier_comes_too_late() {
    // The pool fails at 90.452…: a stop at 90.2 is never reached, one at 90.5 is, wherever the mark is then.
    let late = with_stop(Side::Long, dec!(90.2));
    let event = liquidation(&step(&mut isolated(&late), 1, &[dec!(89)]));
    assert_eq!((event.equity, event.shortfall), (dec!(-1), dec!(1)));
    let early = with_stop(Side::Long, dec!(90.5));
    let event = order(&step(&mut isolated(&early), 1, &[dec!(89)]));
    assert_eq!((event.realised, event.fee, event.shortfall), (dec!(-11), dec!(0), dec!(1)));
    // A fee never asks for more than is left: at 90.3 0.3, although 1 % is 0.903.
    let mut dear = early.clone();
    dear.venue.fees.taker = dec!(0.01);
    let event = order(&step(&mut isolated(&dear), 1, &[dec!(90.3)]));
    assert_eq!((event.fee, event.returned), (dec!(0.3), dec!(0)));
}

#[test]
fn where_the_mark_is_nearer_than_the_level_the_mark_decides() {
    // Three long and one short with a stop at 90, which the price is beyond from the start. At 90 the pool of 15
    // would have lost 20; but the price went from 100 to 101, where it stands.
    let positions = [position(0, Side::Long, dec!(3), dec!(5)), position(0, Side::Short, dec!(1), dec!(5))];
    let mut account = book(dec!(15), venue_of(&[]), &[market(dec!(100), flat(dec!(0.005)))], &positions);
    account.positions[1].orders.stop_loss = Some(dec!(90));
    let mut ledger = cross(&account);
    let event = order(&step(&mut ledger, 1, &[dec!(101)]));
    assert_eq!((event.position, event.realised), (1, dec!(-1)));
    assert_eq!((ledger.quantity(0), ledger.quantity(1), ledger.wallet()), (dec!(3), dec!(0), dec!(14)));
    // From 100 to 111 the level is the nearer one, where the pool had failed: nothing is carried out.
    assert_eq!(step(&mut cross(&account), 1, &[dec!(111)]), []);
}

#[test]
fn a_profit_is_taken_after_the_check() {
    // Taken at 112: 12 less 0.112.
    let mut account = one(Side::Long);
    account.positions[0].orders.take_profit = Some(dec!(110));
    account.venue.fees.taker = dec!(0.001);
    let mut ledger = isolated(&account);
    assert_eq!(step(&mut ledger, 1, &[dec!(109.99)]), []);
    let event = order(&step(&mut ledger, 2, &[dec!(112)]));
    assert_eq!((event.kind, event.realised, event.fee), (OrderKind::TakeProfit, dec!(12), dec!(0.112)));
    assert_eq!(ledger.wallet(), dec!(61.888));
    let mut short = one(Side::Short);
    short.positions[0].orders.take_profit = Some(dec!(90));
    assert_eq!(order(&step(&mut isolated(&short), 1, &[dec!(88)])).realised, dec!(12));
    // A pool that fails at the same mark is liquidated: the short of two loses what the long would have taken.
    let positions = [position(0, Side::Long, dec!(1), dec!(5)), position(0, Side::Short, dec!(3), dec!(5))];
    let mut both = book(dec!(20), venue_of(&[]), &[market(dec!(100), flat(dec!(0.005)))], &positions);
    both.positions[0].orders.take_profit = Some(dec!(109));
    let event = liquidation(&step(&mut cross(&both), 1, &[dec!(110)]));
    assert_eq!((event.equity, event.closes.len()), (dec!(0), 2));
}

fn topped(trigger: Decimal, amount: TopUpAmount, times: u32) -> Portfolio {
    let mut account = one(Side::Long);
    account.positions[0].orders.top_up = Some(TopUp { trigger, amount, times });
    account
}

fn top_up(events: &[LedgerEvent]) -> TopUpEvent {
    match events {
        [LedgerEvent::TopUp(event)] => *event,
        other => panic!("one top-up expected: {other:#?}"),
    }
}

#[test]
fn margin_is_added_from_the_free_wallet() {
    // Twice the requirement at 90.9: 0.909, equity 0.9: 5 are added, once. At 90.92 0.92 was above 0.9092.
    let account = topped(dec!(2), TopUpAmount::Money(dec!(5)), 1);
    let mut ledger = isolated(&account);
    assert_eq!(step(&mut ledger, 1, &[dec!(90.92)]), []);
    let event = top_up(&step(&mut ledger, 2, &[dec!(90.9)]));
    assert_eq!((event.amount, event.equity, event.requirement), (dec!(5), dec!(0.9), dec!(0.4545)));
    assert_eq!(ledger.wallet(), dec!(35));
    // At 85.9 equity is 0.9 again, and no time is left; at 85.4 it is 0.4 <= 0.427, with 0.4 of 15 to return.
    assert_eq!(step(&mut ledger, 3, &[dec!(85.9)]), []);
    assert_eq!(liquidation(&step(&mut ledger, 4, &[dec!(85.4)])).returned, dec!(0.4));
    // The initial margin, twice; the second time only 3 are left, the third time nothing, which is no time.
    let mut initial = topped(dec!(2), TopUpAmount::Initial, 9);
    initial.account.wallet = dec!(23);
    let mut ledger = isolated(&initial);
    assert_eq!(top_up(&step(&mut ledger, 1, &[dec!(90.9)])).amount, dec!(10));
    assert_eq!(top_up(&step(&mut ledger, 2, &[dec!(80.8)])).amount, dec!(3));
    assert_eq!(step(&mut ledger, 3, &[dec!(77.7)]), []);
    assert_eq!(ledger.wallet(), dec!(0));
    // A cross position has the wallet already.
    let mut poor = topped(dec!(2), TopUpAmount::Initial, 9);
    poor.account.wallet = dec!(10);
    assert_eq!(step(&mut cross(&poor), 1, &[dec!(90.9)]), []);
}

#[test]
fn a_top_up_comes_after_the_check_and_leaves_what_backs_others() {
    // At 90.4 the check fails first.
    let account = topped(dec!(2), TopUpAmount::Money(dec!(5)), 1);
    liquidation(&step(&mut isolated(&account), 1, &[dec!(90.4)]));
    // Mixed: of 40 the other long's 8 of initial margin and its loss of 9.1 are not free.
    let mut mixed = topped(dec!(2), TopUpAmount::Money(dec!(500)), 1);
    mixed.positions[0].collateral = Some(Collateral::Isolated);
    mixed.positions.push(position(0, Side::Long, dec!(1), dec!(8)));
    let event = top_up(&step(&mut open(&mixed, MarginMode::Mixed), 1, &[dec!(90.9)]));
    assert_eq!(event.amount, dec!(22.9));
}

#[test]
fn the_initial_margin_of_half_a_position_is_half_of_it() {
    // Ten at 100 with 100, 5 % required, 250 in all. At 93: 100 − 70 = 30 <= 46.5; half goes, and 30 > 23.25. That is
    // within twice the requirement: of the initial 100 the half that is left asks for 50, though 150 are free.
    let half = StepKind::Fraction {
        fraction: dec!(0.5),
        above_notional: dec!(0),
        least_notional: dec!(0),
        cooldown_seconds: 0,
        repeat: false,
    };
    let long = position(0, Side::Long, dec!(10), dec!(100));
    let mut account = book(dec!(250), venue_of(&[half]), &[market(dec!(100), flat(dec!(0.05)))], &[long]);
    account.positions[0].orders.top_up =
        Some(TopUp { trigger: dec!(2), amount: TopUpAmount::Initial, times: 1 });
    let mut ledger = isolated(&account);
    let events = step(&mut ledger, 1, &[dec!(93)]);
    assert_eq!((liquidation(&events).emptied, ledger.quantity(0)), (false, dec!(5)));
    let event = top_up(&events[1..]);
    assert_eq!((event.equity, event.amount, ledger.wallet()), (dec!(30), dec!(50), dec!(100)));
    let kernel = kernel_along(&account, MarginMode::Isolated, &[&[dec!(93)]]);
    assert_eq!((kernel.quantity(0, 0), kernel.wallet(0)), (5.0, 100.0));
}

fn reopening(events: &[LedgerEvent]) -> ReopeningEvent {
    match events {
        [LedgerEvent::Reopening(event)] => *event,
        other => panic!("one reopening expected: {other:#?}"),
    }
}

fn reopened(after_seconds: u64, times: u32) -> Portfolio {
    let mut account = one(Side::Long);
    account.assets[0].lot = dec!(0.1);
    account.positions[0].entry_fee = dec!(0.001);
    account.positions[0].orders.stop_loss = Some(dec!(50));
    account.positions[0].orders.take_profit = Some(dec!(150));
    account.positions[0].orders.reopen = Some(Reopen { after_seconds, times });
    account
}

#[test]
fn a_position_is_opened_anew_with_the_notional_it_had() {
    // Liquidated at 90 with nothing left. At 80 the next step: 100/80 = 1.25, 1.2 in lots; fee 0.096. The wallet had
    // 50 − 10 − 0.1.
    let account = reopened(30, 1);
    let mut ledger = isolated(&account);
    liquidation(&step(&mut ledger, 1, &[dec!(90)]));
    assert_eq!((ledger.wallet(), ledger.is_closed()), (dec!(39.9), false));
    let event = reopening(&step(&mut ledger, 2, &[dec!(80)]));
    assert_eq!((event.opened, event.quantity, event.fee), (true, dec!(1.2), dec!(0.096)));
    assert_eq!((ledger.wallet(), ledger.quantity(0)), (dec!(29.804), dec!(1.2)));
    assert_eq!(ledger.fees(), dec!(0.196));
    // 1.2·(72 − 80) leaves 0.4 <= 0.432; no time is left. The first liquidation is the one that counts.
    let event = liquidation(&step(&mut ledger, 3, &[dec!(72)]));
    assert_eq!((event.money, event.equity, event.returned), (dec!(10), dec!(0.4), dec!(0.4)));
    assert_eq!((ledger.liquidated_at(0), ledger.is_closed(), ledger.closes()), (Some(1), true, 2));
    // Levels keep their ratio: 1.5 times 80.
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(90)]);
    step(&mut ledger, 2, &[dec!(80)]);
    assert_eq!(order(&step(&mut ledger, 3, &[dec!(120)])).level, dec!(120));
    // The new position sets its fee aside anew: 0.1 % of 96 + 10.
    let mut aside = account.clone();
    aside.venue.fees.taker = dec!(0.001);
    aside.venue.fee_in_requirement = FeeInRequirement::TakerAtEntry;
    let mut ledger = isolated(&aside);
    liquidation(&step(&mut ledger, 1, &[dec!(90)]));
    assert_eq!(reopening(&step(&mut ledger, 2, &[dec!(80)])).set_aside, dec!(0.106));
}

#[test]
fn a_reopening_waits_its_time() {
    // 5 hours and a second are six hourly steps.
    let account = reopened(5 * 3_600 + 1, 1);
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(90)]);
    for index in 2..7 {
        assert_eq!(step(&mut ledger, index, &[dec!(90)]), []);
    }
    assert!(reopening(&step(&mut ledger, 7, &[dec!(90)])).opened);
}

#[test]
fn what_cannot_be_afforded_stays_out() {
    // 10 of margin and 0.096 of fee against 10.09 in the wallet; 0.006 more would do.
    for (wallet, opened) in [(dec!(20.19), false), (dec!(20.196), true)] {
        let mut account = reopened(30, 5);
        account.account.wallet = wallet;
        let mut ledger = isolated(&account);
        step(&mut ledger, 1, &[dec!(90)]);
        assert_eq!(reopening(&step(&mut ledger, 2, &[dec!(80)])).opened, opened);
        assert_eq!(ledger.is_closed(), !opened);
    }
    // Less than a lot: 100/120 of a unit, in whole units.
    let mut coarse = reopened(30, 5);
    coarse.assets[0].lot = dec!(1);
    let mut ledger = isolated(&coarse);
    step(&mut ledger, 1, &[dec!(90)]);
    let event = reopening(&step(&mut ledger, 2, &[dec!(120)]));
    assert_eq!((event.opened, event.quantity, ledger.is_closed()), (false, dec!(0), true));
    // Nearly a whole lot is one: 100/33.3333336 = 2.999999976.
    let mut ledger = isolated(&coarse);
    step(&mut ledger, 1, &[dec!(90)]);
    assert_eq!(reopening(&step(&mut ledger, 2, &[dec!(33.3333336)])).quantity, dec!(3));
    // Closed by its holder it stays closed.
    let mut stopped = reopened(30, 5);
    stopped.positions[0].orders.stop_loss = Some(dec!(95));
    let mut ledger = isolated(&stopped);
    order(&step(&mut ledger, 1, &[dec!(94)]));
    assert!(ledger.is_closed());
}

#[test]
fn a_cross_position_is_opened_anew_from_the_free_wallet() {
    // Two markets, 15 in the wallet. A falls to 86: the pool's 15 − 14 = 1 fails 0.86 + 0.5. A goes first; 1 is left
    // against 0.5, and B stays. The next step A asks for 5 of margin, but B's 5 are more than the 1 there is.
    let positions = [position(0, Side::Long, dec!(1), dec!(5)), position(1, Side::Long, dec!(1), dec!(5))];
    let markets = [market(dec!(100), flat(dec!(0.01))), market(dec!(100), flat(dec!(0.005)))];
    let mut account = book(dec!(15), venue_of(&[StepKind::Full]), &markets, &positions);
    account.venue.liquidation.order = Order::LargestLoss;
    account.positions[0].orders.reopen = Some(Reopen { after_seconds: 1, times: 1 });
    let mut ledger = cross(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(86), dec!(100)]));
    assert_eq!((event.requirement, event.closes.len(), event.emptied), (dec!(1.36), 1, false));
    assert_eq!((ledger.quantity(0), ledger.quantity(1), ledger.wallet()), (dec!(0), dec!(1), dec!(1)));
    let mut poor = ledger.clone();
    assert!(!reopening(&step(&mut poor, 2, &[dec!(86), dec!(100)])).opened);
    // B's gain of 20 is no free money.
    assert!(!reopening(&step(&mut ledger, 2, &[dec!(86), dec!(120)])).opened);
    // With B's initial margin of 0.1 and A's of 0.9, 1 is just enough; only fees would leave the wallet.
    account.positions[0].margin = dec!(0.9);
    account.positions[1].margin = dec!(0.1);
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(86), dec!(100)]);
    let event = reopening(&step(&mut ledger, 2, &[dec!(80), dec!(100)]));
    assert_eq!((event.opened, event.free, ledger.quantity(0)), (true, dec!(0.9), dec!(1.25)));
    assert_eq!(ledger.wallet(), dec!(1));
}
