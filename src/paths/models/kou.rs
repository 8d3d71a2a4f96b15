//! Jump diffusion with double exponential jumps (Kou, "A jump-diffusion model for option pricing", 2002):
//! d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN.
//!
//! J is exponential with mean 1/up_rate upwards with probability `up_probability`, and with mean 1/down_rate
//! downwards otherwise: E[e^J] = p·η₁/(η₁ − 1) + (1 − p)·η₂/(η₂ + 1), which exists for η₁ > 1. The step is exact.

use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range};
use crate::paths::catalogue::parameters::{DIFFUSION, DRIFT, JUMP_RATE, number};
use crate::paths::jump_size::{JumpSize, OwnJumps};
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::gbm::GbmStep;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, PriceModel, StepSetting};
use crate::paths::wording::{diffusion, short};
use crate::text::format::percent_trimmed;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kou {
    /// Drift of the price per year, jumps compensated: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility of the diffusion per square-root year, `>= 0`.
    pub volatility: f64,
    /// Arrivals per year, `>= 0`.
    pub jump_rate: f64,
    /// Probability that a jump goes up, `0 ..= 1`.
    pub up_probability: f64,
    /// Rate of upward sizes, `> 1`; their mean is its inverse.
    pub up_rate: f64,
    /// Rate of downward sizes, `> 0`.
    pub down_rate: f64,
}

/// The parameter table.
const PARAMETERS: [Parameter; 6] = [
    DRIFT,
    DIFFUSION,
    JUMP_RATE,
    number("up_probability", "", Range::closed(0.0, 1.0), "0.4", "that a jump goes up"),
    number(
        "up_rate",
        "per log price",
        Range::above(1.0, 10_000.0),
        "20",
        "an upward jump is exponential with mean 1/up_rate; at 1 the expected price is infinite",
    ),
    number(
        "down_rate",
        "per log price",
        Range::above(0.0, 10_000.0),
        "15",
        "a downward jump is exponential with mean 1/down_rate",
    ),
];

impl Kou {
    /// What jumps add to the expected return per year.
    pub fn mean_return(&self) -> f64 {
        let (p, up, down) = (self.up_probability, self.up_rate, self.down_rate);
        // E[e^J] − 1, written without the cancellation of small sizes.
        self.jump_rate * (p / (up - 1.0) - (1.0 - p) / (down + 1.0))
    }
}

impl PriceModel for Kou {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "kou",
        summary: "Brownian motion with double exponential jumps",
        formula: &[
            "d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN",
            "J > 0 with up_probability, exponential with mean 1/up_rate; else −J has mean 1/down_rate",
        ],
        discretisation: "exact in distribution for any step; jumps happen at their own instants, whatever the step",
        source: "Kou, A jump-diffusion model for option pricing, 2002",
        limits: "Jumps come independently of each other and of the diffusion.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = GbmStep;

    fn step(&self, setting: &StepSetting) -> GbmStep {
        let drift = self.drift - self.mean_return();
        GbmStep::new(drift - setting.common_return, self.volatility, setting.step_years)
    }

    fn own_jumps(&self) -> Option<OwnJumps> {
        let size = JumpSize::DoubleExponential {
            up_probability: self.up_probability,
            up_mean: 1.0 / self.up_rate,
            down_mean: 1.0 / self.down_rate,
        };
        Some(OwnJumps { rate: self.jump_rate, size })
    }

    fn relative_cost(&self) -> f64 {
        1.2
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "Brownian motion with double exponential jumps (Kou), {}; {} jumps a year on average, up with probability {} \
             by {} on average and otherwise down by {} in log price, compensated in the drift",
            diffusion(self.drift, self.volatility),
            short(self.jump_rate),
            percent_trimmed(self.up_probability),
            short(1.0 / self.up_rate),
            short(1.0 / self.down_rate),
        )
    }
}

impl FormulaModel for Kou {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        Ok(Self {
            drift: parameters.number("drift")?,
            volatility: parameters.number("volatility")?,
            jump_rate: parameters.rate("jump_rate")?,
            up_probability: parameters.number("up_probability")?,
            up_rate: parameters.number("up_rate")?,
            down_rate: parameters.number("down_rate")?,
        })
    }

    fn annual_variance(&self) -> f64 {
        let (p, up, down) = (self.up_probability, self.up_rate, self.down_rate);
        let mean_square = 2.0 * p / (up * up) + 2.0 * (1.0 - p) / (down * down);
        self.volatility * self.volatility + self.jump_rate * mean_square
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let compensation = self.mean_return() + 0.5 * self.volatility * self.volatility;
        LogReturnBound::of_drift(self.drift.abs(), self.annual_variance().sqrt(), compensation, years)
    }
}
