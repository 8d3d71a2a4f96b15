//! Paths in pairs: Gaussian draws of opposite sign, everything else the same.

use ringfence::paths::{
    FormulaModel, Garch, Gbm, Innovations, Merton, Nig, NormalJump, NormalJumps, PathGenerator, PriceProcess,
    Regime, Sampling, State, VarianceGamma,
};

use super::distance::{KS_LIMIT, between};
use super::figures::correlation;
use super::sample::{log_prices_of, one_asset};
use super::{LIMIT, zoo};

fn paired(law: PriceProcess, step_years: f64, paths: u64, at: &[usize]) -> Vec<Vec<f64>> {
    let generator = PathGenerator::new(&one_asset(law, step_years), 70_000).unwrap();
    log_prices_of(&generator.with_sampling(Sampling::Antithetic), 0, paths, at)
}

#[test]
fn a_pair_of_gbm_paths_is_mirrored_about_its_drift() {
    let steps: Vec<usize> = (1..=19).collect();
    let law = Gbm { drift: 0.4, volatility: 0.9 };
    for (step, logs) in steps.iter().zip(paired(PriceProcess::Gbm(law), 0.01, 640, &steps)) {
        let mean = (0.4 - 0.405) * 0.01 * *step as f64;
        for pair in logs.chunks_exact(2) {
            assert!((pair[0] + pair[1] - 2.0 * mean).abs() < 1e-13, "step {step}: {pair:?}");
            assert!((pair[0] - mean).abs() > 1e-9);
        }
    }
}

/// Without a diffusion the two paths of a pair jump alike, and two pairs do not.
#[test]
fn a_pair_jumps_alike() {
    let jumps = NormalJumps { rate: 300.0, size: NormalJump { mean: -0.01, std: 0.05 } };
    let law = PriceProcess::Merton(Merton { drift: 0.1, volatility: 0.0, jumps });
    let steps: Vec<usize> = (1..=20).collect();
    let rows = paired(law, 0.01, 64, &steps);
    for logs in &rows {
        assert!(logs.chunks_exact(2).all(|pair| pair[0] == pair[1]));
    }
    assert!(rows[19].chunks_exact(4).all(|two| two[0] != two[2]));
}

/// What is not Gaussian is the same on both paths: a clock by itself, the times in states, the mixing of a Student-t shock.
#[test]
fn a_pair_has_one_clock() {
    let clock = VarianceGamma { drift: 0.1, volatility: 0.0, skew: -0.4, nu: 0.02 };
    let state = |drift| State { drift, volatility: 0.0, mean_duration_years: 0.02 };
    let states = Regime {
        states: vec![state(1.0), state(-2.0)],
        transition: vec![0.0, 1.0, 1.0, 0.0],
        start: vec![0.5, 0.5],
    };
    for law in [PriceProcess::VarianceGamma(clock), PriceProcess::Regime(states)] {
        let logs = paired(law.clone(), 0.01, 640, &[12]).remove(0);
        assert!(logs.chunks_exact(2).all(|pair| pair[0] == pair[1]), "{law:?}");
        assert!(logs.chunks_exact(4).all(|two| two[0] != two[2]), "{law:?}");
    }
    let shocks = Garch {
        innovations: Innovations::StudentT(3.0),
        volatility: 0.01,
        initial_variance: 1.0,
        ..zoo::garch_parameters(0.0)
    };
    // Without asymmetry the sum of the two is the same for every pair.
    let even = Nig { drift: 0.1, alpha: 20.0, beta: 0.0, delta: 3.0 };
    for (law, step_years, steps) in
        [(PriceProcess::Garch(shocks), 1.0, 1), (PriceProcess::Nig(even), 0.01, 12)]
    {
        let logs = paired(law.clone(), step_years, 640, &[steps]).remove(0);
        let sums: Vec<f64> = logs.chunks_exact(2).map(|pair| pair[0] + pair[1]).collect();
        assert!(sums.iter().all(|sum| (sum - sums[0]).abs() < 1e-13), "{law:?}");
    }
}

/// Correlation of a pair's returns where jumps are the only thing they share: their part of the variance less that of
/// the diffusion.
fn pair_correlation(law: &PriceProcess) -> Option<f64> {
    let (total, diffusion) = match law {
        PriceProcess::Gbm(law) => (law.volatility * law.volatility, law.volatility),
        PriceProcess::Merton(law) => (law.annual_variance(), law.volatility),
        PriceProcess::Kou(law) => (law.annual_variance(), law.volatility),
        _ => return None,
    };
    Some(1.0 - 2.0 * diffusion * diffusion / total)
}

/// Each path by itself has the law it always had: even and odd paths of pairs against independent ones. 128,000 paths
/// see a distance of 0.01. The pair's returns correlate as their diffusions are opposite and their jumps the same.
#[test]
fn the_law_of_a_path_does_not_change() {
    let mut laws = zoo::drifting(0.2);
    laws.push(zoo::ou());
    for law in laws {
        let logs = paired(law.clone(), 0.01, 256_000, &[5]).remove(0);
        let every_other = |from: usize| logs.iter().skip(from).step_by(2).copied().collect::<Vec<f64>>();
        let (even, odd) = (every_other(0), every_other(1));
        let generator = PathGenerator::new(&one_asset(law.clone(), 0.01), 70_001).unwrap();
        let independent = log_prices_of(&generator, 0, 256_000, &[5]).remove(0);
        let (a, b) = (between(&even, &independent), between(&odd, &independent));
        let together = correlation(&even, &odd);
        println!("{}: distances {a:.2} {b:.2}, correlation {together:.3}", law.kind());
        assert!(a < KS_LIMIT && b < KS_LIMIT, "{law:?}: {a} {b}");
        match pair_correlation(&law) {
            // Jumps are heavy tailed: three times the error of a normal sample.
            Some(exact) => {
                assert!((together - exact).abs() < 3.0 * LIMIT / 358.0, "{law:?}: {together} {exact}")
            }
            None => assert!(together < -0.3, "{law:?}: {together}"),
        }
    }
}
