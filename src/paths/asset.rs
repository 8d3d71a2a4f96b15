//! One asset, ready to step: the one `match` on its price model.

use super::bootstrap::{Resampler, ResamplerState};
use super::garch::{GarchState, GarchStep};
use super::gbm::GbmStep;
use super::heston::HestonStep;
use super::jumps::{Arrivals, JumpSource};
use super::nig::NigStep;
use super::ou::OuStep;
use super::regime::{RegimeState, RegimeStep};
use super::stream::{Purpose, Stream};
use super::variance_gamma::VarianceGammaStep;
use crate::lanes::{LANES, Lanes, Normals};
use crate::paths::heston::Heston;
use crate::paths::market::{AssetModel, PriceProcess};

/// How one asset steps.
#[derive(Debug, Clone)]
pub enum AssetStep {
    Gbm(GbmStep),
    Heston(Box<HestonStep>, f64),
    Garch(Box<GarchStep>),
    Regime(RegimeStep),
    Ou(OuStep),
    VarianceGamma(Box<VarianceGammaStep>),
    Nig(NigStep),
    Bootstrap { column: usize },
    Replay { column: usize },
}

/// What a price model keeps of every path of a block.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one an asset and block, stepped in place")]
pub enum ProcessState {
    Nothing,
    Variance(Lanes, Lanes),
    Garch(GarchState),
    Regime(RegimeState),
}

/// A step's draws, as one asset sees them.
pub struct Draws<'a> {
    /// The asset's Gaussian driver.
    pub driver: &'a Normals,
    /// Its own normals and uniforms, where it has any.
    pub normals: &'a Normals,
    pub uniforms: &'a Lanes,
    /// The rows of the history.
    pub rows: Option<(&'a Resampler, &'a ResamplerState)>,
    /// Number of the step, from 1.
    pub step: u64,
}

impl AssetStep {
    /// From annual parameters. `common_return` is what common jumps add to the expected return per year, which a
    /// price model with a drift takes back.
    pub fn new(asset: &AssetModel, common_return: f64, step_years: f64) -> Self {
        let gbm = |drift, volatility| Self::Gbm(GbmStep::new(drift - common_return, volatility, step_years));
        match &asset.process {
            PriceProcess::Gbm(model) => gbm(model.drift, model.volatility),
            PriceProcess::Merton(model) => gbm(model.drift - model.jumps.mean_return(), model.volatility),
            PriceProcess::Kou(model) => gbm(model.drift - model.mean_return(), model.volatility),
            PriceProcess::Heston(model) => Self::heston(model, model.drift - common_return, step_years),
            PriceProcess::Bates(model) => {
                let drift = model.heston.drift - model.jumps.mean_return();
                Self::heston(&model.heston, drift - common_return, step_years)
            }
            PriceProcess::Garch(model) => {
                Self::Garch(Box::new(GarchStep::new(model, model.drift - common_return, step_years)))
            }
            PriceProcess::Regime(model) => Self::Regime(RegimeStep::new(model, common_return, step_years)),
            PriceProcess::Ou(model) => Self::Ou(OuStep::new(model, asset.price, step_years)),
            PriceProcess::VarianceGamma(model) => {
                let step = VarianceGammaStep::new(model, model.drift - common_return, step_years);
                Self::VarianceGamma(Box::new(step))
            }
            PriceProcess::Nig(model) => {
                Self::Nig(NigStep::new(model, model.drift - common_return, step_years))
            }
            PriceProcess::Bootstrap { column } => Self::Bootstrap { column: *column },
            PriceProcess::Replay { column } => Self::Replay { column: *column },
        }
    }

    fn heston(model: &Heston, drift: f64, step_years: f64) -> Self {
        match model.constant_volatility() {
            Some(volatility) => Self::Gbm(GbmStep::new(drift, volatility, step_years)),
            None => Self::Heston(Box::new(HestonStep::new(model, drift, step_years)), model.initial_variance),
        }
    }

    /// The stream of normals that the price model draws beside its driver.
    pub fn own_normals(&self) -> Option<Purpose> {
        match self {
            Self::Heston(..) => Some(Purpose::Volatility),
            Self::Garch(step) => step.is_mixed().then_some(Purpose::Subordinator),
            Self::VarianceGamma(_) | Self::Nig(_) => Some(Purpose::Subordinator),
            _ => None,
        }
    }

    /// The stream of uniforms that it draws.
    pub fn own_uniforms(&self) -> Option<Purpose> {
        matches!(self, Self::VarianceGamma(_) | Self::Nig(_)).then_some(Purpose::SubordinatorRoot)
    }

    /// Whether its log price may leave the range of numbers. gbm's does not: scenarios refuse parameters with which it
    /// could.
    pub fn needs_a_limit(&self) -> bool {
        !matches!(self, Self::Gbm(_))
    }

    /// The state before the first step; `stream` gives a lane's stream.
    pub fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> ProcessState {
        match self {
            Self::Heston(_, variance) => ProcessState::Variance([*variance; LANES], [0.0; LANES]),
            Self::Garch(step) => ProcessState::Garch(step.begin()),
            Self::Regime(step) => ProcessState::Regime(step.begin(stream)),
            _ => ProcessState::Nothing,
        }
    }

    /// The log prices a step after `before`. A replayed asset stays where it is: its prices are read, not stepped.
    #[inline(always)]
    pub fn advance(&self, state: &mut ProcessState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        match (self, state) {
            (Self::Gbm(step), _) => step.advance(before, after, draws.driver),
            (Self::Heston(step, _), ProcessState::Variance(variance, variance_before)) => {
                *variance_before = *variance;
                step.advance(variance, before, after, draws);
            }
            (Self::Garch(step), ProcessState::Garch(state)) => step.advance(state, before, after, draws),
            (Self::Regime(step), ProcessState::Regime(state)) => step.advance(state, before, after, draws),
            (Self::Ou(step), _) => step.advance(before, after, draws.driver),
            (Self::VarianceGamma(step), _) => step.advance(before, after, draws),
            (Self::Nig(step), _) => step.advance(before, after, draws),
            (Self::Bootstrap { column }, _) => match draws.rows {
                Some((resampler, rows)) => resampler.gather(rows, *column, before, after),
                None => *after = *before,
            },
            _ => *after = *before,
        }
    }

    /// Variance of the diffusion over the step just made, per lane; 0 for price models without a bridge.
    pub fn step_variance(&self, state: &ProcessState, row: &mut Lanes) {
        match (self, state) {
            (Self::Gbm(step), _) => *row = [step.scale * step.scale; LANES],
            (Self::Ou(step), _) => *row = [step.scale * step.scale; LANES],
            (Self::Heston(step, _), ProcessState::Variance(after, before)) => {
                *row = std::array::from_fn(|l| step.step_variance(before[l], after[l]));
            }
            (Self::Garch(step), ProcessState::Garch(state)) => {
                *row = std::array::from_fn(|l| step.step_variance(state, l));
            }
            (Self::Regime(_), ProcessState::Regime(state)) => *row = state.step_deviation().map(|s| s * s),
            _ => *row = [0.0; LANES],
        }
    }

    /// What remains at the end of a step of a jump at `instant`, a fraction of the step.
    pub fn left_of_jump(&self, instant: f64) -> f64 {
        if let Self::Ou(step) = self { step.left_after(instant) } else { 1.0 }
    }

    /// The jumps that are the asset's own.
    pub fn own_jumps(asset: usize, process: &PriceProcess, step_years: f64) -> Option<JumpSource> {
        let (rate, size) = match process {
            PriceProcess::Merton(model) => (model.jumps.rate, model.jumps.size()),
            PriceProcess::Kou(model) => (model.jump_rate, model.size()),
            PriceProcess::Bates(model) => (model.jumps.rate, model.jumps.size()),
            _ => return None,
        };
        Some(JumpSource::of_asset(asset, Arrivals::at_rate(rate, step_years), size))
    }
}
