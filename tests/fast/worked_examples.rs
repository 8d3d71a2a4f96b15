//! Every rule on paths that a reader can follow with a pocket calculator. Each table gives the
//! prices, and the money expected after each step; ledger and kernel must both arrive there.

use crate::testkit::portfolio::{CLOCK, Held, kernel_along, liquidations, portfolio};
use ringfence::domain::{Collateral, Decimal, FillPrice, MarginMode, Portfolio, Remainder, Side, TierTable};
use ringfence::margin::{BookPlan, Ledger};
use rust_decimal::dec;

/// `steps`: (prices, equity after the step, steps' liquidated pools).
struct Example<'a> {
    portfolio: Portfolio,
    mode: MarginMode,
    steps: &'a [(&'a [Decimal], Decimal, &'a [usize])],
    shortfall: Decimal,
}

fn check(example: &Example<'_>) {
    let mut ledger = Ledger::open(&example.portfolio, example.mode, CLOCK, 0);
    let (mut realised, mut forfeited, mut paid_in) = (dec!(0), dec!(0), dec!(0));
    for (index, (marks, equity, liquidated)) in example.steps.iter().enumerate() {
        let step = index as u64 + 1;
        let events = ledger.step(step, marks).unwrap();
        let events = liquidations(&events);
        let pools: Vec<usize> = events.iter().map(|e| e.pool).collect();
        assert_eq!(pools, *liquidated, "liquidated at step {step}");
        for event in &events {
            realised += event.realised;
            forfeited += event.forfeited;
            paid_in += event.paid_in;
            let fills = event.closes.iter().flat_map(|close| &close.fills);
            let at_mark: Decimal = fills.map(|fill| fill.profit_at_mark).sum();
            if example.portfolio.venue.liquidation.first_price() == FillPrice::Mark {
                assert_eq!(event.realised, at_mark, "realised at the mark, step {step}");
                assert_eq!(event.paid_in, event.shortfall, "the fund pays the shortfall, step {step}");
            }
        }
        let balance = ledger.balance(marks).unwrap();
        assert_eq!(balance.held, *equity, "equity at step {step}");
        assert_eq!(balance.held, balance.explained, "conservation at step {step}");
    }
    assert_eq!(ledger.shortfall(), example.shortfall);
    if ledger.is_closed() {
        let explained = example.portfolio.account.wallet + realised - forfeited + paid_in;
        assert_eq!(ledger.wallet(), explained, "the wallet is what the events say");
    }

    let plan = BookPlan::new(&example.portfolio, example.mode, CLOCK);
    let to_f64 = |d: &Decimal| d.to_string().parse::<f64>().unwrap();
    let marks: Vec<Vec<f64>> =
        example.steps.iter().map(|(marks, _, _)| marks.iter().map(to_f64).collect()).collect();
    let state = kernel_along(&plan, &marks, |step, state| {
        let (_, equity, liquidated) = example.steps[step as usize - 1];
        assert!((state.equity()[0] - to_f64(&equity)).abs() < 1e-9, "kernel equity at step {step}");
        for pool in liquidated {
            let at = |position: usize| state.liquidated_at(position, 0).map(u64::from);
            let positions = plan.pool_of_positions().iter().enumerate().filter(|(_, of)| *of == pool);
            assert!(positions.clone().count() > 0);
            positions.for_each(|(position, _)| assert_eq!(at(position), Some(step), "kernel, step {step}"));
        }
    });
    assert!((state.shortfall(0) - to_f64(&example.shortfall)).abs() < 1e-9);
    let closed: usize = example.steps.iter().map(|(_, _, pools)| pools.len()).sum();
    let pools = plan.pool_of_positions().iter().enumerate();
    let mut seen: Vec<usize> =
        pools.filter(|(p, _)| state.liquidated_at(*p, 0).is_some()).map(|(_, &pool)| pool).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), closed, "the kernel liquidates nothing else");
}

fn held(asset: usize, side: Side, quantity: Decimal, margin: Decimal, collateral: Collateral) -> Held {
    Held { asset, side, quantity, margin, collateral }
}

/// One unit at 100, margin 10 of a wallet of 50, requirement 0.5 % of the notional.
fn one(side: Side, price: FillPrice, remainder: Remainder) -> Portfolio {
    let assets = [(dec!(100), TierTable::flat(dec!(0.005)))];
    let position = held(0, side, dec!(1), dec!(10), Collateral::Isolated);
    portfolio(dec!(50), &assets, &[position], price, remainder)
}

#[test]
fn isolated_long_forfeits_what_is_left_at_the_mark() {
    // At 91: equity 10 − 9 = 1 > 0.455. At 90.4: 0.4 <= 0.452: closed, 0.4 forfeited; 40 stay in the wallet.
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Mark, Remainder::Forfeit),
        mode: MarginMode::Isolated,
        steps: &[
            (&[dec!(91)], dec!(41), &[]),
            (&[dec!(90.4)], dec!(40), &[0]),
            (&[dec!(120)], dec!(40), &[]),
        ],
        shortfall: dec!(0),
    });
}

#[test]
fn isolated_long_gets_the_remainder_back() {
    // The same path: 0.4 returns to the wallet.
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Mark, Remainder::Return),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(91)], dec!(41), &[]), (&[dec!(90.4)], dec!(40.4), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn a_gap_beyond_bankruptcy_is_the_funds_shortfall_not_the_wallets() {
    // At 85: loss 15, margin 10: shortfall 5. The wallet keeps its 40 whatever the remainder rule.
    for remainder in [Remainder::Forfeit, Remainder::Return] {
        check(&Example {
            portfolio: one(Side::Long, FillPrice::Mark, remainder),
            mode: MarginMode::Isolated,
            steps: &[(&[dec!(85)], dec!(40), &[0])],
            shortfall: dec!(5),
        });
    }
}

#[test]
fn handed_over_at_bankruptcy_nothing_returns_and_a_gap_is_recorded_the_same() {
    // Closed at 90.4, above bankruptcy at 90: the venue keeps the 0.4 although the rule returns remainders.
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Bankruptcy, Remainder::Return),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(90.4)], dec!(40), &[0])],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Bankruptcy, Remainder::Return),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(85)], dec!(40), &[0])],
        shortfall: dec!(5),
    });
}

#[test]
fn a_shorts_requirement_grows_with_the_price() {
    // At 109: equity 1 > 0.545. At 109.5: 0.5 <= 0.5475: closed, although the loss alone leaves 0.5.
    check(&Example {
        portfolio: one(Side::Short, FillPrice::Mark, Remainder::Forfeit),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(109)], dec!(41), &[]), (&[dec!(109.5)], dec!(40), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn cross_puts_the_whole_wallet_behind_the_position() {
    // The isolated account died at 90.4; cross lives to 50.2 (0.2 <= 0.251) and then loses everything.
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Mark, Remainder::Forfeit),
        mode: MarginMode::Cross,
        steps: &[
            (&[dec!(90.4)], dec!(40.4), &[]),
            (&[dec!(51)], dec!(1), &[]),
            (&[dec!(50.2)], dec!(0), &[0]),
            (&[dec!(100)], dec!(0), &[]),
        ],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: one(Side::Long, FillPrice::Mark, Remainder::Return),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(50.2)], dec!(0.2), &[0]), (&[dec!(20)], dec!(0.2), &[])],
        shortfall: dec!(0),
    });
}

#[test]
fn equality_liquidates() {
    // Long with margin 10 and rate 0.1 at 100: 10 − 0 = 0.1·100 at the first step's unchanged price.
    let assets = [(dec!(100), TierTable::flat(dec!(0.1)))];
    let position = held(0, Side::Long, dec!(1), dec!(10), Collateral::Isolated);
    let book = portfolio(dec!(50), &assets, &[position], FillPrice::Mark, Remainder::Return);
    check(&Example {
        portfolio: book,
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(100)], dec!(50), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn just_above_the_requirement_survives() {
    // 10 − 0.000000001 above equality: equity 10.000000001·… at price 100.00000001: 10.00000001 > 10.000000001.
    let assets = [(dec!(100), TierTable::flat(dec!(0.1)))];
    let position = held(0, Side::Long, dec!(1), dec!(10), Collateral::Isolated);
    let book = portfolio(dec!(50), &assets, &[position], FillPrice::Mark, Remainder::Return);
    check(&Example {
        portfolio: book,
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(100.00000001)], dec!(50.00000001), &[])],
        shortfall: dec!(0),
    });
}

/// Long one A0 and short one A1 at 100, margin 10 each, wallet 50.
fn pair(remainder: Remainder, long: Collateral, short: Collateral) -> Portfolio {
    let rate = TierTable::flat(dec!(0.005));
    let assets = [(dec!(100), rate.clone()), (dec!(100), rate)];
    let positions =
        [held(0, Side::Long, dec!(1), dec!(10), long), held(1, Side::Short, dec!(1), dec!(10), short)];
    portfolio(dec!(50), &assets, &positions, FillPrice::Mark, remainder)
}

#[test]
fn a_hedge_survives_in_one_pool_and_loses_a_leg_in_two() {
    let steps: &[(&[Decimal], Decimal, &[usize])] = &[(&[dec!(130), dec!(130)], dec!(50), &[])];
    let shared = pair(Remainder::Forfeit, Collateral::Cross, Collateral::Cross);
    check(&Example { portfolio: shared.clone(), mode: MarginMode::Cross, steps, shortfall: dec!(0) });
    // Isolated: the short's loss of 30 against 10: shortfall 20, and the long keeps its 30 of profit.
    check(&Example {
        portfolio: shared,
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(130), dec!(130)], dec!(70), &[1])],
        shortfall: dec!(20),
    });
}

#[test]
fn contagion_one_position_takes_the_pool_with_it() {
    // A0 falls to 50 (−50) while the short is even: cross 0 <= 1.25 closes both; isolated loses the long's 10.
    let shared = pair(Remainder::Forfeit, Collateral::Cross, Collateral::Cross);
    check(&Example {
        portfolio: shared.clone(),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(50), dec!(100)], dec!(0), &[0]), (&[dec!(50), dec!(10)], dec!(0), &[])],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: shared,
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(50), dec!(100)], dec!(40), &[0]), (&[dec!(50), dec!(10)], dec!(130), &[])],
        shortfall: dec!(40),
    });
}

#[test]
fn mixed_takes_isolated_margin_out_of_the_wallet_first() {
    // The long is ring-fenced with 10; 40 back the short, whose pool comes first. Short at 139.4: 0.6 <= 0.697.
    let mixed = pair(Remainder::Forfeit, Collateral::Isolated, Collateral::Cross);
    check(&Example {
        portfolio: mixed,
        mode: MarginMode::Mixed,
        steps: &[
            (&[dec!(100), dec!(139)], dec!(11), &[]),
            (&[dec!(100), dec!(139.4)], dec!(10), &[0]),
            (&[dec!(90.2), dec!(139.4)], dec!(0), &[1]),
        ],
        shortfall: dec!(0),
    });
}

#[test]
fn a_returned_remainder_backs_the_cross_pool_from_the_next_check_on() {
    // Step 1: the long closes at 90.4 and returns 0.4; the wallet's pool then holds 40.4.
    // Step 2: short at 139.6: 40.4 − 39.6 = 0.8 > 0.698; without the 0.4 it would have failed.
    let mixed = pair(Remainder::Return, Collateral::Isolated, Collateral::Cross);
    check(&Example {
        portfolio: mixed.clone(),
        mode: MarginMode::Mixed,
        steps: &[
            (&[dec!(90.4), dec!(100)], dec!(40.4), &[1]),
            (&[dec!(90.4), dec!(139.6)], dec!(0.8), &[]),
            (&[dec!(90.4), dec!(139.9)], dec!(0.5), &[0]),
        ],
        shortfall: dec!(0),
    });
    // In one step: every pool is checked before any money moves, so the short (0.4 <= 0.698) fails too.
    check(&Example {
        portfolio: mixed,
        mode: MarginMode::Mixed,
        steps: &[(&[dec!(90.4), dec!(139.6)], dec!(0.8), &[0, 1])],
        shortfall: dec!(0),
    });
}

#[test]
fn tiers_charge_each_slice_of_the_notional_its_own_rate() {
    // 600 units at 100, tiers 0.4 % to 50,000 and 0.5 % above (amount 50). At 76: notional 45,600, requirement
    // 182.4, equity 15,000 − 14,400 = 600. At 75.3: 45,180 → 180.72; 15,000 − 14,820 = 180 <= 180.72.
    let tiers =
        TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(50)))]).unwrap();
    let long = |side| {
        let position = held(0, side, dec!(600), dec!(15000), Collateral::Isolated);
        portfolio(dec!(20000), &[(dec!(100), tiers.clone())], &[position], FillPrice::Mark, Remainder::Return)
    };
    check(&Example {
        portfolio: long(Side::Long),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(76)], dec!(5600), &[]), (&[dec!(75.3)], dec!(5180), &[0])],
        shortfall: dec!(0),
    });
    // A short climbs the tiers. At 124.5: notional 74,700 → 373.5 − 50 = 323.5; 15,000 − 14,700 = 300 <= 323.5.
    // At 124.4: 373.2 − 50 = 323.2 < 360. With 0.4 % throughout it would still stand at 124.5 (298.8 < 300).
    check(&Example {
        portfolio: long(Side::Short),
        mode: MarginMode::Isolated,
        steps: &[(&[dec!(124.4)], dec!(5360), &[]), (&[dec!(124.5)], dec!(5300), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn positions_of_one_market_and_side_are_one_size() {
    // Two longs of 300: together in one pool 60,000 of notional, requirement 60,000·0.005 − 50 = 250, not 2·120.
    let tiers =
        TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(50)))]).unwrap();
    let positions = [
        held(0, Side::Long, dec!(300), dec!(100), Collateral::Cross),
        held(0, Side::Long, dec!(300), dec!(100), Collateral::Cross),
    ];
    let book = portfolio(dec!(245), &[(dec!(100), tiers)], &positions, FillPrice::Mark, Remainder::Return);
    // Equity 245 at an unchanged price: above 240, not above 250.
    check(&Example {
        portfolio: book,
        mode: MarginMode::Cross,
        steps: &[(&[dec!(100)], dec!(245), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn each_market_has_its_own_ladder() {
    // 300 of each of two markets: 0.4 % of 30,000 twice, 240. One ladder over 60,000 would ask 250.
    let tiers =
        TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(50)))]).unwrap();
    let positions = [
        held(0, Side::Long, dec!(300), dec!(100), Collateral::Cross),
        held(1, Side::Long, dec!(300), dec!(100), Collateral::Cross),
    ];
    let assets = [(dec!(100), tiers.clone()), (dec!(100), tiers)];
    let book = |wallet| portfolio(wallet, &assets, &positions, FillPrice::Mark, Remainder::Return);
    check(&Example {
        portfolio: book(dec!(245)),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(100), dec!(100)], dec!(245), &[])],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: book(dec!(240)),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(100), dec!(100)], dec!(240), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn a_long_and_a_short_of_one_market_are_two_sizes() {
    // 300 long and 300 short: 0.4 % of 30,000 twice, 240; as one size of 60,000 it would be 250.
    let tiers =
        TierTable::new(&[(dec!(0), dec!(0.004), None), (dec!(50000), dec!(0.005), Some(dec!(50)))]).unwrap();
    let positions = [
        held(0, Side::Long, dec!(300), dec!(100), Collateral::Cross),
        held(0, Side::Short, dec!(300), dec!(100), Collateral::Cross),
    ];
    let book = |wallet| {
        portfolio(wallet, &[(dec!(100), tiers.clone())], &positions, FillPrice::Mark, Remainder::Return)
    };
    check(&Example {
        portfolio: book(dec!(245)),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(100)], dec!(245), &[])],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: book(dec!(240)),
        mode: MarginMode::Cross,
        steps: &[(&[dec!(100)], dec!(240), &[0])],
        shortfall: dec!(0),
    });
}

#[test]
fn exact_ties_are_decided_exactly() {
    // For each mark m the margin is made to be just the requirement plus the loss: q·(E − m) + r·q·m, a
    // tie to the last digit, which f64 misses for many m. A millionth of a cent above, it stands.
    let assets = [(dec!(100), TierTable::flat(dec!(0.007)))];
    let quantity = dec!(0.3);
    for cents in 9_001..9_200 {
        let mark = Decimal::new(cents, 2);
        let margin = quantity * (dec!(100) - mark) + dec!(0.007) * quantity * mark;
        let position = held(0, Side::Long, quantity, margin, Collateral::Isolated);
        let book = portfolio(dec!(50), &assets, &[position], FillPrice::Mark, Remainder::Return);
        let left = dec!(50) - quantity * (dec!(100) - mark);
        check(&Example {
            portfolio: book.clone(),
            mode: MarginMode::Isolated,
            steps: &[(&[mark], left, &[0])],
            shortfall: dec!(0),
        });
        let above = mark + dec!(0.00000001);
        check(&Example {
            portfolio: book,
            mode: MarginMode::Isolated,
            steps: &[(&[above], left + quantity * dec!(0.00000001), &[])],
            shortfall: dec!(0),
        });
    }
}

#[test]
fn exact_ties_count_what_was_returned_to_the_wallet() {
    // The long returns 0.4 at 90.4; then 40.4 back the short, whose equity 140.4 − m meets r·m exactly at
    // m = 140.4/(1 + r). With r = 0.17 that is 120: a tie that only the returned 0.4 makes.
    let assets = [(dec!(100), TierTable::flat(dec!(0.005))), (dec!(100), TierTable::flat(dec!(0.17)))];
    let positions = [
        held(0, Side::Long, dec!(1), dec!(10), Collateral::Isolated),
        held(1, Side::Short, dec!(1), dec!(10), Collateral::Cross),
    ];
    let mixed = portfolio(dec!(50), &assets, &positions, FillPrice::Mark, Remainder::Return);
    check(&Example {
        portfolio: mixed.clone(),
        mode: MarginMode::Mixed,
        steps: &[(&[dec!(90.4), dec!(100)], dec!(40.4), &[1]), (&[dec!(90.4), dec!(120)], dec!(20.4), &[0])],
        shortfall: dec!(0),
    });
    check(&Example {
        portfolio: mixed,
        mode: MarginMode::Mixed,
        steps: &[
            (&[dec!(90.4), dec!(100)], dec!(40.4), &[1]),
            (&[dec!(90.4), dec!(119.99999999)], dec!(20.40000001), &[]),
        ],
        shortfall: dec!(0),
    });
}

#[test]
fn a_loss_of_exactly_the_margin_is_no_shortfall() {
    // Rate 0, 10x at 60,000, price down by exactly a tenth: nothing is left, nothing is missing. In f64
    // q·54,000 − q·60,000 misses −10 by rounding for such quantities.
    let assets = [(dec!(60000), TierTable::flat(dec!(0)))];
    for thousandths in 1..60 {
        let quantity = Decimal::new(thousandths, 3) / dec!(7);
        let quantity = quantity.round_sf(15).unwrap();
        let position = held(0, Side::Long, quantity, quantity * dec!(6000), Collateral::Isolated);
        let book = portfolio(dec!(500), &assets, &[position], FillPrice::Mark, Remainder::Forfeit);
        let plan = BookPlan::new(&book, MarginMode::Isolated, CLOCK);
        let state = kernel_along(&plan, &[vec![54_000.0]], |_, _| ());
        assert_eq!((state.liquidated_at(0, 0), state.shortfall(0)), (Some(1), 0.0), "{quantity}");
    }
}

#[test]
fn beyond_decimals_the_kernel_decides_alone() {
    // 1e-15 units at 1e17, margin 10: fails at 90/0.995 per cent of the entry. No decimal of 12 digits is handed
    // out above 1e16, so next to the barrier the f64 answer stands.
    let assets = [(dec!(100000000000000000), TierTable::flat(dec!(0.005)))];
    let position = held(0, Side::Long, dec!(0.000000000000001), dec!(10), Collateral::Isolated);
    let book = portfolio(dec!(50), &assets, &[position], FillPrice::Mark, Remainder::Forfeit);
    let plan = BookPlan::new(&book, MarginMode::Isolated, CLOCK);
    let barrier = 90.0 / 0.995 * 1e15;
    let at = |price: f64| kernel_along(&plan, &[vec![price]], |_, _| ()).liquidated_at(0, 0);
    assert_eq!(at(barrier * (1.0 + 1e-12)), None);
    assert_eq!(at(barrier * (1.0 - 1e-12)), Some(1));
}

#[test]
fn relative_drawdown_is_of_the_running_peak() {
    // Equity 50, 80, 60, 90, 66: falls 20/80 = 25 %, then 24/90 = 26.7 %; largest absolute fall 24.
    let book = one(Side::Long, FillPrice::Mark, Remainder::Forfeit);
    let plan = BookPlan::new(&book, MarginMode::Cross, CLOCK);
    let marks: Vec<Vec<f64>> = [130.0, 110.0, 140.0, 116.0].map(|p| vec![p]).into();
    let state = kernel_along(&plan, &marks, |_, _| ());
    assert!((state.relative_drawdown(0) - 24.0 / 90.0).abs() < 1e-15);
    assert!((state.drawdown(0) - 24.0).abs() < 1e-12);
    assert!((state.least_equity(0) - 50.0).abs() < 1e-12);
}
