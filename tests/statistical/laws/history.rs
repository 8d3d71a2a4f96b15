//! Laws that are a history: replay and resampling.

use ringfence::paths::{
    AssetModel, Bootstrap, Garch, LANES, MarketModel, PathGenerator, PriceProcess, Replay, ReturnHistory,
    WindowHistory,
};

use super::sample::{one_asset, walk};
use super::zoo;

fn closes(bars: usize) -> Vec<f64> {
    // Two columns of prices with full mantissas.
    let bar = |i: usize| {
        let x = i as f64;
        [60_000.0 * libm::exp(0.3 * libm::sin(0.37 * x)), 0.1 + libm::fabs(libm::sin(1.7 * x)) / 3.0]
    };
    (0..bars).flat_map(bar).collect()
}

fn replay(bars: usize, stride: usize, prices: [f64; 2]) -> MarketModel {
    let asset = |column: usize| AssetModel {
        price: prices[column],
        process: PriceProcess::Replay(Replay { column }),
    };
    MarketModel {
        assets: vec![asset(0), asset(1)],
        correlation: vec![1.0, 0.0, 0.0, 1.0],
        windows: Some(WindowHistory {
            columns: 2,
            closes: closes(bars).into(),
            stride,
            first_bar_ms: 0,
            bar_ms: 3_600_000,
        }),
        step_years: 1.0 / 8_760.0,
        ..MarketModel::default()
    }
}

/// Where the asset's price is the window's first close, the path is the closes, bit for bit; elsewhere it is scaled.
#[test]
fn a_window_is_replayed_as_it_was() {
    let (bars, steps) = (120, 21);
    for stride in [1, 3, 7] {
        let history = closes(bars);
        let windows = WindowHistory {
            columns: 2,
            closes: history.clone().into(),
            stride,
            first_bar_ms: 0,
            bar_ms: 3_600_000,
        }
        .windows(steps as u64);
        assert_eq!(windows, ((bars - steps) as u64).div_ceil(stride as u64));
        for window in 0..windows {
            let start = window as usize * stride;
            let opening = [history[2 * start], history[2 * start + 1]];
            let generator = PathGenerator::new(&replay(bars, stride, opening), 3).unwrap();
            let (block, lane) = (window / LANES as u64, window as usize % LANES);
            walk(&generator, block + 1, steps, |b, step, paths, index| {
                if b != block {
                    return;
                }
                for column in 0..2 {
                    let close = history[2 * (start + step) + column];
                    let price = paths.price(column, index)[lane];
                    assert!(
                        price.to_bits() == close.to_bits(),
                        "window {window}, step {step}: {price} {close}"
                    );
                    // The next window, at another opening price.
                    let other = start + stride;
                    if lane + 1 < LANES && window + 1 < windows {
                        let scaled = opening[column] * history[2 * (other + step) + column]
                            / history[2 * other + column];
                        let price = paths.price(column, index)[lane + 1];
                        assert!((price / scaled - 1.0).abs() < 1e-15);
                    }
                }
            });
        }
    }
}

#[test]
fn windows_are_counted() {
    let windows = |bars: usize, stride, steps| {
        WindowHistory { columns: 2, closes: closes(bars).into(), stride, first_bar_ms: 0, bar_ms: 3_600_000 }
            .windows(steps)
    };
    // A window of n steps has n + 1 closes.
    assert_eq!(windows(10, 1, 9), 1);
    assert_eq!(windows(10, 1, 10), 0);
    assert_eq!(windows(10, 1, 11), 0);
    assert_eq!(windows(0, 1, 1), 0);
    assert_eq!(windows(1, 1, 1), 0);
    assert_eq!(windows(2, 5, 1), 1);
    assert_eq!(windows(10, 1, 1), 9);
    // Starts 0, 3, 6 of 0..=8, and 0, 3 of 0..=5; 0, 9 of 0..=9.
    assert_eq!(windows(10, 3, 1), 3);
    assert_eq!(windows(10, 3, 4), 2);
    assert_eq!(windows(11, 9, 1), 2);
    assert_eq!(windows(10, 9, 1), 1);
    assert_eq!(windows(10, 1_000, 1), 1);
    // By counting the starts whose last close is there.
    for (bars, stride, steps) in [(37, 5, 8), (37, 1, 36), (40, 4, 8), (41, 4, 8), (42, 4, 8)] {
        let starts = (0..bars).step_by(stride).filter(|start| start + steps < bars).count();
        assert_eq!(windows(bars, stride, steps as u64), starts as u64);
    }
}

/// Autocorrelation at a lag, round the circle.
fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let at = |i: usize| values[i % n] - mean;
    let product = |lag: usize| (0..n).map(|i| at(i) * at(i + lag)).sum::<f64>();
    product(lag) / product(0)
}

/// Autocorrelation of squared returns at a lag along resampled paths, about the history's mean and variance, and its
/// standard error from the paths.
fn resampled(history: &[f64], mean_block: f64, lag: usize) -> (f64, f64) {
    const STEPS: usize = 400;
    let squares: Vec<f64> = history.iter().map(|x| x * x).collect();
    let n = squares.len() as f64;
    let mean = squares.iter().sum::<f64>() / n;
    let variance = squares.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / n;
    let market = MarketModel {
        history: Some(ReturnHistory { columns: 1, log_returns: history.into(), mean_block }),
        ..one_asset(PriceProcess::Bootstrap(Bootstrap { column: 0 }), 1.0)
    };
    let generator = PathGenerator::new(&market, 80_000).unwrap();
    let (mut walks, mut of_paths) = (vec![vec![0.0]; LANES], Vec::new());
    walk(&generator, 100, STEPS, |_, step, paths, index| {
        for (walk, price) in walks.iter_mut().zip(paths.price(0, index)) {
            walk.push(libm::log(*price));
        }
        if step == STEPS {
            for walk in &mut walks {
                let moves: Vec<f64> = walk.windows(2).map(|w| (w[1] - w[0]) * (w[1] - w[0]) - mean).collect();
                let products = moves.iter().zip(&moves[lag..]).map(|(a, b)| a * b);
                of_paths.push(products.sum::<f64>() / (moves.len() - lag) as f64 / variance);
                *walk = vec![0.0];
            }
        }
    });
    let paths = of_paths.len() as f64;
    let mean = of_paths.iter().sum::<f64>() / paths;
    let spread = of_paths.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (paths - 1.0);
    (mean, (spread / paths).sqrt())
}

/// Blocks keep the clustering of volatility: the autocorrelation of squares of a GARCH history, times the chance
/// (1 − 1/L)^lag that both steps lie in one block (Politis and Romano 1994). Single rows lose it all (pitfall 20).
#[test]
fn blocks_keep_the_clustering_of_volatility() {
    let law =
        Garch { alpha: 0.12, beta: 0.85, gamma: 0.0, initial_variance: 1.0, ..zoo::garch_parameters(0.0) };
    let generator = PathGenerator::new(&one_asset(PriceProcess::Garch(law), 1.0 / 8_760.0), 80_001).unwrap();
    let mut logs = vec![0.0];
    walk(&generator, 1, 8_000, |_, _, paths, index| logs.push(libm::log(paths.price(0, index)[0])));
    let history: Vec<f64> = logs.windows(2).map(|w| w[1] - w[0]).collect();
    let squares: Vec<f64> = history.iter().map(|x| x * x).collect();
    for lag in [1, 6, 24] {
        let own = autocorrelation(&squares, lag);
        assert!(own > 0.05, "lag {lag}: the history clusters: {own}");
        for mean_block in [24.0, 168.0] {
            let exact = own * libm::pow(1.0 - 1.0 / mean_block, lag as f64);
            let (measured, error) = resampled(&history, mean_block, lag);
            println!(
                "lag {lag}, blocks of {mean_block}: {measured:.4} ± {error:.4}, exact {exact:.4}, history {own:.4}"
            );
            assert!((measured - exact).abs() < super::LIMIT * error, "{measured} ± {error} against {exact}");
        }
        let (single, error) = resampled(&history, 1.0, lag);
        println!("lag {lag}, single rows: {single:.4} ± {error:.4}");
        assert!(single.abs() < super::LIMIT * error, "{single} ± {error}");
    }
}
