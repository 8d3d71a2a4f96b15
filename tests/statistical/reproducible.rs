//! Same job and seed, same bits: for any number of threads, any vector width, and between versions.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::laws::zoo;
use crate::testkit::portfolio::{CLOCK, Held, portfolio};
use ringfence::domain::{Collateral, Decimal, FillPrice, MarginMode, Remainder, Side, TierTable};
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{
    AssetModel, Bootstrap, CommonJumps, Garch, Gbm, Innovations, LANES, MarketModel, NormalJump,
    PathGenerator, PriceProcess, ReturnHistory, Sampling, Shock, ShockTime,
};
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
    let gbm =
        |price, volatility| AssetModel { price, process: PriceProcess::Gbm(Gbm { drift: 0.1, volatility }) };
    // A made-up history: 50 returns of a sawtooth, 3 % at most.
    let log_returns = (0..50).map(|i| f64::from(i * 37 % 61 - 30) / 1_000.0).collect();
    let market = MarketModel {
        assets: vec![
            gbm(100.0, 0.9),
            gbm(50.0, 1.1),
            AssetModel { price: 10.0, process: PriceProcess::Bootstrap(Bootstrap { column: 0 }) },
        ],
        correlation: vec![1.0, 0.7, 0.0, 0.7, 1.0, 0.0, 0.0, 0.0, 1.0],
        history: Some(ReturnHistory { columns: 1, log_returns, mean_block: 5.0 }),
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    Job {
        generator: Arc::new(PathGenerator::new(&market, 2_024).unwrap()),
        books: MarginMode::ALL.map(|mode| BookPlan::new(&book, mode, CLOCK)).into(),
        funding: FundingTable::default(),
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

/// Every driven law at once, correlated, with common jumps and shocks.
fn every_law() -> MarketModel {
    let mut laws = zoo::drifting(0.1);
    laws.push(zoo::ou());
    let student =
        Garch { innovations: Innovations::StudentT(5.0), interval_steps: 3, ..zoo::garch_parameters(0.0) };
    laws.push(PriceProcess::Garch(student));
    let n = laws.len();
    let size = NormalJump { mean: -0.03, std: 0.02 };
    MarketModel {
        assets: laws.into_iter().map(|law| AssetModel { price: 1.0, process: law }).collect(),
        correlation: (0..n * n).map(|k| if k % (n + 1) == 0 { 1.0 } else { 0.4 }).collect(),
        common_jumps: Some(CommonJumps { rate: 90.0, sizes: vec![Some(size); n] }),
        shocks: vec![
            Shock { time: ShockTime::At(3.5), log_moves: vec![-0.1; n] },
            Shock { time: ShockTime::Rate(60.0), log_moves: vec![0.05; n] },
        ],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    }
}

/// One unit of every asset, long and short in turn, isolated and cross.
fn every_law_job(sampling: Sampling) -> Job {
    let market = every_law();
    let n = market.assets.len();
    let assets = vec![(dec!(1), TierTable::flat(dec!(0.005))); n];
    let held = |asset| {
        let side = if asset % 2 == 0 { Side::Long } else { Side::Short };
        Held { asset, side, quantity: dec!(1), margin: dec!(0.2), collateral: Collateral::Isolated }
    };
    let positions: Vec<Held> = (0..n).map(held).collect();
    let book = portfolio(dec!(3), &assets, &positions, FillPrice::Mark, Remainder::Return);
    Job {
        generator: Arc::new(PathGenerator::new(&market, 77).unwrap().with_sampling(sampling)),
        books: [MarginMode::Isolated, MarginMode::Cross].map(|mode| BookPlan::new(&book, mode, CLOCK)).into(),
        funding: FundingTable::default(),
        paths: 500,
        steps: 21,
        ruin_equity: 0.3,
    }
}

#[test]
fn no_law_depends_on_threads_or_vector_width() {
    for sampling in [Sampling::Independent, Sampling::Antithetic] {
        let job = every_law_job(sampling);
        let reference = format!("{:?}", run(&job, 1, WidthLimit::Scalar));
        for (threads, limit) in [(2, WidthLimit::Avx2), (3, WidthLimit::Avx512), (1, WidthLimit::Avx512)] {
            assert!(format!("{:?}", run(&job, threads, limit)) == reference, "{threads} threads, {limit:?}");
        }
    }
}

/// A path of every law, wherever its block begins.
#[test]
fn no_law_depends_on_the_block() {
    for sampling in [Sampling::Independent, Sampling::Antithetic] {
        let generator = every_law_job(sampling).generator;
        let prices = |first: u64| {
            let mut block = generator.begin(first);
            generator.advance(&mut block, 8);
            generator.advance(&mut block, 8);
            (0..generator.assets()).map(|asset| *block.price(asset, 7)).collect::<Vec<_>>()
        };
        let (aligned, alone) = (prices(64), prices(100));
        for (asset, (aligned, alone)) in aligned.iter().zip(&alone).enumerate() {
            assert_eq!(aligned[100 - LANES].to_bits(), alone[0].to_bits(), "asset {asset}");
        }
    }
}

/// Ledger and kernel on paths of every law.
#[test]
fn the_ledger_follows_every_law() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let audit = simulator.audit(&every_law_job(Sampling::Independent), 1, &AtomicBool::new(false)).unwrap();
    assert!(audit.paths == 64 && audit.events > 200 && audit.max_balance_error < 1e-12, "{audit:?}");
}

/// The first path's price of every law after eight steps. If one changes, the change is value-breaking: name it under
/// that heading in CHANGELOG.md.
#[test]
fn values_of_every_law_are_stable_between_versions() {
    let generator = every_law_job(Sampling::Independent).generator;
    let mut block = generator.begin(0);
    generator.advance(&mut block, 8);
    let prices: Vec<u64> = (0..generator.assets()).map(|asset| block.price(asset, 7)[0].to_bits()).collect();
    assert_eq!(prices, PRICES_OF_LAWS, "{prices:#x?}");
}

const PRICES_OF_LAWS: [u64; 12] = [
    0x3fee_8ecf_dbcd_c585,
    0x3fef_b161_c733_d8da,
    0x3fee_d216_0b34_9cd5,
    0x3fed_c64c_df9d_2708,
    0x3fef_8c84_57a9_2441,
    0x3ff1_95b8_7d60_84f2,
    0x3ff1_c1ec_cf3f_1ce4,
    0x3fed_03de_65f1_4f72,
    0x3ff1_e3ab_cc25_1b6f,
    0x3fee_f835_bf4a_046c,
    0x3fed_c319_57f9_bd42,
    0x3ff0_b572_cc79_579c,
];

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
    0x405b_719c_211c_c4a2,
    0x404a_ff31_c26d_c5d4,
    0x4023_9a9e_014c_b3b8,
    0x4059_ca27_d78c_7925,
    0x4049_7c17_b736_761e,
    0x4024_86dd_9ba4_c7f8,
];
const COUNTS: [[u64; 3]; 3] = [[977, 70, 0], [78, 78, 97], [845, 90, 115]];
const MEANS: [u64; 3] = [0x4010_0810_5590_8534, 0xbff9_2a60_de06_4413, 0x4007_c1bb_98af_474f];

/// Every audited path agrees, and with gaps of 3 % a step at these leverages there is something to see.
#[test]
fn the_audit_follows_paths_in_the_ledger() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let audit = simulator.audit(&job(1_000, 200), 1, &AtomicBool::new(false)).unwrap();
    assert_eq!(audit.paths, 64);
    assert!(audit.events > 50, "{audit:?}");
    assert!(audit.max_balance_error < 1e-12 && audit.left_out == 0);
}

/// A price that grows beyond 1e16 has no decimal of 12 digits: the path is left out and counted, not passed over.
#[test]
fn the_audit_counts_what_it_cannot_follow() {
    let mut job = job(100, 40);
    let law = PriceProcess::Gbm(Gbm { drift: 400.0, volatility: 0.0 });
    let asset = |price| AssetModel { price, process: law.clone() };
    let market = MarketModel {
        assets: vec![asset(100.0), asset(50.0), asset(10.0)],
        correlation: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    job.generator = Arc::new(PathGenerator::new(&market, 1).unwrap());
    let simulator = Simulator::new(1, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let audit = simulator.audit(&job, 1, &AtomicBool::new(false)).unwrap();
    assert_eq!((audit.paths, audit.left_out), (0, 64));
}

#[test]
fn a_cancelled_run_ends_without_a_result() {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let cancelled = AtomicBool::new(true);
    let job = job(100_000_000, 720);
    let ended = simulator.simulate(&job, &Control { cancelled: &cancelled, progress: &|_| () });
    assert!(matches!(ended, Err(ringfence::error::Error::Interrupted)));
    assert!(simulator.audit(&job, 1, &cancelled).is_err());
}
