//! Normal inverse Gaussian (Barndorff-Nielsen, "Processes of normal inverse Gaussian type", 1998): a Brownian motion
//! with drift on an inverse Gaussian subordinator, ln S_t = ln S_0 + (drift + ω)·t + beta·I_t + B(I_t).
//!
//! I over dt is inverse Gaussian with mean delta·dt/γ and shape (delta·dt)², γ = √(alpha² − beta²), drawn by the
//! method of Michael, Schucany and Haas (1976); ω = delta·(√(alpha² − (beta + 1)²) − γ) compensates. The step is exact,
//! except that the subordinator is in single precision: right to a relative 1e-6, as is the probability of either root (tested).
//! Assets share the draws of their subordinators, as in `variance_gamma`.

use crate::lanes::{LANES, Lanes};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range};
use crate::paths::catalogue::parameters::{DRIFT, YEARLY, number};
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::wording::short;
use crate::text::format::percent_trimmed;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nig {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Tail heaviness, `> |beta|` and `> |beta + 1|`.
    pub alpha: f64,
    /// Asymmetry.
    pub beta: f64,
    /// Scale per year, `> 0`.
    pub delta: f64,
}

impl Nig {
    fn gamma(&self) -> f64 {
        ((self.alpha - self.beta) * (self.alpha + self.beta)).sqrt()
    }

    /// ω, per year.
    pub fn compensation(&self) -> f64 {
        let shifted = ((self.alpha - self.beta - 1.0) * (self.alpha + self.beta + 1.0)).sqrt();
        self.delta * (shifted - self.gamma())
    }
}

/// The parameter table.
const PARAMETERS: [Parameter; 4] = [
    DRIFT,
    number("alpha", "per log price", Range::above(0.0, 10_000.0), "30", "the larger, the thinner the tails"),
    number("beta", "per log price", Range::closed(-10_000.0, 10_000.0), "-2", "asymmetry"),
    number("delta", YEARLY, Range::above(0.0, 1_000.0), "12", "scale"),
];

impl PriceModel for Nig {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "nig",
        summary: "normal inverse Gaussian: Brownian motion on an inverse Gaussian subordinator (random time)",
        formula: &[
            "ln S_t = ln S_0 + (drift + w)·t + beta·I_t + B(I_t), g = √(alpha² − beta²)",
            "I_t is inverse Gaussian with mean delta·t/g; w = delta·(√(alpha² − (beta + 1)²) − g)",
        ],
        discretisation: "exact in distribution for any step",
        source: "Barndorff-Nielsen, Processes of normal inverse Gaussian type, 1998",
        limits: "|beta| < alpha and |beta + 1| < alpha, or the expected price does not exist. It moves by jumps alone: \
                 between two steps there is no continuous path, so that margin is checked at steps only.",
        is_continuous: false,
        parameters: &PARAMETERS,
    };

    type Step = NigStep;

    fn step(&self, setting: &StepSetting) -> NigStep {
        NigStep::new(self, self.drift - setting.common_return, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        2.0
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "normal inverse Gaussian, drift {} a year, alpha {}, beta {} and delta {} a year; it moves by jumps alone",
            percent_trimmed(self.drift),
            short(self.alpha),
            short(self.beta),
            short(self.delta)
        )
    }
}

impl FormulaModel for Nig {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let model = Self {
            drift: parameters.number("drift")?,
            alpha: parameters.number("alpha")?,
            beta: parameters.number("beta")?,
            delta: parameters.number("delta")?,
        };
        let largest = model.beta.abs().max((model.beta + 1.0).abs());
        if largest >= model.alpha {
            let problem = format!(
                "`{}`: alpha is {} and beta is {}; expected alpha greater than |beta| and |beta + 1|, here {largest}, \
                 because otherwise the expected price is infinite",
                parameters.path(""),
                model.alpha,
                model.beta
            );
            return Err(parameters.refuse("", &problem, "raise alpha, or move beta towards −0.5"));
        }
        Ok(model)
    }

    fn annual_variance(&self) -> f64 {
        let gamma = self.gamma();
        self.delta * self.alpha * self.alpha / (gamma * gamma * gamma)
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let volatility = self.annual_variance().sqrt();
        LogReturnBound::of_drift(self.drift.abs(), volatility, self.compensation(), years)
    }
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NigStep {
    mean: f64,
    beta: f64,
    /// Mean of the subordinator over a step.
    subordinator: f32,
    /// Mean over twice the shape of the subordinator.
    half_ratio: f32,
}

/// Keeps the square of 73 times the ratio within single precision. With a larger one the subordinator moves less than once in
/// 10^8 steps.
const LARGEST_RATIO: f64 = 1e16;

impl NigStep {
    /// From annual parameters; `drift` is what remains once common jumps are compensated.
    pub fn new(model: &Nig, drift: f64, step_years: f64) -> Self {
        let scale = model.delta * step_years;
        let subordinator = scale / model.gamma();
        Self {
            mean: (drift + model.compensation()) * step_years,
            beta: model.beta,
            subordinator: subordinator as f32,
            half_ratio: (0.5 * subordinator / (scale * scale)).min(LARGEST_RATIO) as f32,
        }
    }

    /// The subordinator of a step. The larger root is taken with probability 1/(1 + stretch): small uniforms, which are the fine
    /// ones, decide how rarely.
    #[inline(always)]
    fn subordinator_of(&self, deviate: f32, uniform: f32) -> f32 {
        let w = self.half_ratio * (deviate * deviate);
        // The roots of the quadratic are subordinator/stretch and subordinator·stretch.
        let stretch = 1.0 + w + (w * (2.0 + w)).sqrt();
        let takes_larger = uniform * (1.0 + stretch) <= 1.0;
        if takes_larger { self.subordinator * stretch } else { self.subordinator / stretch }
    }
}

impl ModelStep for NigStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let Draws { driver, normals: deviate, uniforms: uniform, .. } = draws;
        let (mut subordinator, mut diffusion) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            subordinator[l] = uniform[l] as f32;
        }
        for l in 0..LANES {
            subordinator[l] = self.subordinator_of(deviate[l], subordinator[l]);
            diffusion[l] = subordinator[l].sqrt() * driver[l];
        }
        for l in 0..LANES {
            after[l] =
                before[l] + (self.mean + self.beta * f64::from(subordinator[l]) + f64::from(diffusion[l]));
        }
    }

    fn own_normals(&self) -> Option<Purpose> {
        Some(Purpose::Subordinator)
    }

    fn own_uniforms(&self) -> Option<Purpose> {
        Some(Purpose::SubordinatorRoot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The roots in double precision, written as e^±c with cosh c = 1 + w. Subordinators that move evenly, in leaps,
    /// and almost never.
    #[test]
    fn subordinators_are_roots_with_their_probabilities() {
        for (alpha, delta) in [(40.0, 25.0), (4_000.0, 900.0), (2.0, 0.01), (1.5, 1e-9)] {
            let step = NigStep::new(&Nig { drift: 0.0, alpha, beta: -0.5, delta }, 0.0, 1.0 / 8_760.0);
            let gamma = libm::sqrt(alpha * alpha - 0.25);
            let mean = delta / 8_760.0 / gamma;
            for k in 1..=84 {
                let deviate = 0.1 * k as f32;
                let square = f64::from(deviate) * f64::from(deviate);
                let log = libm::acosh(1.0 + 0.5 * square / (gamma * delta / 8_760.0));
                let chance = 1.0 / (1.0 + libm::exp(log));
                let (taken, missed) = (chance * (1.0 - 1e-6), chance * (1.0 + 1e-6));
                for (uniform, sign) in [(taken, 1.0), (missed, -1.0), (1.0, -1.0)] {
                    let subordinator = f64::from(step.subordinator_of(deviate, uniform as f32));
                    let exact = mean * libm::exp(sign * log);
                    assert!(
                        (subordinator / exact - 1.0).abs() < 1e-6,
                        "{alpha} {deviate} {uniform}: {subordinator} {exact}"
                    );
                }
            }
        }
    }
}
