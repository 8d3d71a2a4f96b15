//! The measures of margin modes, a row each: its label and its value in a mode.

use crate::report::wording::cells::{at, or_dash};
use crate::report::wording::money::Money;
use crate::report::wording::share::{half_width, mean_share, quantile_half_width, quantile_share, share};
use crate::result::document::ResultDocument;
use crate::result::document::mode::{MeanOfPaths, ModeResult};
use crate::text::format::{decimals_for, distinct, fixed, percent_trimmed, price};

/// Characters of a position's name that are shown.
const NAME: usize = 24;

/// One measure of every mode.
pub struct ModeRow<'a> {
    /// How deep the row lies below the row that it belongs to; 0 for a row of its own.
    pub indent: usize,
    /// What is measured.
    pub label: String,
    /// The text of a mode's value.
    pub value: Box<dyn Fn(&ModeResult) -> String + 'a>,
}

/// All rows of a run.
pub fn all(document: &ResultDocument) -> Vec<ModeRow<'_>> {
    let mut rows = liquidation_rows(document);
    rows.extend(drawdown_rows());
    rows.extend(money_rows(document));
    if document.modes.iter().any(|(_, mode)| mode.in_quote.is_some()) {
        rows.extend(quote_rows());
    }
    rows
}

/// A row of its own.
fn row<'a>(label: impl Into<String>, value: impl Fn(&ModeResult) -> String + 'a) -> ModeRow<'a> {
    below(0, label, value)
}

/// A row that belongs to the one before it.
fn below<'a>(
    indent: usize,
    label: impl Into<String>,
    value: impl Fn(&ModeResult) -> String + 'a,
) -> ModeRow<'a> {
    ModeRow { indent, label: label.into(), value: Box::new(value) }
}

/// How often, and when, accounts are liquidated.
pub fn account_rows(document: &ResultDocument) -> [ModeRow<'_>; 4] {
    let ruin = percent_trimmed(document.scenario.ruin_level);
    [
        row("liquidation frequency", |m| share(&m.liquidation.any)),
        row("all positions liquidated", |m| share(&m.liquidation.all)),
        row("median time to liquidation", |m| {
            let median = at(&m.liquidation.time_days.quantiles, "0.5");
            or_dash(median.map(|days| time(days, document.scenario.horizon_days)))
        }),
        row(format!("ruin (equity down to {ruin})"), |m| share(&m.ruin)),
    ]
}

fn liquidation_rows(document: &ResultDocument) -> Vec<ModeRow<'_>> {
    let [any, all, time, ruin] = account_rows(document);
    let mut rows = vec![any, all];
    let first = document.modes.iter().next();
    let names = || first.iter().flat_map(|(_, mode)| mode.liquidation.positions.iter()).map(|(name, _)| name);
    for (name, shown) in names().zip(distinct(names(), NAME)) {
        let position = move |m: &ModeResult| m.liquidation.positions.get(name).cloned();
        rows.push(below(1, shown, move |m| or_dash(position(m).map(|p| share(&p.liquidated)))));
        rows.push(below(2, "liquidation price at entry", move |m| {
            or_dash(position(m).and_then(|p| p.liquidation_price).map(price))
        }));
    }
    rows.extend([time, ruin]);
    rows
}

/// Maximum drawdowns.
pub fn drawdown_rows<'a>() -> Vec<ModeRow<'a>> {
    let quantile =
        |level: &'static str| move |m: &ModeResult| quantile_share(&m.drawdown.relative.distribution, level);
    vec![
        row("maximum drawdown, mean", |m| mean_share(&m.drawdown.relative.distribution)),
        below(1, "median", quantile("0.5")),
        below(1, "95th percentile", quantile("0.95")),
    ]
}

/// Profits, losses and costs.
pub fn money_rows(document: &ResultDocument) -> Vec<ModeRow<'_>> {
    let amount = move |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
        or_dash(value.map(|v| Money::of(document).with_half_width(v, half_width(low, high))))
    };
    let quantile = move |m: &ModeResult, level: &str| {
        let half = quantile_half_width(&m.pnl.distribution, level);
        let value = at(&m.pnl.distribution.quantiles, level);
        or_dash(value.map(|v| Money::of(document).known_to(v, half)))
    };
    let of_paths = move |m: &MeanOfPaths| amount(m.mean, m.low, m.high);
    let currency = Money::of(document).currency;
    let mut rows = vec![
        row(format!("profit, mean ({currency})"), move |m| {
            let d = &m.pnl.distribution;
            amount(d.mean, d.low, d.high)
        }),
        below(1, "median", move |m| quantile(m, "0.5")),
        below(1, "5 % quantile (VaR)", move |m| quantile(m, "0.05")),
        below(1, "mean of the worst 5 % (expected shortfall)", move |m| {
            let loss = |losses| at(losses, "0.95");
            let p = &m.pnl;
            let mean = loss(&p.expected_shortfall).map(|loss| -loss);
            amount(mean, loss(&p.expected_shortfall_low), loss(&p.expected_shortfall_high))
        }),
        row("bad debt (shortfall), of liquidated paths", |m| share(&m.shortfall.paths)),
        below(1, "mean where it occurs", move |m| {
            amount(m.shortfall.mean, m.shortfall.mean_low, m.shortfall.mean_high)
        }),
        row("account loss on liquidated paths, mean", move |m| of_paths(&m.liquidation.loss)),
    ];
    let costs = |m: &ModeResult| [m.costs.fees.mean, m.costs.funding.mean];
    if document.modes.iter().any(|(_, m)| costs(m).iter().any(|mean| mean.is_some_and(|mean| mean != 0.0))) {
        rows.push(row("fees paid, mean", move |m| of_paths(&m.costs.fees)));
        rows.push(row("funding paid, mean", move |m| of_paths(&m.costs.funding)));
    }
    rows
}

/// The account in coin, valued in quote.
pub fn quote_rows<'a>() -> Vec<ModeRow<'a>> {
    let bounded = |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
        let half = half_width(low, high);
        let decimals = decimals_for(half.or(value).unwrap_or_default().abs(), 2);
        let margin = half.map(|half| format!(" ±{}", fixed(half, decimals))).unwrap_or_default();
        or_dash(value.map(|v| fixed(v, decimals) + &margin))
    };
    vec![
        row("in quote currency: maximum drawdown, median", |m| {
            or_dash(m.in_quote.as_ref().map(|q| quantile_share(&q.drawdown.relative.distribution, "0.5")))
        }),
        below(1, "profit, mean", move |m| {
            let profit = m.in_quote.as_ref().map(|q| &q.pnl.distribution);
            or_dash(profit.map(|d| bounded(d.mean, d.low, d.high)))
        }),
        below(1, "profit, 5 % quantile (VaR)", |m| {
            let profit = m.in_quote.as_ref().and_then(|q| at(&q.pnl.distribution.quantiles, "0.05"));
            or_dash(profit.map(|v| fixed(v, decimals_for(v.abs(), 2))))
        }),
    ]
}

/// Days, or hours where the horizon is short.
fn time(days: f64, horizon_days: f64) -> String {
    if horizon_days < 2.0 { format!("{} h", fixed(days * 24.0, 2)) } else { format!("{} d", fixed(days, 2)) }
}
