//! One market per law, about as volatile as W1's 80 % a year.

use ringfence::paths::{
    AssetModel, Bates, Bootstrap, Garch, Gbm, Heston, Innovations, Kou, MarketModel, Merton, Nig, NormalJump,
    NormalJumps, Ou, PriceProcess, Regime, Replay, ReturnHistory, State, VarianceGamma, WindowHistory,
};

use crate::workloads::STEP_YEARS;

/// Bars of the made-up history: a year of hours.
const BARS: usize = 8_760;

/// W1's.
pub const GBM: Gbm = Gbm { drift: 0.0, volatility: 0.8 };

/// W3's.
pub const HESTON: Heston = Heston {
    drift: 0.0,
    initial_variance: 0.64,
    mean_reversion: 3.0,
    long_run_variance: 0.64,
    vol_of_vol: 1.0,
    correlation: -0.5,
};

const JUMPS: NormalJumps = NormalJumps { rate: 20.0, size: NormalJump { mean: -0.02, std: 0.05 } };

/// W4's.
pub const MERTON: Merton = Merton { drift: 0.0, volatility: 0.8, jumps: JUMPS };

/// W5's degrees of freedom.
pub const DEGREES: f64 = 5.0;

/// W5's.
pub const GARCH_T: Garch = Garch {
    drift: 0.0,
    volatility: 0.8,
    alpha: 0.08,
    beta: 0.9,
    gamma: 0.0,
    innovations: Innovations::StudentT(DEGREES),
    interval_steps: 1,
    initial_variance: 1.0,
};

/// gbm first.
pub fn all() -> Vec<(&'static str, MarketModel)> {
    let kou = Kou {
        drift: 0.0,
        volatility: 0.8,
        jump_rate: 20.0,
        up_probability: 0.4,
        up_rate: 30.0,
        down_rate: 25.0,
    };
    let state = |volatility, mean_duration_years| State { drift: 0.0, volatility, mean_duration_years };
    let regime = Regime {
        states: vec![state(0.5, 20.0 / 365.0), state(1.2, 10.0 / 365.0)],
        transition: vec![0.0, 1.0, 1.0, 0.0],
        start: vec![2.0 / 3.0, 1.0 / 3.0],
    };
    let feller = Heston { vol_of_vol: 4.0, ..HESTON };
    let laws = [
        ("gbm", PriceProcess::Gbm(GBM)),
        ("merton (W4)", PriceProcess::Merton(MERTON)),
        ("kou", PriceProcess::Kou(kou)),
        ("heston (W3)", PriceProcess::Heston(HESTON)),
        ("heston, Feller violated", PriceProcess::Heston(feller)),
        ("bates", PriceProcess::Bates(Bates { heston: HESTON, jumps: JUMPS })),
        ("garch, normal", PriceProcess::Garch(Garch { innovations: Innovations::Normal, ..GARCH_T })),
        ("garch, Student-t (W5)", PriceProcess::Garch(GARCH_T)),
        ("regime", PriceProcess::Regime(regime)),
        ("ou", PriceProcess::Ou(Ou { level: 100.0, mean_reversion: 5.0, volatility: 0.8 })),
        (
            "variance_gamma",
            PriceProcess::VarianceGamma(VarianceGamma { drift: 0.0, volatility: 0.8, skew: -0.1, nu: 0.01 }),
        ),
        ("nig", PriceProcess::Nig(Nig { drift: 0.0, alpha: 40.0, beta: -3.0, delta: 25.0 })),
        ("bootstrap", PriceProcess::Bootstrap(Bootstrap { column: 0 })),
        ("replay", PriceProcess::Replay(Replay { column: 0 })),
    ];
    laws.into_iter().map(|(name, law)| (name, market(law))).collect()
}

/// One asset at 100.
pub fn market(law: PriceProcess) -> MarketModel {
    // Returns of about 0.85 % an hour in either direction.
    let log_returns: Vec<f64> =
        (0..BARS).map(|i| (i * 7_919 % 2_003) as f64 / 2_003.0 - 0.5).map(|u| 0.03 * u).collect();
    let closes = (0..BARS).map(|i| 100.0 + 10.0 * ((i * 7_919 % 2_003) as f64 / 2_003.0 - 0.5)).collect();
    MarketModel {
        history: matches!(law, PriceProcess::Bootstrap(_)).then(|| ReturnHistory {
            columns: 1,
            log_returns: log_returns.into(),
            mean_block: 24.0,
        }),
        windows: matches!(law, PriceProcess::Replay(_)).then_some(WindowHistory {
            columns: 1,
            closes,
            stride: 1,
            first_bar_ms: 0,
            bar_ms: 3_600_000,
        }),
        assets: vec![AssetModel { price: 100.0, process: law }],
        correlation: vec![1.0],
        step_years: STEP_YEARS,
        ..MarketModel::default()
    }
}
