//! Random portfolios, tier tables and paths with gaps: ledger and kernel do the same, and what must
//! hold for every account holds.

use crate::testkit::portfolio::{CLOCK, Held, kernel_along, liquidations, portfolio};
use proptest::prelude::*;
use ringfence::domain::{
    Collateral, Decimal, FillPrice, MarginMode, Portfolio, Remainder, Requirement, Side, TierTable,
};
use ringfence::margin::{BookPlan, BookState, Ledger, PoolKind, price_to_decimal};
use ringfence::paths::{LANES, Lanes};
use ringfence::simulation::Sighting;

const MODES: [MarginMode; 3] = MarginMode::ALL;

/// A portfolio and the marks of a path, each at 12 significant digits.
#[derive(Debug, Clone)]
struct Case {
    portfolio: Portfolio,
    marks: Vec<Vec<f64>>,
}

fn tiers() -> impl Strategy<Value = TierTable> {
    // Rates in units of 1e-4, floors in units of the opening notional's order of magnitude.
    prop::collection::vec((1u32..40, 1u32..200), 1..4).prop_map(|steps| {
        let (mut rate, mut floor) = (Decimal::ZERO, Decimal::ZERO);
        let rows: Vec<_> = steps
            .into_iter()
            .enumerate()
            .map(|(i, (more_rate, more_floor))| {
                rate += Decimal::new(more_rate.into(), 4);
                if i > 0 {
                    floor += Decimal::from(more_floor * 100);
                }
                (floor, rate, None)
            })
            .collect();
        TierTable::new(&rows).unwrap()
    })
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Long), Just(Side::Short)]
}

fn collateral() -> impl Strategy<Value = Collateral> {
    prop_oneof![Just(Collateral::Isolated), Just(Collateral::Cross)]
}

fn fill() -> impl Strategy<Value = FillPrice> {
    prop_oneof![Just(FillPrice::Mark), Just(FillPrice::Bankruptcy)]
}

fn remainder() -> impl Strategy<Value = Remainder> {
    prop_oneof![Just(Remainder::Forfeit), Just(Remainder::Return)]
}

/// Prices in cents, up to three assets.
fn assets() -> impl Strategy<Value = Vec<(Decimal, TierTable)>> {
    prop::collection::vec((1_000i64..1_000_000, tiers()), 1..4)
        .prop_map(|list| list.into_iter().map(|(cents, t)| (Decimal::new(cents, 2), t)).collect())
}

/// Log returns per step and asset: mostly small, now and then a gap of up to 60 %.
fn moves(assets: usize, steps: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    let one = prop_oneof![8 => -0.03..0.03f64, 1 => -0.6..0.6f64, 1 => Just(0.0)];
    prop::collection::vec(prop::collection::vec(one, assets), steps)
}

fn cases() -> impl Strategy<Value = Case> {
    assets().prop_flat_map(|assets| {
        let n = assets.len();
        let positions = prop::collection::vec((0..n, side(), 1u32..2_000, 2u32..60, collateral()), 1..6);
        // Spare wallet beyond the margins, in per cent of them.
        (Just(assets), positions, 0u32..300, fill(), remainder(), moves(n, 40)).prop_map(build)
    })
}

type Drawn = (
    Vec<(Decimal, TierTable)>,
    Vec<(usize, Side, u32, u32, Collateral)>,
    u32,
    FillPrice,
    Remainder,
    Vec<Vec<f64>>,
);

fn build((assets, positions, spare, price, remainder, moves): Drawn) -> Case {
    let held: Vec<Held> = positions
        .into_iter()
        .map(|(asset, side, milli, leverage, collateral)| {
            let quantity = Decimal::new(milli.into(), 3);
            let margin = (quantity * assets[asset].0 / Decimal::from(leverage)).trunc_with_scale(8);
            Held { asset, side, quantity, margin: margin.max(Decimal::new(1, 8)), collateral }
        })
        .collect();
    let margins: Decimal = held.iter().map(|h| h.margin).sum();
    let wallet = margins * Decimal::new(100 + i64::from(spare), 2);
    let mut prices: Vec<f64> = assets.iter().map(|(p, _)| p.to_string().parse().unwrap()).collect();
    let marks = moves
        .iter()
        .map(|row| {
            for (price, log_return) in prices.iter_mut().zip(row) {
                let moved = price_to_decimal(*price * libm::exp(*log_return)).unwrap();
                *price = moved.to_string().parse().unwrap();
            }
            prices.clone()
        })
        .collect();
    Case { portfolio: portfolio(wallet, &assets, &held, price, remainder), marks }
}

fn decimals(row: &[f64]) -> Vec<Decimal> {
    row.iter().map(|p| price_to_decimal(*p).unwrap()).collect()
}

fn to_f64(x: Decimal) -> f64 {
    x.to_string().parse().unwrap()
}

/// What is seen between two rows: a run beyond both by these fractions, or a jump that far.
fn inside(before: &[f64], after: &[f64], (down, up): (f64, f64), jumps: bool) -> Sighting<f64> {
    let row = |price: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        let pairs = before.iter().zip(after);
        pairs.map(|(p, q)| to_f64(price_to_decimal(price(*p, *q)).unwrap())).collect()
    };
    if jumps {
        return Sighting::Jumped(row(&|p, q| 0.5 * (p + q) * (1.0 + up - down)));
    }
    let (low, high) = (row(&|p, q| p.min(q) * (1.0 - down)), row(&|p, q| p.max(q) * (1.0 + up)));
    Sighting::Ran { low, high, end: after.to_vec() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// The same pools at the same steps; every balance within 1e-9 of opening equity (or of the largest
    /// notional, whose rounding the f64 side carries); money conserved to the last digit.
    #[test]
    fn ledger_and_kernel_agree_event_by_event(case in cases()) {
        let opening = to_f64(case.portfolio.account.wallet);
        for mode in MODES {
            let mut ledger = Ledger::open(&case.portfolio, mode, CLOCK, 0);
            let mut equities = Vec::new();
            for (index, row) in case.marks.iter().enumerate() {
                let marks = decimals(row);
                ledger.step(index as u64 + 1, &marks).unwrap();
                let balance = ledger.balance(&marks).unwrap();
                prop_assert_eq!(balance.held, balance.explained);
                equities.push(to_f64(balance.held));
            }
            let plan = BookPlan::new(&case.portfolio, mode, CLOCK);
            let mut worst = 0.0f64;
            let state = kernel_along(&plan, &case.marks, |step, state| {
                worst = worst.max((state.equity()[0] - equities[step as usize - 1]).abs() / opening);
            });
            for position in 0..plan.positions() {
                let fast = state.liquidated_at(position, 0).map(u64::from);
                prop_assert_eq!(fast, ledger.liquidated_at(position));
            }
            prop_assert!(worst < 1e-9, "{mode}: {worst}");
            prop_assert!((state.shortfall(0) - to_f64(ledger.shortfall())).abs() / opening < 1e-9);
        }
    }

    /// Continuous monitoring: prices run below and above a step's ends, or jump, before they arrive. The same pools at the
    /// same steps, the same balances.
    #[test]
    fn ledger_and_kernel_agree_inside_steps(
        case in cases(),
        runs in prop::collection::vec((0.0..0.08f64, 0.0..0.08f64, any::<bool>()), 40),
    ) {
        let opening = to_f64(case.portfolio.account.wallet);
        for mode in MODES {
            let mut ledger = Ledger::open(&case.portfolio, mode, CLOCK, 0);
            let plan = BookPlan::new(&case.portfolio, mode, CLOCK);
            let mut state = BookState::open(&plan);
            let mut before: Vec<f64> = case.portfolio.assets.iter().map(|a| to_f64(a.price)).collect();
            for (index, (row, (down, up, jumps))) in case.marks.iter().zip(&runs).enumerate() {
                let step = index as u64 + 1;
                let seen = inside(&before, row, (*down, *up), *jumps);
                let exact = seen.exact().unwrap();
                exact.tell(&mut ledger, step).unwrap();
                exact.rounded().show(&plan, &mut state, step as u32, 0);
                let marks = decimals(row);
                ledger.step(step, &marks).unwrap();
                let lanes: Vec<Lanes> = row.iter().map(|price| [*price; LANES]).collect();
                state.step(&plan, step as u32, |asset| &lanes[asset], None);
                let balance = ledger.balance(&marks).unwrap();
                prop_assert_eq!(balance.held, balance.explained);
                prop_assert!((state.equity()[0] - to_f64(balance.held)).abs() / opening < 1e-9);
                before.clone_from(row);
            }
            for position in 0..plan.positions() {
                let fast = state.liquidated_at(position, 0).map(u64::from);
                prop_assert_eq!(fast, ledger.liquidated_at(position));
            }
            prop_assert!((state.shortfall(0) - to_f64(ledger.shortfall())).abs() / opening < 1e-9);
        }
    }

    /// A barrier that is touched is filled where the pool meets its requirement, to 12 digits, whatever the tiers: no
    /// shortfall, and what is left is the requirement.
    #[test]
    fn a_touched_barrier_leaves_the_requirement(case in cases(), down in 0.0..0.5f64, up in 0.0..0.5f64) {
        let opening: Vec<f64> = case.portfolio.assets.iter().map(|a| to_f64(a.price)).collect();
        let Sighting::Ran { low, high, end } = inside(&opening, &opening, (down, up), false).exact().unwrap() else {
            return Ok(());
        };
        let mut ledger = Ledger::open(&case.portfolio, MarginMode::Isolated, CLOCK, 0);
        // What is liquidated at its opening price already is not touched from the side that does not fail.
        let marks: Vec<Decimal> = case.portfolio.assets.iter().map(|a| a.price).collect();
        let failing = ledger.clone().step(1, &marks).unwrap();
        for event in liquidations(&ledger.touch(1, [&low, &high, &end]).unwrap()) {
            if liquidations(&failing).iter().any(|other| other.pool == event.pool) {
                continue;
            }
            let (fill, mark) = (&event.closes[0].fills[0], event.closes[0].mark);
            let asset = case.portfolio.positions[fill.position].asset;
            prop_assert!(low[asset] <= mark && mark <= high[asset], "{event:?}");
            prop_assert_eq!(event.shortfall, Decimal::ZERO);
            let slack = (event.equity - event.requirement) / case.portfolio.positions[fill.position].quantity;
            prop_assert!(slack >= Decimal::ZERO && slack < Decimal::new(2, 11) * mark, "{event:?}");
        }
    }

    /// An isolated position loses at most its margin, a pool never pays out more than it holds, the
    /// account never owes; drawdowns lie in [0, 1]. For every gap.
    #[test]
    fn losses_are_capped(case in cases()) {
        for mode in MODES {
            let mut ledger = Ledger::open(&case.portfolio, mode, CLOCK, 0);
            let kinds: Vec<PoolKind> = ledger.pools().map(|(pool, _)| pool.kind).collect();
            for (index, row) in case.marks.iter().enumerate() {
                let marks = decimals(row);
                let before = ledger.wallet();
                for event in liquidations(&ledger.step(index as u64 + 1, &marks).unwrap()) {
                    prop_assert!(event.realised + event.paid_in >= -event.money);
                    prop_assert!(event.forfeited >= Decimal::ZERO && event.returned >= Decimal::ZERO);
                    prop_assert!(event.equity <= event.requirement);
                }
                prop_assert!(ledger.equity(&marks).unwrap() >= Decimal::ZERO);
                // Nothing an isolated pool does takes money out of the wallet.
                if kinds.iter().all(|kind| *kind == PoolKind::Isolated) {
                    prop_assert!(ledger.wallet() >= before);
                }
            }
            let plan = BookPlan::new(&case.portfolio, mode, CLOCK);
            let isolated: Decimal = case.portfolio.positions.iter().map(|p| p.margin).sum();
            let at_risk = if mode == MarginMode::Isolated { isolated } else { case.portfolio.account.wallet };
            let least = to_f64(case.portfolio.account.wallet - at_risk);
            let rounding = 1e-9 * to_f64(case.portfolio.account.wallet);
            let state = kernel_along(&plan, &case.marks, |_, state| {
                assert!(state.equity()[0] >= least - rounding, "{mode} loses more than it risked");
            });
            prop_assert!((0.0..=1.0).contains(&state.relative_drawdown(0)));
            prop_assert!(state.drawdown(0) >= 0.0);
        }
    }

    /// Pooling theorem: with one line per market (so that the pool's requirement is the sum of its
    /// positions') cross is never liquidated on a path on which no isolated position has been by then.
    #[test]
    fn cross_fails_only_after_an_isolated_position(case in cases()) {
        let mut flat = case.portfolio.clone();
        for asset in &mut flat.assets {
            asset.maintenance = Requirement::flat(asset.maintenance.tiers()[0].rate);
        }
        let first = |mode| {
            let plan = BookPlan::new(&flat, mode, CLOCK);
            let state = kernel_along(&plan, &case.marks, |_, _| ());
            (0..plan.positions()).filter_map(|position| state.liquidated_at(position, 0)).min()
        };
        if let Some(cross) = first(MarginMode::Cross) {
            let isolated = first(MarginMode::Isolated);
            prop_assert!(isolated.is_some_and(|step| step <= cross), "cross {cross}, isolated {isolated:?}");
        }
    }

    /// One position with the whole wallet as its margin is the same account in both modes.
    #[test]
    fn one_position_with_the_whole_wallet_is_cross(case in cases()) {
        let mut single = case.portfolio.clone();
        single.positions.truncate(1);
        single.positions[0].margin = single.account.wallet;
        let run = |mode| {
            let plan = BookPlan::new(&single, mode, CLOCK);
            let state = kernel_along(&plan, &case.marks, |_, _| ());
            (state.equity()[0], state.liquidated_at(0, 0), state.drawdown(0), state.shortfall(0))
        };
        prop_assert_eq!(run(MarginMode::Isolated), run(MarginMode::Cross));
    }

    /// Splitting a cross position in two, or listing positions in another order, changes nothing.
    #[test]
    fn splitting_and_reordering_change_nothing(case in cases()) {
        let last = |portfolio: &Portfolio| {
            let mut ledger = Ledger::open(portfolio, MarginMode::Cross, CLOCK, 0);
            let mut events = 0;
            let mut equity = Decimal::ZERO;
            for (index, row) in case.marks.iter().enumerate() {
                events += ledger.step(index as u64 + 1, &decimals(row)).unwrap().len();
                equity = ledger.equity(&decimals(row)).unwrap();
            }
            (events, equity, ledger.shortfall())
        };
        let whole = last(&case.portfolio);
        let mut reversed = case.portfolio.clone();
        reversed.positions.reverse();
        prop_assert_eq!(&last(&reversed), &whole);
        let mut split = case.portfolio.clone();
        let third = split.positions[0].quantity / Decimal::TWO;
        split.positions[0].quantity -= third;
        let mut other = split.positions[0].clone();
        other.quantity = third;
        split.positions.push(other);
        prop_assert_eq!(&last(&split), &whole);
    }

    /// Twice the money and twice the quantities: the same events and twice the equity.
    #[test]
    fn money_scales(case in cases()) {
        let mut twice = case.portfolio.clone();
        twice.account.wallet *= Decimal::TWO;
        for position in &mut twice.positions {
            position.quantity *= Decimal::TWO;
            position.margin *= Decimal::TWO;
        }
        for portfolio in [&mut twice, &mut case.portfolio.clone()] {
            for asset in &mut portfolio.assets {
                asset.maintenance = Requirement::flat(asset.maintenance.tiers()[0].rate);
            }
        }
        let mut once = case.portfolio.clone();
        for asset in &mut once.assets {
            asset.maintenance = Requirement::flat(asset.maintenance.tiers()[0].rate);
        }
        for mode in MODES {
            let (a, b) = (BookPlan::new(&once, mode, CLOCK), BookPlan::new(&twice, mode, CLOCK));
            let (a, b) = (
                kernel_along(&a, &case.marks, |_, _| ()),
                kernel_along(&b, &case.marks, |_, _| ()),
            );
            // Doubling is exact in binary, so the runs agree to the last bit but for decimals rounded on the way in.
            prop_assert!((2.0 * a.equity()[0] - b.equity()[0]).abs() <= 1e-9 * b.equity()[0].abs().max(1.0));
            prop_assert_eq!(a.liquidated_at(0, 0), b.liquidated_at(0, 0));
        }
    }

    /// More margin on an isolated position is never liquidated earlier; a higher rate never later.
    #[test]
    fn more_margin_helps_and_a_higher_rate_hurts(case in cases(), more in 1u32..100, rate in 1u32..100) {
        let first = |portfolio: &Portfolio, position: usize| {
            let plan = BookPlan::new(portfolio, MarginMode::Isolated, CLOCK);
            let state = kernel_along(&plan, &case.marks, |_, _| ());
            state.liquidated_at(position, 0).unwrap_or(u32::MAX)
        };
        let before = first(&case.portfolio, 0);
        let mut richer = case.portfolio.clone();
        let extra = richer.positions[0].margin * Decimal::new(more.into(), 2);
        richer.positions[0].margin += extra;
        richer.account.wallet += extra;
        prop_assert!(first(&richer, 0) >= before);
        let mut dearer = case.portfolio.clone();
        let asset = dearer.positions[0].asset;
        let rows: Vec<_> = dearer.assets[asset]
            .maintenance
            .tiers()
            .iter()
            .map(|t| (t.floor, t.rate + Decimal::new(rate.into(), 3), None))
            .collect();
        dearer.assets[asset].maintenance = Requirement::Lines(TierTable::new(&rows).unwrap());
        prop_assert!(first(&dearer, 0) <= before);
    }
}
