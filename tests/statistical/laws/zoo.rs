//! One set of parameters of every law, each with all of its features switched on.

use ringfence::paths::{
    Bates, Garch, Gbm, Heston, Innovations, Kou, Merton, Nig, NormalJump, NormalJumps, Ou, PriceProcess,
    Regime, State, VarianceGamma,
};

pub fn gbm(drift: f64) -> PriceProcess {
    PriceProcess::Gbm(Gbm { drift, volatility: 0.8 })
}

pub fn jumps(rate: f64) -> NormalJumps {
    NormalJumps { rate, size: NormalJump { mean: -0.06, std: 0.08 } }
}

pub fn merton(drift: f64) -> PriceProcess {
    PriceProcess::Merton(Merton { drift, volatility: 0.6, jumps: jumps(40.0) })
}

pub fn kou(drift: f64) -> PriceProcess {
    PriceProcess::Kou(Kou {
        drift,
        volatility: 0.6,
        jump_rate: 30.0,
        up_probability: 0.4,
        up_rate: 14.0,
        down_rate: 9.0,
    })
}

pub fn heston_parameters(drift: f64, vol_of_vol: f64, correlation: f64) -> Heston {
    Heston {
        drift,
        initial_variance: 0.64,
        mean_reversion: 4.0,
        long_run_variance: 0.49,
        vol_of_vol,
        correlation,
    }
}

/// Feller's condition holds.
pub fn heston(drift: f64) -> PriceProcess {
    PriceProcess::Heston(heston_parameters(drift, 1.0, -0.6))
}

/// It does not: 2κθ/ξ² is 0.44.
pub fn wild_heston(drift: f64) -> PriceProcess {
    PriceProcess::Heston(heston_parameters(drift, 3.0, 0.4))
}

pub fn bates(drift: f64) -> PriceProcess {
    PriceProcess::Bates(Bates { heston: heston_parameters(drift, 1.0, -0.6), jumps: jumps(25.0) })
}

pub fn garch_parameters(drift: f64) -> Garch {
    Garch {
        drift,
        volatility: 0.8,
        alpha: 0.05,
        beta: 0.85,
        gamma: 0.08,
        innovations: Innovations::Normal,
        interval_steps: 1,
        initial_variance: 1.7,
    }
}

pub fn garch(drift: f64) -> PriceProcess {
    PriceProcess::Garch(garch_parameters(drift))
}

/// Both states have the same drift, so that the price has it too.
pub fn regime(drift: f64) -> PriceProcess {
    let state = |volatility, years| State { drift, volatility, mean_duration_years: years };
    PriceProcess::Regime(Regime {
        states: vec![state(0.4, 0.05), state(1.3, 0.02)],
        transition: vec![0.0, 1.0, 1.0, 0.0],
        start: vec![0.7, 0.3],
    })
}

pub fn ou() -> PriceProcess {
    PriceProcess::Ou(Ou { level: 1.2, mean_reversion: 12.0, volatility: 0.9 })
}

pub fn variance_gamma(drift: f64) -> PriceProcess {
    PriceProcess::VarianceGamma(VarianceGamma { drift, volatility: 0.7, skew: -0.2, nu: 0.01 })
}

pub fn nig(drift: f64) -> PriceProcess {
    PriceProcess::Nig(Nig { drift, alpha: 25.0, beta: -4.0, delta: 12.0 })
}

/// Every law whose parameters say the drift of the price.
pub fn drifting(drift: f64) -> Vec<PriceProcess> {
    vec![
        gbm(drift),
        merton(drift),
        kou(drift),
        heston(drift),
        wild_heston(drift),
        bates(drift),
        garch(drift),
        regime(drift),
        variance_gamma(drift),
        nig(drift),
    ]
}
