//! How far a log price may go: a scenario in which prices leave what numbers hold is refused.

use crate::domain::Span;
use crate::error::{Error, Result};
use crate::paths::{MarketModel, PriceProcess, Shock, ShockTime};
use crate::scenario::syntax::reader::Table;

/// Largest log return over the horizon: a price that changes by a factor of 1e26 means nothing any more, and amounts
/// and their squares are still well inside `f64`.
pub(crate) const LARGEST_LOG_RETURN: f64 = 60.0;
/// Standard deviations that no path of any run goes beyond.
const DEVIATIONS: f64 = 9.0;

/// Mean and spread of a log return over the horizon.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    /// Of the mean, as a positive number.
    drift: f64,
    variance: f64,
}

impl Reach {
    fn total(self) -> f64 {
        self.drift + DEVIATIONS * self.variance.sqrt()
    }

    /// Of a law alone; `None` for a history, which is checked by its own returns.
    fn of_law(law: &PriceProcess, price: f64, years: f64) -> Option<Self> {
        if let PriceProcess::Ou(law) = law {
            let speed = 2.0 * law.mean_reversion * years;
            let shrink = if speed > 0.0 { -libm::expm1(-speed) / speed } else { 1.0 };
            let variance = law.volatility * law.volatility * years * shrink;
            return Some(Self { drift: libm::log(law.level / price).abs(), variance });
        }
        let volatility = law.annual_volatility()?;
        let variance = volatility * volatility;
        // What the drift of the price leaves to that of its logarithm: half the variance, or more with large jumps.
        let taken = (0.5 * variance).max(jump_compensation(law).abs());
        Some(Self { drift: (drift(law) + taken) * years, variance: variance * years })
    }
}

/// Largest drift of the price, as a positive number.
fn drift(law: &PriceProcess) -> f64 {
    match law {
        PriceProcess::Gbm(law) => law.drift.abs(),
        PriceProcess::Merton(law) => law.drift.abs(),
        PriceProcess::Kou(law) => law.drift.abs(),
        PriceProcess::Heston(law) => law.drift.abs(),
        PriceProcess::Bates(law) => law.heston.drift.abs(),
        PriceProcess::Garch(law) => law.drift.abs(),
        PriceProcess::Regime(law) => law.states.iter().map(|state| state.drift.abs()).fold(0.0, f64::max),
        PriceProcess::VarianceGamma(law) => law.drift.abs(),
        PriceProcess::Nig(law) => law.drift.abs(),
        PriceProcess::Ou(_) | PriceProcess::Bootstrap { .. } | PriceProcess::Replay { .. } => 0.0,
    }
}

/// What jumps take from the drift of the log price per year beside the jumps themselves.
fn jump_compensation(law: &PriceProcess) -> f64 {
    match law {
        PriceProcess::Merton(law) => law.jumps.mean_return() + 0.5 * law.volatility * law.volatility,
        PriceProcess::Kou(law) => law.mean_return() + 0.5 * law.volatility * law.volatility,
        PriceProcess::Bates(law) => law.jumps.mean_return() + 0.5 * law.heston.largest_variance(),
        PriceProcess::VarianceGamma(law) => law.compensation(),
        PriceProcess::Nig(law) => law.compensation(),
        _ => 0.0,
    }
}

/// Refuses a model whose price may leave the range of numbers.
///
/// # Errors
/// The largest log return, and the limit.
pub(crate) fn check_law(table: &Table<'_>, law: &PriceProcess, price: f64, horizon: Span) -> Result<()> {
    let Some(reach) = Reach::of_law(law, price, horizon.years()) else { return Ok(()) };
    if reach.total() <= LARGEST_LOG_RETURN {
        return Ok(());
    }
    let what = out_of_numbers(table.path(), horizon, reach.total());
    let help = match law {
        PriceProcess::Ou(_) => "bring level nearer to the price, or lower volatility",
        PriceProcess::Gbm(_) => "shorten simulation.horizon, or lower drift or volatility",
        _ => "shorten simulation.horizon, or lower drift, volatility or jumps",
    };
    // A table written in one line is pointed at where its value stands.
    Err(match table.field("volatility") {
        Some(field) => field.fail(&what, help),
        None => table.fail(&what, help),
    })
}

fn out_of_numbers(path: &str, horizon: Span, reach: f64) -> String {
    format!(
        "over a horizon of {horizon}, `{path}` lets the price leave the range of numbers: log returns up to {reach:.0}; \
         allowed: {LARGEST_LOG_RETURN}, a factor of 1e26"
    )
}

/// Refuses common jumps and shocks that take a price out of the range of numbers together with its model.
///
/// # Errors
/// The largest log return, and the limit; points at the table of the common jumps, or of the first shock.
pub(crate) fn check_laid_over(root: &Table<'_>, market: &MarketModel, horizon: Span) -> Result<()> {
    let years = horizon.years();
    for (index, asset) in market.assets.iter().enumerate() {
        let mut reach = Reach::of_law(&asset.process, asset.price, years).unwrap_or_default();
        let mut path = None;
        let common = market.common_jumps.as_ref();
        if let Some((rate, size)) = common.and_then(|c| Some((c.rate, (*c.sizes.get(index)?)?))) {
            reach.variance += rate * years * size.mean_square();
            reach.drift += rate * years * (size.mean_return().abs() + size.mean.abs());
            path = Some("common_jumps");
        }
        for shock in &market.shocks {
            let of_shock = reach_of_shock(shock, index, years);
            path = path.or((of_shock.total() > 0.0).then_some("shock"));
            reach.drift += of_shock.drift;
            reach.variance += of_shock.variance;
        }
        if let Some(path) = path.filter(|_| reach.total() > LARGEST_LOG_RETURN) {
            return Err(refuse(root, path, &out_of_numbers(path, horizon, reach.total())));
        }
    }
    Ok(())
}

fn reach_of_shock(shock: &Shock, asset: usize, years: f64) -> Reach {
    let size = shock.log_moves.get(asset).copied().unwrap_or(0.0);
    match shock.time {
        ShockTime::At(_) => Reach { drift: size.abs(), variance: 0.0 },
        ShockTime::Rate(rate) => {
            Reach { drift: rate * years * size.abs(), variance: rate * years * size * size }
        }
    }
}

fn refuse(root: &Table<'_>, path: &str, what: &str) -> Error {
    let help = "lower the rate or the sizes, or shorten simulation.horizon";
    root.field(path).map_or_else(|| root.fail(what, help), |field| field.fail(what, help))
}
