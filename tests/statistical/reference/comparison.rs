//! One figure against one run, in standard errors.

use ringfence::simulation::{ModeOutcome, RunOutcome};
use ringfence::statistics::Distribution;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal};

use super::figures::{Figure, Statistic};

/// A histogram bin of a drawdown is at most this wide.
const BIN: f64 = 6.2e-5;
/// Below this variance of a count its exact law replaces the normal one.
const FEW: f64 = 400.0;

/// What was measured beside what is exact. For a quantile both are probabilities: the share of paths
/// at or below the exact quantile, and the quantile's probability.
#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub expected: f64,
    pub measured: f64,
    pub std_error: f64,
    pub z: f64,
}

impl Comparison {
    fn normal(expected: f64, measured: f64, std_error: f64) -> Self {
        Self { expected, measured, std_error, z: (measured - expected) / std_error }
    }

    /// Forgives a difference of `budget`, which is stated elsewhere.
    fn within(self, budget: f64) -> Self {
        if budget == 0.0 {
            return self;
        }
        let difference = self.measured - self.expected;
        let beyond = (difference.abs() - budget).max(0.0).copysign(difference);
        Self { z: beyond / self.std_error, ..self }
    }

    /// `count` of `trials` where each succeeds with probability `p`.
    fn count(p: f64, count: u64, trials: u64) -> Option<Self> {
        let n = trials as f64;
        let mut comparison = Self::normal(p, count as f64 / n, (p * (1.0 - p) / n).sqrt());
        if n * p * (1.0 - p) < FEW {
            comparison.z = exact_z(p, count, trials)?;
        }
        Some(comparison)
    }
}

/// The normal deviate with the two-sided probability of a binomial count: twice the smaller tail, the
/// count included, so that it never overstates a deviation.
fn exact_z(p: f64, count: u64, trials: u64) -> Option<f64> {
    let law = Binomial::new(p, trials).ok()?;
    let lower = law.cdf(count);
    let upper = if count == 0 { 1.0 } else { law.sf(count - 1) };
    let deviate = -Normal::standard().inverse_cdf(lower.min(upper).min(0.5));
    Some(if lower < upper { -deviate } else { deviate })
}

/// Compares the first mode of a run of the figure's setting; `None` if the run has nothing to say (no
/// liquidation to take the mean time of).
pub fn compare(figure: &Figure, outcome: &RunOutcome) -> Option<Comparison> {
    let mode = outcome.modes.first()?;
    let days_per_step = figure.setting.days / figure.setting.steps as f64;
    let exact = figure.exact;
    let drawdown = &mode.drawdown_relative;
    let budget = figure.setting.discretisation();
    match figure.statistic {
        Statistic::LiquidationProbability => {
            Some(Comparison::count(exact, mode.any, outcome.paths)?.within(budget))
        }
        Statistic::GapProbability => Comparison::count(exact, mode.shortfall_paths, outcome.paths),
        Statistic::ShortfallMean => {
            let (measured, std_error) = (mode.shortfall.mean()?, mode.shortfall.std_error()?);
            Some(Comparison::normal(exact, measured, std_error))
        }
        Statistic::LiquidatedBy(day) => {
            let last = (day / days_per_step).round() as usize;
            let count = mode.first_liquidation.iter().take(last + 1).sum();
            Comparison::count(exact, count, outcome.paths)
        }
        Statistic::RestrictedMeanDays => mean_days(exact, mode, outcome.paths - mode.any, days_per_step),
        Statistic::MeanDaysIfLiquidated => mean_days(exact, mode, 0, days_per_step),
        Statistic::DrawdownMean => {
            let moments = drawdown.moments();
            let (measured, std_error) = (moments.mean()?, moments.std_error()?);
            // The nearest value that an account with a floor at zero may have.
            let expected = measured.clamp(exact - figure.setting.drawdown_cut_off(), exact);
            Some(Comparison::normal(expected, measured, std_error))
        }
        Statistic::LogDrawdownMean => Some(log_mean(exact, drawdown)),
        Statistic::DrawdownQuantile(p) => Some(share_at_or_below(p, exact, drawdown)),
        Statistic::DrawdownExceedance(level) => {
            let below = share_at_or_below(1.0 - exact, level, drawdown);
            Some(Comparison { expected: exact, measured: 1.0 - below.measured, z: -below.z, ..below })
        }
    }
}

/// Mean step of the liquidated paths and of `survivors` at the horizon, in days.
fn mean_days(exact: f64, mode: &ModeOutcome, survivors: u64, days_per_step: f64) -> Option<Comparison> {
    let last = mode.first_liquidation.len().checked_sub(1)? as f64;
    let times = mode.first_liquidation.iter().enumerate().map(|(k, &c)| (k as f64, c as f64));
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (step, count) in times.chain([(last, survivors as f64)]) {
        n += count;
        sum += count * step;
        squares += count * step * step;
    }
    let mean = sum / n;
    let std_error = ((squares / n - mean * mean) / n).sqrt();
    (n > 0.0).then(|| Comparison::normal(exact, mean * days_per_step, std_error * days_per_step))
}

/// Mean of −ln(1 − d) over the bins, each taken half a bin below its largest value; half a bin of the
/// logarithm at the mean is added to the standard error.
fn log_mean(exact: f64, drawdown: &Distribution) -> Comparison {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for (largest, count) in drawdown.histogram().bins() {
        let (x, count) = (-libm::log1p(0.5 * BIN - largest), count as f64);
        n += count;
        sum += count * x;
        squares += count * x * x;
    }
    let mean = sum / n;
    let sampling = (squares / n - mean * mean) / n;
    let resolution = 0.5 * BIN * libm::exp(mean);
    Comparison::normal(exact, mean, (sampling + resolution * resolution).sqrt())
}

/// Share of values at or below `level` against `p`. The values of the one bin that straddles the
/// level count half, and the spread of a uniform count in it is added to the binomial one.
fn share_at_or_below(p: f64, level: f64, values: &Distribution) -> Comparison {
    let (mut below, mut straddling) = (0, 0);
    for (largest, count) in values.histogram().bins() {
        if largest <= level {
            below += count;
        } else {
            straddling = if largest - level < BIN { count } else { 0 };
            break;
        }
    }
    let n = values.histogram().total() as f64;
    let unsure = straddling as f64 / n;
    let variance = p * (1.0 - p) / n + unsure * unsure / 12.0;
    Comparison::normal(p, below as f64 / n + 0.5 * unsure, variance.sqrt())
}
