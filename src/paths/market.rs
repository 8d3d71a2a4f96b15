use std::sync::Arc;

use super::bates::Bates;
use super::garch::Garch;
use super::gbm::Gbm;
use super::heston::Heston;
use super::kou::Kou;
use super::merton::Merton;
use super::nig::Nig;
use super::ou::Ou;
use super::regime::Regime;
use super::variance_gamma::VarianceGamma;

/// The price model of one asset; each has a file of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceProcess {
    /// Geometric Brownian motion.
    Gbm(Gbm),
    /// With normally distributed jumps.
    Merton(Merton),
    /// With double exponential jumps.
    Kou(Kou),
    /// Stochastic variance.
    Heston(Heston),
    /// Stochastic variance and normally distributed jumps.
    Bates(Bates),
    /// Variance that depends on past returns.
    Garch(Garch),
    /// Drift and volatility that switch between states.
    Regime(Regime),
    /// Mean-reverting log price.
    Ou(Ou),
    /// Brownian motion on a gamma subordinator.
    VarianceGamma(VarianceGamma),
    /// Brownian motion on an inverse Gaussian subordinator.
    Nig(Nig),
    /// Log returns resampled from the market's [`ReturnHistory`].
    Bootstrap {
        /// Column of the history.
        column: usize,
    },
    /// Windows of the market's [`WindowHistory`], as they were.
    Replay {
        /// Column of the history.
        column: usize,
    },
}

impl PriceProcess {
    /// Name in scenario files.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Gbm(_) => "gbm",
            Self::Merton(_) => "merton",
            Self::Kou(_) => "kou",
            Self::Heston(_) => "heston",
            Self::Bates(_) => "bates",
            Self::Garch(_) => "garch",
            Self::Regime(_) => "regime",
            Self::Ou(_) => "ou",
            Self::VarianceGamma(_) => "variance_gamma",
            Self::Nig(_) => "nig",
            Self::Bootstrap { .. } => "bootstrap",
            Self::Replay { .. } => "replay",
        }
    }

    /// Whether a Gaussian driver moves it, which correlations refer to.
    pub fn is_driven(&self) -> bool {
        !matches!(self, Self::Bootstrap { .. } | Self::Replay { .. })
    }

    /// Whether the path between two steps is, given its ends, a Brownian bridge: what continuous monitoring needs.
    /// Bars of a history say nothing of the time between them, and pure jumps have no path in between.
    pub fn has_bridge(&self) -> bool {
        self.is_driven() && !matches!(self, Self::VarianceGamma(_) | Self::Nig(_))
    }

    /// Standard deviation of the log return per square-root year over the long run, jumps included; `None`
    /// for a history, which knows its own. For sizing and predictions only: of `ou` that of a short time.
    pub fn annual_volatility(&self) -> Option<f64> {
        let variance = match self {
            Self::Gbm(model) => model.volatility * model.volatility,
            Self::Merton(model) => model.annual_variance(),
            Self::Kou(model) => model.annual_variance(),
            Self::Heston(model) => model.largest_variance(),
            Self::Bates(model) => model.heston.largest_variance() + model.jumps.annual_variance(),
            Self::Garch(model) => model.volatility * model.volatility,
            Self::Regime(model) => model.largest_variance(),
            Self::Ou(model) => model.volatility * model.volatility,
            Self::VarianceGamma(model) => model.annual_variance(),
            Self::Nig(model) => model.annual_variance(),
            Self::Bootstrap { .. } | Self::Replay { .. } => return None,
        };
        Some(variance.sqrt())
    }
}

/// One asset as the path generator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetModel {
    /// Price at time 0, quote per base unit.
    pub price: f64,
    /// How it moves.
    pub process: PriceProcess,
}

/// Log returns of the assets that have a history, over the dates they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct ReturnHistory {
    /// Number of columns (assets).
    pub columns: usize,
    /// Row-major, `rows × columns`: the log return of each bar.
    pub log_returns: Arc<[f64]>,
    /// Mean length of a resampled block in rows (steps), `>= 1`.
    pub mean_block: f64,
}

impl ReturnHistory {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.log_returns.len() / self.columns
    }
}

/// Closes of the assets that are replayed, over the dates they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowHistory {
    /// Number of columns (assets).
    pub columns: usize,
    /// Row-major, `bars × columns`: the close of each bar, a step apart.
    pub closes: Arc<[f64]>,
    /// Bars from the start of one window to that of the next, `>= 1`.
    pub stride: usize,
    /// When the first bar opened, milliseconds since 1970 (UTC).
    pub first_bar_ms: i64,
    /// Length of a bar, milliseconds.
    pub bar_ms: i64,
}

impl WindowHistory {
    /// Number of bars.
    pub fn bars(&self) -> usize {
        self.closes.len() / self.columns
    }

    /// Windows of `steps` steps that fit in, which are the paths there are.
    pub fn windows(&self, steps: u64) -> u64 {
        let starts = (self.bars() as u64).saturating_sub(steps);
        starts.div_ceil(self.stride as u64)
    }

    /// When the first and the last bar of window `window` of `steps` steps opened, milliseconds since 1970 (UTC).
    pub fn opens_ms(&self, window: u64, steps: u64) -> (i64, i64) {
        let first = window.saturating_mul(self.stride as u64);
        let time = |bar: u64| self.first_bar_ms.saturating_add(self.bar_ms.saturating_mul(bar as i64));
        (time(first), time(first.saturating_add(steps)))
    }
}

/// A jump of the log price, normally distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalJump {
    /// Mean, log price.
    pub mean: f64,
    /// Standard deviation, log price, `>= 0`.
    pub std: f64,
}

impl NormalJump {
    /// `E[exp(J)] − 1`.
    pub fn mean_return(&self) -> f64 {
        libm::expm1(self.mean + 0.5 * self.std * self.std)
    }

    /// `E[J²]`.
    pub fn mean_square(&self) -> f64 {
        self.mean * self.mean + self.std * self.std
    }
}

/// Jumps of several assets at the same instants.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonJumps {
    /// Arrivals per year, `>= 0`.
    pub rate: f64,
    /// Per asset: the size, or `None` where the asset takes no part. Sizes are independent given the arrival.
    pub sizes: Vec<Option<NormalJump>>,
}

/// When a shock happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShockTime {
    /// Once, so many steps after the start, `> 0`.
    At(f64),
    /// At the arrivals of a Poisson process, so many per year.
    Rate(f64),
}

/// An instant move laid over the models.
#[derive(Debug, Clone, PartialEq)]
pub struct Shock {
    /// When.
    pub time: ShockTime,
    /// Per asset: the move of the log price, 0 where it takes no part.
    pub log_moves: Vec<f64>,
}

/// Everything that determines the distribution of the price vector.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MarketModel {
    /// Assets in the scenario's order.
    pub assets: Vec<AssetModel>,
    /// Correlation of the Gaussian drivers, `assets × assets`, row-major, positive definite, ones
    /// on the diagonal. Assets without a driver have zeros off the diagonal.
    pub correlation: Vec<f64>,
    /// Present when any asset is [`PriceProcess::Bootstrap`].
    pub history: Option<ReturnHistory>,
    /// Present when any asset is [`PriceProcess::Replay`].
    pub windows: Option<WindowHistory>,
    /// Jumps that several assets have in common.
    pub common_jumps: Option<CommonJumps>,
    /// Instant moves laid over the models.
    pub shocks: Vec<Shock>,
    /// Length of a step in years of 365 days.
    pub step_years: f64,
}

impl MarketModel {
    /// What common jumps add to the expected return of an asset per year, which its drift takes back.
    pub fn common_jump_return(&self, asset: usize) -> f64 {
        let size = |jumps: &CommonJumps| jumps.sizes.get(asset).copied().flatten().map(|s| (jumps.rate, s));
        self.common_jumps.as_ref().and_then(size).map_or(0.0, |(rate, size)| rate * size.mean_return())
    }
}

/// How paths are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Sampling {
    /// Each on its own.
    #[default]
    Independent,
    /// In pairs, paths 2k and 2k + 1: the drivers of prices and variances have opposite signs; jumps, states and
    /// subordinators are the same.
    Antithetic,
}

impl Sampling {
    /// The name used in scenario files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Independent => "independent",
            Self::Antithetic => "antithetic",
        }
    }
}
