//! Do resampled paths keep the clusters of volatility of a price file?
//!
//! ```text
//! cargo run --release --example clustering -- FILE [MEAN BLOCK IN BARS]
//! ```
//!
//! Prints the autocorrelation of squared log returns at a few lags: of the file, round the circle; that times
//! (1 − 1/block)^lag, the chance that both bars lie in one block (Politis and Romano 1994), which is what blocks keep;
//! and of the resampled paths, with its standard error, about the file's own mean and variance.

use std::error::Error;
use std::path::Path;

use ringfence::history::read_history;
use ringfence::paths::{
    AssetModel, Bootstrap, CHUNK, LANES, MarketModel, PathGenerator, PriceProcess, ReturnHistory,
};

const BLOCKS: u64 = 200;
const STEPS: usize = 800;
const LAGS: [usize; 5] = [1, 2, 6, 24, 72];

/// Sample autocovariance at a lag, `around` a mean; of a history round the circle, of a path along it.
fn covariance(values: &[f64], lag: usize, around: f64, circular: bool) -> f64 {
    let n = values.len();
    let pairs = if circular { n } else { n - lag };
    let product = |i: usize| (values[i] - around) * (values[(i + lag) % n] - around);
    (0..pairs).map(product).sum::<f64>() / pairs as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("name a price file")?;
    let mean_block: f64 = arguments.next().map_or(Ok(24.0), |text| text.parse())?;
    let history = read_history(Path::new(&file), &file)?;
    let returns: Vec<f64> = history.closes.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect();
    let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    let variance = covariance(&squares, 0, mean, true);

    let market = MarketModel {
        assets: vec![AssetModel { price: 1.0, process: PriceProcess::Bootstrap(Bootstrap { column: 0 }) }],
        correlation: vec![1.0],
        history: Some(ReturnHistory { columns: 1, log_returns: returns.into(), mean_block }),
        step_years: 1.0 / 8_760.0,
        ..MarketModel::default()
    };
    let generator = PathGenerator::new(&market, 1).ok_or("the file has no returns")?;
    let mut found = vec![Vec::new(); LAGS.len()];
    for block in 0..BLOCKS {
        let mut paths = generator.begin(block * LANES as u64);
        let (mut before, mut squares) = ([0.0; LANES], vec![Vec::new(); LANES]);
        for _ in 0..STEPS / CHUNK {
            generator.advance(&mut paths, CHUNK);
            for index in 0..CHUNK {
                for (lane, price) in paths.price(0, index).iter().enumerate() {
                    let log_price = libm::log(*price);
                    squares[lane].push((log_price - before[lane]) * (log_price - before[lane]));
                    before[lane] = log_price;
                }
            }
        }
        for (lag, found) in LAGS.iter().zip(&mut found) {
            found.extend(squares.iter().map(|path| covariance(path, *lag, mean, false) / variance));
        }
    }
    println!("lag     file     kept by blocks     resampled");
    for (lag, found) in LAGS.iter().zip(&found) {
        let of_file = covariance(&squares, *lag, mean, true) / variance;
        let kept = of_file * libm::pow(1.0 - 1.0 / mean_block, *lag as f64);
        let n = found.len() as f64;
        let average = found.iter().sum::<f64>() / n;
        let spread = found.iter().map(|x| (x - average) * (x - average)).sum::<f64>() / (n - 1.0);
        println!(
            "{lag:3}   {of_file:6.4}             {kept:6.4}     {average:6.4} ± {:.4}",
            (spread / n).sqrt()
        );
    }
    Ok(())
}
