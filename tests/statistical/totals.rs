//! Every total of a run, recomputed path by path from the exact ledger.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::testkit::portfolio::{CLOCK, Held, portfolio};
use ringfence::domain::{
    Collateral, Decimal, FillPrice, FundingRates, MarginMode, Portfolio, Remainder, Side, TierTable, to_f64,
};
use ringfence::margin::{BookPlan, FundingTable, Ledger, price_to_decimal};
use ringfence::paths::{AssetModel, CHUNK, Gbm, LANES, MarketModel, PathGenerator, PriceProcess, Sampling};
use ringfence::simulation::{Control, Job, RunOutcome, Simulator, TwoByTwo, VectorWidth, WidthLimit};
use ringfence::statistics::Moments;
use rust_decimal::dec;

/// Two full blocks and two lanes of a third.
const PATHS: u64 = 130;
const STEPS: u64 = 45;
const RUIN_EQUITY: f64 = 60.0;

/// What one path came to in one mode, by the ledger.
#[derive(Debug, Clone, Default)]
struct Result {
    lost: Vec<Option<u64>>,
    pnl: f64,
    drawdown: f64,
    relative: f64,
    least: f64,
    shortfall: f64,
}

impl Result {
    fn first(&self) -> Option<u64> {
        self.lost.iter().flatten().min().copied()
    }
}

fn book() -> Portfolio {
    let rate = TierTable::flat(dec!(0.01));
    let assets = [(dec!(100), rate.clone()), (dec!(20), rate.clone()), (dec!(5), rate)];
    let held = |asset, side, quantity, margin, collateral| Held { asset, side, quantity, margin, collateral };
    let positions = [
        held(0, Side::Long, dec!(3), dec!(30), Collateral::Isolated),
        held(1, Side::Short, dec!(10), dec!(40), Collateral::Cross),
        held(2, Side::Long, dec!(60), dec!(25), Collateral::Cross),
    ];
    portfolio(dec!(100), &assets, &positions, FillPrice::Mark, Remainder::Return)
}

fn job() -> Job {
    let gbm =
        |price, volatility| AssetModel { price, process: PriceProcess::Gbm(Gbm { drift: 0.0, volatility }) };
    let market = MarketModel {
        assets: vec![gbm(100.0, 1.0), gbm(20.0, 1.2), gbm(5.0, 1.5)],
        correlation: vec![1.0, 0.5, 0.3, 0.5, 1.0, 0.2, 0.3, 0.2, 1.0],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    Job {
        generator: Arc::new(PathGenerator::new(&market, 77).unwrap()),
        books: MarginMode::ALL.map(|mode| BookPlan::new(&book(), mode, CLOCK)).into(),
        funding: FundingTable::default(),
        paths: PATHS,
        steps: STEPS,
        ruin_equity: RUIN_EQUITY,
    }
}

/// Marks of one path: `[step][asset]`.
fn marks(job: &Job, path: u64) -> Vec<Vec<Decimal>> {
    let lane = (path % LANES as u64) as usize;
    let mut block = job.generator.begin(path - lane as u64);
    let mut rows = Vec::new();
    while rows.len() < STEPS as usize {
        let steps = CHUNK.min(STEPS as usize - rows.len());
        job.generator.advance(&mut block, steps);
        for index in 0..steps {
            rows.push((0..3).map(|a| price_to_decimal(block.price(a, index)[lane]).unwrap()).collect());
        }
    }
    rows
}

fn follow(portfolio: &Portfolio, mode: MarginMode, marks: &[Vec<Decimal>]) -> Result {
    let mut ledger = Ledger::open(portfolio, mode, CLOCK, 0);
    let opening = portfolio.account.wallet;
    let (mut equity, mut peak, mut least) = (opening, opening, opening);
    let (mut drawdown, mut relative) = (Decimal::ZERO, Decimal::ZERO);
    for (index, row) in marks.iter().enumerate() {
        ledger.step(index as u64 + 1, row).unwrap();
        equity = ledger.equity(row).unwrap();
        peak = peak.max(equity);
        least = least.min(equity);
        drawdown = drawdown.max(peak - equity);
        relative = relative.max((peak - equity) / peak);
    }
    Result {
        lost: (0..portfolio.positions.len()).map(|position| ledger.liquidated_at(position)).collect(),
        pnl: to_f64(equity - opening),
        drawdown: to_f64(drawdown),
        relative: to_f64(relative),
        least: to_f64(least),
        shortfall: to_f64(ledger.shortfall()),
    }
}

/// `[mode][path]`.
fn by_ledger(job: &Job) -> Vec<Vec<Result>> {
    let book = book();
    let all: Vec<Vec<Vec<Decimal>>> = (0..PATHS).map(|path| marks(job, path)).collect();
    MarginMode::ALL.map(|mode| all.iter().map(|marks| follow(&book, mode, marks)).collect()).into()
}

fn simulated(job: &Job) -> RunOutcome {
    let simulator = Simulator::new(2, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
    let cancelled = AtomicBool::new(false);
    simulator.simulate(job, &Control { cancelled: &cancelled, progress: &|_| () }).unwrap()
}

fn count(results: &[Result], what: impl Fn(&Result) -> bool) -> u64 {
    results.iter().filter(|r| what(r)).count() as u64
}

/// The same over pairs of paths.
fn same_of_pairs(moments: &Moments, values: &[f64], name: &str) {
    let means: Vec<f64> = values.chunks(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    assert_eq!(moments.count(), PATHS / 2, "{name}");
    for (got, want) in [(moments.mean(), mean), (moments.variance(), variance)] {
        assert!((got.unwrap() - want).abs() < 1e-8 * want.abs().max(1.0), "{name}: {got:?} {want}");
    }
}

/// Mean, deviation, extremes of `values` against moments, to the ledger's 12-digit prices.
fn same(moments: &Moments, values: impl Iterator<Item = f64>, name: &str) {
    let values: Vec<f64> = values.collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
    let close = |got: Option<f64>, want: f64| (got.unwrap() - want).abs() < 1e-8 * want.abs().max(1.0);
    assert_eq!(moments.count(), PATHS, "{name}");
    assert!(close(moments.mean(), mean), "{name}: {:?} {mean}", moments.mean());
    assert!(close(moments.variance(), variance), "{name}: {:?} {variance}", moments.variance());
    assert!(close(moments.min(), values.iter().copied().fold(f64::INFINITY, f64::min)), "{name}");
    assert!(close(moments.max(), values.iter().copied().fold(f64::NEG_INFINITY, f64::max)), "{name}");
}

#[test]
fn modes_add_up_to_what_the_ledger_says() {
    let job = job();
    let outcome = simulated(&job);
    assert_eq!(outcome.paths, PATHS);
    for (mode, results) in outcome.modes.iter().zip(by_ledger(&job)) {
        let any = count(&results, |r| r.first().is_some());
        assert!(any > 20 && any < PATHS, "{}: {any} liquidated", mode.mode);
        assert_eq!(mode.any, any);
        assert_eq!(mode.all, count(&results, |r| r.lost.iter().all(Option::is_some)));
        for (position, lost) in mode.positions.iter().enumerate() {
            assert_eq!(*lost, count(&results, |r| r.lost[position].is_some()));
        }
        assert_eq!(mode.ruin, count(&results, |r| r.least <= RUIN_EQUITY));
        for (step, paths) in mode.first_liquidation.iter().enumerate() {
            assert_eq!(*paths, count(&results, |r| r.first() == Some(step as u64)), "step {step}");
        }
        assert_eq!(mode.first_liquidation.len() as u64, STEPS + 1);
        assert_eq!(mode.shortfall_paths, count(&results, |r| r.shortfall > 0.0));
        assert!(mode.shortfall_paths > 5, "{}", mode.shortfall_paths);
        same(mode.pnl.moments(), results.iter().map(|r| r.pnl), "profit");
        same(mode.drawdown_absolute.moments(), results.iter().map(|r| r.drawdown), "drawdown");
        same(mode.drawdown_relative.moments(), results.iter().map(|r| r.relative), "relative drawdown");
        same(&mode.shortfall, results.iter().map(|r| r.shortfall), "shortfall");
        assert_eq!(mode.pnl.histogram().total(), PATHS);
    }
}

#[test]
fn pairs_add_up_to_what_the_ledger_says() {
    let job = job();
    let outcome = simulated(&job);
    let results = by_ledger(&job);
    let order: Vec<(usize, usize)> = outcome.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    assert_eq!(order, [(0, 1), (0, 2), (1, 2)]);
    let table = |a: &[bool], b: &[bool]| {
        let cell = |x, y| a.iter().zip(b).filter(|(p, q)| (**p, **q) == (x, y)).count() as u64;
        TwoByTwo {
            both: cell(true, true),
            a_only: cell(true, false),
            b_only: cell(false, true),
            neither: cell(false, false),
        }
    };
    for pair in &outcome.pairs {
        let (a, b) = (&results[pair.a], &results[pair.b]);
        let any = |mode: &[Result]| mode.iter().map(|r| r.first().is_some()).collect::<Vec<_>>();
        assert_eq!(pair.liquidation, table(&any(a), &any(b)));
        for (position, cells) in pair.positions.iter().enumerate() {
            let lost = |mode: &[Result]| mode.iter().map(|r| r.lost[position].is_some()).collect::<Vec<_>>();
            assert_eq!(*cells, table(&lost(a), &lost(b)), "position {position}");
        }
        let both = || a.iter().zip(b);
        same(&pair.pnl, both().map(|(a, b)| a.pnl - b.pnl), "profit");
        same(&pair.drawdown_relative, both().map(|(a, b)| a.relative - b.relative), "drawdown");
        same(&pair.shortfall, both().map(|(a, b)| a.shortfall - b.shortfall), "shortfall");
    }
    // Isolated and cross differ both ways here, so that swapped cells would show.
    let cells = outcome.pairs[0].positions[1];
    assert_ne!(cells.a_only, cells.b_only);
}

#[test]
fn antithetic_pairs_add_up_to_what_the_ledger_says() {
    let mut job = job();
    job.generator = Arc::new(PathGenerator::clone(&job.generator).with_sampling(Sampling::Antithetic));
    let outcome = simulated(&job);
    let results = by_ledger(&job);
    let twins = outcome.twins.as_ref().unwrap();
    assert_eq!((twins.pairs, twins.modes.len(), twins.differences.len()), (PATHS / 2, 3, 3));
    for ((twin, mode), results) in twins.modes.iter().zip(&outcome.modes).zip(&results) {
        let both = |what: &dyn Fn(&Result) -> bool| {
            results.chunks(2).filter(|pair| pair.iter().all(what)).count() as u64
        };
        let any = both(&|r| r.first().is_some());
        assert!(any > 0);
        assert_eq!(twin.any, any);
        assert_eq!(twin.all, both(&|r| r.lost.iter().all(Option::is_some)));
        for (position, lost) in twin.positions.iter().enumerate() {
            assert_eq!(*lost, both(&|r| r.lost[position].is_some()));
        }
        assert_eq!(twin.ruin, both(&|r| r.least <= RUIN_EQUITY));
        assert_eq!(twin.shortfall_paths, both(&|r| r.shortfall > 0.0));
        for step in [0, 1, 10, STEPS] {
            let alive = both(&|r| r.first().is_none_or(|first| first > step));
            assert_eq!(twin.both_alive_after(PATHS / 2, step), alive, "step {step}");
        }
        let values = |measure: fn(&Result) -> f64| results.iter().map(measure).collect::<Vec<_>>();
        let step = |r: &Result| r.first().unwrap_or(STEPS) as f64;
        same_of_pairs(&twin.restricted_step, &values(step), "time");
        same_of_pairs(&twin.pnl.means, &values(|r| r.pnl), "profit");
        same_of_pairs(&twin.drawdown_relative.means, &values(|r| r.relative), "relative drawdown");
        same_of_pairs(&twin.drawdown_absolute.means, &values(|r| r.drawdown), "drawdown");
        same_of_pairs(&twin.shortfall, &values(|r| r.shortfall), "shortfall");
        let edge = mode.pnl.histogram().bins().map(|(value, _)| value).rfind(|v| *v <= 5.0).unwrap();
        assert_eq!(twin.pnl.larger.counts_to(edge).1, both(&|r| r.pnl <= edge + 1e-7));
    }
    for (twin, pair) in twins.differences.iter().zip(&outcome.pairs) {
        let (a, b) = (&results[pair.a], &results[pair.b]);
        let differences = |measure: fn(&Result) -> f64| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| measure(a) - measure(b)).collect()
        };
        same_of_pairs(&twin.pnl, &differences(|r| r.pnl), "profit");
        same_of_pairs(&twin.drawdown_relative, &differences(|r| r.relative), "drawdown");
        same_of_pairs(&twin.shortfall, &differences(|r| r.shortfall), "shortfall");
        let lost = differences(|r| f64::from(r.first().is_some()));
        let sums = |size: f64| lost.chunks(2).filter(|p| (p[0] + p[1]).abs() == size).count() as u64;
        assert_eq!((twin.liquidation.by_one, twin.liquidation.by_two), (sums(1.0), sums(2.0)));
    }
    assert!(simulated(&self::job()).twins.is_none());
}

/// A price that stands still, 3 units of 100: 0.3 a payment, none in some chunks and several in others.
#[test]
fn funding_is_paid_when_it_is_due_and_only_then() {
    for hours in [1, 5, 11, 24, 46] {
        let mut book = book();
        book.positions.truncate(1);
        book.assets[0].funding = FundingRates::Constant(dec!(0.001));
        book.venue.funding.interval_seconds = hours * 3_600;
        let law = PriceProcess::Gbm(Gbm { drift: 0.0, volatility: 0.0 });
        let market = MarketModel {
            assets: vec![AssetModel { price: 100.0, process: law }],
            correlation: vec![1.0],
            step_years: 1.0 / 8_760.0,
            ..MarketModel::default()
        };
        book.assets.truncate(1);
        let job = Job {
            generator: Arc::new(PathGenerator::new(&market, 77).unwrap()),
            books: MarginMode::ALL.map(|mode| BookPlan::new(&book, mode, CLOCK)).into(),
            funding: FundingTable::new(&book, CLOCK),
            ..job()
        };
        for mode in simulated(&job).modes {
            let paid = (STEPS / hours) as f64 * 0.3;
            assert!((mode.funding.mean().unwrap() - paid).abs() < 1e-12, "{hours} h, {}", mode.mode);
            assert!((mode.pnl.moments().mean().unwrap() + paid).abs() < 1e-12, "{hours} h, {}", mode.mode);
        }
    }
}

#[test]
fn progress_is_told_on_the_way_and_of_every_path() {
    use std::sync::atomic::{AtomicU64, Ordering};
    for (paths, at_least, threads) in [(PATHS, 1, 2), (100_000, 3, 1), (100_000, 3, 2)] {
        let job = Job { paths, ..job() };
        let (told, times) = (AtomicU64::new(0), AtomicU64::new(0));
        let progress = |paths| {
            told.fetch_add(paths, Ordering::Relaxed);
            times.fetch_add(1, Ordering::Relaxed);
        };
        let simulator = Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)).unwrap();
        let control = Control { cancelled: &AtomicBool::new(false), progress: &progress };
        assert_eq!(simulator.simulate(&job, &control).unwrap().paths, paths);
        assert_eq!(told.into_inner(), paths);
        assert!(times.into_inner() >= at_least);
    }
}
