//! Jump diffusion with normally distributed jumps (Merton, "Option pricing when underlying stock returns are
//! discontinuous", 1976): d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN.
//!
//! N counts arrivals, `jump_rate` a year; J is normal. The step is exact: the instants of arrivals do not depend
//! on the step, and between them the price is a geometric Brownian motion.

use crate::paths::catalogue::parameter_table::{ModelEntry, Parameter};
use crate::paths::catalogue::parameters::{DIFFUSION, DRIFT, JUMP_MEAN, JUMP_RATE, JUMP_STD};
use crate::paths::jump_size::{JumpSize, NormalJumps, OwnJumps};
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::gbm::GbmStep;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, PriceModel, StepSetting};
use crate::paths::wording::{diffusion, normal_jumps};

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merton {
    /// Drift of the price per year, jumps compensated: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Volatility of the diffusion per square-root year, `>= 0`.
    pub volatility: f64,
    /// The jumps.
    pub jumps: NormalJumps,
}

/// The parameter table.
const PARAMETERS: [Parameter; 5] = [DRIFT, DIFFUSION, JUMP_RATE, JUMP_MEAN, JUMP_STD];

impl PriceModel for Merton {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "merton",
        summary: "Brownian motion with normally distributed jumps",
        formula: &[
            "d ln S = (drift − volatility²/2 − jump_rate·(E[e^J] − 1)) dt + volatility dB + J dN",
            "N counts arrivals, jump_rate a year; J is normal with jump_mean and jump_std",
        ],
        discretisation: "exact in distribution for any step; jumps happen at their own instants, whatever the step",
        source: "Merton, Option pricing when underlying stock returns are discontinuous, 1976",
        limits: "Jumps come independently of each other and of the diffusion.",
        is_continuous: true,
        parameters: &PARAMETERS,
    };

    type Step = GbmStep;

    fn step(&self, setting: &StepSetting) -> GbmStep {
        let drift = self.drift - self.jumps.mean_return();
        GbmStep::new(drift - setting.common_return, self.volatility, setting.step_years)
    }

    fn own_jumps(&self) -> Option<OwnJumps> {
        Some(OwnJumps { rate: self.jumps.rate, size: JumpSize::Normal(self.jumps.size) })
    }

    fn relative_cost(&self) -> f64 {
        1.2
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!(
            "Brownian motion with normal jumps (Merton), {}; {}",
            diffusion(self.drift, self.volatility),
            normal_jumps(&self.jumps)
        )
    }
}

impl FormulaModel for Merton {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        let (drift, volatility) = (parameters.number("drift")?, parameters.number("volatility")?);
        Ok(Self { drift, volatility, jumps: NormalJumps::read(parameters)? })
    }

    fn annual_variance(&self) -> f64 {
        self.volatility * self.volatility + self.jumps.annual_variance()
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        let compensation = self.jumps.mean_return() + 0.5 * self.volatility * self.volatility;
        LogReturnBound::of_drift(self.drift.abs(), self.annual_variance().sqrt(), compensation, years)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::jump_size::NormalJump;

    #[test]
    fn the_description_names_all_parameters() {
        let jumps = NormalJumps { rate: 12.0, size: NormalJump { mean: -0.05, std: 0.08 } };
        let merton = Merton { drift: 0.0, volatility: 0.5, jumps };
        assert_eq!(
            merton.describe(&MarketContext::default()),
            "Brownian motion with normal jumps (Merton), drift 0 % and volatility 50 % a year; 12 jumps a year on \
             average, mean -0.05 and standard deviation 0.08 in log price, compensated in the drift"
        );
    }
}
