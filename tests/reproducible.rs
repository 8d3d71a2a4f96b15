//! Same job and seed, same bits: for any number of threads, any vector width, and between versions.

mod common;

use std::sync::atomic::AtomicBool;

use common::{Held, portfolio};
use ringfence::domain::{Collateral, Decimal, FillPrice, MarginMode, Remainder, Side, TierTable};
use ringfence::margin::BookPlan;
use ringfence::paths::{AssetModel, Gbm, LANES, Law, MarketModel, PathGenerator, ReturnHistory};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator, VectorWidth, WidthLimit};
use rust_decimal::dec;

/// Two correlated assets and one resampled, three positions, every mode.
fn job(paths: u64, steps: u64) -> Job {
    let rate = TierTable::flat(dec!(0.005));
    let assets = [(dec!(100), rate.clone()), (dec!(50), rate.clone()), (dec!(10), rate)];
    let held = |asset, side, quantity: Decimal, collateral| {
        let margin = dec!(20);
        Held { asset, side, quantity, margin, collateral }
    };
    let positions = [
        held(0, Side::Long, dec!(2), Collateral::Isolated),
        held(1, Side::Short, dec!(4), Collateral::Cross),
        held(2, Side::Long, dec!(20), Collateral::Cross),
    ];
    let book = portfolio(dec!(100), &assets, &positions, FillPrice::Mark, Remainder::Return);
    let gbm = |price, volatility| AssetModel { price, law: Law::Gbm(Gbm { drift: 0.1, volatility }) };
    // A made-up history: 50 returns of a sawtooth, 3 % at most.
    let log_returns = (0..50).map(|i| f64::from(i * 37 % 61 - 30) / 1_000.0).collect();
    let market = MarketModel {
        assets: vec![
            gbm(100.0, 0.9),
            gbm(50.0, 1.1),
            AssetModel { price: 10.0, law: Law::Bootstrap { column: 0 } },
        ],
        correlation: vec![1.0, 0.7, 0.0, 0.7, 1.0, 0.0, 0.0, 0.0, 1.0],
        history: Some(ReturnHistory { columns: 1, log_returns, mean_block: 5.0 }),
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    Job {
        generator: PathGenerator::new(&market, 2_024).unwrap(),
        books: MarginMode::ALL.map(|mode| BookPlan::new(&book, mode)).into(),
        paths,
        steps,
        ruin_equity: 10.0,
    }
}

fn run(job: &Job, threads: usize, limit: WidthLimit) -> RunOutcome {
    let simulator = Simulator::new(threads, VectorWidth::detect(limit)).unwrap();
    let cancelled = AtomicBool::new(false);
    simulator.simulate(job, &Control { cancelled: &cancelled, progress: &|_| () }).unwrap()
}

#[test]
fn threads_and_vector_width_change_no_bit() {
    // 1,000 paths do not fill their last block; 37 steps do not fill their last chunk.
    let job = job(1_000, 37);
    let reference = format!("{:?}", run(&job, 1, WidthLimit::Scalar));
    for threads in [1, 2, 7] {
        for limit in [WidthLimit::Scalar, WidthLimit::Avx2, WidthLimit::Avx512] {
            let same = format!("{:?}", run(&job, threads, limit)) == reference;
            assert!(same, "{threads} threads, {limit:?}");
        }
    }
}

#[test]
fn a_path_does_not_depend_on_how_many_others_there_are() {
    let prices = |first: u64| {
        let generator = job(1, 8).generator;
        let mut block = generator.begin(first);
        generator.advance(&mut block, 8);
        (0..3).map(|asset| *block.price(asset, 7)).collect::<Vec<_>>()
    };
    // Path 100 is lane 36 of the second block, and lane 0 of a block that begins with it.
    let (aligned, alone) = (prices(64), prices(100));
    for asset in 0..3 {
        assert_eq!(aligned[asset][100 - LANES].to_bits(), alone[asset][0].to_bits());
    }
}

/// First prices and totals of a fixed job. If this changes, the change is value-breaking: name it
/// under that heading in CHANGELOG.md.
#[test]
fn values_are_stable_between_versions() {
    let job = job(1_000, 37);
    let mut block = job.generator.begin(0);
    job.generator.advance(&mut block, 2);
    let bits = |asset: usize, lane: usize| block.price(asset, 1)[lane].to_bits();
    let prices = [bits(0, 0), bits(1, 0), bits(2, 0), bits(0, 63), bits(1, 63), bits(2, 63)];
    assert_eq!(prices, PRICES, "{prices:#x?}");
    let outcome = run(&job, 2, WidthLimit::Avx512);
    let counts: Vec<[u64; 3]> = outcome.modes.iter().map(|m| [m.any, m.all, m.ruin]).collect();
    assert_eq!(counts, COUNTS);
    let means: Vec<u64> =
        outcome.modes.iter().filter_map(|m| m.pnl.moments().mean()).map(f64::to_bits).collect();
    assert_eq!(means, MEANS, "{means:#x?}");
}

const PRICES: [u64; 6] = [
    0x405c_3bc5_1ae3_2d96,
    0x404b_cb2f_5d30_81cb,
    0x4023_9a9e_014c_b3b9,
    0x4057_4f4c_9ed0_3c40,
    0x4047_6fe4_ac52_14f6,
    0x4024_3374_f47a_eab0,
];
const COUNTS: [[u64; 3]; 3] = [[977, 88, 0], [102, 102, 118], [871, 106, 128]];
const MEANS: [u64; 3] = [0x4004_0a7f_4d09_f322, 0xc018_5fd4_c4af_1b32, 0xbfd3_d003_9c52_1334];

/// Every audited path agrees, and with gaps of 3 % a step at these leverages there is something to see.
#[test]
fn the_audit_follows_paths_in_the_ledger() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let audit = simulator.audit(&job(1_000, 200), &AtomicBool::new(false)).unwrap();
    assert_eq!(audit.paths, 64);
    assert!(audit.events > 50, "{audit:?}");
    assert!(audit.max_balance_error < 1e-12 && audit.left_out == 0);
}

/// A price that grows beyond 1e16 has no decimal of 12 digits: the path is left out and counted, not passed over.
#[test]
fn the_audit_counts_what_it_cannot_follow() {
    let mut job = job(100, 40);
    let law = Law::Gbm(Gbm { drift: 400.0, volatility: 0.0 });
    let asset = |price| AssetModel { price, law: law.clone() };
    let market = MarketModel {
        assets: vec![asset(100.0), asset(50.0), asset(10.0)],
        correlation: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    job.generator = PathGenerator::new(&market, 1).unwrap();
    let simulator = Simulator::new(1, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let audit = simulator.audit(&job, &AtomicBool::new(false)).unwrap();
    assert_eq!((audit.paths, audit.left_out), (0, 64));
}

#[test]
fn a_cancelled_run_ends_without_a_result() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let cancelled = AtomicBool::new(true);
    let job = job(100_000_000, 720);
    let ended = simulator.simulate(&job, &Control { cancelled: &cancelled, progress: &|_| () });
    assert!(matches!(ended, Err(ringfence::error::Error::Interrupted)));
    assert!(simulator.audit(&job, &cancelled).is_err());
}
