//! Every law at the limit where it is a geometric Brownian motion gives that motion's prices, bit for bit.

use ringfence::paths::{
    AssetModel, Bates, CommonJumps, Garch, Gbm, Heston, Innovations, Kou, LANES, MarketModel, Merton,
    NormalJump, NormalJumps, PathGenerator, PriceProcess, Regime, Sampling, Shock, ShockTime, State,
};

use super::sample::{one_asset, walk};
use super::zoo;

const DRIFT: f64 = 0.37;
const VARIANCE: f64 = 0.64;

/// Two correlated assets of these laws; an hour a step.
fn pair(first: PriceProcess, second: PriceProcess) -> MarketModel {
    MarketModel {
        assets: vec![
            AssetModel { price: 60_123.4, process: first },
            AssetModel { price: 0.37, process: second },
        ],
        correlation: vec![1.0, -0.7, -0.7, 1.0],
        step_years: 1.0 / 8_760.0,
        ..MarketModel::default()
    }
}

/// Bits of all prices of two blocks over 21 steps, two chunks and a part.
fn bits(market: &MarketModel, sampling: Sampling) -> Vec<u64> {
    let generator = PathGenerator::new(market, 77).unwrap().with_sampling(sampling);
    let mut bits = Vec::new();
    walk(&generator, 2, 21, |_, _, paths, index| {
        for asset in 0..market.assets.len() {
            bits.extend(paths.price(asset, index).iter().map(|price| price.to_bits()));
        }
    });
    assert_eq!(bits.len(), 2 * 21 * LANES * market.assets.len());
    bits
}

fn require_same(what: &str, a: &MarketModel, b: &MarketModel) {
    for sampling in [Sampling::Independent, Sampling::Antithetic] {
        assert!(bits(a, sampling) == bits(b, sampling), "{what} {sampling:?}");
    }
}

fn gbm(drift: f64) -> PriceProcess {
    PriceProcess::Gbm(Gbm { drift, volatility: VARIANCE.sqrt() })
}

fn still(correlation: f64) -> Heston {
    Heston {
        drift: DRIFT,
        initial_variance: VARIANCE,
        mean_reversion: 3.0,
        long_run_variance: VARIANCE,
        vol_of_vol: 0.0,
        correlation,
    }
}

fn no_jumps() -> NormalJumps {
    NormalJumps { rate: 0.0, size: NormalJump { mean: -0.1, std: 0.2 } }
}

#[test]
fn every_law_at_its_limit_is_gbm() {
    let volatility = VARIANCE.sqrt();
    let garch = |interval_steps| {
        PriceProcess::Garch(Garch {
            drift: DRIFT,
            volatility,
            alpha: 0.0,
            beta: 0.0,
            gamma: 0.0,
            innovations: Innovations::Normal,
            interval_steps,
            initial_variance: 1.0,
        })
    };
    let kou =
        Kou { drift: DRIFT, volatility, jump_rate: 0.0, up_probability: 0.3, up_rate: 9.0, down_rate: 5.0 };
    let state = State { drift: DRIFT, volatility, mean_duration_years: f64::INFINITY };
    let limits = [
        ("merton", PriceProcess::Merton(Merton { drift: DRIFT, volatility, jumps: no_jumps() })),
        ("kou", PriceProcess::Kou(kou)),
        ("heston", PriceProcess::Heston(still(-0.8))),
        (
            "heston without reversion",
            PriceProcess::Heston(Heston { mean_reversion: 0.0, long_run_variance: 0.1, ..still(0.0) }),
        ),
        ("bates", PriceProcess::Bates(Bates { heston: still(0.5), jumps: no_jumps() })),
        ("garch", garch(1)),
        ("garch in intervals", garch(12)),
        (
            "regime",
            PriceProcess::Regime(Regime { states: vec![state], transition: vec![0.0], start: vec![1.0] }),
        ),
    ];
    for (what, law) in limits {
        require_same(what, &pair(law.clone(), gbm(-0.2)), &pair(gbm(DRIFT), gbm(-0.2)));
        require_same(what, &pair(gbm(-0.2), law.clone()), &pair(gbm(-0.2), gbm(DRIFT)));
        require_same(what, &pair(law.clone(), law), &pair(gbm(DRIFT), gbm(DRIFT)));
    }
}

#[test]
fn bates_without_jumps_is_heston() {
    let bates = Bates { heston: zoo::heston_parameters(DRIFT, 1.5, -0.4), jumps: no_jumps() };
    require_same(
        "bates",
        &pair(PriceProcess::Bates(bates), zoo::merton(0.1)),
        &pair(PriceProcess::Heston(bates.heston), zoo::merton(0.1)),
    );
}

/// Nothing laid over the models leaves every law as it is; neither does what takes no part.
#[test]
fn jumps_and_shocks_that_never_come_change_nothing() {
    let size = Some(NormalJump { mean: -0.1, std: 0.05 });
    for law in zoo::drifting(DRIFT).into_iter().chain([zoo::ou()]) {
        let plain = pair(law, gbm(0.0));
        let with = |rate, sizes: [Option<NormalJump>; 2]| MarketModel {
            common_jumps: Some(CommonJumps { rate, sizes: sizes.to_vec() }),
            ..plain.clone()
        };
        require_same("rate 0", &plain, &with(0.0, [size, size]));
        require_same("nobody takes part", &plain, &with(50.0, [None, None]));
        let shock = |time, log_moves: [f64; 2]| MarketModel {
            shocks: vec![Shock { time, log_moves: log_moves.to_vec() }],
            ..plain.clone()
        };
        require_same("shock at rate 0", &plain, &shock(ShockTime::Rate(0.0), [-0.3, -0.3]));
        require_same("shock of nothing", &plain, &shock(ShockTime::At(3.0), [0.0, 0.0]));
        require_same("shock later", &plain, &shock(ShockTime::At(21.5), [-0.3, -0.3]));
    }
}

/// What strikes one asset leaves the other's bits alone, and adding an asset leaves those before it alone.
#[test]
fn an_asset_does_not_depend_on_its_neighbours() {
    let of = |market: &MarketModel, asset: usize| {
        let generator = PathGenerator::new(market, 5).unwrap();
        let mut bits = Vec::new();
        walk(&generator, 1, 13, |_, _, paths, index| bits.push(paths.price(asset, index).map(f64::to_bits)));
        bits
    };
    let alone = pair(zoo::garch(0.1), gbm(0.0));
    for law in zoo::drifting(DRIFT).into_iter().chain([zoo::ou()]) {
        assert!(of(&alone, 0) == of(&pair(zoo::garch(0.1), law.clone()), 0), "{law:?}");
    }
    let shocks = vec![Shock { time: ShockTime::Rate(900.0), log_moves: vec![0.0, -0.2] }];
    assert!(of(&alone, 0) == of(&MarketModel { shocks, ..alone.clone() }, 0));
}

/// A variance that hardly moves leaves the volatility as it is: what a step does to the variance is divided by ξ on its way
/// to the price. 64,000 paths, standard error 0.28 %.
#[test]
fn a_small_vol_of_vol_leaves_the_volatility() {
    for vol_of_vol in [1e-6, 1e-4, 1e-2] {
        let law = Heston {
            drift: 0.0,
            initial_variance: 0.42,
            mean_reversion: 4.0,
            long_run_variance: 0.42,
            vol_of_vol,
            correlation: -0.7,
        };
        let generator =
            PathGenerator::new(&one_asset(PriceProcess::Heston(law), 1.0 / 8_760.0), 14_000).unwrap();
        let (mut sum, mut squares, mut n) = (0.0, 0.0, 0.0);
        walk(&generator, 1_000, 24, |_, step, paths, index| {
            if step == 24 {
                for x in paths.price(0, index).map(libm::log) {
                    n += 1.0;
                    sum += x;
                    squares += x * x;
                }
            }
        });
        let deviation = (squares / n - sum * sum / (n * n)).sqrt();
        let exact = (0.42 / 365.0f64).sqrt();
        assert!((deviation / exact - 1.0).abs() < 0.0126, "{vol_of_vol}: {deviation} instead of {exact}");
    }
}
