//! Variance gamma (Madan, Carr and Chang, "The variance gamma process and option pricing", 1998): a Brownian motion
//! with drift on a gamma subordinator, ln S_t = ln S_0 + (drift + ω)·t + skew·G_t + volatility·B(G_t).
//!
//! G_t has mean t and variance nu·t; ω = ln(1 − skew·nu − volatility²·nu/2)/nu compensates. The step is exact:
//! G over dt is gamma with shape a = dt/nu, drawn as gamma(a + 1)·U^(1/a) (Devroye, "Non-uniform random variate
//! generation", 1986, IV.6.4), the first factor from a table of quantiles (relative error below 3e-7).
//!
//! Assets with such a subordinator share its draws (Madan and Seneta 1990): of equal nu they keep the correlation of their
//! drivers. With an asset that runs on calendar time they keep it only in part, E[√G]/√dt.

use crate::lanes::{LANES, Lanes};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range};
use crate::paths::catalogue::parameters::{DRIFT, VOLATILITY, YEARLY, number};
use crate::paths::draws::Draws;
use crate::paths::elementary::{exp, ln};
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::table::NormalTable;
use crate::paths::wording::{diffusion, short};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceGamma {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// σ per square-root year of the subordinator, `>= 0`.
    pub volatility: f64,
    /// θ: drift of the log price per year of the subordinator; `skew·nu + volatility²·nu/2 < 1`.
    pub skew: f64,
    /// Variance of the subordinator per year, `> 0`.
    pub nu: f64,
}

impl VarianceGamma {
    /// ω, per year.
    pub fn compensation(&self) -> f64 {
        libm::log1p(-self.nu * (self.skew + 0.5 * self.volatility * self.volatility)) / self.nu
    }
}

/// Shape of a step's subordinator beyond which paths cannot show that it is random, and its table takes long to make.
const LARGEST_SHAPE: f64 = 1e6;

/// The parameter table.
const PARAMETERS: [Parameter; 4] = [
    DRIFT,
    Parameter { meaning: "per square-root year of the subordinator", ..VOLATILITY },
    number(
        "skew",
        YEARLY,
        Range::closed(-10.0, 10.0),
        "-0.2",
        "drift of the log price per year of the subordinator",
    ),
    number("nu", "years", Range::closed(1e-6, 10.0), "0.01", "variance of the subordinator per year"),
];

impl PriceModel for VarianceGamma {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "variance_gamma",
        summary: "Brownian motion on a gamma subordinator (random time): many small jumps, fat tails",
        formula: &[
            "ln S_t = ln S_0 + (drift + w)·t + skew·G_t + volatility·B(G_t)",
            "G_t is gamma with mean t and variance nu·t; w = ln(1 − skew·nu − volatility²·nu/2)/nu",
        ],
        discretisation: "exact in distribution for any step",
        source: "Madan, Carr and Chang, The variance gamma process and option pricing, 1998",
        limits: "skew·nu + volatility²·nu/2 < 1, or the expected price does not exist. It moves by jumps alone: between two \
                 steps there is no continuous path, so that margin is checked at steps only.",
        is_continuous: false,
        parameters: &PARAMETERS,
    };

    type Step = VarianceGammaStep;

    fn step(&self, setting: &StepSetting) -> VarianceGammaStep {
        VarianceGammaStep::new(self, self.drift - setting.common_return, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        4.2
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "variance gamma, {} of the subordinator, skew {} and variance of the subordinator {} a year; it moves by jumps alone",
            diffusion(self.drift, self.volatility),
            short(self.skew),
            short(self.nu)
        )
    }
}

impl FormulaModel for VarianceGamma {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let (drift, volatility) = (parameters.number("drift")?, parameters.number("volatility")?);
        let (skew, nu) = (parameters.number("skew")?, parameters.number("nu")?);
        let taken = nu * (skew + 0.5 * volatility * volatility);
        if taken >= 1.0 {
            let problem = format!(
                "`{}`: skew·nu + volatility²·nu/2 is {taken}; expected less than 1, because otherwise the expected price \
                 is infinite",
                parameters.path("")
            );
            return Err(parameters.refuse("", &problem, "lower nu, skew or volatility"));
        }
        let shape = parameters.step_years() / nu;
        if shape > LARGEST_SHAPE {
            let problem = format!(
                "`{}`: a step is {shape:.0} times nu, so that the subordinator equals time; expected at most {LARGEST_SHAPE:.0} times",
                parameters.path("")
            );
            let help = "use kind = \"gbm\", a larger nu, or a shorter simulation.step";
            return Err(parameters.refuse("", &problem, help));
        }
        Ok(Self { drift, volatility, skew, nu })
    }

    fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility + self.skew * self.skew * self.nu
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let volatility = self.annual_variance().sqrt();
        LogReturnBound::of_drift(self.drift.abs(), volatility, self.compensation(), years)
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct VarianceGammaStep {
    mean: f64,
    skew: f64,
    volatility: f64,
    /// The scale of the subordinator.
    nu: f64,
    /// nu/dt, the inverse of the shape.
    inverse_shape: f64,
    gamma: NormalTable,
}

impl VarianceGammaStep {
    /// From annual parameters; `drift` is what remains once common jumps are compensated.
    pub fn new(model: &VarianceGamma, drift: f64, step_years: f64) -> Self {
        let shape = step_years / model.nu;
        Self {
            mean: (drift + model.compensation()) * step_years,
            skew: model.skew,
            volatility: model.volatility,
            nu: model.nu,
            inverse_shape: 1.0 / shape,
            gamma: NormalTable::gamma(shape + 1.0),
        }
    }
}

impl ModelStep for VarianceGammaStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let Draws { driver, normals: deviate, uniforms: uniform, .. } = draws;
        let mut gamma = [0.0; LANES];
        self.gamma.at(deviate, &mut gamma);
        // Two loops: one that held all of it would run out of registers.
        let mut log_power = [0.0; LANES];
        for l in 0..LANES {
            log_power[l] = ln(uniform[l]) * self.inverse_shape;
        }
        for l in 0..LANES {
            let subordinator = self.nu * f64::from(gamma[l]) * exp(log_power[l]);
            let diffusion = self.volatility * subordinator.sqrt() * f64::from(driver[l]);
            after[l] = before[l] + (self.mean + self.skew * subordinator + diffusion);
        }
    }

    fn own_normals(&self) -> Option<Purpose> {
        Some(Purpose::Subordinator)
    }

    fn own_uniforms(&self) -> Option<Purpose> {
        Some(Purpose::SubordinatorRoot)
    }
}
