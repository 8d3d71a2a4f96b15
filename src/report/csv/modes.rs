//! `modes.csv`: a row per mode and measure.

use crate::error::Result;
use crate::report::csv::rows::{Rows, text_cell};
use crate::result::document::ResultDocument;
use crate::result::document::mode::{
    AntitheticFactors, DistributionResult, Drawdowns, ModeResult, PnlResult,
};
use crate::result::document::ordered_map::OrderedMap;
use crate::result::measures::Estimate;

/// The table.
pub fn modes(document: &ResultDocument) -> Result<String> {
    let currency = text_cell(&document.scenario.currency);
    let mut rows = Rows::new(&["mode", "measure", "value", "std_error", "low", "high", "unit"])?;
    for (mode, result) in document.modes.iter() {
        for (measure, estimate, unit) in mode_measures(result, &currency) {
            let [value, std_error, low, high] = estimate.cells();
            rows.add(&[mode, &measure, &value, &std_error, &low, &high, &unit])?;
        }
    }
    rows.finish()
}

fn mode_measures(result: &ModeResult, currency: &str) -> Vec<(String, Estimate, String)> {
    let mut rows = Vec::new();
    let mut add = |measure: &str, estimate: Estimate, unit: &str| {
        rows.push((measure.to_owned(), estimate, unit.to_owned()));
    };
    let time = &result.liquidation.time_days;
    add("liquidated_any", (&result.liquidation.any).into(), "share of paths");
    add("liquidated_all", (&result.liquidation.all).into(), "share of paths");
    add("ruin", (&result.ruin).into(), "share of paths");
    let mean = Estimate {
        value: time.mean,
        std_error: time.mean_std_error,
        low: time.mean_low,
        high: time.mean_high,
    };
    add("time_to_liquidation_mean", mean, "days");
    let restricted = Estimate {
        value: time.restricted_mean,
        std_error: time.restricted_mean_std_error,
        low: time.restricted_mean_low,
        high: time.restricted_mean_high,
    };
    add("time_to_liquidation_restricted_mean", restricted, "days");
    add_drawdowns(&mut add, "drawdown", &result.drawdown, currency);
    add_pnl(&mut add, "pnl", &result.pnl, currency);
    let shortfall = &result.shortfall;
    add("shortfall_frequency", (&shortfall.paths).into(), "share of liquidated paths");
    let mean = Estimate {
        value: shortfall.mean,
        std_error: shortfall.mean_std_error,
        low: shortfall.mean_low,
        high: shortfall.mean_high,
    };
    add("shortfall_mean", mean, currency);
    add("loss_when_liquidated_mean", (&result.liquidation.loss).into(), currency);
    add("fees_mean", (&result.costs.fees).into(), currency);
    add("funding_mean", (&result.costs.funding).into(), currency);
    if let Some(quote) = &result.in_quote {
        add_drawdowns(&mut add, "in_quote_drawdown", &quote.drawdown, "quote");
        add_pnl(&mut add, "in_quote_pnl", &quote.pnl, "quote");
    }
    add_factors(&mut add, &result.antithetic_variance_factor);
    rows
}

fn add_distribution(
    add: &mut impl FnMut(&str, Estimate, &str),
    name: &str,
    values: &DistributionResult,
    unit: &str,
) {
    add(&format!("{name}_mean"), values.into(), unit);
    let parts =
        [("std", values.std), ("min", values.min), ("max", values.max), ("resolution", values.resolution)];
    for (part, value) in parts {
        add(&format!("{name}_{part}"), Estimate::of(value), unit);
    }
}

fn add_drawdowns(
    add: &mut impl FnMut(&str, Estimate, &str),
    name: &str,
    drawdowns: &Drawdowns,
    currency: &str,
) {
    let (relative, absolute) = (&drawdowns.relative, &drawdowns.absolute);
    for (kind, d, unit) in [("relative", relative, "share of peak"), ("absolute", absolute, currency)] {
        add_distribution(add, &format!("{name}_{kind}"), &d.distribution, unit);
        let cdar = [&d.cdar, &d.cdar_std_error, &d.cdar_low, &d.cdar_high];
        add_tails(add, &format!("{name}_{kind}_cdar"), cdar, unit);
    }
}

fn add_pnl(add: &mut impl FnMut(&str, Estimate, &str), name: &str, pnl: &PnlResult, currency: &str) {
    add_distribution(add, name, &pnl.distribution, currency);
    let none = OrderedMap(Vec::new());
    let at_risk = [&pnl.value_at_risk, &none, &pnl.value_at_risk_low, &pnl.value_at_risk_high];
    add_tails(add, &format!("{name}_value_at_risk"), at_risk, currency);
    let shortfall = [
        &pnl.expected_shortfall,
        &pnl.expected_shortfall_std_error,
        &pnl.expected_shortfall_low,
        &pnl.expected_shortfall_high,
    ];
    add_tails(add, &format!("{name}_expected_shortfall"), shortfall, currency);
}

fn add_factors(add: &mut impl FnMut(&str, Estimate, &str), factors: &AntitheticFactors) {
    let rows = [
        ("liquidated_any", factors.liquidation_any),
        ("ruin", factors.ruin),
        ("drawdown_relative", factors.drawdown_relative),
        ("drawdown_absolute", factors.drawdown_absolute),
        ("pnl", factors.pnl),
        ("shortfall", factors.shortfall),
    ];
    for (measure, factor) in rows {
        add(&format!("{measure}_antithetic_variance_factor"), Estimate::of(factor), "ratio");
    }
}

/// Adds a row a level from the values, standard errors, lower and upper bounds at each.
fn add_tails(
    add: &mut impl FnMut(&str, Estimate, &str),
    name: &str,
    tails: [&OrderedMap<Option<f64>>; 4],
    unit: &str,
) {
    for (level, _) in tails[0].iter() {
        let [value, std_error, low, high] = tails.map(|cells| cells.get(level).copied().flatten());
        add(&format!("{name}_{level}"), Estimate { value, std_error, low, high }, unit);
    }
}
