//! What assets have in common, and what they do not.

use ringfence::paths::{
    AssetModel, CommonJumps, Garch, Innovations, LANES, MarketModel, Merton, NormalJump, NormalJumps,
    PathGenerator, PriceProcess, Regime, State,
};
use statrs::distribution::{ChiSquared, ContinuousCDF, Discrete, Poisson};

use super::figures::{self, Statistic, correlation};
use super::sample::{log_prices_of, walk};
use super::{LIMIT, zoo};

const HOUR: f64 = 1.0 / 8_760.0;

fn market(laws: &[PriceProcess], correlation: impl Fn(usize, usize) -> f64) -> MarketModel {
    let n = laws.len();
    let of = |k: usize| if k.is_multiple_of(n + 1) { 1.0 } else { correlation(k / n, k % n) };
    MarketModel {
        assets: laws.iter().map(|law| AssetModel { price: 1.0, process: law.clone() }).collect(),
        correlation: (0..n * n).map(of).collect(),
        step_years: HOUR,
        ..MarketModel::default()
    }
}

/// A regime that is never left: the state, and with it the volatility, is drawn at the start.
fn frozen_regime() -> PriceProcess {
    let state = |volatility| State { drift: 0.0, volatility, mean_duration_years: f64::INFINITY };
    PriceProcess::Regime(Regime {
        states: vec![state(0.4), state(1.3)],
        transition: vec![0.0, 1.0, 1.0, 0.0],
        start: vec![0.7, 0.3],
    })
}

/// Step returns of seven laws at once. Each correlates with another as their drivers do, but for what is not driven:
/// jumps dilute a Merton return by its share of Gaussian variance, a random state by E[σ]²/E[σ²]. 640,000 paths see
/// 0.006; Heston's and Bates' first hour is within 0.002 of its driver.
#[test]
fn returns_correlate_as_their_drivers_do() {
    let laws = [
        zoo::gbm(0.1),
        zoo::merton(0.1),
        zoo::heston(0.1),
        zoo::garch(0.1),
        zoo::ou(),
        frozen_regime(),
        zoo::bates(0.1),
    ];
    let loading = [0.9, -0.8, 0.7, -0.6, 0.5, 0.8, 0.6];
    let market = market(&laws, |i, j| loading[i] * loading[j]);
    let generator = PathGenerator::new(&market, 40_000).unwrap();
    let returns: Vec<Vec<f64>> =
        (0..laws.len()).map(|asset| log_prices_of(&generator, asset, 640_000, &[1]).remove(0)).collect();
    let jumps = 40.0 * (0.06 * 0.06 + 0.08 * 0.08);
    let bates_jumps = 25.0 * (0.06 * 0.06 + 0.08 * 0.08);
    let (mean, mean_square) = (0.7 * 0.4 + 0.3 * 1.3, 0.7 * 0.16 + 0.3 * 1.69);
    let kept = |law: &PriceProcess| match law {
        PriceProcess::Merton(_) => (0.36f64 / (0.36 + jumps)).sqrt(),
        PriceProcess::Bates(_) => (0.64f64 / (0.64 + bates_jumps)).sqrt(),
        PriceProcess::Regime(_) => mean / f64::sqrt(mean_square),
        _ => 1.0,
    };
    let n = returns[0].len() as f64;
    let mut worst: f64 = 0.0;
    for i in 0..laws.len() {
        for j in 0..i {
            let exact = loading[i] * loading[j] * kept(&laws[i]) * kept(&laws[j]);
            let measured = correlation(&returns[i], &returns[j]);
            // Heavy tails of rare jumps make the error larger than a normal sample's.
            let is = |law: fn(&PriceProcess) -> bool| law(&laws[i]) || law(&laws[j]);
            let heavy = if is(|l| {
                matches!(l, PriceProcess::Merton(_) | PriceProcess::Bates(_) | PriceProcess::Regime(_))
            }) {
                2.0
            } else {
                1.0
            };
            let budget = if is(|l| matches!(l, PriceProcess::Heston(_) | PriceProcess::Bates(_))) {
                0.002
            } else {
                0.0
            };
            let error = heavy * (1.0 - exact * exact) / n.sqrt();
            let z = ((measured - exact).abs() - budget).max(0.0) / error;
            worst = worst.max(z);
            let names = (laws[i].kind(), laws[j].kind());
            println!("{names:?}: {measured:.5} against {exact:.5}, {z:.2}");
            assert!(z < LIMIT, "{names:?}: {measured} against {exact}");
        }
    }
    println!("largest {worst:.2}");
}

/// Pitfall 17: one increment for price and variance is a correlation of ±1. Heston's figures see it, and a correlation
/// of the wrong sign, in the skewness and in the tails.
#[test]
fn price_and_variance_do_not_share_their_driver() {
    for wrong in [-1.0, 1.0, 0.5, 0.0] {
        let mut figures = figures::heston(1).unwrap();
        figures.retain(|f| f.id == "H1");
        for figure in &mut figures {
            let PriceProcess::Heston(law) = &mut figure.market.assets[0].process else {
                panic!("another law")
            };
            law.correlation = wrong;
        }
        let seen = figures::compare(&figures, 41_000, 100_000);
        let by_skewness = seen.iter().any(|(f, c)| f.statistic == Statistic::Skewness && c.z.abs() > LIMIT);
        assert!(by_skewness, "ρ = {wrong} passes");
    }
}

/// A price that moves by jumps of −0.01 alone, so that they can be counted.
fn counted(rate: f64) -> PriceProcess {
    let jumps = NormalJumps { rate, size: NormalJump { mean: -0.01, std: 0.0 } };
    PriceProcess::Merton(Merton { drift: jumps.mean_return(), volatility: 0.0, jumps })
}

/// Chi-squared probability of counts under a Poisson law, cells of fewer than 20 merged into the last.
pub fn poisson_probability(counts: &[u64], mean: f64) -> f64 {
    let n = counts.len() as f64;
    let law = Poisson::new(mean).unwrap();
    let (mut chi_squared, mut cells, mut seen, mut sum, mut k) = (0.0, 0, 0.0, 0.0, 0);
    while n * (1.0 - sum) > 20.0 {
        let (p, observed) = (law.pmf(k), counts.iter().filter(|c| **c == k).count() as f64);
        if n * p > 20.0 {
            chi_squared += (observed - n * p) * (observed - n * p) / (n * p);
            cells += 1;
            seen += observed;
            sum += p;
        } else if k as f64 > mean {
            break;
        }
        k += 1;
    }
    let rest = n * (1.0 - sum);
    chi_squared += (n - seen - rest) * (n - seen - rest) / rest;
    ChiSquared::new(f64::from(cells)).unwrap().sf(chi_squared)
}

/// Pitfall 17: each path has its own number of jumps, Poisson in law, whatever the step; false alarm 1e-5.
#[test]
fn jump_counts_are_poisson_and_differ_between_paths() {
    for (steps, seed) in [(1, 42_000), (50, 42_001)] {
        let mut market = market(&[counted(30.0)], |_, _| 0.0);
        market.step_years = 0.1 / steps as f64;
        let generator = PathGenerator::new(&market, seed).unwrap();
        let logs = log_prices_of(&generator, 0, 64_000, &[steps]).remove(0);
        let counts: Vec<u64> = logs.iter().map(|x| (x / -0.01).round() as u64).collect();
        assert!(logs.iter().zip(&counts).all(|(x, c)| (x + 0.01 * *c as f64).abs() < 1e-9));
        let p = poisson_probability(&counts, 3.0);
        println!("{steps} steps: p {p}");
        assert!(p > 1e-5, "{steps} steps: {p}");
        // One count for every path would have no variance; here it is 3 ± 0.03 of 64,000 paths.
        let mean = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
        let variance =
            counts.iter().map(|c| libm::pow(*c as f64 - mean, 2.0)).sum::<f64>() / counts.len() as f64;
        assert!((variance - 3.0).abs() < LIMIT * (3.0f64 + 2.0 * 9.0).sqrt() / 253.0, "{variance}");
    }
}

/// For every path and step, which of two assets jumped. Nothing else moves them.
fn strikes(market: &MarketModel, seed: u64) -> [[u64; 2]; 2] {
    let generator = PathGenerator::new(market, seed).unwrap();
    let mut table = [[0; 2]; 2];
    let mut before = [[1.0; 64]; 2];
    walk(&generator, 300, 48, |_, step, paths, index| {
        if step == 1 {
            before = [[1.0; 64]; 2];
        }
        for l in 0..64 {
            let moved: [usize; 2] = std::array::from_fn(|a| {
                usize::from((paths.price(a, index)[l] / before[a][l] - 1.0).abs() > 1e-6)
            });
            table[moved[0]][moved[1]] += 1;
        }
        before = std::array::from_fn(|a| *paths.price(a, index));
    });
    table
}

/// Common jumps strike both assets in the same step; jumps of one asset alone coincide as chance has it.
#[test]
fn common_jumps_strike_together_and_own_jumps_do_not() {
    let rate = 200.0;
    let still = |drift| PriceProcess::Gbm(ringfence::paths::Gbm { drift, volatility: 0.0 });
    let size = NormalJump { mean: -0.01, std: 0.0 };
    let mut common = market(&[still(0.0), still(0.0)], |_, _| 0.0);
    common.common_jumps = Some(CommonJumps { rate, sizes: vec![Some(size), Some(size)] });
    // What compensates the jumps, so that nothing moves between them.
    let back = common.common_jump_return(0);
    common.assets.iter_mut().for_each(|asset| asset.process = still(back));
    let [[neither, b], [a, both]] = strikes(&common, 43_000);
    let n = (neither + a + b + both) as f64;
    let p = 1.0 - libm::exp(-rate * HOUR);
    assert_eq!((a, b), (0, 0));
    assert!((both as f64 - n * p).abs() < LIMIT * (n * p * (1.0 - p)).sqrt(), "{both} of {n}");
    let [[neither, b], [a, both]] = strikes(&market(&[counted(rate), counted(rate)], |_, _| 0.0), 43_001);
    let n = (neither + a + b + both) as f64;
    for count in [a + both, b + both] {
        assert!((count as f64 - n * p).abs() < LIMIT * (n * p * (1.0 - p)).sqrt(), "{count} of {n}");
    }
    assert!((both as f64 - n * p * p).abs() < LIMIT * (n * p * p).sqrt(), "{both} of {n}");
    // Only one of two takes part.
    common.common_jumps = Some(CommonJumps { rate, sizes: vec![Some(size), None] });
    common.assets[1].process = still(0.0);
    let [_, [a, both]] = strikes(&common, 43_002);
    assert!(a > 0 && both == 0);
}

/// The two sizes of a common jump are independent, each with its mean and deviation: 64,000 paths of 1.5 jumps in one
/// step, from sums X = Σ J over N jumps: Cov(X, Y) = λ·E[J]·E[J'], which a shared size would raise by λ·std², 30 times the
/// standard error.
#[test]
fn sizes_of_a_common_jump_are_independent() {
    let still = |drift| PriceProcess::Gbm(ringfence::paths::Gbm { drift, volatility: 0.0 });
    let sizes = [NormalJump { mean: -0.02, std: 0.05 }, NormalJump { mean: 0.03, std: 0.05 }];
    let mut market = market(&[still(0.0), still(0.0)], |_, _| 0.0);
    market.step_years = 0.01;
    market.common_jumps = Some(CommonJumps { rate: 150.0, sizes: sizes.map(Some).to_vec() });
    for asset in 0..2 {
        market.assets[asset].process = still(market.common_jump_return(asset));
    }
    let generator = PathGenerator::new(&market, 43_100).unwrap();
    let [x, y] = [0, 1].map(|asset| log_prices_of(&generator, asset, 64_000, &[1]).remove(0));
    let n = x.len() as f64;
    let mean = |v: &mut dyn Iterator<Item = f64>| v.sum::<f64>() / n;
    let (mx, my) = (mean(&mut x.iter().copied()), mean(&mut y.iter().copied()));
    let covariance = mean(&mut x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)));
    let squares = mean(&mut x.iter().zip(&y).map(|(x, y)| libm::pow((x - mx) * (y - my), 2.0)));
    let error = ((squares - covariance * covariance) / n).sqrt();
    let exact = 1.5 * sizes[0].mean * sizes[1].mean;
    assert!((covariance - exact).abs() < LIMIT * error, "{covariance} against {exact} ± {error}");
    assert!(1.5 * 0.05 * 0.05 > 30.0 * error, "{error}");
    for (logs, mean, size) in [(&x, mx, sizes[0]), (&y, my, sizes[1])] {
        let variance = logs.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        let exact = 1.5 * size.mean_square();
        // Fourth cumulant of a compound Poisson sum: λ·E[J⁴].
        let (m, s) = (size.mean * size.mean, size.std * size.std);
        let fourth = 1.5 * (m * m + 6.0 * m * s + 3.0 * s * s);
        let error = ((fourth + 2.0 * exact * exact) / n).sqrt();
        assert!((variance - exact).abs() < LIMIT * error, "{variance} against {exact} ± {error}");
        assert!((mean - 1.5 * size.mean).abs() < LIMIT * (exact / n).sqrt(), "{mean}");
    }
}

/// Common jumps laid over every law with a drift: compensated, on top of jumps of its own. 400,000 paths.
#[test]
fn the_mean_price_grows_at_the_drift_under_common_jumps() {
    let size = Some(NormalJump { mean: -0.05, std: 0.1 });
    for (law, seed) in zoo::drifting(0.3).into_iter().zip(44_000..) {
        let mut market = market(&[law.clone(), zoo::gbm(0.0)], |_, _| 0.5);
        market.common_jumps = Some(CommonJumps { rate: 30.0, sizes: vec![size, size] });
        market.step_years = 0.01;
        let generator = PathGenerator::new(&market, seed).unwrap();
        let logs = log_prices_of(&generator, 0, 400_000, &[10]).remove(0);
        let prices: Vec<f64> = logs.iter().map(|x| libm::exp(*x)).collect();
        let n = prices.len() as f64;
        let mean = prices.iter().sum::<f64>() / n;
        let variance = prices.iter().map(|p| (p - mean) * (p - mean)).sum::<f64>() / n;
        let (exact, error) = (libm::exp(0.03), (variance / n).sqrt());
        println!("{}: {mean} against {exact}, z {:.2}", law.kind(), (mean - exact) / error);
        assert!((mean - exact).abs() < LIMIT * error, "{law:?}: {mean} against {exact} ± {error}");
    }
}

/// Two assets on a random clock share its draws, so that their returns keep the correlation of their drivers: with
/// clocks apart, hourly variance-gamma returns would have 0.03 of it, Student-t ones of 5 degrees 0.77.
/// 640,000 paths: a standard error below 0.004 for tails as heavy as these (the sum of products is taken as its own).
#[test]
fn assets_on_a_clock_keep_the_correlation_of_their_drivers() {
    let student = Garch {
        innovations: Innovations::StudentT(5.0),
        alpha: 0.0,
        beta: 0.0,
        gamma: 0.0,
        ..zoo::garch_parameters(0.0)
    };
    for law in [zoo::variance_gamma(0.0), zoo::nig(0.0), PriceProcess::Garch(student)] {
        let market = market(&[law.clone(), law.clone()], |_, _| 0.8);
        let generator = PathGenerator::new(&market, 9_100).unwrap();
        let (mut n, mut sums) = (0.0, [0.0; 5]);
        for block in 0..10_000 {
            let mut paths = generator.begin(block * LANES as u64);
            generator.advance(&mut paths, 1);
            for lane in 0..LANES {
                let [x, y] =
                    [0, 1].map(|asset| libm::log(paths.price(asset, 0)[lane] / market.assets[asset].price));
                n += 1.0;
                for (sum, term) in sums.iter_mut().zip([x, y, x * x, y * y, x * y]) {
                    *sum += term;
                }
            }
        }
        let [x, y, xx, yy, xy] = sums.map(|sum| sum / n);
        let correlation = (xy - x * y) / ((xx - x * x) * (yy - y * y)).sqrt();
        assert!((correlation - 0.8).abs() < 0.02, "{law:?}: {correlation}");
    }
}
