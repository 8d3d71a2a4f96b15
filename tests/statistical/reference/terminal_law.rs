//! The price at the horizon against the lognormal law, straight from the path generator.

use ringfence::paths::{AssetModel, CHUNK, Gbm, LANES, MarketModel, PathGenerator, PriceProcess};

const STEP_YEARS: f64 = 1.0 / 365.0;
const STEPS: usize = 61;
const YEARS: f64 = STEPS as f64 * STEP_YEARS;
const BLOCKS: u64 = 4_000;
const PATHS: f64 = BLOCKS as f64 * LANES as f64;
const LIMIT: f64 = 4.5;

const PRICES: [f64; 3] = [100.0, 60_000.0, 0.25];
const DRIFTS: [f64; 3] = [0.0, 0.6, -0.9];
const VOLATILITIES: [f64; 3] = [0.4, 0.8, 1.2];
/// Correlations of the pairs 0/1, 0/2 and 1/2.
const CORRELATIONS: [f64; 3] = [0.7, -0.5, 0.1];

fn generator(volatilities: [f64; 3], seed: u64) -> Option<PathGenerator> {
    let [ab, ac, bc] = CORRELATIONS;
    let asset = |i: usize| AssetModel {
        price: PRICES[i],
        process: PriceProcess::Gbm(Gbm { drift: DRIFTS[i], volatility: volatilities[i] }),
    };
    let market = MarketModel {
        assets: (0..3).map(asset).collect(),
        correlation: vec![1.0, ab, ac, ab, 1.0, bc, ac, bc, 1.0],
        step_years: STEP_YEARS,
        ..MarketModel::default()
    };
    PathGenerator::new(&market, seed)
}

/// Calls `see(step, prices)` at every step of every path of a block; steps count from 1.
fn walk(generator: &PathGenerator, block: u64, mut see: impl FnMut(usize, [f64; 3])) {
    let mut paths = generator.begin(block * LANES as u64);
    let mut done = 0;
    while done < STEPS {
        let steps = CHUNK.min(STEPS - done);
        generator.advance(&mut paths, steps);
        for index in 0..steps {
            for lane in 0..LANES {
                see(done + index + 1, std::array::from_fn(|asset| paths.price(asset, index)[lane]));
            }
        }
        done += steps;
    }
}

/// `value` lies within 4.5 standard errors of `exact`.
fn require(what: &str, value: f64, exact: f64, error: f64) {
    assert!((value - exact).abs() < LIMIT * error, "{what}: {value}, exact {exact}, standard error {error}");
}

/// 256,000 paths. The mean price shows a drift wrong by 0.006 to 0.013 a year, the variance a volatility
/// wrong by 0.8 %, a correlation an error of 0.006 to 0.011. Means and variances of log returns are those of a
/// normal sample (variances of the estimates: σ²T/n and 2σ⁴T²/n; of a correlation, (1 − ρ²)²/n).
#[test]
fn the_horizon_has_its_means_variances_and_correlations() {
    let generator = generator(VOLATILITIES, 6_000).unwrap();
    let (mut price, mut sum, mut squares, mut products) = ([0.0; 3], [0.0; 3], [0.0; 3], [0.0; 3]);
    for block in 0..BLOCKS {
        walk(&generator, block, |step, prices| {
            if step == STEPS {
                let x: [f64; 3] = std::array::from_fn(|i| libm::log(prices[i] / PRICES[i]));
                for i in 0..3 {
                    price[i] += prices[i] / PRICES[i];
                    sum[i] += x[i];
                    squares[i] += x[i] * x[i];
                }
                for (pair, (i, j)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
                    products[pair] += x[i] * x[j];
                }
            }
        });
    }
    let variance: [f64; 3] = std::array::from_fn(|i| squares[i] / PATHS - sum[i] * sum[i] / (PATHS * PATHS));
    for i in 0..3 {
        let exact = VOLATILITIES[i] * VOLATILITIES[i] * YEARS;
        let growth = libm::exp(DRIFTS[i] * YEARS);
        require("mean price", price[i] / PATHS, growth, growth * (libm::expm1(exact) / PATHS).sqrt());
        require("mean log return", sum[i] / PATHS, DRIFTS[i] * YEARS - 0.5 * exact, (exact / PATHS).sqrt());
        require("variance", variance[i], exact, exact * (2.0 / PATHS).sqrt());
    }
    for (pair, (i, j)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
        let covariance = products[pair] / PATHS - sum[i] * sum[j] / (PATHS * PATHS);
        let exact = CORRELATIONS[pair];
        let error = (1.0 - exact * exact) / PATHS.sqrt();
        require("correlation", covariance / (variance[i] * variance[j]).sqrt(), exact, error);
    }
}

/// 61 additions and one exponential: the closed form to 1e-12 at every step.
#[test]
fn without_volatility_the_price_grows_as_its_drift_says() {
    let generator = generator([0.0; 3], 6_001).unwrap();
    let mut seen = 0;
    walk(&generator, 0, |step, prices| {
        for i in 0..3 {
            let exact = PRICES[i] * libm::exp(DRIFTS[i] * STEP_YEARS * step as f64);
            assert!((prices[i] / exact - 1.0).abs() < 1e-12, "asset {i}, step {step}: {}", prices[i]);
        }
        seen += 1;
    });
    assert_eq!(seen, STEPS * LANES);
}
