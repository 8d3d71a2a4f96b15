//! Stochastic variance (Heston, "A closed-form solution for options with stochastic volatility", 1993):
//! d ln S = (drift − v/2) dt + √v dB, dv = κ(θ − v) dt + ξ√v dC, correlation ρ between B and C.
//!
//! The variance is stepped by Andersen's quadratic-exponential scheme, the log price by his martingale-corrected
//! scheme with central weights ("Simple and efficient simulation of the Heston stochastic volatility model", 2008,
//! sections 3.2 and 4.3), which hold where the variance reaches zero (Feller's condition 2κθ >= ξ² violated). Mean
//! and variance of v are exact over a step, and so is `E[S]` wherever the scheme's own is finite (with ρ > 0 and a
//! very large ξ·dt it may not be, and is then left uncorrected); the scheme is of weak order 1 in dt.
//!
//! The price's driver is the asset's Gaussian driver w; the variance's is ρ·w + √(1 − ρ²)·η with η the asset's own,
//! so that the prices of several assets have exactly the requested correlations.

use crate::lanes::{LANES, Lanes, Normals};
use crate::paths::catalogue::parameter_table::ModelEntry;
use crate::paths::catalogue::parameters::HESTON;
use crate::paths::draws::Draws;
use crate::paths::log_return_bound::LogReturnBound;
use crate::paths::market_context::MarketContext;
use crate::paths::models::gbm::GbmStep;
use crate::paths::parameter_reader::ParameterReader;
use crate::paths::price_model::{FormulaModel, ModelStep, PriceModel, StepSetting};
use crate::paths::quadratic_exponential::VarianceScheme;
use crate::paths::stream::{Purpose, Stream};
use crate::paths::wording::{half_life, short};
use crate::text::format::percent_trimmed;

/// Parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heston {
    /// Drift of the price per year: `E[S_t] = S_0·exp(drift·t)`.
    pub drift: f64,
    /// Variance at time 0, per year, `>= 0`.
    pub initial_variance: f64,
    /// Speed κ per year, `>= 0`.
    pub mean_reversion: f64,
    /// Variance θ that it reverts to, per year, `>= 0`.
    pub long_run_variance: f64,
    /// ξ, per square-root year, 0 or at least 1e-6.
    pub vol_of_vol: f64,
    /// ρ between price and variance, −1 to 1.
    pub correlation: f64,
}

impl Heston {
    /// The parameters without the name of the model.
    pub fn parameters_in_words(&self) -> String {
        format!(
            "drift {} a year; the variance opens at {} a year (volatility {}), reverts to {} (volatility {}) at a speed of {} \
             a year{}, has a volatility of {}, and a correlation of {} with the price",
            percent_trimmed(self.drift),
            short(self.initial_variance),
            percent_trimmed(self.initial_variance.sqrt()),
            short(self.long_run_variance),
            percent_trimmed(self.long_run_variance.sqrt()),
            short(self.mean_reversion),
            half_life(self.mean_reversion),
            short(self.vol_of_vol),
            short(self.correlation),
        )
    }

    /// The volatility, where nothing moves the variance: the price is then a geometric Brownian motion.
    fn constant_volatility(&self) -> Option<f64> {
        let stays = self.mean_reversion == 0.0 || self.initial_variance == self.long_run_variance;
        (self.vol_of_vol == 0.0 && stays).then(|| self.initial_variance.sqrt())
    }
}

impl PriceModel for Heston {
    const ENTRY: &'static ModelEntry = &ModelEntry {
        kind: "heston",
        summary: "stochastic variance that reverts to a mean",
        formula: &[
            "d ln S = (drift − v/2) dt + √v dB",
            "dv = mean_reversion·(long_run_variance − v) dt + vol_of_vol·√v dC, correlation of B and C",
        ],
        discretisation: "variance by the quadratic-exponential scheme, price martingale-corrected (Andersen 2008): mean and \
                         variance of v and E[S] exact, weak order 1 in the step; good where v reaches 0",
        source: "Heston, A closed-form solution for options with stochastic volatility, 1993",
        limits: "No jumps. Between steps the price is taken as a Brownian bridge of the step's variance.",
        is_continuous: true,
        parameters: &HESTON,
    };

    type Step = HestonStep;

    fn step(&self, setting: &StepSetting) -> HestonStep {
        HestonStep::new(self, self.drift - setting.common_return, setting.step_years)
    }

    fn relative_cost(&self) -> f64 {
        3.4
    }

    fn describe(&self, _context: &MarketContext<'_>) -> String {
        format!("stochastic variance (Heston), {}", self.parameters_in_words())
    }
}

impl FormulaModel for Heston {
    fn read<E>(parameters: &mut dyn ParameterReader<E>) -> Result<Self, E> {
        Ok(Self {
            drift: parameters.number("drift")?,
            initial_variance: parameters.number("initial_variance")?,
            mean_reversion: parameters.number("mean_reversion")?,
            long_run_variance: parameters.number("long_run_variance")?,
            vol_of_vol: parameters.number("vol_of_vol")?,
            correlation: parameters.number("correlation")?,
        })
    }

    /// The larger of the variances at the start and in the long run.
    fn annual_variance(&self) -> f64 {
        self.initial_variance.max(self.long_run_variance)
    }

    fn log_return_bound(&self, _price: f64, years: f64) -> LogReturnBound {
        LogReturnBound::of_drift(self.drift.abs(), self.annual_variance().sqrt(), 0.0, years)
    }
}

/// One step. Where nothing moves the variance, the price is a geometric Brownian motion.
#[derive(Debug, Clone)]
pub enum HestonStep {
    /// The variance is constant.
    Constant(GbmStep),
    /// It moves; the variance opens at the second field.
    Stochastic(Box<StochasticStep>, f64),
}

/// The variances of a block's paths.
#[derive(Debug, Clone)]
pub struct HestonState {
    /// Now.
    pub variance: Lanes,
    /// A step before.
    before: Lanes,
}

impl HestonStep {
    /// From annual parameters. `drift` is what remains for the diffusion once jumps are compensated.
    pub fn new(model: &Heston, drift: f64, step_years: f64) -> Self {
        match model.constant_volatility() {
            Some(volatility) => Self::Constant(GbmStep::new(drift, volatility, step_years)),
            None => {
                let step = StochasticStep::new(model, drift, step_years);
                Self::Stochastic(Box::new(step), model.initial_variance)
            }
        }
    }
}

impl ModelStep for HestonStep {
    type State = HestonState;

    fn begin(&self, _stream: impl Fn(usize, Purpose) -> Stream) -> HestonState {
        let variance = if let Self::Stochastic(_, initial) = self { *initial } else { 0.0 };
        HestonState { variance: [variance; LANES], before: [0.0; LANES] }
    }

    #[inline(always)]
    fn advance(&self, state: &mut HestonState, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        match self {
            Self::Constant(step) => step.advance(&mut (), before, after, draws),
            Self::Stochastic(step, _) => {
                state.before = state.variance;
                step.advance(&mut state.variance, before, after, draws);
            }
        }
    }

    fn step_variance(&self, state: &HestonState, row: &mut Lanes) {
        match self {
            Self::Constant(step) => step.step_variance(&(), row),
            Self::Stochastic(step, _) => {
                *row = std::array::from_fn(|l| step.step_variance(state.before[l], state.variance[l]));
            }
        }
    }

    fn own_normals(&self) -> Option<Purpose> {
        matches!(self, Self::Stochastic(..)).then_some(Purpose::Volatility)
    }

    fn may_overflow(&self) -> bool {
        match self {
            Self::Constant(step) => step.may_overflow(),
            Self::Stochastic(..) => true,
        }
    }
}

/// One step with a variance that moves.
#[derive(Debug, Clone)]
pub struct StochasticStep {
    growth: f64,
    step_years: f64,
    /// Part of a deviation of the variance that is left after a step, `(1 − left)/κ`, and `θ·(1 − left)`.
    left: f64,
    reverted: f64,
    theta: f64,
    long_run: f64,
    rho: f32,
    rho_rest: f32,
    /// Half the variance of the price's own part over a step of variance 1 at both ends: Andersen's K₃ and K₄.
    own_half: f64,
    /// His A = K₂ + K₄/2: the price's mean given v' goes with exp(A·v').
    tilt: f64,
    /// `None` where nothing moves the variance but its reversion.
    scheme: Option<VarianceScheme>,
}

impl StochasticStep {
    fn new(model: &Heston, drift: f64, step_years: f64) -> Self {
        let (kappa, xi, rho, dt) = (model.mean_reversion, model.vol_of_vol, model.correlation, step_years);
        let reverted = if kappa * dt > 0.0 { -libm::expm1(-kappa * dt) / kappa } else { dt };
        // Central weights: the integral of the variance is dt·(v + v')/2.
        let half = 0.5 * dt;
        let pull = if xi > 0.0 { rho / xi } else { 0.0 };
        let (k2, k4) = (half * (kappa * pull - 0.5) + pull, half * (1.0 - rho * rho));
        let tilt = k2 + 0.5 * k4;
        let theta = model.long_run_variance;
        Self {
            growth: drift * dt,
            step_years: dt,
            left: libm::exp(-kappa * dt),
            reverted,
            theta: theta * kappa * reverted,
            long_run: theta,
            rho: rho as f32,
            rho_rest: (1.0 - rho * rho).sqrt() as f32,
            own_half: k4,
            tilt,
            scheme: (xi > 0.0).then(|| VarianceScheme::new([kappa, theta, xi], dt, tilt)),
        }
    }

    /// The log prices a step after `before`; advances the variances. The asset's own normals are the variance's.
    ///
    /// With V = K₄·(v + v') the variance of the price's own part, and C the correction, ln S moves by
    /// drift·dt − V/2 + A·(v' − m) − C + √V·(√(1 − ρ²)·w − ρ·η).
    #[inline(always)]
    fn advance(&self, variance: &mut Lanes, before: &Lanes, after: &mut Lanes, draws: &Draws<'_>) {
        let (driver, own) = (draws.driver, draws.normals);
        let Some(scheme) = &self.scheme else {
            return self.advance_without_noise(variance, before, after, driver);
        };
        let (mut z, mut rest) = ([0.0; LANES], [0.0; LANES]);
        for l in 0..LANES {
            z[l] = self.rho * driver[l] + self.rho_rest * own[l];
            rest[l] = self.rho_rest * driver[l] - self.rho * own[l];
        }
        let step = scheme.step(variance, &z);
        for l in 0..LANES {
            let (mean, moved) = (step.mean[l], step.mean[l] * f64::from(step.noise[l]));
            let next = if mean + moved > 0.0 { mean + moved } else { 0.0 };
            let own_variance = self.own_half * (variance[l] + next);
            variance[l] = next;
            let drift = self.growth - 0.5 * own_variance;
            let own = f64::from((own_variance as f32).sqrt() * rest[l]);
            after[l] = before[l] + (drift + (self.tilt * moved - step.correction[l]) + own);
        }
    }

    /// ξ = 0: the variance goes its way, and the step is exact.
    fn advance_without_noise(
        &self,
        variance: &mut Lanes,
        before: &Lanes,
        after: &mut Lanes,
        driver: &Normals,
    ) {
        for l in 0..LANES {
            let integral = self.integral(variance[l]);
            after[l] = before[l] + (self.growth - 0.5 * integral + integral.sqrt() * f64::from(driver[l]));
            variance[l] = variance[l] * self.left + self.theta;
        }
    }

    /// Variance of the log price over the step between two variances.
    #[inline(always)]
    fn step_variance(&self, before: f64, after: f64) -> f64 {
        if self.scheme.is_none() { self.integral(before) } else { 0.5 * self.step_years * (before + after) }
    }

    /// Integral over a step of a variance that nothing moves but its reversion.
    fn integral(&self, v: f64) -> f64 {
        v * self.reverted + self.long_run * (self.step_years - self.reverted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::normal::normal_pairs;
    use crate::paths::stream::LaneStreams;
    use crate::paths::stream::Purpose;

    /// One step from `variance`: mean and variance of what it becomes, over 256,000 paths, and their standard errors.
    fn one_step(model: &Heston, step_years: f64, variance: f64) -> [(f64, f64); 2] {
        let step = StochasticStep::new(model, 0.0, step_years);
        let mut after = Vec::new();
        for block in 0..2_000 {
            let ids = std::array::from_fn(|l| (block * LANES + l) as u64);
            let mut streams = LaneStreams::new(31, &ids, Purpose::Diffusion, 0);
            for _ in 0..2 {
                let (mut driver, mut own) = ([0.0; LANES], [0.0; LANES]);
                normal_pairs(&mut streams, &mut driver, &mut own);
                let (mut log_price, mut v) = ([0.0; LANES], [variance; LANES]);
                let (driver, normals, uniforms) = (&driver, &own, &[0.0; LANES]);
                let draws = Draws { driver, normals, uniforms, rows: None, step: 1 };
                step.advance(&mut v, &[0.0; LANES], &mut log_price, &draws);
                assert!(v.iter().all(|v| *v >= 0.0) && log_price.iter().all(|x| x.is_finite()));
                after.extend(v);
            }
        }
        let n = after.len() as f64;
        let mean = after.iter().sum::<f64>() / n;
        let moment = |k: i32| after.iter().map(|v| libm::pow(v - mean, f64::from(k))).sum::<f64>() / n;
        let (second, fourth) = (moment(2), moment(4));
        [(mean, (second / n).sqrt()), (second, ((fourth - second * second) / n).sqrt())]
    }

    /// E[v'] and Var[v'] of the square-root process (Cox, Ingersoll and Ross 1985, equation 19), in both of Andersen's
    /// schemes, for steps of an hour to two years: within 4.5 standard errors (odds of a false alarm 1 in 4,000 for all). The
    /// variance is seen to 1.3 % in the quadratic scheme, to 2.5 % or so in the exponential one.
    #[test]
    fn the_variance_has_its_moments() {
        let base = Heston {
            drift: 0.0,
            initial_variance: 0.0,
            mean_reversion: 3.0,
            long_run_variance: 0.4,
            vol_of_vol: 1.0,
            correlation: -0.5,
        };
        let (wild, still) = (Heston { vol_of_vol: 4.0, ..base }, Heston { mean_reversion: 0.0, ..base });
        for model in [base, wild, still] {
            for step_years in [1.0 / 8_760.0, 1.0 / 365.0, 0.1, 2.0] {
                for variance in [0.0, 0.01, 0.5] {
                    let (kappa, theta, xi) =
                        (model.mean_reversion, model.long_run_variance, model.vol_of_vol);
                    if variance == 0.0 && kappa == 0.0 {
                        continue;
                    }
                    let left = libm::exp(-kappa * step_years);
                    let reverted = if kappa > 0.0 { (1.0 - left) / kappa } else { step_years };
                    let mean = theta + (variance - theta) * left;
                    let spread = xi * xi * reverted * (variance * left + 0.5 * theta * (1.0 - left));
                    let [measured_mean, measured_spread] = one_step(&model, step_years, variance);
                    for ((measured, error), exact) in [(measured_mean, mean), (measured_spread, spread)] {
                        let what = format!("{model:?}, {step_years} years from {variance}");
                        assert!(
                            (measured - exact).abs() < 4.5 * error,
                            "{what}: {measured} ± {error}, exact {exact}"
                        );
                    }
                }
            }
        }
    }
}
