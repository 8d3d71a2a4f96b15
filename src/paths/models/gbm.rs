//! Geometric Brownian motion (Samuelson, "Rational theory of warrant pricing", 1965):
//! d ln S = (drift − volatility²/2) dt + volatility dB.
//!
//! The step is exact: ln S moves by a normal with that mean and variance times dt.

use crate::lanes::{LANES, Lanes};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter};
use crate::paths::catalogue::parameters::{DRIFT, VOLATILITY};
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::wording::diffusion;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gbm {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility per square-root year, `>= 0`.
    pub volatility: f64,
}

/// The parameter table.
const PARAMETERS: [Parameter; 2] = [DRIFT, VOLATILITY];

impl PriceModel for Gbm {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "gbm",
        summary: "geometric Brownian motion: independent normal log returns",
        formula: &["d ln S = (drift − volatility²/2) dt + volatility dB"],
        discretisation: "exact in distribution for any step",
        source: "Samuelson, Rational theory of warrant pricing, 1965",
        limits: "No jumps, no fat tails, no clusters of volatility.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = GbmStep;

    fn step(&self, setting: &StepSetting) -> GbmStep {
        GbmStep::new(self.drift - setting.common_return, self.volatility, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        1.0
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!("geometric Brownian motion, {}", diffusion(self.drift, self.volatility))
    }
}

impl FormulaModel for Gbm {
    const OVERFLOW_HELP: &'static str = "shorten simulation.horizon, or lower drift or volatility";

    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        Ok(Self { drift: parameters.number("drift")?, volatility: parameters.number("volatility")? })
    }

    fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        LogReturnBound::of_drift(self.drift.abs(), self.annual_variance().sqrt(), 0.0, years)
    }
}

/// One step: `x += mean + scale·w`, with a standard normal w.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GbmStep {
    /// Mean of the log return per step.
    pub mean: f64,
    /// Its standard deviation.
    pub scale: f64,
}

impl GbmStep {
    /// From annual parameters. `drift` is what is left for the diffusion once jumps are compensated.
    pub fn new(drift: f64, volatility: f64, step_years: f64) -> Self {
        Self {
            mean: drift * step_years - half_variance(volatility, step_years),
            scale: volatility * step_years.sqrt(),
        }
    }
}

impl ModelStep for GbmStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        for l in 0..LANES {
            after[l] = before[l] + (self.mean + self.scale * f64::from(draws.driver[l]));
        }
    }

    fn step_variance(&self, _state: &(), row: &mut Lanes) {
        *row = [self.scale * self.scale; LANES];
    }

    /// The scenario reader refuses parameters with which it could.
    fn may_overflow(&self) -> bool {
        false
    }
}

/// Half the variance of a step. One expression for every price model, so that their limits are this model bit for bit.
pub fn half_variance(volatility: f64, step_years: f64) -> f64 {
    0.5 * volatility * volatility * step_years
}
