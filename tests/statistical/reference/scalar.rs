//! The same account as somebody would write it in an afternoon: one path at a time, another generator,
//! rand_distr's normals (Ziggurat), one running maximum. It shares nothing with the engine but the question.

use rand::SeedableRng;
use rand::rngs::Xoshiro128PlusPlus;
use rand_distr::{Distribution, StandardNormal};

/// One unit long at 100, isolated, in a wallet of 100; annual rates.
pub struct Account {
    pub margin: f64,
    pub maintenance: f64,
    pub drift: f64,
    pub volatility: f64,
    pub years: f64,
    pub steps: u32,
}

/// Frequency of liquidation; mean relative drawdown and its standard error.
pub struct Measured {
    pub frequency: f64,
    pub drawdown: f64,
    pub drawdown_error: f64,
}

/// Simulates `paths` paths. A liquidated position is closed at the price that was seen, for no more than its
/// margin; what is left returns to the wallet.
pub fn simulate(account: &Account, seed: u64, paths: u32) -> Measured {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(seed);
    let dt = account.years / f64::from(account.steps);
    let (growth, noise) =
        (account.drift - 0.5 * account.volatility * account.volatility, account.volatility * dt.sqrt());
    let (mut liquidated, mut sum, mut squares) = (0u32, 0.0, 0.0);
    for _ in 0..paths {
        let (mut price, mut peak, mut deepest): (f64, f64, f64) = (100.0, 100.0, 0.0);
        for _ in 0..account.steps {
            let z: f64 = StandardNormal.sample(&mut rng);
            price *= libm::exp(growth * dt + noise * z);
            let profit = price - 100.0;
            let closed = account.margin + profit <= account.maintenance * price;
            let equity = if closed { 100.0 + profit.max(-account.margin) } else { 100.0 + profit };
            peak = peak.max(equity);
            deepest = deepest.max(1.0 - equity / peak);
            if closed {
                liquidated += 1;
                break;
            }
        }
        sum += deepest;
        squares += deepest * deepest;
    }
    let n = f64::from(paths);
    let mean = sum / n;
    Measured {
        frequency: f64::from(liquidated) / n,
        drawdown: mean,
        drawdown_error: ((squares / n - mean * mean) / n).sqrt(),
    }
}
