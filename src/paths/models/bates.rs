//! Stochastic variance and normally distributed jumps (Bates, "Jumps and stochastic volatility", 1996): Heston's
//! price with Merton's jumps added, both drifts compensated. Steps as in `heston`; jumps are exact.

use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter};
use crate::paths::catalogue::parameters::{HESTON, JUMP_MEAN, JUMP_RATE, JUMP_STD};
use crate::paths::jump_size::{JumpSize, NormalJumps, OwnJumps};
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::heston::{Heston, HestonStep};
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, PriceModel, StepSetting};
use crate::paths::wording::normal_jumps;

/// Parameters. `heston.drift` is the drift of the price with its jumps: `E[S_t] = S_0·exp(drift·t)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bates {
    /// The diffusion.
    pub heston: Heston,
    /// The jumps.
    pub jumps: NormalJumps,
}

/// The parameter table.
const PARAMETERS: [Parameter; 9] = {
    let [drift, initial, reversion, long_run, vol_of_vol, correlation] = HESTON;
    [drift, initial, reversion, long_run, vol_of_vol, correlation, JUMP_RATE, JUMP_MEAN, JUMP_STD]
};

impl PriceModel for Bates {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "bates",
        summary: "stochastic variance and normally distributed jumps",
        formula: &["heston's price with merton's jumps added, both compensated in the drift"],
        discretisation: "as heston: weak order 1 in the step; jumps exact, at their own instants",
        source: "Bates, Jumps and stochastic volatility, 1996",
        limits: "Variance does not jump. Between steps as heston.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = HestonStep;

    fn step(&self, setting: &StepSetting) -> HestonStep {
        let drift = self.heston.drift - self.jumps.mean_return();
        HestonStep::new(&self.heston, drift - setting.common_return, setting.step_years)
    }

    fn own_jumps(&self) -> Option<OwnJumps> {
        Some(OwnJumps { rate: self.jumps.rate, size: JumpSize::Normal(self.jumps.size) })
    }

    fn relative_cost(&self) -> f64 {
        self.heston.relative_cost()
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "stochastic variance with normal jumps (Bates), {}; {}",
            self.heston.parameters_in_words(),
            normal_jumps(&self.jumps)
        )
    }
}

impl FormulaModel for Bates {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        Ok(Self { heston: Heston::read(parameters)?, jumps: NormalJumps::read(parameters)? })
    }

    fn annual_variance(&self) -> f64 {
        self.heston.annual_variance() + self.jumps.annual_variance()
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let compensation = self.jumps.mean_return() + 0.5 * self.heston.annual_variance();
        LogReturnBound::of_drift(self.heston.drift.abs(), self.annual_variance().sqrt(), compensation, years)
    }
}
