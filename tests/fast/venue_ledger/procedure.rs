use ringfence::domain::{
    Contract, Decimal, FeeInRequirement, FillPrice, LiquidationRule, LiquidationStep, MarginMode, Order,
    Portfolio, RateStep, Remainder, Requirement, Side, Slippage, StepKind, to_f64,
};
use rust_decimal::dec;

use super::book::{
    book, cross, flat, isolated, kernel_along, lines, liquidation, market, one, position, step, venue_of,
};

fn fraction(fraction: Decimal, repeat: bool, cooldown_seconds: u64) -> StepKind {
    StepKind::Fraction {
        fraction,
        above_notional: dec!(0),
        least_notional: dec!(0),
        cooldown_seconds,
        repeat,
    }
}

/// Ten units at 100, margin 100, requirement 5 %, lots of 0.01.
fn ten(steps: &[StepKind]) -> Portfolio {
    let long = position(0, Side::Long, dec!(10), dec!(100));
    let mut account = book(dec!(150), venue_of(steps), &[market(dec!(100), flat(dec!(0.05)))], &[long]);
    account.assets[0].lot = dec!(0.01);
    account
}

#[test]
fn a_fill_on_the_book_slips_and_its_fee_stops_at_what_is_left() {
    // At 90.4 less 0.1 %: 90.3096, 0.3096 of the margin left. A fee of 0.1 % is 0.0903096 …
    let mut account = one(Side::Long);
    account.venue.liquidation.slippage = Slippage::Fixed(dec!(0.001));
    account.venue.liquidation.fee = dec!(0.001);
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.4)]));
    assert_eq!(event.closes[0].fill, Some(dec!(90.3096)));
    assert_eq!(
        (event.realised, event.fee, event.returned),
        (dec!(-9.6904), dec!(0.0903096), dec!(0.2192904))
    );
    // … and one of 0.5 % would be 0.451548.
    account.venue.liquidation.fee = dec!(0.005);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(90.4)]));
    assert_eq!((event.fee, event.returned, ledger.fees()), (dec!(0.3096), dec!(0), dec!(0.3096)));
    // Below nothing there is no fee, and slippage is part of the shortfall: 10 − 1·(100 − 89.9·0.999) = −0.1899.
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(89.9)]));
    assert_eq!((event.fee, event.shortfall, event.paid_in), (dec!(0), dec!(0.1899), dec!(0.1899)));
    // A short buys above the mark: 109.6·1.001.
    account.positions[0].side = Side::Short;
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(109.6)]));
    assert_eq!(event.closes[0].fill, Some(dec!(109.7096)));
}

#[test]
fn the_square_root_law_counts_what_is_closed() {
    // 90.4 of a day's 904,000 is 1e-4, its root 0.01, times 0.1: 0.1 %.
    let mut account = one(Side::Long);
    account.venue.liquidation.slippage =
        Slippage::SquareRoot { impact: dec!(0.1), daily_volume: dec!(904000) };
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.4)]));
    assert_eq!(event.closes[0].fill, Some(dec!(90.3096)));
    // However thin the market, a fill lies within 99 % of the mark.
    account.venue.liquidation.slippage = Slippage::SquareRoot { impact: dec!(5), daily_volume: dec!(0.01) };
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.4)]));
    assert_eq!(event.closes[0].fill, Some(dec!(0.904)));
    // An inverse contract counts coins: 1,000/80 = 12.5 of 125,000 is 1e-4 again: fill 80·0.999 = 79.92, where 1,000
    // are 12.5125125… coins.
    let mut inverse = one(Side::Long);
    inverse.venue.contract = Contract::Inverse;
    inverse.positions[0].quantity = dec!(1000);
    inverse.positions[0].margin = dec!(2);
    inverse.venue.liquidation.slippage =
        Slippage::SquareRoot { impact: dec!(0.1), daily_volume: dec!(125000) };
    let event = liquidation(&step(&mut isolated(&inverse), 1, &[dec!(80)]));
    assert_eq!(event.closes[0].fill, Some(dec!(79.92)));
    assert_eq!((event.realised, event.shortfall), (dec!(-2.512512512512513), dec!(0.512512512512513)));
}

#[test]
fn handed_over_slippage_is_shortfall_and_the_money_is_the_venues() {
    // At 90.05 less 0.1 %: 10 − (100 − 89.95995) = −0.04005, recorded, not paid in; there is no fee.
    let mut account = one(Side::Long);
    account.venue.liquidation = LiquidationRule::full(FillPrice::Bankruptcy, Remainder::Return);
    account.venue.liquidation.slippage = Slippage::Fixed(dec!(0.001));
    account.venue.liquidation.fee = dec!(0.01);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(90.05)]));
    assert_eq!((event.realised, event.fee, event.shortfall), (dec!(-10), dec!(0), dec!(0.04005)));
    assert_eq!((event.paid_in, event.returned, event.closes[0].fill), (dec!(0), dec!(0), None));
    assert_eq!((ledger.wallet(), ledger.closes()), (dec!(40), 1));
}

#[test]
fn below_the_backstop_everything_is_taken_at_the_mark() {
    // Two thirds of 0.452 is 0.3014: at 90.4 the ordinary procedure returns what slippage and fee leave, 0.2192904.
    let mut account = one(Side::Long);
    account.venue.liquidation.slippage = Slippage::Fixed(dec!(0.001));
    account.venue.liquidation.fee = dec!(0.001);
    account.venue.liquidation.backstop = Some(dec!(0.6667));
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.4)]));
    assert_eq!(event.returned, dec!(0.2192904));
    // At 90.3 0.3 is below 0.6667·0.4515 = 0.301015…: taken over without slippage or fee, 0.3 forfeited.
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(90.3)]));
    assert_eq!((event.closes[0].fill, event.fee), (Some(dec!(90.3)), dec!(0)));
    assert_eq!((event.forfeited, event.returned, ledger.wallet()), (dec!(0.3), dec!(0), dec!(40)));
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(89)]));
    assert_eq!((event.shortfall, event.paid_in), (dec!(1), dec!(1)));
}

/// Two longs of one unit at 100 in two markets of 1 % and 3 %, 14 in the wallet.
fn two(order: Order) -> Portfolio {
    let positions = [position(0, Side::Long, dec!(1), dec!(5)), position(1, Side::Long, dec!(1), dec!(5))];
    let markets = [market(dec!(100), flat(dec!(0.01))), market(dec!(100), flat(dec!(0.03)))];
    let mut account = book(dec!(14), venue_of(&[]), &markets, &positions);
    account.venue.liquidation.order = order;
    account
}

#[test]
fn sizes_go_in_the_venues_order_until_the_check_holds() {
    // 92 and 96: equity 14 − 12 = 2 <= 0.92 + 2.88. The largest loss first: 2 <= 2.88 still, so both go.
    let closed = |order| {
        let account = two(order);
        let mut ledger = cross(&account);
        let event = liquidation(&step(&mut ledger, 1, &[dec!(92), dec!(96)]));
        let assets: Vec<usize> = event.closes.iter().map(|close| close.asset).collect();
        (assets, event.returned, ledger.quantity(0), ledger.wallet(), ledger.closes())
    };
    assert_eq!(closed(Order::LargestLoss), (vec![0, 1], dec!(2), dec!(0), dec!(2), 2));
    // The largest requirement first: 2 > 0.92, and the first market's long stays, with 14 − 4 in the wallet.
    assert_eq!(closed(Order::LargestRequirement), (vec![1], dec!(0), dec!(1), dec!(10), 1));
    // All at once, in the scenario's order, whatever the check says between.
    assert_eq!(closed(Order::All), (vec![0, 1], dec!(2), dec!(0), dec!(2), 2));
    // Of equals the earlier: both at 94, both 2 %.
    let mut account = two(Order::LargestLoss);
    account.assets.iter_mut().for_each(|asset| asset.maintenance = flat(dec!(0.02)));
    let event = liquidation(&step(&mut cross(&account), 1, &[dec!(94), dec!(94)]));
    assert_eq!((event.closes.len(), event.closes[0].asset), (1, 0));
}

#[test]
fn the_largest_loss_and_the_largest_requirement_are_not_the_same_size() {
    // The second market's 1 % at 92 are 0.92 for a loss of 8, the first's 3 % at 96 are 2.88 for one of 4; equity
    // 15 − 12 = 3 <= 3.8.
    let left = |order| {
        let mut account = two(order);
        account.account.wallet = dec!(15);
        account.assets.reverse();
        let marks = [dec!(96), dec!(92)];
        let mut ledger = cross(&account);
        let event = liquidation(&step(&mut ledger, 1, &marks));
        assert_eq!((event.equity, event.requirement), (dec!(3), dec!(3.8)));
        let kernel = kernel_along(&account, MarginMode::Cross, &[&marks]);
        let left = [0, 1].map(|position| ledger.quantity(position));
        assert_eq!([0, 1].map(|position| kernel.quantity(position, 0)), left.map(to_f64));
        left
    };
    // Without the larger loss 3 > 2.88, and the first in the scenario's order stays.
    assert_eq!(left(Order::LargestLoss), [dec!(1), dec!(0)]);
    // Without the larger requirement 3 > 0.92.
    assert_eq!(left(Order::LargestRequirement), [dec!(0), dec!(1)]);
    assert_eq!(left(Order::All), [dec!(0), dec!(0)]);
}

#[test]
fn a_share_is_closed_once_and_the_next_step_follows() {
    // At 94: 40 <= 47. A fifth goes: 40 > 37.6. Realised 2·(−6).
    let account = ten(&[fraction(dec!(0.2), false, 0)]);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(94)]));
    assert_eq!((event.realised, event.emptied, ledger.quantity(0)), (dec!(-12), false, dec!(8)));
    assert_eq!((ledger.liquidated_at(0), ledger.closes()), (Some(1), 1));
    // At 92: 20 <= 46, and a fifth is not enough (36.8): the rest goes in the same step.
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(92)]));
    assert_eq!((event.closes.len(), event.returned), (2, dec!(20)));
    // Again and again by half: 10, 5 (23), 2.5 (11.5 < 20).
    let account = ten(&[fraction(dec!(0.5), true, 0)]);
    let mut ledger = isolated(&account);
    liquidation(&step(&mut ledger, 1, &[dec!(92)]));
    assert_eq!((ledger.quantity(0), ledger.closes()), (dec!(2.5), 2));
    // Cooldowns shorter than a step are no wait.
    let account = ten(&[fraction(dec!(0.5), true, 3_599)]);
    let mut ledger = isolated(&account);
    liquidation(&step(&mut ledger, 1, &[dec!(92)]));
    assert_eq!(ledger.quantity(0), dec!(2.5));
}

#[test]
fn a_share_has_a_threshold_a_least_and_whole_lots() {
    let with = |above_notional, least_notional| {
        let share = StepKind::Fraction {
            fraction: dec!(0.2003),
            above_notional,
            least_notional,
            cooldown_seconds: 0,
            repeat: false,
        };
        let account = ten(&[share]);
        let mut ledger = isolated(&account);
        liquidation(&step(&mut ledger, 1, &[dec!(94)]));
        ledger.quantity(0)
    };
    // 2.003 are 2.01 in lots; a least of 300/94 = 3.191… are 3.2; of 10,000 everything.
    assert_eq!(with(dec!(0), dec!(0)), dec!(7.99));
    assert_eq!(with(dec!(0), dec!(300)), dec!(6.8));
    assert_eq!(with(dec!(0), dec!(10000)), dec!(0));
    // The notional at the mark is 940: above 939 a share, above 940 the next step, everything.
    assert_eq!(with(dec!(939), dec!(0)), dec!(7.99));
    assert_eq!(with(dec!(940), dec!(0)), dec!(0));
}

#[test]
fn a_cooldown_waits_whole_steps() {
    // At 92: a fifth, 20 <= 36.8, and two hours of rest: at step 2 nobody looks, at step 3 the rest is closed.
    let account = ten(&[fraction(dec!(0.2), false, 7_200)]);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(92)]));
    assert_eq!((event.waits_until, ledger.quantity(0)), (Some(3), dec!(8)));
    assert_eq!(step(&mut ledger, 2, &[dec!(90)]), []);
    assert_eq!(liquidation(&step(&mut ledger, 3, &[dec!(92)])).returned, dec!(20));
    // 84 of money are left after the fifth, 4 of equity at 90 and −4 at 89: a pool that owes is not waited for.
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(92)]);
    let event = liquidation(&step(&mut ledger, 2, &[dec!(89)]));
    assert_eq!((event.equity, event.shortfall, event.emptied), (dec!(-4), dec!(4), true));
    // Nor one that owes as soon as its fifth is closed: −20 of equity at 88.
    let mut ledger = isolated(&account);
    let events = step(&mut ledger, 1, &[dec!(88)]);
    assert_eq!((events.len(), ledger.shortfall(), ledger.is_closed()), (2, dec!(20), true));
    // A backstop of a half. At 93 30 against 46.5, then a fifth is closed; at 90 6 are less than half of 36.
    let mut backed = ten(&[fraction(dec!(0.2), false, 7_200)]);
    backed.venue.liquidation.backstop = Some(dec!(0.5));
    let mut ledger = isolated(&backed);
    step(&mut ledger, 1, &[dec!(93)]);
    let event = liquidation(&step(&mut ledger, 2, &[dec!(90)]));
    assert_eq!((event.closes[0].cause, event.emptied), (ringfence::margin::Cause::Backstop, true));
    // Where it repeats, another fifth.
    let account = ten(&[fraction(dec!(0.2), true, 7_200)]);
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(92)]);
    step(&mut ledger, 2, &[dec!(92)]);
    let event = liquidation(&step(&mut ledger, 3, &[dec!(92)]));
    assert_eq!((event.waits_until, ledger.quantity(0)), (Some(5), dec!(6.4)));
    // Recovered by then, it starts anew: a fifth, not the next step.
    let account = ten(&[fraction(dec!(0.2), false, 7_200)]);
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(92)]);
    step(&mut ledger, 2, &[dec!(92)]);
    assert_eq!(step(&mut ledger, 3, &[dec!(98)]), []);
    liquidation(&step(&mut ledger, 4, &[dec!(92)]));
    assert_eq!((ledger.quantity(0), ledger.closes()), (dec!(6.4), 2));
    // A share that restores the requirement needs no rest.
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(94)]));
    assert_eq!(event.waits_until, None);
    // What a closed pool waited for is forgotten: stopped while it rests, nothing follows.
    let mut stopped = ten(&[fraction(dec!(0.2), true, 7_200)]);
    stopped.positions[0].orders.stop_loss = Some(dec!(97));
    let mut ledger = isolated(&stopped);
    step(&mut ledger, 1, &[dec!(98)]);
    assert_eq!(step(&mut ledger, 2, &[dec!(96)]).len(), 1);
    assert!(ledger.is_closed());
}

#[test]
fn shares_go_one_size_after_the_other_in_the_order() {
    // 92 and 96, 2 <= 3.8. Half of the second market's (the larger requirement) leaves 0.92 + 1.44 = 2.36; half of the
    // first's 0.46 + 1.44 = 1.9 < 2.
    let mut account = two(Order::LargestRequirement);
    account
        .venue
        .liquidation
        .steps
        .insert(0, LiquidationStep { kind: fraction(dec!(0.5), false, 0), price: FillPrice::Mark });
    let mut ledger = cross(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(92), dec!(96)]));
    let assets: Vec<usize> = event.closes.iter().map(|close| close.asset).collect();
    assert_eq!((assets, ledger.quantity(0), ledger.quantity(1)), (vec![1, 0], dec!(0.5), dec!(0.5)));
    // With 2.4 the first half is enough: the wallet has 14.4.
    account.account.wallet = dec!(14.4);
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(92), dec!(96)]);
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(1), dec!(0.5)));
    // All at once both are halved before anyone asks.
    account.venue.liquidation.order = Order::All;
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(92), dec!(96)]);
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(0.5), dec!(0.5)));
}

#[test]
fn what_the_last_share_leaves_is_handed_over() {
    // The only step closes halves above a notional of 300: 940, 470, 235 left. At 90.1 equity is 1 <= 11.2625: at the
    // mark the rest is closed whole, at bankruptcy handed over.
    let share = StepKind::Fraction {
        fraction: dec!(0.5),
        above_notional: dec!(300),
        least_notional: dec!(0),
        cooldown_seconds: 0,
        repeat: true,
    };
    let mut account = ten(&[share]);
    account.venue.liquidation.steps.pop();
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.1)]));
    assert_eq!((event.closes.len(), event.returned), (3, dec!(1)));
    assert_eq!(event.closes[2].quantity, dec!(2.5));
    account.venue.liquidation.steps[0].price = FillPrice::Bankruptcy;
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(90.1)]));
    assert_eq!((event.closes.len(), event.returned, event.closes[2].fill), (3, dec!(0), None));
    // 100 − 7.5·9.9 = 25.75 was left for the hand-over.
    assert_eq!(event.realised, dec!(-100));
}

fn tiered(tiers: u32, above_first_tier: bool) -> StepKind {
    StepKind::Tiered { tiers, above_first_tier }
}

#[test]
fn lines_are_stepped_down_by_notional() {
    // Tiers of 1, 2 and 5 % from 0, 20,000 and 50,000 (0, 200, 1,700). 600 at 95: 57,000 asks 1,150; equity
    // 4,000 − 3,000. 50,000/95 = 526.3157… may stay; 73.684… are 73.69 in lots. 526.31 ask 2 % of 49,999.45 − 200.
    let table = lines(&[(dec!(0), dec!(0.01)), (dec!(20000), dec!(0.02)), (dec!(50000), dec!(0.05))]);
    let long = position(0, Side::Long, dec!(600), dec!(4000));
    let mut account = book(dec!(4000), venue_of(&[tiered(1, false)]), &[market(dec!(100), table)], &[long]);
    account.assets[0].lot = dec!(0.01);
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(95)]));
    assert_eq!((event.equity, event.requirement), (dec!(1000), dec!(1150)));
    assert_eq!((event.closes[0].tier, ledger.quantity(0), event.realised), (3, dec!(526.31), dec!(-368.45)));
    // At 93.4: 40 <= 1,102; 535.33 units stay (49,999.822, tier 2, 799.99644), then 214.13 (19,999.742, tier 1,
    // 199.99742); 40 is still less, and the next step takes the rest.
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(93.4)]));
    let left: Vec<Decimal> = event.closes.iter().map(|close| close.of - close.quantity).collect();
    assert_eq!(left, [dec!(535.33), dec!(214.13), dec!(0)]);
    assert_eq!((event.closes[1].tier, event.closes[2].tier, event.returned), (2, 1, dec!(40)));
    // Exactly at a floor it stands in the lower tier: 500 units at 100 are not stepped down from 50,000.
    account.positions[0].quantity = dec!(500);
    account.positions[0].margin = dec!(800);
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(100)]));
    assert_eq!((event.closes[0].tier, event.closes[0].quantity), (2, dec!(300)));
}

/// Rates of 1, 2, 3, 4 % above 0, 10, 20, 30 units; 35 at 100, in lots of one.
fn stepped(margin: Decimal, step: StepKind) -> Portfolio {
    let rows =
        [(dec!(0), dec!(0.01)), (dec!(10), dec!(0.02)), (dec!(20), dec!(0.03)), (dec!(30), dec!(0.04))];
    let steps = rows.map(|(floor, rate)| RateStep { floor, rate });
    let long = position(0, Side::Long, dec!(35), margin);
    let table = Requirement::Steps(steps.to_vec());
    let mut account = book(margin, venue_of(&[step]), &[market(dec!(100), table)], &[long]);
    account.assets[0].lot = dec!(1);
    account.venue.liquidation.steps[1].price = FillPrice::Bankruptcy;
    account
}

#[test]
fn steps_are_stepped_down_by_quantity_two_at_a_time() {
    // 35 units at 100 stand in tier 4 and ask 140; two tiers down is 20 units, which ask 2 % of 2,000.
    let account = stepped(dec!(100), tiered(2, false));
    let mut ledger = isolated(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(100)]));
    assert_eq!((event.closes[0].tier, event.closes[0].quantity, ledger.quantity(0)), (4, dec!(15), dec!(20)));
    // With 40 of equity it still fails; tier 2 is not above the second, and the rest is handed over.
    let account = stepped(dec!(40), tiered(2, false));
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(100)]));
    assert_eq!((event.closes[1].quantity, event.closes[1].fill), (dec!(20), None));
    // One at a time: to 30, which ask 3 % of 3,000.
    let account = stepped(dec!(100), tiered(1, false));
    let mut ledger = isolated(&account);
    step(&mut ledger, 1, &[dec!(100)]);
    assert_eq!(ledger.quantity(0), dec!(30));
}

#[test]
fn below_the_first_tiers_requirement_nothing_is_stepped_down() {
    // 1 % of 3,500 is 35: at 35 it steps down, below it is handed over whole.
    let event = liquidation(&step(&mut isolated(&stepped(dec!(35), tiered(2, true))), 1, &[dec!(100)]));
    assert_eq!(event.closes[0].quantity, dec!(15));
    let event = liquidation(&step(&mut isolated(&stepped(dec!(34.99), tiered(2, true))), 1, &[dec!(100)]));
    assert_eq!((event.closes[0].quantity, event.closes[0].fill), (dec!(35), None));
    // The fee inside counts: 1.1 % are 38.5.
    let mut account = stepped(dec!(38), tiered(2, true));
    account.venue.fees.taker = dec!(0.001);
    account.venue.fee_in_requirement = FeeInRequirement::Taker;
    let event = liquidation(&step(&mut isolated(&account), 1, &[dec!(100)]));
    assert_eq!(event.closes[0].quantity, dec!(35));
}

#[test]
fn tiers_go_one_size_at_a_time_in_the_order() {
    // Two markets of 35 units each, 70 and 70 below: at 98 and 99 the first has lost more. 4 % of 3,430 and 3,465 are
    // 137.2 and 138.6; equity 355 − 105 = 250. The first to 30 asks 88.2: 226.8 < 250. The second stays.
    let mut account = stepped(dec!(355), tiered(1, false));
    account.assets.push(account.assets[0].clone());
    account.positions.push(position(1, Side::Long, dec!(35), dec!(0)));
    account.venue.liquidation.order = Order::LargestLoss;
    let mut ledger = cross(&account);
    let event = liquidation(&step(&mut ledger, 1, &[dec!(98), dec!(99)]));
    assert_eq!((event.equity, event.requirement), (dec!(250), dec!(275.8)));
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(30), dec!(35)));
    // All at once.
    account.venue.liquidation.order = Order::All;
    let mut ledger = cross(&account);
    step(&mut ledger, 1, &[dec!(98), dec!(99)]);
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(30), dec!(30)));
}

#[test]
fn positions_of_a_size_give_in_proportion() {
    // 1 and 3 units, half of 4 closed: 0.5 and 1.5; what was set aside halves as well.
    let positions = [position(0, Side::Long, dec!(1), dec!(10)), position(0, Side::Long, dec!(3), dec!(30))];
    let venue = venue_of(&[fraction(dec!(0.5), false, 0)]);
    let mut account = book(dec!(40), venue, &[market(dec!(100), flat(dec!(0.05)))], &positions);
    account.venue.fees.taker = dec!(0.001);
    account.venue.fee_in_requirement = FeeInRequirement::TakerAtEntry;
    let mut ledger = cross(&account);
    // 40 − 4·5.5 = 18 <= 5 % of 378 + 0.1 % of 440.
    let event = liquidation(&step(&mut ledger, 1, &[dec!(94.5)]));
    assert_eq!((event.equity, event.requirement), (dec!(18), dec!(19.34)));
    assert_eq!((ledger.quantity(0), ledger.quantity(1)), (dec!(0.5), dec!(1.5)));
    // Down to 87.9: 18 − 2·6.6 = 4.8 <= 8.79 + 0.22; set aside for two units, not four.
    let event = liquidation(&step(&mut ledger, 2, &[dec!(87.9)]));
    assert_eq!((event.equity, event.requirement), (dec!(4.8), dec!(9.01)));
}

#[test]
fn a_pool_is_settled_once_it_is_empty() {
    // What two partial closes lost is lost; what is left of 100 at the end returns or is forfeited.
    for remainder in [Remainder::Return, Remainder::Forfeit] {
        let mut account = ten(&[fraction(dec!(0.2), false, 0)]);
        account.venue.liquidation.remainder = remainder;
        let mut ledger = isolated(&account);
        let event = liquidation(&step(&mut ledger, 1, &[dec!(92)]));
        assert_eq!(event.returned + event.forfeited, dec!(20));
        assert_eq!(ledger.wallet(), if remainder == Remainder::Return { dec!(70) } else { dec!(50) });
        // The wallet's own pool keeps it, or loses it all.
        account.account.wallet = dec!(100);
        let mut ledger = cross(&account);
        step(&mut ledger, 1, &[dec!(92)]);
        assert_eq!(ledger.wallet(), if remainder == Remainder::Return { dec!(20) } else { dec!(0) });
    }
}
