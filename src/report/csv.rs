//! The result as tidy tables: one row a fact, units in a column or in the header's names.

pub(crate) mod modes;
pub(crate) mod rows;

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::report::csv::modes::modes;
use crate::report::csv::rows::{Rows, number, text_cell};
use crate::result::document::*;
use crate::result::measures::Estimate;
use crate::simulation::RunOutcome;
use crate::statistics::Histogram;

/// Rows a measure's histogram has at most.
const HISTOGRAM_BINS: u64 = 400;

/// A table's file name and its text.
pub type Table = (&'static str, String);

/// Writes every table into `folder`, which exists; returns the file names.
///
/// # Errors
/// [`Error::Failed`] naming the file that could not be written.
pub fn write_tables(folder: &Path, document: &ResultDocument, outcome: &RunOutcome) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for (name, text) in tables(document, outcome)? {
        let path = folder.join(name);
        fs::write(&path, text).map_err(Error::io(&path, "the file cannot be written"))?;
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Every table, as text.
///
/// # Errors
/// [`Error::Failed`] if a row cannot be written.
pub fn tables(document: &ResultDocument, outcome: &RunOutcome) -> Result<Vec<Table>> {
    Ok(vec![
        ("modes.csv", modes(document)?),
        ("positions.csv", positions(document)?),
        ("survival.csv", survival(document)?),
        ("quantiles.csv", quantiles(document)?),
        ("paired.csv", paired(document)?),
        ("histograms.csv", histograms(document, outcome)?),
        ("correlations.csv", correlations(document)?),
        ("monitoring.csv", monitoring(document)?),
    ])
}

fn positions(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&[
        "mode",
        "position",
        "liquidated_paths",
        "frequency",
        "std_error",
        "low",
        "high",
        "liquidation_price_at_entry",
        "bankruptcy_price_at_entry",
    ])?;
    for (mode, result) in document.modes.iter() {
        for (position, p) in result.liquidation.positions.iter() {
            let f = &p.liquidated;
            let [frequency, std_error, low, high] = Estimate::from(f).cells();
            let [liquidation, bankruptcy] = [p.liquidation_price, p.bankruptcy_price].map(number);
            let count = f.count.to_string();
            let name = text_cell(position);
            rows.add(&[mode, &name, &count, &frequency, &std_error, &low, &high, &liquidation, &bankruptcy])?;
        }
    }
    rows.finish()
}

fn survival(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&["mode", "day", "alive_share", "low", "high"])?;
    for (mode, result) in document.modes.iter() {
        for point in &result.liquidation.survival {
            let [day, alive, low, high] =
                [Some(point.day), Some(point.alive), point.low, point.high].map(number);
            rows.add(&[mode, &day, &alive, &low, &high])?;
        }
    }
    rows.finish()
}

fn quantiles(document: &ResultDocument) -> Result<String> {
    let currency = text_cell(&document.scenario.currency);
    let mut rows = Rows::new(&["mode", "measure", "level", "value", "low", "high", "unit"])?;
    for (mode, result) in document.modes.iter() {
        let time = &result.liquidation.time_days;
        let times = [&time.quantiles, &time.quantiles_low, &time.quantiles_high];
        let measures = [
            ("drawdown_relative", quantile_columns(&result.drawdown.relative.distribution), "share of peak"),
            (
                "drawdown_absolute",
                quantile_columns(&result.drawdown.absolute.distribution),
                currency.as_str(),
            ),
            ("pnl", quantile_columns(&result.pnl.distribution), currency.as_str()),
            ("time_to_liquidation", times, "days"),
        ];
        for (measure, quantiles, unit) in measures {
            for (level, _) in quantiles[0].iter() {
                let [value, low, high] = quantiles.map(|keyed| number(keyed.get(level).copied().flatten()));
                rows.add(&[mode, measure, level, &value, &low, &high, unit])?;
            }
        }
    }
    rows.finish()
}

fn quantile_columns(d: &DistributionResult) -> [&OrderedMap<Option<f64>>; 3] {
    [&d.quantiles, &d.quantiles_low, &d.quantiles_high]
}

fn paired(document: &ResultDocument) -> Result<String> {
    let currency = text_cell(&document.scenario.currency);
    let mut rows =
        Rows::new(&["a", "b", "measure", "position", "value", "std_error", "low", "high", "unit"])?;
    for pair in &document.paired {
        let mut add = |measure: &str, position: &str, estimate: Estimate, unit: &str| {
            let [value, std_error, low, high] = estimate.cells();
            rows.add(&[&pair.a, &pair.b, measure, position, &value, &std_error, &low, &high, unit])
        };
        let l = &pair.liquidation;
        add("liquidated_any_difference", "", l.into(), "share of paths")?;
        add("liquidated_any_mcnemar_p", "", Estimate::of(l.mcnemar_p), "probability")?;
        add("liquidated_any_variance_factor", "", Estimate::of(l.variance_factor), "ratio")?;
        for (measure, difference, unit) in [
            ("drawdown_relative", &pair.drawdown_relative, "share of peak"),
            ("pnl", &pair.pnl, currency.as_str()),
            ("shortfall", &pair.shortfall, currency.as_str()),
        ] {
            add(&format!("{measure}_mean_difference"), "", difference.into(), unit)?;
            let factor = Estimate::of(difference.variance_factor);
            add(&format!("{measure}_variance_factor"), "", factor, "ratio")?;
        }
        let tables = pair.positions.iter().map(|(name, t)| (text_cell(name), *t));
        for (position, t) in std::iter::once((String::new(), l.table)).chain(tables) {
            let cells =
                [("both", t.both), ("a_only", t.a_only), ("b_only", t.b_only), ("neither", t.neither)];
            for (cell, count) in cells {
                let count = Estimate::of(Some(count as f64));
                add(&format!("liquidated_{cell}"), &position, count, "paths")?;
            }
        }
    }
    rows.finish()
}

fn histograms(document: &ResultDocument, outcome: &RunOutcome) -> Result<String> {
    let currency = text_cell(&document.scenario.currency);
    let mut rows = Rows::new(&["mode", "measure", "lower_edge", "upper_edge", "paths", "unit"])?;
    for mode in &outcome.modes {
        let measures = [
            ("drawdown_relative", &mode.drawdown_relative, "share of peak"),
            ("drawdown_absolute", &mode.drawdown_absolute, currency.as_str()),
            ("pnl", &mode.pnl, currency.as_str()),
        ];
        for (measure, values, unit) in measures {
            for (lower, upper, count) in coarse_bins(values.histogram()) {
                let [lower, upper] = [lower, upper].map(|edge| number(Some(edge)));
                rows.add(&[mode.mode.name(), measure, &lower, &upper, &count.to_string(), unit])?;
            }
        }
    }
    rows.finish()
}

fn monitoring(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&["mode", "measure", "value", "std_error", "low", "high"])?;
    for (mode, found) in document.monitoring.modes.iter() {
        let measures =
            [("at_steps", &found.at_steps), ("continuous", &found.continuous), ("missed", &found.missed)];
        for (measure, frequency) in measures {
            let [value, std_error, low, high] = Estimate::from(frequency).cells();
            rows.add(&[mode, measure, &value, &std_error, &low, &high])?;
        }
        rows.add(&[mode, "residual", &number(found.residual), "", "", ""])?;
    }
    rows.finish()
}

fn correlations(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&["a", "b", "asked", "realised", "std_error", "low", "high", "paths", "steps"])?;
    for pair in &document.correlations {
        let [a, b] = [&pair.a, &pair.b].map(|name| text_cell(name));
        let cells = [pair.target, pair.realised, pair.std_error, pair.low, pair.high].map(number);
        let [asked, realised, std_error, low, high] = &cells;
        let [paths, steps] = [pair.paths, pair.steps].map(|count| count.to_string());
        rows.add(&[&a, &b, asked, realised, std_error, low, high, &paths, &steps])?;
    }
    rows.finish()
}

/// Bins `(lower, upper]` of equal width from the smallest to the largest value, those that hold anything;
/// the first holds its lower edge too.
fn coarse_bins(histogram: &Histogram) -> Vec<(f64, f64, u64)> {
    let mut ends = histogram.bins().map(|(value, _)| value);
    let Some(low) = ends.next() else { return Vec::new() };
    let width = (ends.next_back().unwrap_or(low) - low) / HISTOGRAM_BINS as f64;
    let mut bins: Vec<(u64, u64)> = Vec::new();
    for (value, count) in histogram.bins() {
        let position = if width > 0.0 { libm::ceil((value - low) / width) as u64 } else { 0 };
        let index = position.clamp(1, HISTOGRAM_BINS) - 1;
        match bins.last_mut() {
            Some((last, sum)) if *last == index => *sum += count,
            _ => bins.push((index, count)),
        }
    }
    bins.into_iter()
        .map(|(index, count)| (low + index as f64 * width, low + (index + 1) as f64 * width, count))
        .collect()
}
