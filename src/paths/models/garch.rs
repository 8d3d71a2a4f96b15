//! GARCH(1,1) with leverage (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993):
//! r = drift·dt − h/2 + √h·ε, h' = ω + (α + γ·1{ε < 0})·h·ε² + β·h, ω = h̄·(1 − α − β − γ/2).
//!
//! ε is normal or Student-t scaled to unit variance (Bollerslev 1987). The parameters belong to an `interval`: h is
//! updated once per interval from that interval's return, and the steps inside it share h equally. For normal ε
//! `E[S_t] = S_0·exp(drift·t)`; for Student-t that expectation does not exist and −h/2 is a convention.
//!
//! h is stored relative to the long-run variance h̄ = volatility²·interval and starts at 1, so that with α = β = γ = 0
//! the price is a geometric Brownian motion bit for bit. A Student-t is a normal with a random variance,
//! (ν − 2)/χ²_ν, drawn once per interval; assets share the draw (a multivariate Student-t), so that they keep the
//! correlation of their drivers, and have large moves together.

use crate::domain::{Decimal, SECONDS_PER_YEAR, Span, to_f64};
use crate::lanes::{LANES, Lanes, Normals};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range, ValueKind};
use crate::paths::catalogue::parameters::{DRIFT, VOLATILITY, number};
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::gbm::half_variance;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::table::NormalTable;
use crate::paths::wording::short;
use crate::text::format::percent_trimmed;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    /// Drift of the price per year.
    pub drift: f64,
    /// Long-run volatility per square-root year, `>= 0`.
    pub volatility: f64,
    /// Weight of the last squared return, `>= 0`.
    pub alpha: f64,
    /// Weight of the last variance, `>= 0`.
    pub beta: f64,
    /// Additional weight of the last squared return where it was a loss; `alpha + gamma >= 0`.
    pub gamma: f64,
    /// Distribution of ε.
    pub innovations: Innovations,
    /// Length of the interval in steps, `>= 1`.
    pub interval_steps: u32,
    /// Variance at time 0 in units of the long-run variance, `>= 0`.
    pub initial_variance: f64,
}

/// Distribution of an innovation; all have mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Innovations {
    /// Normal.
    Normal,
    /// Student-t with these degrees of freedom, `> 2`.
    StudentT(f64),
}

impl Garch {
    /// α + β + γ/2, below 1 where the variance returns to its long-run value.
    pub fn persistence(&self) -> f64 {
        self.alpha + self.beta + 0.5 * self.gamma
    }
}

/// Keys of the table of innovations.
const INNOVATIONS: [Parameter; 1] = [number(
    "student_t",
    "",
    Range::above(2.0, 1e6),
    "5",
    "degrees of freedom; up to 2 a Student-t has no variance",
)];

/// The parameter table.
const PARAMETERS: [Parameter; 7] = [
    DRIFT,
    Parameter { meaning: "in the long run", ..VOLATILITY },
    number("alpha", "", Range::closed(0.0, 1.0), "0.08", "weight of the last squared return"),
    number("beta", "", Range::closed(0.0, 1.0), "0.90", "weight of the last variance"),
    Parameter {
        default: Some("0"),
        ..number(
            "gamma",
            "",
            Range::closed(-1.0, 1.0),
            "0.02",
            "weight added where the last return was a loss",
        )
    },
    Parameter {
        name: "innovations",
        unit: "",
        value: ValueKind::WordOrTable("normal", &INNOVATIONS),
        default: Some("\"normal\""),
        example: "{ student_t = 5 }",
        meaning: "distribution of the shocks, scaled to variance 1",
    },
    Parameter {
        name: "interval",
        unit: "",
        value: ValueKind::Duration,
        default: Some("the step"),
        example: "\"1h\"",
        meaning: "the variance is updated once per interval, whole steps that alpha and beta belong to",
    },
];

impl PriceModel for Garch {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "garch",
        summary: "variance that depends on past returns, GARCH(1,1) with leverage",
        formula: &[
            "r = drift·dt − h/2 + √h·e",
            "h' = w + (alpha + gamma·[e < 0])·h·e² + beta·h, w = h_long·(1 − alpha − beta − gamma/2)",
        ],
        discretisation: "a model in discrete time, exact on its own interval; the steps inside one share h equally",
        source: "Bollerslev 1986, 1987 (Student-t); Glosten, Jagannathan and Runkle 1993 (gamma)",
        limits: "alpha + beta + gamma/2 < 1 and alpha + gamma >= 0. The parameters belong to the interval: those fitted on \
                 days are not those of hours. With Student-t innovations E[S] does not exist and −h/2 is a convention.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = GarchStep;

    fn step(&self, setting: &StepSetting) -> GarchStep {
        GarchStep::new(self, self.drift - setting.common_return, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        if self.innovations == Innovations::Normal { 1.4 } else { 2.7 }
    }

    fn describe(&self, context: &MarketContext<'_>) -> String {
        let innovations = match self.innovations {
            Innovations::Normal => "normal".to_owned(),
            Innovations::StudentT(nu) => format!("Student-t with {} degrees of freedom", short(nu)),
        };
        let seconds = f64::from(self.interval_steps) * context.step_years * SECONDS_PER_YEAR as f64;
        let length = match Span::from_seconds(libm::round(seconds) as u64) {
            Some(span) if (seconds - libm::round(seconds)).abs() < 1e-6 => span.to_string(),
            _ => format!("{} s", short(seconds)),
        };
        format!(
            "GARCH{}, drift {} and long-run volatility {} a year, alpha {}, beta {}, gamma {}, innovations \
             {innovations}; its variance is updated every {} ({length})",
            if self.gamma == 0.0 { "" } else { " with leverage" },
            percent_trimmed(self.drift),
            percent_trimmed(self.volatility),
            short(self.alpha),
            short(self.beta),
            short(self.gamma),
            if self.interval_steps == 1 {
                "step".to_owned()
            } else {
                format!("{} steps", self.interval_steps)
            },
        )
    }
}

impl FormulaModel for Garch {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let (drift, volatility) = (parameters.number("drift")?, parameters.number("volatility")?);
        let (alpha, beta) = (parameters.decimal("alpha")?, parameters.decimal("beta")?);
        let gamma = parameters.decimal("gamma")?;
        if alpha + gamma < Decimal::ZERO {
            let problem = format!(
                "`{}`: alpha + gamma is {}, so that a loss could make the variance negative; expected at least 0",
                parameters.path(""),
                (alpha + gamma).normalize()
            );
            return Err(parameters.refuse("", &problem, "raise gamma to at least −alpha"));
        }
        let innovations = parameters.number_unless_word("innovations")?;
        let model = Self {
            drift,
            volatility,
            alpha: to_f64(alpha),
            beta: to_f64(beta),
            gamma: to_f64(gamma),
            innovations: innovations.map_or(Innovations::Normal, Innovations::StudentT),
            interval_steps: parameters.whole_steps("interval")?,
            initial_variance: 1.0,
        };
        let persistence = alpha + beta + gamma / Decimal::TWO;
        if persistence >= Decimal::ONE || model.persistence() >= 1.0 {
            let problem = format!(
                "`{}`: alpha + beta + gamma/2 is {}: from 1 on shocks to the variance never fade, and it has no long-run \
                 value",
                parameters.path(""),
                persistence.normalize()
            );
            let help = "lower alpha, beta or gamma until the sum is less than 1, for example 0.98";
            return Err(parameters.refuse("", &problem, help));
        }
        Ok(model)
    }

    fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        LogReturnBound::of_drift(self.drift.abs(), self.annual_variance().sqrt(), 0.0, years)
    }
}

/// Largest variance, in units of the long-run one, to which larger ones are clamped.
const LARGEST_VARIANCE: f64 = 1e30;

/// One step.
#[derive(Debug, Clone)]
pub struct GarchStep {
    growth: f64,
    half_variance: f64,
    scale: f64,
    omega: f64,
    model: Garch,
    /// 1/√(steps of an interval).
    share: f32,
    /// √((ν − 2)/χ²_ν) at the normal deviate of its probability; `None` for normal innovations.
    mixing: Option<NormalTable>,
}

/// The variances of a block's paths.
#[derive(Debug, Clone)]
pub struct GarchState {
    /// h in units of the long-run variance.
    variance: Lanes,
    /// √h of the present interval, mixing included; right to a relative 4e-7 (1e-6 for mixings beyond 6 deviations).
    spread: Normals,
    /// The interval's innovation so far, in units of the long-run standard deviation.
    innovation: Normals,
    /// Steps left in the interval.
    left: u32,
}

impl GarchStep {
    /// From annual parameters. `drift` is what is left for the diffusion once jumps are compensated.
    pub fn new(model: &Garch, drift: f64, step_years: f64) -> Self {
        Self {
            growth: drift * step_years,
            half_variance: half_variance(model.volatility, step_years),
            scale: model.volatility * step_years.sqrt(),
            omega: 1.0 - model.persistence(),
            share: (1.0 / f64::from(model.interval_steps).sqrt()) as f32,
            mixing: match model.innovations {
                Innovations::Normal => None,
                Innovations::StudentT(nu) => Some(NormalTable::student_mixing(nu)),
            },
            model: *model,
        }
    }

    /// √h, and what the interval's random variance makes of it.
    #[inline(always)]
    fn spread(&self, state: &mut GarchState, deviates: &Normals) {
        for l in 0..LANES {
            state.spread[l] = (state.variance[l] as f32).sqrt();
        }
        if let Some(table) = &self.mixing {
            let mut mixing = [0.0; LANES];
            table.at(deviates, &mut mixing);
            for l in 0..LANES {
                state.spread[l] *= mixing[l];
            }
        }
    }

    #[inline(always)]
    fn update(&self, state: &mut GarchState) {
        let Garch { alpha, beta, gamma, .. } = self.model;
        for l in 0..LANES {
            let e = f64::from(state.innovation[l]);
            let weight = if e < 0.0 { alpha + gamma } else { alpha };
            let next = self.omega + weight * (e * e) + beta * state.variance[l];
            state.variance[l] = if next < LARGEST_VARIANCE { next } else { LARGEST_VARIANCE };
        }
    }
}

impl ModelStep for GarchStep {
    type State = GarchState;

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) -> GarchState {
        GarchState {
            variance: [self.model.initial_variance; LANES],
            spread: [0.0; LANES],
            innovation: [0.0; LANES],
            left: 0,
        }
    }

    /// The asset's own normals are read at the start of an interval, where innovations are mixed.
    #[inline(always)]
    fn advance(&self, state: &mut GarchState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        if state.left == 0 {
            state.left = self.model.interval_steps;
            state.innovation = [0.0; LANES];
            self.spread(state, draws.normals);
        }
        for l in 0..LANES {
            let move_ = state.spread[l] * draws.driver[l];
            state.innovation[l] += move_ * self.share;
            let drift = self.growth - self.half_variance * state.variance[l];
            after[l] = before[l] + (drift + self.scale * f64::from(move_));
        }
        state.left -= 1;
        if state.left == 0 {
            self.update(state);
        }
    }

    fn step_variance(&self, state: &GarchState, row: &mut Lanes) {
        *row = std::array::from_fn(|l| {
            let deviation = self.scale * f64::from(state.spread[l]);
            deviation * deviation
        });
    }

    fn own_normals(&self) -> Option<Purpose> {
        self.mixing.is_some().then_some(Purpose::Subordinator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_all_parameters() {
        let garch = Garch {
            drift: 0.1,
            volatility: 0.65,
            alpha: 0.05,
            beta: 0.9,
            gamma: 0.02,
            innovations: Innovations::StudentT(5.0),
            interval_steps: 24,
            initial_variance: 1.0,
        };
        let context = MarketContext { step_years: 1.0 / 8_760.0, ..MarketContext::default() };
        assert_eq!(
            garch.describe(&context),
            "GARCH with leverage, drift 10 % and long-run volatility 65 % a year, alpha 0.05, beta 0.9, gamma 0.02, \
             innovations Student-t with 5 degrees of freedom; its variance is updated every 24 steps (1d)"
        );
    }
}
