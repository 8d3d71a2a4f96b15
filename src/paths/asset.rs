//! One asset, ready to step: the one `match` on its law.

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
use crate::paths::market::{AssetModel, Law};

/// The law of one asset's steps.
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

/// What a law remembers of every path of a block.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one an asset and block, stepped in place")]
pub enum LawState {
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
    /// law with a drift takes back.
    pub fn new(model: &AssetModel, common_return: f64, step_years: f64) -> Self {
        let gbm = |drift, volatility| Self::Gbm(GbmStep::new(drift - common_return, volatility, step_years));
        match &model.law {
            Law::Gbm(law) => gbm(law.drift, law.volatility),
            Law::Merton(law) => gbm(law.drift - law.jumps.mean_return(), law.volatility),
            Law::Kou(law) => gbm(law.drift - law.mean_return(), law.volatility),
            Law::Heston(law) => Self::heston(law, law.drift - common_return, step_years),
            Law::Bates(law) => {
                let drift = law.heston.drift - law.jumps.mean_return();
                Self::heston(&law.heston, drift - common_return, step_years)
            }
            Law::Garch(law) => {
                Self::Garch(Box::new(GarchStep::new(law, law.drift - common_return, step_years)))
            }
            Law::Regime(law) => Self::Regime(RegimeStep::new(law, common_return, step_years)),
            Law::Ou(law) => Self::Ou(OuStep::new(law, model.price, step_years)),
            Law::VarianceGamma(law) => {
                let step = VarianceGammaStep::new(law, law.drift - common_return, step_years);
                Self::VarianceGamma(Box::new(step))
            }
            Law::Nig(law) => Self::Nig(NigStep::new(law, law.drift - common_return, step_years)),
            Law::Bootstrap { column } => Self::Bootstrap { column: *column },
            Law::Replay { column } => Self::Replay { column: *column },
        }
    }

    fn heston(law: &Heston, drift: f64, step_years: f64) -> Self {
        match law.constant_volatility() {
            Some(volatility) => Self::Gbm(GbmStep::new(drift, volatility, step_years)),
            None => Self::Heston(Box::new(HestonStep::new(law, drift, step_years)), law.initial_variance),
        }
    }

    /// The stream of normals that the law draws beside its driver.
    pub fn own_normals(&self) -> Option<Purpose> {
        match self {
            Self::Heston(..) => Some(Purpose::Volatility),
            Self::Garch(step) => step.is_mixed().then_some(Purpose::Clock),
            Self::VarianceGamma(_) | Self::Nig(_) => Some(Purpose::Clock),
            _ => None,
        }
    }

    /// The stream of uniforms that it draws.
    pub fn own_uniforms(&self) -> Option<Purpose> {
        matches!(self, Self::VarianceGamma(_) | Self::Nig(_)).then_some(Purpose::ClockRoot)
    }

    /// Whether its log price may leave the range of numbers. gbm's does not: scenarios refuse parameters with which it
    /// could.
    pub fn needs_a_limit(&self) -> bool {
        !matches!(self, Self::Gbm(_))
    }

    /// The state before the first step; `stream` gives a lane's stream.
    pub fn begin(&self, stream: impl Fn(usize, Purpose) -> Stream) -> LawState {
        match self {
            Self::Heston(_, variance) => LawState::Variance([*variance; LANES], [0.0; LANES]),
            Self::Garch(step) => LawState::Garch(step.begin()),
            Self::Regime(step) => LawState::Regime(step.begin(stream)),
            _ => LawState::Nothing,
        }
    }

    /// The log prices a step after `before`. A replayed asset stays where it is: its prices are read, not stepped.
    #[inline(always)]
    pub fn advance(&self, state: &mut LawState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        match (self, state) {
            (Self::Gbm(step), _) => step.advance(before, after, draws.driver),
            (Self::Heston(step, _), LawState::Variance(variance, variance_before)) => {
                *variance_before = *variance;
                step.advance(variance, before, after, draws);
            }
            (Self::Garch(step), LawState::Garch(state)) => step.advance(state, before, after, draws),
            (Self::Regime(step), LawState::Regime(state)) => step.advance(state, before, after, draws),
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

    /// Variance of the diffusion over the step just made, per lane; 0 for laws without a bridge.
    pub fn step_variance(&self, state: &LawState, row: &mut Lanes) {
        match (self, state) {
            (Self::Gbm(step), _) => *row = [step.scale * step.scale; LANES],
            (Self::Ou(step), _) => *row = [step.scale * step.scale; LANES],
            (Self::Heston(step, _), LawState::Variance(after, before)) => {
                *row = std::array::from_fn(|l| step.step_variance(before[l], after[l]));
            }
            (Self::Garch(step), LawState::Garch(state)) => {
                *row = std::array::from_fn(|l| step.step_variance(state, l));
            }
            (Self::Regime(_), LawState::Regime(state)) => *row = state.step_deviation().map(|s| s * s),
            _ => *row = [0.0; LANES],
        }
    }

    /// What is left at the end of a step of a jump that struck at `instant`, a fraction of the step.
    pub fn left_of_jump(&self, instant: f64) -> f64 {
        if let Self::Ou(step) = self { step.left_after(instant) } else { 1.0 }
    }

    /// The jumps that are the asset's own.
    pub fn own_jumps(asset: usize, law: &Law, step_years: f64) -> Option<JumpSource> {
        let (rate, size) = match law {
            Law::Merton(law) => (law.jumps.rate, law.jumps.size()),
            Law::Kou(law) => (law.jump_rate, law.size()),
            Law::Bates(law) => (law.jumps.rate, law.jumps.size()),
            _ => return None,
        };
        Some(JumpSource::of_asset(asset, Arrivals::at_rate(rate, step_years), size))
    }
}
