//! Prices that leave the range of numbers, and how returns are correlated.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::testkit::portfolio::{CLOCK, Held, portfolio};
use ringfence::domain::{Collateral, FillPrice, MarginMode, Remainder, Side, TierTable};
use ringfence::error::Error;
use ringfence::margin::{BookPlan, FundingTable};
use ringfence::paths::{
    AssetModel, Bootstrap, Gbm, Kou, MarketModel, PathGenerator, PriceProcess, Replay, ReturnHistory,
    Sampling, Shock, ShockTime, WindowHistory,
};
use ringfence::simulation::{Control, Correlation, Job, RunOutcome, Simulator, VectorWidth, WidthLimit};
use ringfence::statistics::{Distribution, Moments};
use rust_decimal::dec;

fn job_of(market: &MarketModel, sampling: Sampling, paths: u64, steps: u64) -> Job {
    let rate = TierTable::flat(dec!(0.005));
    let assets: Vec<_> = market.assets.iter().map(|_| (dec!(100), rate.clone())).collect();
    let position = |asset, side| Held {
        asset,
        side,
        quantity: dec!(2),
        margin: dec!(40),
        collateral: Collateral::Isolated,
    };
    let held = [position(0, Side::Long), position(1, Side::Short)];
    let book = portfolio(dec!(100), &assets, &held, FillPrice::Mark, Remainder::Return);
    Job {
        generator: Arc::new(PathGenerator::new(market, 5).unwrap().with_sampling(sampling)),
        books: MarginMode::ALL.map(|mode| BookPlan::new(&book, mode, CLOCK)).into(),
        funding: FundingTable::default(),
        paths,
        steps,
        ruin_equity: 10.0,
    }
}

fn simulator(threads: usize) -> Simulator {
    Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)).unwrap()
}

fn run(job: &Job) -> RunOutcome {
    let cancelled = AtomicBool::new(false);
    simulator(2).simulate(job, &Control { cancelled: &cancelled, progress: &|_| () }).unwrap()
}

fn finite(moments: &Moments) {
    let known = [moments.min(), moments.max(), moments.mean(), moments.std(), Some(moments.sum())];
    assert!(known.iter().flatten().all(|v| v.is_finite()), "{known:?}");
}

fn finite_throughout(values: &Distribution) {
    finite(values.moments());
    let at = [0.01, 0.5, 0.99].map(|p| values.quantile(p));
    assert!(at.iter().flatten().all(|v| v.is_finite()), "{at:?}");
    for tail in [values.lower_tail(0.05), values.upper_tail(0.05)].into_iter().flatten() {
        assert!(tail.mean.is_finite() && tail.std_error.is_none_or(f64::is_finite), "{tail:?}");
    }
}

/// Jumps of a thousandfold size in log price, 300 a year: most paths are held within a few steps.
#[test]
fn extreme_jumps_stay_numbers_and_are_counted() {
    let up = Kou {
        drift: 0.0,
        volatility: 0.5,
        jump_rate: 300.0,
        up_probability: 0.5,
        up_rate: 1.001,
        down_rate: 1e-3,
    };
    let down = Kou { up_probability: 0.0, ..up };
    let asset = |law| AssetModel { price: 100.0, process: PriceProcess::Kou(law) };
    let market = MarketModel {
        assets: vec![asset(up), asset(down)],
        correlation: vec![1.0, 0.5, 0.5, 1.0],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    for sampling in [Sampling::Independent, Sampling::Antithetic] {
        let outcome = run(&job_of(&market, sampling, 640, 30));
        assert!(outcome.held_paths > 300 && outcome.held_paths <= 640, "{}", outcome.held_paths);
        for mode in &outcome.modes {
            finite_throughout(&mode.pnl);
            finite_throughout(&mode.drawdown_absolute);
            finite_throughout(&mode.drawdown_relative);
            finite(&mode.shortfall);
            assert_eq!(mode.pnl.histogram().total(), 640);
        }
        for pair in &outcome.pairs {
            [&pair.pnl, &pair.drawdown_relative, &pair.shortfall].into_iter().for_each(finite);
        }
        for mode in outcome.twins.iter().flat_map(|twins| &twins.modes) {
            [&mode.pnl.means, &mode.drawdown_absolute.means, &mode.shortfall].into_iter().for_each(finite);
        }
    }
}

/// The edges themselves: a factor of e^300 on a long and a short of size.
#[test]
fn accounts_at_the_edge_are_finite() {
    let huge = 200.0 * libm::exp(300.0);
    let (mut values, mut moments) = (Distribution::new(100.0), Moments::new(100.0));
    for value in [huge, -huge, 0.0, 12.5, -100.0].into_iter().cycle().take(100) {
        values.add(value);
        moments.add(value);
    }
    finite_throughout(&values);
    finite(&moments);
    // Beyond what sums can hold there is no mean, rather than a wrong one.
    assert_eq!((moments.mean(), moments.std()), (None, None));
    assert_eq!((moments.min(), moments.max()), (Some(-huge), Some(huge)));
}

/// A shock past the edge after 22 and a half steps.
#[test]
fn a_path_counts_as_held_from_the_step_that_leaves() {
    let market = MarketModel {
        assets: vec![gbm(0.6), gbm(0.6)],
        correlation: vec![1.0, 0.0, 0.0, 1.0],
        shocks: vec![Shock { time: ShockTime::At(22.5), log_moves: vec![0.0, -310.0] }],
        step_years: 1.0 / 365.0,
        ..MarketModel::default()
    };
    let held = |steps| run(&job_of(&market, Sampling::Independent, 100, steps)).held_paths;
    assert_eq!([held(22), held(23)], [0, 100]);
}

fn correlations(market: &MarketModel, sampling: Sampling, paths: u64, steps: u64) -> Vec<Correlation> {
    let job = job_of(market, sampling, paths, steps);
    let cancelled = AtomicBool::new(false);
    let found = simulator(1).correlations(&job, &cancelled).unwrap();
    assert_eq!(simulator(3).correlations(&job, &cancelled).unwrap(), found);
    found
}

fn gbm(volatility: f64) -> AssetModel {
    AssetModel { price: 100.0, process: PriceProcess::Gbm(Gbm { drift: 0.0, volatility }) }
}

#[test]
fn correlations_are_those_asked_for_where_returns_are_gaussian() {
    let market = MarketModel {
        assets: vec![gbm(0.6), gbm(0.9), gbm(1.2)],
        correlation: vec![1.0, 0.8, 0.3, 0.8, 1.0, -0.2, 0.3, -0.2, 1.0],
        step_years: 1.0 / 8_760.0,
        ..MarketModel::default()
    };
    for sampling in [Sampling::Independent, Sampling::Antithetic] {
        let found = correlations(&market, sampling, 1_000_000, 48);
        let order: Vec<_> = found.iter().map(|c| (c.a, c.b, c.paths, c.steps)).collect();
        assert_eq!(order, [(0, 1, 4_096, 48), (0, 2, 4_096, 48), (1, 2, 4_096, 48)]);
        for (found, asked) in found.iter().zip([0.8, 0.3, -0.2]) {
            let (realised, error) = (found.realised.unwrap(), found.std_error.unwrap());
            assert!((realised - asked).abs() < 4.0 * error, "{found:?}");
            // (1 − ρ²)/√n for independent pairs of returns; mirrored returns have the same products.
            let independent = if sampling == Sampling::Antithetic { 2_048.0 } else { 4_096.0 } * 48.0;
            let exact = (1.0 - asked * asked) / f64::sqrt(independent);
            assert!((error / exact - 1.0).abs() < 0.15, "{found:?} {exact}");
        }
    }
}

#[test]
fn correlations_need_something_that_moves() {
    let still = AssetModel { price: 100.0, process: PriceProcess::Gbm(Gbm { drift: 0.4, volatility: 0.0 }) };
    let identity = vec![1.0, 0.0, 0.0, 1.0];
    let market = MarketModel {
        assets: vec![gbm(0.6), still],
        correlation: identity.clone(),
        step_years: 0.01,
        ..MarketModel::default()
    };
    let found = correlations(&market, Sampling::Independent, 100, 10);
    assert_eq!((found[0].realised, found[0].std_error), (None, None));
    // Eight paths are one group, and there is none to leave out.
    let market = MarketModel { assets: vec![gbm(0.6), gbm(0.6)], ..market };
    let found = correlations(&market, Sampling::Independent, 2, 10);
    assert!(found[0].realised.is_some() && found[0].std_error.is_none());
    // Two columns of one history that are each other's opposite.
    let log_returns =
        (0..60).flat_map(|i| [1.0, -1.0].map(|s| s * f64::from(i * 37 % 61 - 30) / 500.0)).collect();
    let assets = [0, 1]
        .map(|column| AssetModel { price: 100.0, process: PriceProcess::Bootstrap(Bootstrap { column }) })
        .into_iter()
        .collect();
    let history = Some(ReturnHistory { columns: 2, log_returns, mean_block: 5.0 });
    let market = MarketModel { assets, history, ..market };
    let found = correlations(&market, Sampling::Independent, 200, 40);
    assert!((found[0].realised.unwrap() + 1.0).abs() < 1e-9, "{found:?}");
    // Closes by hand: returns ln 2, −ln 2, ln 2 against ln 4, ln 4, −ln 4.
    let closes = vec![1.0, 1.0, 2.0, 4.0, 1.0, 16.0, 2.0, 4.0];
    let assets = [0, 1]
        .map(|column| AssetModel { price: 100.0, process: PriceProcess::Replay(Replay { column }) })
        .into_iter()
        .collect();
    let windows = Some(WindowHistory {
        columns: 2,
        closes: closes.into(),
        stride: 1,
        first_bar_ms: 0,
        bar_ms: 3_600_000,
    });
    let market = MarketModel { assets, windows, history: None, ..market };
    let found = correlations(&market, Sampling::Independent, 1, 3);
    // About means of 1/3: (8/3·... ) = (−1 − 1/3)/(3 − 1/3).
    assert!((found[0].realised.unwrap() + 0.5).abs() < 1e-12, "{found:?}");
}

#[test]
fn long_runs_are_looked_at_in_part_and_can_be_stopped() {
    let market = MarketModel {
        assets: vec![gbm(0.6), gbm(0.9)],
        correlation: vec![1.0, 0.5, 0.5, 1.0],
        step_years: 1.0 / 8_760.0,
        ..MarketModel::default()
    };
    let job = job_of(&market, Sampling::Independent, 100_000, 100_000);
    let stopped = simulator(1).correlations(&job, &AtomicBool::new(true));
    assert!(matches!(stopped, Err(Error::Interrupted)));
    let found = simulator(2).correlations(&job, &AtomicBool::new(false)).unwrap();
    // 20 million over 2·4,096.
    assert_eq!((found[0].paths, found[0].steps), (4_096, 2_441));
}
