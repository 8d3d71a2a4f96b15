//! The law of the price after a time against distribution functions from characteristic functions.

use ringfence::paths::{
    Garch, Gbm, Innovations, Kou, Merton, Nig, NormalJump, NormalJumps, PathGenerator, PriceProcess,
    VarianceGamma,
};
use statrs::distribution::{ContinuousCDF, DiscreteCDF, Poisson, StudentsT};
use statrs::distribution::{Discrete, Normal};

use super::characteristic::log_return;
use super::distance::{KS_LIMIT, to_law, worst_share};
use super::figures::{self, Statistic};
use super::inversion::Inversion;
use super::sample::{log_prices, one_asset};
use super::{LIMIT, zoo};

fn inversion(law: &PriceProcess, years: f64, reach: f64) -> Inversion {
    Inversion::new(reach, log_return(law, years).unwrap())
}

/// The inversion itself, against the published probabilities and quantiles of Heston's law.
#[test]
fn inversion_gives_the_figures_of_heston() {
    let figures = figures::heston(1).unwrap();
    let mut compared = 0;
    for figure in &figures {
        let Statistic::ProbabilityBelow(x) = figure.statistic else { continue };
        let law = &figure.market.assets[0].process;
        let ours = inversion(law, 30.0 / 365.0, 8.0).cdf(x);
        assert!((ours - figure.exact).abs() < 1e-9, "{} {}: {ours} {}", figure.id, x, figure.exact);
        compared += 1;
    }
    assert_eq!(compared, 20);
}

/// And against laws with another form: a normal law, a Poisson mixture of normals.
#[test]
fn inversion_gives_mixtures_of_normals() {
    let (years, volatility, rate, mean, std) = (0.1, 0.6, 40.0, -0.06, 0.08);
    let law = PriceProcess::Merton(Merton {
        drift: 0.2,
        volatility,
        jumps: NormalJumps { rate, size: NormalJump { mean, std } },
    });
    let plain = PriceProcess::Gbm(Gbm { drift: 0.2, volatility });
    let (jumpy, smooth) = (inversion(&law, years, 4.0), inversion(&plain, years, 4.0));
    let count = Poisson::new(rate * years).unwrap();
    let most = (0..).find(|k| count.sf(*k) < 1e-14).unwrap();
    let compensation = rate * (libm::exp(mean + 0.5 * std * std) - 1.0);
    let drift = |compensation: f64| (0.2 - compensation - 0.5 * volatility * volatility) * years;
    for i in -12..=10 {
        let x = f64::from(i) * 0.06;
        let mixture: f64 = (0..=most)
            .map(|k| {
                let n = k as f64;
                let spread = (volatility * volatility * years + n * std * std).sqrt();
                count.pmf(k) * Normal::new(drift(compensation) + n * mean, spread).unwrap().cdf(x)
            })
            .sum();
        assert!((jumpy.cdf(x) - mixture).abs() < 1e-10, "{x}: {} {mixture}", jumpy.cdf(x));
        let normal = Normal::new(drift(0.0), volatility * years.sqrt()).unwrap().cdf(x);
        assert!((smooth.cdf(x) - normal).abs() < 1e-10, "{x}: {} {normal}", smooth.cdf(x));
    }
}

/// Simulates a law over `steps` steps and compares it at 199 quantiles and at five levels of either tail.
fn require_law(law: PriceProcess, years: f64, steps: usize, seed: u64, paths: u64, budget: f64) {
    let sample = log_prices(&one_asset(law.clone(), years / steps as f64), seed, paths, &[steps]).remove(0);
    let n = sample.len() as f64;
    let widest = sample.iter().fold(0.0, |widest: f64, x| widest.max(x.abs()));
    let exact = inversion(&law, years, (2.5 * widest).max(1.0));
    let grid: Vec<(f64, f64)> = (1..200)
        .map(|k| {
            let p = f64::from(k) / 200.0;
            (exact.quantile(p), p)
        })
        .collect();
    let tails: Vec<(f64, f64)> =
        [0.0002, 0.001, 0.003].iter().flat_map(|p| [*p, 1.0 - p]).map(|p| (exact.quantile(p), p)).collect();
    let distance = to_law(&sample, &grid);
    let tail = worst_share(&sample, &tails, budget);
    println!("{} {years:.4} years, {steps} steps: distance {distance:.2}, tails {tail:.2}", law.kind());
    assert!(distance < KS_LIMIT + budget * n.sqrt(), "{law:?}, {steps} steps: distance {distance}");
    assert!(tail < LIMIT, "{law:?}, {steps} steps: tail {tail}");
}

const MONTH: f64 = 30.0 / 365.0;

/// 400,000 paths: a distance of 0.004, which a volatility wrong by 1.7 % has, and a drift wrong by 1 % of a deviation.
#[test]
fn laws_that_are_stepped_exactly() {
    let laws = [
        zoo::gbm(0.3),
        zoo::merton(0.3),
        zoo::kou(0.3),
        zoo::regime(0.3),
        zoo::ou(),
        zoo::variance_gamma(0.3),
        zoo::nig(0.3),
    ];
    for (law, seed) in laws.into_iter().zip(20_000..) {
        require_law(law, MONTH, 15, seed, 400_000, 0.0);
    }
}

/// Few jumps of many deviations each; a gamma and an inverse Gaussian clock whose steps are all but empty, or long.
#[test]
fn laws_at_the_ends_of_their_parameters() {
    let rare = Kou {
        drift: 0.0,
        volatility: 0.1,
        jump_rate: 4.0,
        up_probability: 0.7,
        up_rate: 3.0,
        down_rate: 1.5,
    };
    require_law(PriceProcess::Kou(rare), 0.25, 3, 21_000, 200_000, 0.0);
    let jumps = NormalJumps { rate: 600.0, size: NormalJump { mean: 0.01, std: 0.02 } };
    require_law(
        PriceProcess::Merton(Merton { drift: 0.0, volatility: 0.2, jumps }),
        0.1,
        2,
        21_001,
        200_000,
        0.0,
    );
    let gamma =
        |nu| PriceProcess::VarianceGamma(VarianceGamma { drift: 0.3, volatility: 0.7, skew: -0.2, nu });
    // Shapes of 0.016 and 33 a step.
    require_law(gamma(0.05), 0.4, 500, 21_002, 50_000, 0.0);
    require_law(gamma(0.001), 0.1, 3, 21_003, 200_000, 0.0);
    let heavy = Nig { drift: 0.3, alpha: 6.0, beta: 2.0, delta: 0.5 };
    require_law(PriceProcess::Nig(heavy), 1.0, 300, 21_004, 50_000, 0.0);
    require_law(
        PriceProcess::Nig(Nig { delta: 400.0, alpha: 300.0, beta: -150.0, ..heavy }),
        0.3,
        2,
        21_005,
        200_000,
        0.0,
    );
}

/// At daily steps within the budget of 0.001 in probability, which the sampling error of 200,000 paths equals.
#[test]
fn laws_with_a_stochastic_variance() {
    let budget = figures::HESTON_BUDGET;
    for (law, seed) in [zoo::heston(0.3), zoo::wild_heston(0.3), zoo::bates(0.3)].into_iter().zip(22_000..) {
        require_law(law, MONTH, 30, seed, 200_000, budget);
    }
}

/// A first GARCH return is drift − h/2 plus √h times an innovation: Student-t of unit variance, whose distance to an
/// unscaled one is 0.05 at ν = 5, 25 times what 400,000 paths see.
#[test]
fn student_t_innovations_have_unit_variance() {
    for (nu, seed) in [2.05, 2.5, 3.0, 5.0, 30.0].into_iter().zip(23_000..) {
        let law = PriceProcess::Garch(Garch {
            innovations: Innovations::StudentT(nu),
            volatility: 0.01,
            initial_variance: 1.0,
            ..zoo::garch_parameters(0.0)
        });
        let sample = log_prices(&one_asset(law, 1.0), seed, 400_000, &[1]).remove(0);
        let innovations: Vec<f64> = sample.iter().map(|x| (x + 0.5e-4) / 0.01).collect();
        let t = StudentsT::new(0.0, ((nu - 2.0) / nu).sqrt(), nu).unwrap();
        let levels = (1..400).map(|k| f64::from(k) / 400.0);
        let grid: Vec<_> = levels.map(|p| (t.inverse_cdf(p), p)).collect();
        let tails: Vec<_> = [1e-4, 1e-3, 0.999, 0.9999].map(|p| (t.inverse_cdf(p), p)).to_vec();
        let (distance, tail) = (to_law(&innovations, &grid), worst_share(&innovations, &tails, 0.0));
        println!("t {nu}: distance {distance:.2}, tails {tail:.2}");
        assert!(distance < KS_LIMIT && tail < LIMIT, "ν = {nu}: {distance} {tail}");
    }
}

/// The mean price is S₀·exp(drift·t) for every law with a drift, at 0.3 a year and at −2. 400,000 paths see a
/// drift wrong by 0.02 a year at a volatility of 80 %; the jumps' compensation is 2.2, the variance's half 0.3.
#[test]
fn the_mean_price_grows_at_the_drift() {
    for (drift, seeds) in [(0.3, 24_000), (-2.0, 24_100)] {
        for (law, seed) in zoo::drifting(drift).into_iter().zip(seeds..) {
            let (steps, years) = (12, 0.1);
            let market = one_asset(law.clone(), years / f64::from(steps));
            let generator = PathGenerator::new(&market, seed).unwrap();
            let logs = super::sample::log_prices_of(&generator, 0, 400_000, &[steps as usize]).remove(0);
            let n = logs.len() as f64;
            let prices: Vec<f64> = logs.iter().map(|x| libm::exp(*x)).collect();
            let mean = prices.iter().sum::<f64>() / n;
            let variance = prices.iter().map(|p| (p - mean) * (p - mean)).sum::<f64>() / n;
            let (exact, error) = (libm::exp(drift * years), (variance / n).sqrt());
            println!("{} {drift}: {mean} against {exact}, z {:.2}", law.kind(), (mean - exact) / error);
            assert!((mean - exact).abs() < LIMIT * error, "{law:?}: {mean} against {exact} ± {error}");
        }
    }
}
