//! The result as tidy tables: one row a fact, units in a column or in the header's names.

use std::fs;
use std::path::Path;

use super::document::*;
use crate::error::{Error, Result};
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
        fs::write(&path, text)
            .map_err(|e| Error::failed(format!("{}: cannot be written: {e}", path.display())))?;
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
    ])
}

/// A value with its uncertainty; cells may be empty.
#[derive(Default)]
struct Estimate {
    value: Option<f64>,
    std_error: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Estimate {
    fn cells(&self) -> [String; 4] {
        [self.value, self.std_error, self.low, self.high].map(number)
    }

    fn of(value: Option<f64>) -> Self {
        Self { value, ..Self::default() }
    }
}

impl From<&Frequency> for Estimate {
    fn from(f: &Frequency) -> Self {
        Self { value: f.frequency, std_error: None, low: f.low, high: f.high }
    }
}

impl From<&DistributionResult> for Estimate {
    fn from(d: &DistributionResult) -> Self {
        Self { value: d.mean, std_error: d.std_error, low: d.low, high: d.high }
    }
}

impl From<&MeanDifference> for Estimate {
    fn from(d: &MeanDifference) -> Self {
        Self { value: d.mean_difference, std_error: d.std_error, low: d.low, high: d.high }
    }
}

fn modes(document: &ResultDocument) -> Result<String> {
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
    let mean = Estimate { value: time.mean, std_error: time.mean_std_error, ..Estimate::default() };
    add("time_to_liquidation_mean", mean, "days");
    let restricted = Estimate {
        value: time.restricted_mean,
        std_error: time.restricted_mean_std_error,
        ..Estimate::default()
    };
    add("time_to_liquidation_restricted_mean", restricted, "days");
    let (relative, absolute) = (&result.drawdown.relative, &result.drawdown.absolute);
    for (name, drawdown, unit) in [("relative", relative, "share of peak"), ("absolute", absolute, currency)]
    {
        add_distribution(&mut add, &format!("drawdown_{name}"), &drawdown.distribution, unit);
        add_tails(&mut add, &format!("drawdown_{name}_cdar"), &drawdown.cdar, unit);
    }
    add_distribution(&mut add, "pnl", &result.pnl.distribution, currency);
    add_tails(&mut add, "pnl_value_at_risk", &result.pnl.value_at_risk, currency);
    add_tails(&mut add, "pnl_expected_shortfall", &result.pnl.expected_shortfall, currency);
    let shortfall = &result.shortfall;
    add("shortfall_frequency", (&shortfall.paths).into(), "share of liquidated paths");
    let mean = Estimate { value: shortfall.mean, std_error: shortfall.mean_std_error, ..Estimate::default() };
    add("shortfall_mean", mean, currency);
    rows
}

fn add_distribution(
    add: &mut impl FnMut(&str, Estimate, &str),
    name: &str,
    values: &DistributionResult,
    unit: &str,
) {
    add(&format!("{name}_mean"), values.into(), unit);
    for (part, value) in [("std", values.std), ("min", values.min), ("max", values.max)] {
        add(&format!("{name}_{part}"), Estimate::of(value), unit);
    }
}

fn add_tails(add: &mut impl FnMut(&str, Estimate, &str), name: &str, tails: &Keyed<Option<f64>>, unit: &str) {
    for (level, value) in tails.iter() {
        add(&format!("{name}_{level}"), Estimate::of(*value), unit);
    }
}

fn positions(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&[
        "mode",
        "position",
        "liquidated_paths",
        "frequency",
        "low",
        "high",
        "liquidation_price_at_entry",
        "bankruptcy_price_at_entry",
    ])?;
    for (mode, result) in document.modes.iter() {
        for (position, p) in result.liquidation.positions.iter() {
            let f = &p.liquidated;
            let [frequency, low, high, liquidation, bankruptcy] =
                [f.frequency, f.low, f.high, p.liquidation_price, p.bankruptcy_price].map(number);
            let count = f.count.to_string();
            let name = text_cell(position);
            rows.add(&[mode, &name, &count, &frequency, &low, &high, &liquidation, &bankruptcy])?;
        }
    }
    rows.finish()
}

fn survival(document: &ResultDocument) -> Result<String> {
    let mut rows = Rows::new(&["mode", "day", "alive_share", "low", "high"])?;
    for (mode, result) in document.modes.iter() {
        for point in &result.liquidation.survival {
            let [day, alive, low, high] =
                [point.day, point.alive, point.low, point.high].map(|v| number(Some(v)));
            rows.add(&[mode, &day, &alive, &low, &high])?;
        }
    }
    rows.finish()
}

fn quantiles(document: &ResultDocument) -> Result<String> {
    let currency = text_cell(&document.scenario.currency);
    let mut rows = Rows::new(&["mode", "measure", "level", "value", "low", "high", "unit"])?;
    for (mode, result) in document.modes.iter() {
        let measures = [
            ("drawdown_relative", &result.drawdown.relative.distribution, "share of peak"),
            ("drawdown_absolute", &result.drawdown.absolute.distribution, currency.as_str()),
            ("pnl", &result.pnl.distribution, currency.as_str()),
        ];
        for (measure, d, unit) in measures {
            for (level, value) in d.quantiles.iter() {
                let bound = |bounds: &Keyed<Option<f64>>| number(bounds.get(level).copied().flatten());
                let (low, high) = (bound(&d.quantiles_low), bound(&d.quantiles_high));
                rows.add(&[mode, measure, level, &number(*value), &low, &high, unit])?;
            }
        }
        for (level, value) in result.liquidation.time_days.quantiles.iter() {
            rows.add(&[mode, "time_to_liquidation", level, &number(*value), "", "", "days"])?;
        }
    }
    rows.finish()
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
        let difference = Estimate { value: l.difference, std_error: None, low: l.low, high: l.high };
        add("liquidated_any_difference", "", difference, "share of paths")?;
        add("liquidated_any_mcnemar_p", "", Estimate::of(Some(l.mcnemar_p)), "probability")?;
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

/// Empty where undefined; otherwise the shortest text that reads back as the same number.
fn number(value: Option<f64>) -> String {
    value.map(|v| format!("{v:?}")).unwrap_or_default()
}

/// A stranger's text: a spreadsheet takes a cell that begins like a formula for one.
fn text_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The rows of one table.
struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    fn new(header: &[&str]) -> Result<Self> {
        let mut rows = Self(csv::Writer::from_writer(Vec::new()));
        rows.add(header)?;
        Ok(rows)
    }

    fn add(&mut self, cells: &[&str]) -> Result<()> {
        self.0.write_record(cells).map_err(|e| Error::failed(format!("a table cannot be written: {e}")))
    }

    fn finish(self) -> Result<String> {
        let bytes =
            self.0.into_inner().map_err(|e| Error::failed(format!("a table cannot be written: {e}")))?;
        String::from_utf8(bytes).map_err(Error::failed)
    }
}
