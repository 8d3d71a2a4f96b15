//! Random venues, adversarial tiers among them: what holds for every account.

use proptest::prelude::*;
use ringfence::domain::{
    Basis, Collateral, Contract, Debit, Decimal, FeeInRequirement, Fees, FillPrice, Fillable, FundingRates,
    FundingRule, LiquidationRule, LiquidationStep, MarginMode, Order, Orders, Portfolio, RateStep, Remainder,
    Reopen, Requirement, Side, Slippage, StepKind, TopUp, TopUpAmount, Trigger, Venue,
};
use ringfence::margin::{Ledger, LedgerEvent, price_to_decimal};
use rust_decimal::dec;

use super::book::{HOURLY, book, lines, market, position};

/// A path of 30 steps: prices' log returns, a gap now and then.
const STEPS: usize = 30;

fn of<T: Clone + std::fmt::Debug + 'static>(choices: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(choices.to_vec())
}

/// Rates in units of 1e-4; floors from tiny to far beyond any size. Many tiers, tiny ones, rates near 1.
fn requirements() -> impl Strategy<Value = Requirement> {
    let rows = prop::collection::vec((1u32..400, of(&[1u64, 7, 50, 400, 3_000, 100_000])), 1..40);
    let slope = (1u32..800, 0u32..300).prop_map(|(base, slope)| Requirement::Slope {
        base: bp(base),
        slope: Decimal::new(slope.into(), 5),
    });
    let table = (rows, any::<bool>()).prop_map(|(rows, by_quantity)| {
        let (mut rate, mut floor) = (dec!(0), dec!(0));
        let rows: Vec<(Decimal, Decimal)> = rows
            .iter()
            .enumerate()
            .map(|(index, (more, wide))| {
                rate = (rate + bp(*more)).min(dec!(0.9999));
                floor += if index == 0 { dec!(0) } else { Decimal::from(*wide) };
                (floor, rate)
            })
            .collect();
        if by_quantity {
            let step =
                |(floor, rate): &(Decimal, Decimal)| RateStep { floor: floor / dec!(100), rate: *rate };
            Requirement::Steps(rows.iter().map(step).collect())
        } else {
            lines(&rows)
        }
    });
    prop_oneof![3 => table, 1 => slope]
}

fn bp(units: u32) -> Decimal {
    Decimal::new(units.into(), 4)
}

fn kinds() -> impl Strategy<Value = StepKind> {
    let share = (of(&[dec!(0.05), dec!(0.2), dec!(0.5), dec!(1)]), 0u32..3_000, 0u32..500, any::<bool>());
    let share =
        (share, of(&[0u64, 30, 3_600, 10_000])).prop_map(|((fraction, above, least, repeat), rest)| {
            StepKind::Fraction {
                fraction,
                above_notional: above.into(),
                least_notional: least.into(),
                cooldown_seconds: rest,
                repeat,
            }
        });
    let tiered = (1u32..4, any::<bool>())
        .prop_map(|(tiers, above_first_tier)| StepKind::Tiered { tiers, above_first_tier });
    prop_oneof![share, tiered, Just(StepKind::Cover), Just(StepKind::Full)]
}

fn procedures() -> impl Strategy<Value = LiquidationRule> {
    let price = of(&[FillPrice::Mark, FillPrice::Mark, FillPrice::Fillable]);
    let steps = prop::collection::vec((kinds(), price), 0..4);
    let last = of(&[FillPrice::Mark, FillPrice::Bankruptcy, FillPrice::Fillable]);
    let slippage = prop_oneof![
        of(&[dec!(0), dec!(0.001), dec!(0.1)]).prop_map(Slippage::Fixed),
        of(&[dec!(1), dec!(1000), dec!(1000000)])
            .prop_map(|daily_volume| Slippage::SquareRoot { impact: dec!(0.3), daily_volume }),
    ];
    let rest = (
        of(&[Order::All, Order::LargestLoss, Order::LargestRequirement]),
        of(&[dec!(0), dec!(0.001), dec!(0.0125), dec!(0.5)]),
        of(&[Remainder::Forfeit, Remainder::Return]),
        of(&[None, Some(dec!(0.6667))]),
    );
    (steps, last, slippage, rest).prop_map(|(steps, last, slippage, (order, fee, remainder, backstop))| {
        let step = |(kind, price)| LiquidationStep { kind, price };
        let mut steps: Vec<_> = steps.into_iter().map(step).collect();
        steps.push(step((StepKind::Full, last)));
        let fillable = Some(Fillable { spread: dec!(1.5), adjustment: dec!(1) });
        LiquidationRule { steps, order, fee, slippage, remainder, fillable, backstop }
    })
}

fn venues() -> impl Strategy<Value = Venue> {
    let rules = (
        of(&[Basis::Mark, Basis::Entry]),
        of(&[
            FeeInRequirement::None,
            FeeInRequirement::Taker,
            FeeInRequirement::Liquidation,
            FeeInRequirement::TakerAtBankruptcy,
            FeeInRequirement::TakerAtEntry,
        ]),
        of(&[Trigger::AtOrBelow, Trigger::Below]),
        of(&[Debit::Margin, Debit::Wallet, Debit::AvailableThenMargin]),
        any::<bool>(),
        any::<bool>(),
    );
    (rules, procedures()).prop_map(|((basis, fee, trigger, debit, floor, inverse), liquidation)| Venue {
        preset: "random".into(),
        contract: if inverse { Contract::Inverse } else { Contract::Linear },
        basis,
        fee_in_requirement: fee,
        trigger,
        fees: Fees { taker: dec!(0.0005), maker: dec!(0.0002) },
        funding: FundingRule { interval_seconds: 10_800, debit, floor_at_requirement: floor },
        liquidation,
    })
}

fn orders() -> impl Strategy<Value = Orders> {
    let top_up = TopUp { trigger: dec!(1.5), amount: TopUpAmount::Initial, times: 2 };
    let reopen = Reopen { after_seconds: 7_200, times: 2 };
    (of(&[None, Some(())]), of(&[None, None, Some(top_up)]), of(&[None, Some(reopen)])).prop_map(
        |(levels, top_up, reopen)| Orders {
            stop_loss: levels.map(|()| dec!(95)),
            take_profit: levels.map(|()| dec!(115)),
            top_up,
            reopen,
        },
    )
}

#[derive(Debug, Clone)]
struct Case {
    portfolio: Portfolio,
    marks: Vec<Vec<Decimal>>,
}

type Drawn =
    (Venue, Vec<Requirement>, Vec<(usize, bool, u32, u32, bool, Orders)>, (Decimal, u32, i64), Vec<Vec<f64>>);

fn cases() -> impl Strategy<Value = Case> {
    let one = prop_oneof![8 => -0.03..0.03f64, 1 => -0.6..0.6f64];
    let held = (0..2usize, any::<bool>(), 1u32..40_000, 2u32..60, any::<bool>(), orders());
    (
        venues(),
        prop::collection::vec(requirements(), 2),
        prop::collection::vec(held, 1..5),
        (of(&[dec!(0.000001), dec!(0.01), dec!(1), dec!(37)]), 0u32..200, -300i64..300),
        prop::collection::vec(prop::collection::vec(one, 2), STEPS),
    )
        .prop_map(build)
}

/// Prices of 100; an inverse account holds one market and quantities of quote.
fn build((venue, rules, held, (lot, spare, rate), moves): Drawn) -> Case {
    let inverse = venue.contract == Contract::Inverse;
    let mut markets: Vec<_> = rules.into_iter().map(|rule| market(dec!(100), rule)).collect();
    for market in &mut markets {
        market.lot = lot;
        market.funding = FundingRates::Constant(Decimal::new(rate, 4));
    }
    let held = held.into_iter().map(|(asset, long, milli, leverage, alone, orders)| {
        let (side, asset) = (if long { Side::Long } else { Side::Short }, if inverse { 0 } else { asset });
        let units = Decimal::new(milli.into(), 3);
        let quantity = if inverse { units * dec!(10000) } else { units };
        let margin = (units * dec!(100) / Decimal::from(leverage)).round_dp(8);
        let mut held = position(asset, side, quantity, margin);
        held.collateral = Some(if alone { Collateral::Isolated } else { Collateral::Cross });
        held.entry_fee = dec!(0.0002);
        held.orders = match side {
            Side::Long => orders,
            Side::Short => Orders { stop_loss: orders.take_profit, take_profit: orders.stop_loss, ..orders },
        };
        held
    });
    let positions: Vec<_> = held.collect();
    let mut portfolio = book(dec!(1), venue, &markets, &positions);
    let needed: Decimal =
        positions.iter().map(|p| p.margin + portfolio.set_aside(p) + portfolio.entry_fee(p)).sum();
    portfolio.account.wallet = needed * Decimal::new(100 + i64::from(spare), 2);
    let mut prices = [100.0f64; 2];
    let marks = moves
        .iter()
        .map(|row| {
            prices.iter_mut().zip(row).for_each(|(price, log_return)| *price *= libm::exp(*log_return));
            prices.iter().map(|price| price_to_decimal(*price).unwrap()).collect()
        })
        .collect();
    Case { portfolio, marks }
}

/// Follows an account, half its steps looked at inside as well; `see` is shown what each call did.
fn follow(
    case: &Case,
    mode: MarginMode,
    mut see: impl FnMut(&Ledger<'_>, &Ledger<'_>, &[LedgerEvent], &[Decimal]),
) {
    let mut ledger = Ledger::open(&case.portfolio, mode, HOURLY, 0);
    let mut before: Vec<Decimal> = case.portfolio.assets.iter().map(|asset| asset.price).collect();
    for (index, marks) in case.marks.iter().enumerate() {
        let number = index as u64 + 1;
        if index % 2 == 1 {
            let pairs = || before.iter().zip(marks);
            let low: Vec<_> = pairs().map(|(a, b)| *a.min(b)).collect();
            let high: Vec<_> = pairs().map(|(a, b)| *a.max(b)).collect();
            let was = ledger.clone();
            let events = if index % 4 == 1 {
                ledger.touch(number, [&low, &high, marks]).unwrap()
            } else {
                ledger.jump(number, marks).unwrap()
            };
            see(&was, &ledger, &events, marks);
        }
        let was = ledger.clone();
        let events = ledger.step(number, marks).unwrap();
        see(&was, &ledger, &events, marks);
        before.clone_from(marks);
    }
}

/// The most each isolated position may cost: what was put behind it, and what the wallet paid for it.
fn isolated_budget(event: &LedgerEvent, portfolio: &Portfolio) -> Decimal {
    match event {
        LedgerEvent::Funding(event) => event.from_wallet,
        LedgerEvent::TopUp(event) => event.amount,
        LedgerEvent::Reopening(event) if event.opened => {
            assert!(event.margin == portfolio.positions[event.position].margin);
            event.margin + event.set_aside + event.fee
        }
        _ => dec!(0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// Money is conserved to the last digit at every step, nothing closes more than there is, nobody pays a negative
    /// fee; every procedure ends, or this test does not.
    #[test]
    fn money_is_conserved(case in cases()) {
        for mode in MarginMode::ALL {
            follow(&case, mode, |was, ledger, events, marks| {
                let balance = ledger.balance(marks).unwrap();
                assert_eq!(balance.held, balance.explained);
                assert!(ledger.fees() >= was.fees() && ledger.shortfall() >= was.shortfall());
                assert!(ledger.closes() >= was.closes());
                for position in 0..case.portfolio.positions.len() {
                    assert!(ledger.quantity(position) >= dec!(0));
                }
                for event in events.iter().filter_map(LedgerEvent::liquidation) {
                    assert!(event.forfeited >= dec!(0) && event.returned >= dec!(0) && event.fee >= dec!(0));
                    for close in &event.closes {
                        let given: Decimal = close.fills.iter().map(|fill| fill.quantity).sum();
                        assert!(given == close.quantity && close.quantity <= close.of, "{close:?}");
                        assert!(close.quantity > dec!(0) && close.fee >= dec!(0) && close.paid_in >= dec!(0));
                    }
                    let realised: Decimal = event.closes.iter().map(|close| close.realised).sum();
                    assert!(event.closes.iter().any(|close| close.fill.is_none()) || realised == event.realised);
                }
            });
        }
    }

    /// A position with a pool of its own costs the account at most what was put behind it: margin and what was set
    /// aside, top-ups, reopenings, and the fees and funding that the wallet paid.
    #[test]
    fn an_isolated_loss_is_capped(case in cases()) {
        let portfolio = &case.portfolio;
        let mut single = case.clone();
        for (index, held) in portfolio.positions.iter().enumerate() {
            single.portfolio.positions = vec![held.clone()];
            let fee = portfolio.entry_fee(held);
            let mut budget = held.margin + portfolio.set_aside(held) + fee;
            follow(&single, MarginMode::Isolated, |_, ledger, events, marks| {
                budget += events.iter().map(|event| isolated_budget(event, &single.portfolio)).sum::<Decimal>();
                assert!(ledger.wallet() >= dec!(0), "position {index}");
                let lost = portfolio.account.wallet - ledger.wallet();
                assert!(lost <= budget, "position {index} at {marks:?}: lost {lost}, budget {budget}");
                // What a pool that waits owes counts, too.
                let lost = portfolio.account.wallet - ledger.equity(marks).unwrap();
                assert!(lost <= budget, "position {index} at {marks:?}: lost {lost}, budget {budget}");
            });
        }
    }

    /// After a step no pool is left failing, but one that waits, one covered to the last digit, and what the step's own
    /// later orders did; so a step at the same marks finds no procedure that has not ended.
    #[test]
    fn procedures_leave_nothing_to_do(case in cases()) {
        let mut quiet = case.clone();
        for held in &mut quiet.portfolio.positions {
            held.orders = Orders::default();
        }
        quiet.portfolio.assets.iter_mut().for_each(|asset| asset.funding = FundingRates::default());
        let rule = &mut quiet.portfolio.venue.liquidation;
        rule.steps.retain(|step| step.kind != StepKind::Cover);
        for step in &mut rule.steps {
            if let StepKind::Fraction { cooldown_seconds, .. } = &mut step.kind {
                *cooldown_seconds = 0;
            }
        }
        for mode in MarginMode::ALL {
            let mut ledger = Ledger::open(&quiet.portfolio, mode, HOURLY, 0);
            for (index, marks) in quiet.marks.iter().enumerate() {
                let number = 2 * index as u64 + 1;
                ledger.step(number, marks).unwrap();
                prop_assert_eq!(ledger.step(number + 1, marks).unwrap(), vec![]);
            }
        }
    }
}
