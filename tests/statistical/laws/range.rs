//! Prices that leave the range of numbers are held at its edge, and known to be.

use ringfence::paths::{
    AssetModel, Garch, Heston, Innovations, Kou, LANES, MarketModel, Merton, NormalJump, NormalJumps, Ou,
    PathGenerator, PriceProcess, Regime, Shock, ShockTime, State,
};

use super::sample::{one_asset, walk};
use super::zoo;

/// Runs two blocks; every price expected a number, and not 0. Returns for each path whether it is held at last.
fn held(market: &MarketModel, steps: usize) -> Vec<bool> {
    let generator = PathGenerator::new(market, 60_000).unwrap();
    let mut held = Vec::new();
    walk(&generator, 2, steps, |_, step, paths, index| {
        for asset in 0..market.assets.len() {
            for (lane, price) in paths.price(asset, index).iter().enumerate() {
                let known = price.is_finite() && *price > 0.0;
                assert!(known, "asset {asset}, lane {lane}, step {step}: {price}");
            }
        }
        if step == steps {
            held.extend((0..LANES).map(|lane| paths.clamped() >> lane & 1 == 1));
        }
    });
    held
}

#[test]
fn impossible_markets_are_held_and_said_to_be() {
    let kou = |rate| {
        PriceProcess::Kou(Kou {
            drift: 0.0,
            volatility: 0.5,
            jump_rate: rate,
            up_probability: 0.0,
            up_rate: 10.0,
            down_rate: 1e-3,
        })
    };
    let garch = |innovations, alpha, initial_variance| {
        PriceProcess::Garch(Garch { innovations, alpha, initial_variance, ..zoo::garch_parameters(0.0) })
    };
    let huge = NormalJumps { rate: 10_000.0, size: NormalJump { mean: 0.0, std: 40.0 } };
    let all = [
        kou(10_000.0),
        garch(Innovations::Normal, 0.05, 1e12),
        garch(Innovations::StudentT(2.001), 0.05, 1e12),
        // Variance that explodes by itself.
        garch(Innovations::Normal, 60.0, 1.0),
        garch(Innovations::StudentT(2.5), 600.0, 1.0),
        PriceProcess::Merton(Merton { drift: 0.0, volatility: 0.5, jumps: huge }),
        PriceProcess::Ou(Ou { level: 1e200, mean_reversion: 1e4, volatility: 0.5 }),
        PriceProcess::Regime(Regime {
            states: vec![State { drift: -1e6, volatility: 0.5, mean_duration_years: 1.0 }],
            transition: vec![0.0],
            start: vec![1.0],
        }),
    ];
    for law in all {
        let held = held(&one_asset(law.clone(), 1.0 / 365.0), 90);
        assert!(
            held.iter().all(|held| *held),
            "{law:?}: {} of {}",
            held.iter().filter(|h| **h).count(),
            held.len()
        );
    }
    // Whatever a variance does, the price is a number.
    for (initial_variance, vol_of_vol, correlation) in
        [(1e12, 1.0, -0.5), (1e300, 1.0, 1.0), (0.5, 1e6, -1.0), (0.0, 1e150, 0.3)]
    {
        let law = Heston { initial_variance, ..zoo::heston_parameters(0.0, vol_of_vol, correlation) };
        held(&one_asset(PriceProcess::Heston(law), 1.0 / 365.0), 90);
    }
    // One jump in a hundred paths or so: those are held and no others.
    let market = one_asset(kou(0.05), 1.0 / 365.0);
    let generator = PathGenerator::new(&market, 60_000).unwrap();
    let mut fallen = Vec::new();
    walk(&generator, 2, 365, |_, step, paths, index| {
        if step == 365 {
            fallen.extend(paths.price(0, index).iter().map(|price| *price < 1e-120));
        }
    });
    assert_eq!(held(&market, 365), fallen);
    assert!((1..30).contains(&fallen.iter().filter(|f| **f).count()), "{fallen:?}");
}

/// A shock of e^−400 in the middle of a chunk, on one of two assets.
#[test]
fn a_shock_beyond_the_range_is_held() {
    for law in zoo::drifting(0.1) {
        let market = |size| MarketModel {
            assets: vec![
                AssetModel { price: 60_000.0, process: law.clone() },
                AssetModel { price: 1e-8, process: zoo::gbm(0.0) },
            ],
            correlation: vec![1.0, 0.2, 0.2, 1.0],
            step_years: 1.0 / 365.0,
            shocks: vec![Shock { time: ShockTime::At(3.5), log_moves: vec![0.0, size] }],
            ..MarketModel::default()
        };
        for size in [-400.0, 400.0, 1e308] {
            assert!(held(&market(size), 10).iter().all(|held| *held), "{law:?} {size}");
        }
        assert!(held(&market(-4.0), 10).iter().all(|held| !held), "{law:?}");
    }
}

/// No law of ordinary parameters is held over a year.
#[test]
fn ordinary_paths_are_not_held() {
    for law in zoo::drifting(0.3).into_iter().chain([zoo::ou()]) {
        assert!(held(&one_asset(law.clone(), 1.0 / 365.0), 365).iter().all(|held| !held), "{law:?}");
    }
}

/// Blocks are used again: what one path reached says nothing of the next.
#[test]
fn a_restarted_block_is_not_held() {
    let law = PriceProcess::Garch(Garch { initial_variance: 1e12, ..zoo::garch_parameters(0.0) });
    let generator = PathGenerator::new(&one_asset(law, 1.0 / 365.0), 1).unwrap();
    let mut block = generator.begin(0);
    generator.advance(&mut block, 8);
    assert!(block.clamped() & 1 == 1);
    generator.restart(&mut block, 64);
    assert_eq!(block.clamped(), 0);
}
