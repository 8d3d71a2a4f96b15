//! Continuous monitoring: first passages against closed forms, pools of several assets against steps as fine as their
//! checks, the pooling theorem path by path, and what must not depend on who looks.
//!
//! A comparison fails at |z| >= 4.5, which a correct simulator exceeds once in 150,000 comparisons; seeds are fixed.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::testkit::portfolio::{CLOCK, Held, portfolio};
use ringfence::domain::{
    Collateral, Decimal, FillPrice, MarginMode, Portfolio, Remainder, Requirement, Side, TierTable,
};
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{
    AssetModel, Bates, CommonJumps, Garch, Gbm, Heston, Innovations, Kou, MarketModel, Merton, NormalJump,
    NormalJumps, Ou, PathGenerator, PriceProcess, Regime, Shock, ShockTime, State,
};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator, VectorWidth, WidthLimit};
use rust_decimal::dec;

const PATHS: u64 = 200_000;
const LIMIT: f64 = 4.5;

/// One unit at 100 with this margin in a wallet of 100.
fn one(side: Side, margin: Decimal, rate: Decimal) -> Portfolio {
    let held = [Held { asset: 0, side, quantity: dec!(1), margin, collateral: Collateral::Isolated }];
    portfolio(dec!(100), &[(dec!(100), TierTable::flat(rate))], &held, FillPrice::Mark, Remainder::Return)
}

fn alone(law: PriceProcess, years: f64, steps: u64) -> MarketModel {
    MarketModel {
        assets: vec![AssetModel { price: 100.0, process: law }],
        correlation: vec![1.0],
        step_years: years / steps as f64,
        ..MarketModel::default()
    }
}

fn job(
    market: &MarketModel,
    book: &Portfolio,
    modes: &[MarginMode],
    steps: u64,
    paths: u64,
    seed: u64,
) -> Job {
    Job {
        generator: Arc::new(PathGenerator::new(market, seed).unwrap().recording_bridges()),
        books: modes.iter().map(|mode| BookPlan::new(book, *mode, CLOCK)).collect(),
        funding: FundingTable::default(),
        paths,
        steps,
        ruin_equity: 0.0,
    }
}

fn run(job: &Job) -> RunOutcome {
    run_with(job, 2, WidthLimit::Avx512)
}

fn run_with(job: &Job, threads: usize, limit: WidthLimit) -> RunOutcome {
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    Simulator::new(threads, VectorWidth::detect(limit)).unwrap().simulate(job, &control).unwrap()
}

fn blind(job: &Job) -> Job {
    Job { generator: Arc::new(PathGenerator::clone(&job.generator).without_bridges()), ..job.clone() }
}

#[track_caller]
fn require(what: &str, measured: f64, exact: f64, error: f64) {
    let z = (measured - exact) / error;
    assert!(z.abs() < LIMIT, "{what}: {measured}, exact {exact}, z {z:.2}");
}

#[track_caller]
fn require_share(what: &str, count: u64, of: u64, exact: f64) {
    let n = of as f64;
    require(what, count as f64 / n, exact, (exact * (1.0 - exact) / n).sqrt());
}

/// (margin, maintenance, drift, volatility, days, P(touched)): the first-passage formula.
const FIRST_PASSAGES: [(Decimal, Decimal, f64, f64, f64, f64); 3] = [
    (dec!(10), dec!(0.005), 0.0, 0.8, 30.0, 0.694_462_836_494_519_6),
    (dec!(2), dec!(0.004), 0.5, 1.5, 1.0, 0.840_324_996_732_790_7),
    (dec!(20), dec!(0.005), 0.0, 0.6, 7.0, 0.009_650_700_736_611_213),
];

/// Whatever the step: one a horizon, and 30 (24 are in `tests/statistical/reference.rs`). 200,000 paths see a bias of 0.5 points.
#[test]
fn a_brownian_barrier_is_touched_as_often_as_the_formula_says() {
    for (index, (margin, rate, drift, volatility, days, exact)) in FIRST_PASSAGES.into_iter().enumerate() {
        for steps in [1, 30] {
            let market = alone(PriceProcess::Gbm(Gbm { drift, volatility }), days / 365.0, steps);
            let book = one(Side::Long, margin, rate);
            let outcome = run(&job(&market, &book, &[MarginMode::Isolated], steps, PATHS, 90 + index as u64));
            require_share("touched", outcome.modes[0].any, PATHS, exact);
            // A touched barrier is no gap: nothing is lost beyond the margin.
            assert_eq!(outcome.modes[0].shortfall_paths, 0);
        }
    }
}

/// Kou's model: its Laplace transform inverted, whatever the step. A gap is a jump past the bankruptcy price.
#[test]
fn a_barrier_under_jumps_is_touched_or_jumped_as_often_as_kou_says() {
    for steps in [1, 300] {
        let law = Kou {
            drift: 0.1,
            volatility: 0.5,
            jump_rate: 12.0,
            up_probability: 0.3,
            up_rate: 12.0,
            down_rate: 8.0,
        };
        let market = alone(PriceProcess::Kou(law), 90.0 / 365.0, steps);
        let book = one(Side::Long, dec!(20), dec!(0.01));
        let outcome = run(&job(&market, &book, &[MarginMode::Isolated], steps, PATHS, 70 + steps));
        require_share("touched", outcome.modes[0].any, PATHS, 0.507_351_335_325_55);
        require_share("gap", outcome.modes[0].shortfall_paths, PATHS, 0.210_531_620_642_98);
    }
}

/// Means of min(time, T) and of the time if touched, within half a step of the exact times: the step at whose end a
/// touch is booked. G01 over 720 steps.
#[test]
fn times_are_those_of_the_first_passage() {
    let market = alone(PriceProcess::Gbm(Gbm { drift: 0.0, volatility: 0.8 }), 30.0 / 365.0, 720);
    let book = one(Side::Long, dec!(10), dec!(0.005));
    let outcome = run(&job(&market, &book, &[MarginMode::Isolated], 720, PATHS, 31));
    let mode = &outcome.modes[0];
    let sum: f64 = mode.first_liquidation.iter().enumerate().map(|(k, n)| (k as f64 - 0.5) * *n as f64).sum();
    let days = 30.0 / 720.0;
    let conditional = sum * days / mode.any as f64;
    let restricted = (sum * days + 30.0 * (PATHS - mode.any) as f64) / PATHS as f64;
    // Standard deviations of the times are 7.7 and 12 days (from the exact density).
    require("time if touched", conditional, 8.627_505_517_79, 7.7 / (mode.any as f64).sqrt());
    require("min(time, T)", restricted, 15.157_596_858_921_4, 12.0 / (PATHS as f64).sqrt());
}

/// Four kinds of law, common jumps, a shock: 3 assets with positions on both sides.
fn zoo(steps: u64) -> (MarketModel, Portfolio) {
    let heston = Heston {
        drift: 0.1,
        initial_variance: 0.5,
        mean_reversion: 3.0,
        long_run_variance: 0.6,
        vol_of_vol: 1.5,
        correlation: -0.6,
    };
    let size = NormalJump { mean: -0.02, std: 0.05 };
    let jumps = NormalJumps { rate: 40.0, size };
    let states = [(0.0, 0.5, 0.02), (0.3, 1.4, 0.005)]
        .map(|(drift, volatility, mean_duration_years)| State { drift, volatility, mean_duration_years });
    let laws = [
        PriceProcess::Bates(Bates { heston, jumps }),
        PriceProcess::Regime(Regime {
            states: states.to_vec(),
            transition: vec![0.0, 1.0, 1.0, 0.0],
            start: vec![0.8, 0.2],
        }),
        PriceProcess::Ou(Ou { level: 9.0, mean_reversion: 12.0, volatility: 1.1 }),
        PriceProcess::Merton(Merton { drift: 0.0, volatility: 0.9, jumps }),
    ];
    let prices = [100.0, 50.0, 10.0, 4.0];
    let n = laws.len();
    let market = MarketModel {
        assets: laws.into_iter().zip(prices).map(|(law, price)| AssetModel { price, process: law }).collect(),
        correlation: (0..n * n).map(|k| if k % (n + 1) == 0 { 1.0 } else { 0.5 }).collect(),
        common_jumps: Some(CommonJumps {
            rate: 20.0,
            sizes: vec![Some(NormalJump { mean: -0.05, std: 0.03 }), None, Some(size), Some(size)],
        }),
        shocks: vec![
            Shock { time: ShockTime::At(7.25), log_moves: vec![-0.05, -0.04, 0.0, 0.03] },
            Shock { time: ShockTime::Rate(10.0), log_moves: vec![0.0, 0.05, -0.1, 0.0] },
        ],
        step_years: 20.0 / 365.0 / steps as f64,
        ..MarketModel::default()
    };
    let rate = TierTable::flat(dec!(0.005));
    let tiers = TierTable::new(&[
        (dec!(0), dec!(0.004), None),
        (dec!(90), dec!(0.01), None),
        (dec!(180), dec!(0.025), None),
    ])
    .unwrap();
    let assets = [(dec!(100), tiers.clone()), (dec!(50), rate.clone()), (dec!(10), rate), (dec!(4), tiers)];
    let held = |asset, side, quantity: Decimal, margin, collateral| Held {
        asset,
        side,
        quantity,
        margin,
        collateral,
    };
    let positions = [
        held(0, Side::Long, dec!(2), dec!(20), Collateral::Isolated),
        held(1, Side::Short, dec!(4), dec!(25), Collateral::Cross),
        held(2, Side::Long, dec!(20), dec!(18), Collateral::Cross),
        held(3, Side::Short, dec!(40), dec!(22), Collateral::Isolated),
        held(0, Side::Short, dec!(1), dec!(9), Collateral::Isolated),
    ];
    (market, portfolio(dec!(94), &assets, &positions, FillPrice::Mark, Remainder::Forfeit))
}

/// With Σ M = W and a requirement that pooling only lowers, every path that liquidates cross has liquidated an isolated
/// position by then.
#[test]
fn the_pooling_theorem_holds_path_by_path() {
    let (market, mut book) = zoo(40);
    // Tiers that count a pool's size together would break the premise.
    for asset in &mut book.assets {
        asset.maintenance = Requirement::flat(dec!(0.006));
    }
    let generator = PathGenerator::new(&market, 5).unwrap().recording_bridges();
    let plans = [MarginMode::Isolated, MarginMode::Cross].map(|mode| BookPlan::new(&book, mode, CLOCK));
    let (mut liquidated, mut inside) = (0, 0);
    for block in 0..200 {
        let firsts = first_liquidations(&generator, &plans, block * 64, 40);
        for lane in 0..64 {
            let [isolated, cross] = [0, 1].map(|mode| firsts[mode][lane]);
            let Some(cross) = cross else { continue };
            liquidated += 1;
            assert!(
                isolated.is_some_and(|step| step <= cross),
                "path {}: {isolated:?} {cross}",
                block * 64 + lane as u64
            );
        }
        let blind = first_liquidations(&generator.clone().without_bridges(), &plans, block * 64, 40);
        inside += (0..64).filter(|&lane| firsts[1][lane] != blind[1][lane]).count();
    }
    assert!(liquidated > 2_000 && inside > 300, "{liquidated} {inside}");
}

/// Step of the first liquidation, per mode and lane.
fn first_liquidations(
    generator: &PathGenerator,
    plans: &[BookPlan],
    first_path: u64,
    steps: u64,
) -> Vec<Vec<Option<u32>>> {
    crate::testkit::portfolio::block_states(generator, plans, first_path, steps)
        .iter()
        .zip(plans)
        .map(|(state, plan)| {
            (0..64)
                .map(|lane| (0..plan.positions()).filter_map(|p| state.liquidated_at(p, lane)).min())
                .collect()
        })
        .collect()
}

/// Ledger and kernel go through the same insides of steps: same events at the same steps, same balances.
#[test]
fn the_ledger_agrees_on_every_kind_of_law() {
    for (fill, remainder) in [
        (FillPrice::Mark, Remainder::Forfeit),
        (FillPrice::Mark, Remainder::Return),
        (FillPrice::Bankruptcy, Remainder::Forfeit),
    ] {
        let (market, mut book) = zoo(40);
        book.venue.liquidation.steps[0].price = fill;
        book.venue.liquidation.remainder = remainder;
        let job = job(&market, &book, &MarginMode::ALL, 40, 6_400, 8);
        let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
        let audit = simulator.audit(&job, 1, &AtomicBool::new(false)).unwrap();
        assert!(audit.events > 100 && audit.left_out == 0 && audit.paths == 64, "{audit:?}");
        assert!(audit.max_balance_error < 1e-10, "{audit:?}");
    }
}

/// Nothing about one mode depends on which others look, on threads, or on the width of vectors.
#[test]
fn what_is_seen_does_not_depend_on_who_looks() {
    let (market, book) = zoo(20);
    let all = job(&market, &book, &MarginMode::ALL, 20, 1_000, 4);
    let reference = run_with(&all, 1, WidthLimit::Scalar);
    for (threads, limit) in [(2, WidthLimit::Avx2), (3, WidthLimit::Avx512)] {
        assert_eq!(format!("{:?}", run_with(&all, threads, limit)), format!("{reference:?}"));
    }
    for (index, mode) in MarginMode::ALL.into_iter().enumerate() {
        let single = run(&job(&market, &book, &[mode], 20, 1_000, 4));
        assert_eq!(format!("{:?}", single.modes[0]), format!("{:?}", reference.modes[index]), "{mode}");
    }
}

/// Whoever looks at every lane of every step sees no more than the run, which looks where a pool is near: over several
/// chunks, with variances that move, and with jumps there and back.
#[test]
fn nothing_is_missed_where_nobody_looks() {
    let (market, book) = zoo(40);
    let job = job(&market, &book, &[MarginMode::Isolated, MarginMode::Cross], 40, 3_200, 21);
    let run = run(&job);
    let mut firsts = vec![vec![0; 41]; 2];
    for block in 0..50 {
        let of_block = first_liquidations(&job.generator, &job.books, block * 64, 40);
        for (counts, lanes) in firsts.iter_mut().zip(of_block) {
            lanes.into_iter().flatten().for_each(|step| counts[step as usize] += 1);
        }
    }
    for (mode, counts) in run.modes.iter().zip(&firsts) {
        assert_eq!(&mode.first_liquidation, counts, "{}", mode.mode);
    }
}

/// The variance of a step reaches its inside: laws whose variance is another in each step touch a barrier as often in
/// 10 steps as in 320 (garch's interval being the long step). 150,000 paths each: a standard error of 0.18 points.
#[test]
fn moving_variances_are_seen_inside_steps() {
    let heston = Heston {
        drift: 0.0,
        initial_variance: 0.3,
        mean_reversion: 6.0,
        long_run_variance: 0.8,
        vol_of_vol: 1.0,
        correlation: -0.5,
    };
    let student = |interval_steps| {
        PriceProcess::Garch(Garch {
            drift: 0.0,
            volatility: 0.8,
            alpha: 0.1,
            beta: 0.8,
            gamma: 0.0,
            innovations: Innovations::StudentT(3.0),
            interval_steps,
            initial_variance: 2.0,
        })
    };
    let state = |volatility| State { drift: 0.0, volatility, mean_duration_years: 2.0 / 365.0 };
    let regime = PriceProcess::Regime(Regime {
        states: vec![state(0.2), state(1.6)],
        transition: vec![0.0, 1.0, 1.0, 0.0],
        start: vec![0.5, 0.5],
    });
    // Exact in law but for heston's scheme and the constant rate inside a step: 0.6 points of it at steps of 3 days.
    for (name, coarse, fine, budget) in [
        ("heston", PriceProcess::Heston(heston), PriceProcess::Heston(heston), 0.003),
        ("garch", student(1), student(32), 0.0),
        ("regime", regime.clone(), regime, 0.006),
    ] {
        let book = one(Side::Long, dec!(10), dec!(0.005));
        let paths = 150_000;
        let share = |law, steps| {
            let market = alone(law, 30.0 / 365.0, steps);
            let outcome = run(&job(&market, &book, &[MarginMode::Isolated], steps, paths, 40 + steps));
            outcome.modes[0].any as f64 / paths as f64
        };
        let (coarse, fine) = (share(coarse, 10), share(fine, 320));
        let error = (2.0 * fine * (1.0 - fine) / paths as f64).sqrt();
        let difference = (coarse - fine).abs();
        println!("{name}: {coarse} {fine} {error}");
        assert!(difference < budget + LIMIT * error, "{name}: {coarse} in 10 steps, {fine} in 320");
    }
}

/// A jump is seen whole at its instant, however fast the price forgets it: a shock of −30 % in the middle of a day of
/// which a price that reverts at 1,000 a year has 25 % left at the end.
#[test]
fn a_reverting_price_shows_its_jump_whole() {
    let mut market = alone(
        PriceProcess::Ou(Ou { level: 100.0, mean_reversion: 1_000.0, volatility: 0.05 }),
        2.0 / 365.0,
        2,
    );
    market.shocks = vec![Shock { time: ShockTime::At(0.5), log_moves: vec![libm::log(0.7)] }];
    let book = one(Side::Long, dec!(20), dec!(0.01));
    let watched = job(&market, &book, &[MarginMode::Isolated], 2, 640, 3);
    assert_eq!(run(&watched).modes[0].first_liquidation, [0, 640, 0]);
    assert_eq!(run(&blind(&watched)).modes[0].any, 0);
}

/// More looks find more: a path that fails at a step fails at the latest then; and prices at steps are the same.
#[test]
fn continuous_monitoring_adds_to_what_steps_find() {
    let (market, book) = zoo(20);
    let watched = job(&market, &book, &[MarginMode::Isolated, MarginMode::Cross], 20, 64, 2);
    let mut more = 0;
    for block in 0..100 {
        let with = first_liquidations(&watched.generator, &watched.books, block * 64, 20);
        let without = first_liquidations(&blind(&watched).generator, &watched.books, block * 64, 20);
        for (with, without) in with.concat().into_iter().zip(without.concat()) {
            if let Some(step) = without {
                assert!(with.is_some_and(|earlier| earlier <= step));
            }
            more += u32::from(with.is_some() && without.is_none());
        }
    }
    assert!(more > 200, "{more}");
}

/// Two assets in one pool have no exact bridge: it is checked 256 times a step, which is the law of 256 times as many
/// steps. A hedged pair, 8 steps of 256 against 2,048 steps, independent paths: 40,000 each leave 0.35 points.
#[test]
fn a_joint_pool_is_checked_as_often_as_it_says() {
    let law = |volatility| PriceProcess::Gbm(Gbm { drift: 0.0, volatility });
    let market = |steps: u64| MarketModel {
        assets: vec![
            AssetModel { price: 100.0, process: law(0.6) },
            AssetModel { price: 100.0, process: law(0.8) },
        ],
        correlation: vec![1.0, 0.7, 0.7, 1.0],
        step_years: 7.0 / 365.0 / steps as f64,
        ..MarketModel::default()
    };
    let rate = TierTable::flat(dec!(0.004));
    let held = [(0, Side::Long), (1, Side::Long)].map(|(asset, side)| Held {
        asset,
        side,
        quantity: dec!(1),
        margin: dec!(10),
        collateral: Collateral::Cross,
    });
    let assets = [(dec!(100), rate.clone()), (dec!(100), rate)];
    let book = portfolio(dec!(20), &assets, &held, FillPrice::Mark, Remainder::Return);
    let paths = 40_000;
    let coarse = run(&job(&market(8), &book, &[MarginMode::Cross], 8, paths, 17));
    let fine = run(&blind(&job(&market(2_048), &book, &[MarginMode::Cross], 2_048, paths, 18)));
    let share = |outcome: &RunOutcome| outcome.modes[0].any as f64 / paths as f64;
    let (a, b) = (share(&coarse), share(&fine));
    let error = (2.0 * b * (1.0 - b) / paths as f64).sqrt();
    assert!((a - b).abs() < LIMIT * error, "{a} {b}");
    // At 8 steps without looking inside it would be several points less.
    let blind = share(&run(&blind(&job(&market(8), &book, &[MarginMode::Cross], 8, paths, 17))));
    assert!(blind < a - 0.03, "{blind} {a}");
}

/// The bias of checking at steps, measured on the run's own paths, against two exact figures: 0.6944628 continuous and
/// 0.6641802 at 168 steps.
#[test]
fn the_bias_of_steps_is_measured() {
    let market = alone(PriceProcess::Gbm(Gbm { drift: 0.0, volatility: 0.8 }), 30.0 / 365.0, 168);
    let book = one(Side::Long, dec!(10), dec!(0.005));
    let job = blind(&job(&market, &book, &[MarginMode::Isolated], 168, PATHS, 12));
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let bias = simulator.step_bias(&job, &AtomicBool::new(false)).unwrap().unwrap();
    let (mode, n) = (bias.modes[0], bias.paths as f64);
    assert_eq!((bias.paths, mode.residual), (16_384, 0.0));
    assert_eq!(mode.only_continuous, mode.continuous - mode.at_steps);
    let difference = 0.694_462_836_5 - 0.664_180_161_8;
    let measured = mode.only_continuous as f64 / n;
    require("bias", measured, difference, (difference * (1.0 - difference) / n).sqrt());
    require_share("at steps", mode.at_steps, bias.paths, 0.664_180_161_8);
}

/// A law without a path inside steps has no bias to tell, and looking inside it sees nothing.
#[test]
fn pure_jumps_have_no_inside() {
    let law = ringfence::paths::VarianceGamma { drift: 0.0, volatility: 0.8, skew: 0.0, nu: 0.01 };
    let market = alone(PriceProcess::VarianceGamma(law), 0.1, 30);
    let book = one(Side::Long, dec!(10), dec!(0.005));
    let job = job(&market, &book, &[MarginMode::Isolated], 30, 640, 12);
    assert!(!job.generator.records_bridges());
    let simulator = Simulator::new(1, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    assert_eq!(simulator.step_bias(&job, &AtomicBool::new(false)).unwrap(), None);
}
