//! What is simulated: the assets with their price models, and what they share.

use super::jump_size::NormalJump;
use super::market_context::MarketContext;
use super::models::PriceProcess;
use super::replayer::WindowHistory;
use super::resampler::ReturnHistory;

/// One asset as the path generator sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetModel {
    /// Price at time 0, quote per base unit.
    pub price: f64,
    /// How it moves.
    pub process: PriceProcess,
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

/// An instant move, added to the price models: the shock overlay.
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
    /// Instant moves, added to the price models.
    pub shocks: Vec<Shock>,
    /// Length of a step in years of 365 days.
    pub step_years: f64,
}

impl MarketModel {
    /// What the price models of the assets share.
    pub fn context(&self) -> MarketContext<'_> {
        MarketContext {
            step_years: self.step_years,
            history: self.history.as_ref(),
            windows: self.windows.as_ref(),
        }
    }

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
