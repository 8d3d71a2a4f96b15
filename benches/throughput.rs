//! Asset-steps per second on one core, both margin modes and drawdowns evaluated, each beside a
//! plain scalar loop with rand_distr's normals on the same workload. Every row prints a digest of its
//! result, so that two machines can be seen to have done the same work.
//!
//! W1: one asset, 80 % volatility, 10x, wallet 50 on a notional of 100, hourly steps.
//! W2: four assets correlated at 0.6, two long and two short, 10x each, wallet 100.
//! Both: maintenance 0.5 %, fill at the mark, remainder returned, no fees.

mod baseline;
mod laws;

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringfence::domain::{
    Account, Asset, Clock, Decimal, FillPrice, FundingRates, LiquidationRule, LiquidationStep, MarginMode,
    Order, Orders, Portfolio, Position, Remainder, Requirement, Side, StepKind, TierTable, Venue,
};
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{AssetModel, Gbm, Law, MarketModel, PathGenerator};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator, VectorWidth, WidthLimit};

const PATHS: u64 = 16_384;
const STEPS: u64 = 720;
const STEP_YEARS: f64 = 1.0 / 8_760.0;

/// Assets at 100; `volatilities[i]` per square-root year.
fn gbm(volatilities: &[f64], correlation: f64) -> MarketModel {
    let n = volatilities.len();
    let law = |&volatility: &f64| AssetModel { price: 100.0, law: Law::Gbm(Gbm { drift: 0.0, volatility }) };
    MarketModel {
        assets: volatilities.iter().map(law).collect(),
        correlation: (0..n * n).map(|k| if k % (n + 1) == 0 { 1.0 } else { correlation }).collect(),
        step_years: STEP_YEARS,
        ..MarketModel::default()
    }
}

/// One unit of each asset at 10x, isolated and cross, 0.5 %, everything closed at the mark and returned.
fn on(market: &MarketModel, wallet: u32, sides: &[Side]) -> Option<Job> {
    let liquidation = LiquidationRule::full(FillPrice::Mark, Remainder::Return);
    let venue = Venue { liquidation, ..Venue::textbook() };
    under(&venue, &Requirement::flat(Decimal::new(5, 3)), Decimal::ZERO, market, wallet, sides)
}

/// BTCUSDT of 2024-10-24, floors and rates of data/venues/binance_usdm_BTCUSDT_2024-10-24.csv.
const TIERS: [(i64, i64); 12] = [
    (0, 40),
    (50_000, 50),
    (600_000, 65),
    (3_000_000, 100),
    (12_000_000, 200),
    (70_000_000, 250),
    (100_000_000, 500),
    (230_000_000, 1_000),
    (480_000_000, 1_250),
    (600_000_000, 1_500),
    (800_000_000, 2_500),
    (1_200_000_000, 5_000),
];

/// W1 under rules like binance-usdm's: twelve lines, what covers the shortage and then everything at bankruptcy for a fee
/// of 1.25 %, funding of 0.01 % every 8 hours.
fn w1_of_a_real_venue() -> Option<Job> {
    let step = |kind, price| LiquidationStep { kind, price };
    let liquidation = LiquidationRule {
        steps: vec![step(StepKind::Cover, FillPrice::Mark), step(StepKind::Full, FillPrice::Bankruptcy)],
        order: Order::LargestLoss,
        fee: Decimal::new(125, 4),
        ..LiquidationRule::full(FillPrice::Bankruptcy, Remainder::Forfeit)
    };
    let rows: Vec<_> =
        TIERS.iter().map(|&(floor, rate)| (Decimal::from(floor), Decimal::new(rate, 4), None)).collect();
    let lines = Requirement::Lines(TierTable::new(&rows).ok()?);
    let venue = Venue { liquidation, ..Venue::textbook() };
    under(&venue, &lines, Decimal::new(1, 4), &gbm(&[0.8], 0.0), 50, &[Side::Long])
}

/// One unit of each asset at 10x, isolated and cross.
fn under(
    venue: &Venue,
    maintenance: &Requirement,
    funding: Decimal,
    market: &MarketModel,
    wallet: u32,
    sides: &[Side],
) -> Option<Job> {
    let asset = |i| Asset {
        name: format!("A{i}"),
        price: Decimal::ONE_HUNDRED,
        maintenance: maintenance.clone(),
        lot: Decimal::new(1, 8),
        funding: FundingRates::Constant(funding),
    };
    let position = |(i, &side): (usize, &Side)| Position {
        name: format!("p{i}"),
        asset: i,
        side,
        quantity: Decimal::ONE,
        margin: Decimal::TEN,
        leverage: Decimal::TEN,
        collateral: None,
        entry_fee: Decimal::ZERO,
        orders: Orders::default(),
    };
    let portfolio = Portfolio {
        account: Account { wallet: wallet.into(), currency: "USD".into() },
        venue: venue.clone(),
        assets: (0..sides.len()).map(asset).collect(),
        positions: sides.iter().enumerate().map(position).collect(),
    };
    let clock = Clock { horizon_seconds: 3_600 * STEPS, steps: STEPS };
    Some(Job {
        generator: PathGenerator::new(market, 42)?,
        books: [MarginMode::Isolated, MarginMode::Cross].map(|m| BookPlan::new(&portfolio, m, clock)).into(),
        funding: FundingTable::new(&portfolio, clock),
        paths: PATHS,
        steps: STEPS,
        ruin_equity: 0.1 * f64::from(wallet),
    })
}

fn w1() -> Option<Job> {
    on(&gbm(&[0.8], 0.0), 50, &[Side::Long])
}

fn w2() -> Option<Job> {
    let sides = [Side::Long, Side::Long, Side::Short, Side::Short];
    on(&gbm(&[0.6, 0.8, 1.0, 1.2], 0.6), 100, &sides)
}

fn run(simulator: &Simulator, job: &Job) -> Option<RunOutcome> {
    let cancelled = AtomicBool::new(false);
    simulator.simulate(job, &Control { cancelled: &cancelled, progress: &|_| () }).ok()
}

/// Liquidated paths, and mean drawdown and profit to nine digits, per mode.
fn digest(outcome: &RunOutcome) -> String {
    let mode = |m: &ringfence::simulation::ModeOutcome| {
        let mean = |d: &ringfence::statistics::Distribution| d.moments().mean().unwrap_or(f64::NAN);
        let (drawdown, pnl) = (mean(&m.drawdown_relative), mean(&m.pnl));
        format!("{} liquidated {}, drawdown {drawdown:.9}, profit {pnl:.9}", m.mode, m.any)
    };
    outcome.modes.iter().map(mode).collect::<Vec<_>>().join("; ")
}

fn seconds<T>(work: impl FnOnce() -> T) -> f64 {
    let started = Instant::now();
    black_box(work());
    started.elapsed().as_secs_f64()
}

fn workloads(criterion: &mut Criterion) {
    let rows =
        [("W1", w1(), baseline::Workload::one_asset()), ("W2", w2(), baseline::Workload::four_assets())];
    let width = VectorWidth::detect(WidthLimit::Avx512);
    for (name, job, scalar) in rows {
        let (Some(job), Ok(simulator)) = (job, Simulator::new(1, width)) else {
            panic!("{name} cannot be built");
        };
        if let Some(outcome) = run(&simulator, &job) {
            println!("{name} digest: {}", digest(&outcome));
        }
        println!("{name} baseline digest: {}", scalar.digest(PATHS, STEPS));
        // Alternated, so that both see the same machine; the fastest of each.
        let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..5 {
            ours = ours.min(seconds(|| run(&simulator, &job)));
            theirs = theirs.min(seconds(|| scalar.digest(PATHS, STEPS)));
        }
        let asset_steps = (PATHS * STEPS * job.generator.assets() as u64) as f64;
        println!(
            "{name}: {:.0} million asset-steps/s on one core, {:.1} times the plain scalar loop's {:.0}",
            asset_steps / ours / 1e6,
            theirs / ours,
            asset_steps / theirs / 1e6
        );
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(PATHS * STEPS * job.generator.assets() as u64));
        group.sample_size(10);
        group.bench_function("ringfence, one core", |b| b.iter(|| black_box(run(&simulator, &job))));
        group.bench_function("plain scalar loop", |b| b.iter(|| black_box(scalar.digest(PATHS, STEPS))));
        group.finish();
    }
}

/// W1 under a real venue's rules beside W1 itself, alternated.
fn venues(_: &mut Criterion) {
    let width = VectorWidth::detect(WidthLimit::Avx512);
    let (Some(plain), Some(real), Ok(simulator)) = (w1(), w1_of_a_real_venue(), Simulator::new(1, width))
    else {
        panic!("W1 cannot be built");
    };
    let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..9 {
        ours = ours.min(seconds(|| run(&simulator, &plain)));
        theirs = theirs.min(seconds(|| run(&simulator, &real)));
    }
    let digest = run(&simulator, &real).map(|outcome| digest(&outcome)).unwrap_or_default();
    println!(
        "W1 binance-usdm rules: {:.0} million asset-steps/s, {:.2} times W1's time; digest: {digest}",
        (PATHS * STEPS) as f64 / theirs / 1e6,
        theirs / ours
    );
}

/// W1's account on every law, beside gbm's time in the same run.
fn models(_: &mut Criterion) {
    let width = VectorWidth::detect(WidthLimit::Avx512);
    let Ok(simulator) = Simulator::new(1, width) else { panic!("no thread") };
    let of_law = |(name, market): (&'static str, _)| Some((name, on(&market, 50, &[Side::Long])?));
    let mut rows: Vec<(&str, Job)> = laws::all().into_iter().filter_map(of_law).collect();
    for (name, job) in [("gbm, continuous", w1()), ("four gbm (W2), continuous", w2())] {
        rows.extend(
            job.map(|job| (name, Job { generator: job.generator.clone().recording_inside(), ..job })),
        );
    }
    let mut fastest = vec![f64::INFINITY; rows.len()];
    for _ in 0..5 {
        for ((_, job), time) in rows.iter().zip(&mut fastest) {
            *time = time.min(seconds(|| run(&simulator, job)));
        }
    }
    for ((name, job), time) in rows.iter().zip(&fastest) {
        let steps = (PATHS * STEPS * job.generator.assets() as u64) as f64;
        let digest = run(&simulator, job).map(|outcome| digest(&outcome)).unwrap_or_default();
        println!(
            "{name:26} {:5.0} million asset-steps/s, {:4.1} times gbm's time for each; digest: {digest}",
            steps / time / 1e6,
            time / fastest[0] * (PATHS * STEPS) as f64 / steps
        );
    }
}

criterion_group!(benches, venues, workloads, models);
criterion_main!(benches);
