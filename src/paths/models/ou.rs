//! Mean-reverting log price (Uhlenbeck and Ornstein 1930; for prices Schwartz 1997, model 1):
//! dx = mean_reversion·(ln level − x) dt + volatility dB, x = ln S.
//!
//! The step is exact: x moves to ln level + (x − ln level)·e^(−κ dt) plus a normal of variance
//! σ²(1 − e^(−2κ dt))/(2κ). A price that reverts has no drift, so nothing is compensated.

use crate::lanes::{LANES, Lanes};
use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter, Range};
use crate::paths::catalogue::parameters::{VOLATILITY, YEARLY, number};
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::stream::{Purpose, Stream};
use crate::paths::wording::{half_life, short};
use crate::text::format::{percent_trimmed, significant};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ou {
    /// Price that it reverts to, `> 0`.
    pub level: f64,
    /// Speed κ per year, `>= 0`: ln 2/κ is the half-life of a deviation.
    pub mean_reversion: f64,
    /// Volatility of the log price per square-root year, `>= 0`.
    pub volatility: f64,
}

/// The parameter table.
const PARAMETERS: [Parameter; 3] = [
    number("level", "quote per base", Range::closed(1e-9, 1e12), "1.0", "price that it returns to"),
    number(
        "mean_reversion",
        YEARLY,
        Range::closed(0.0, 10_000.0),
        "100",
        "speed at which the log price returns: ln 2/speed is its half-life",
    ),
    VOLATILITY,
];

impl PriceModel for Ou {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "ou",
        summary: "log price that reverts to a level, as of a pegged coin",
        formula: &["dx = mean_reversion·(ln level − x) dt + volatility dB, x = ln S"],
        discretisation: "exact in distribution for any step; a jump decays like any deviation",
        source: "Uhlenbeck and Ornstein 1930; for prices Schwartz 1997, model 1",
        limits: "No drift, so that common jumps are not compensated. Under continuous monitoring a step should be short \
                 beside the half-life, ln 2/mean_reversion: inside it the price is taken to move at a constant rate.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = OuStep;

    fn step(&self, setting: &StepSetting) -> OuStep {
        OuStep::new(self, setting.price, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        1.0
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "log price that reverts to {} at a speed of {} a year{}, volatility {} a year, without drift",
            significant(self.level, 12),
            short(self.mean_reversion),
            half_life(self.mean_reversion),
            percent_trimmed(self.volatility)
        )
    }
}

impl FormulaModel for Ou {
    const OVERFLOW_HELP: &'static str = "move level towards the price, or lower volatility";

    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        Ok(Self {
            level: parameters.number("level")?,
            mean_reversion: parameters.number("mean_reversion")?,
            volatility: parameters.number("volatility")?,
        })
    }

    fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility
    }

    fn log_return_bound(&self, price: f64, years: f64) -> LogReturnBound {
        let speed = 2.0 * self.mean_reversion * years;
        let shrink = if speed > 0.0 { -libm::expm1(-speed) / speed } else { 1.0 };
        let variance = self.volatility * self.volatility * years * shrink;
        LogReturnBound { drift: libm::log(self.level / price).abs(), variance }
    }
}

/// One step of ln(S/S_0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OuStep {
    level: f64,
    /// Part of a deviation that remains after a step.
    left: f64,
    /// Standard deviation of a step.
    scale: f64,
    /// κ·dt.
    speed: f64,
}

impl OuStep {
    /// From annual parameters and the opening price.
    pub fn new(model: &Ou, price: f64, step_years: f64) -> Self {
        let speed = model.mean_reversion * step_years;
        // (1 − e^(−2κ dt))/(2κ dt), 1 where κ is 0.
        let shrink = if speed > 0.0 { -libm::expm1(-2.0 * speed) / (2.0 * speed) } else { 1.0 };
        Self {
            level: libm::log(model.level / price),
            left: libm::exp(-speed),
            scale: model.volatility * (step_years * shrink).sqrt(),
            speed,
        }
    }
}

impl ModelStep for OuStep {
    type State = ();

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) {}

    #[inline(always)]
    fn advance(&self, _state: &mut (), before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        for l in 0..LANES {
            let reverted = self.level + (before[l] - self.level) * self.left;
            after[l] = reverted + self.scale * f64::from(draws.driver[l]);
        }
    }

    fn step_variance(&self, _state: &(), row: &mut Lanes) {
        *row = [self.scale * self.scale; LANES];
    }

    fn left_of_jump(&self, instant: f64) -> f64 {
        libm::exp(-self.speed * (1.0 - instant))
    }
}
