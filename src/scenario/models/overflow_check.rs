//! The overflow check: a scenario whose prices may leave the range of numbers is refused.

use crate::domain::Span;
use crate::error::Result;
use crate::paths::{LogReturnBound, MarketModel, PriceProcess, Shock, ShockTime};
use crate::scenario::syntax::reader::Table;

/// Largest log return over the horizon: a price that changes by a factor of 1e26 is meaningless, and amounts and their
/// squares are still well inside the range of `f64`.
pub(crate) const LARGEST_LOG_RETURN: f64 = 60.0;

/// Refuses a model whose price may leave the range of numbers.
///
/// # Errors
/// The largest log return, and the limit.
pub(crate) fn check_model(
    table: &Table<'_>,
    process: &PriceProcess,
    price: f64,
    horizon: Span,
) -> Result<()> {
    let Some(bound) = process.log_return_bound(price, horizon.years()) else { return Ok(()) };
    if bound.total() <= LARGEST_LOG_RETURN {
        return Ok(());
    }
    let what = out_of_numbers(table.path(), horizon, bound.total());
    let help = process.overflow_help();
    // In a table of one line the error points at the value.
    Err(table.fail_at(&["volatility"], &what, help))
}

fn out_of_numbers(path: &str, horizon: Span, log_return: f64) -> String {
    format!(
        "over a horizon of {horizon}, `{path}` allows log returns up to {log_return:.0}, at which prices overflow; \
         expected at most {LARGEST_LOG_RETURN}, a factor of 1e26"
    )
}

/// Refuses common jumps and shocks that take a price out of the range of numbers together with its model.
///
/// # Errors
/// The largest log return, and the limit; points at the table of the common jumps, or of the first shock.
pub(crate) fn check_overlay(root: &Table<'_>, market: &MarketModel, horizon: Span) -> Result<()> {
    let years = horizon.years();
    for (index, asset) in market.assets.iter().enumerate() {
        let mut bound = asset.process.log_return_bound(asset.price, years).unwrap_or_default();
        let mut path = None;
        let common = market.common_jumps.as_ref();
        if let Some((rate, size)) = common.and_then(|c| Some((c.rate, (*c.sizes.get(index)?)?))) {
            bound.variance += rate * years * size.mean_square();
            bound.drift += rate * years * (size.mean_return().abs() + size.mean.abs());
            path = Some("common_jumps");
        }
        for shock in &market.shocks {
            let of_shock = bound_of_shock(shock, index, years);
            path = path.or((of_shock.total() > 0.0).then_some("shock"));
            bound.drift += of_shock.drift;
            bound.variance += of_shock.variance;
        }
        if let Some(path) = path.filter(|_| bound.total() > LARGEST_LOG_RETURN) {
            let help = "lower the rate or the sizes, or shorten simulation.horizon";
            return Err(root.fail_at(&[path], &out_of_numbers(path, horizon, bound.total()), help));
        }
    }
    Ok(())
}

fn bound_of_shock(shock: &Shock, asset: usize, years: f64) -> LogReturnBound {
    let size = shock.log_moves.get(asset).copied().unwrap_or(0.0);
    match shock.time {
        ShockTime::At(_) => LogReturnBound { drift: size.abs(), variance: 0.0 },
        ShockTime::Rate(rate) => {
            LogReturnBound { drift: rate * years * size.abs(), variance: rate * years * size * size }
        }
    }
}
