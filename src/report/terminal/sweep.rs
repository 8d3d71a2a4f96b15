//! A sweep as text for a terminal: matrices over two axes where they fit, otherwise a row a cell.

use crate::domain::{MarginMode, Measure};
use crate::report::sweep::compared;
use crate::report::sweep::compared::{difference, modes};
use crate::report::sweep::layout::Layout;
use crate::report::sweep::words::{axis_name, labels};
use crate::report::terminal::layout::WIDTH;
use crate::report::terminal::mode_table::{align_right, lines_of, plain_table};
use crate::report::wording::assumptions;
use crate::report::wording::money::Money;
use crate::report::wording::sampling_error::audited;
use crate::report::wording::share::share;
use crate::report::wording::sweep::{intervals, path_groups, precision};
use crate::result::document::sweep::{SweepAxis, SweepCell, SweepDocument};
use crate::result::measures::{Estimate, of_mode};
use crate::text::format::{
    counted, decimals_for, distinct, duration, fixed, paths, printable, steps, whole, wrap,
};

/// Rows of cells that are shown.
const MOST_ROWS: usize = 60;
/// Characters of a row's or a column's label in a matrix.
const LABEL: usize = 14;
const COLUMN: usize = 10;
/// Axes that have columns of their own in the table of cells.
const MOST_AXES: usize = 4;
/// Characters of the settings in that table, all axes together.
const SETTINGS: usize = 40;
/// Marks a difference that is not statistically significant.
const NOT_SIGNIFICANT: &str = "·";

/// What was run, how often each cell is liquidated, how the modes differ, and the assumptions.
pub fn render(document: &SweepDocument) -> String {
    let layout = Layout::new(document);
    let matrices = match layout.axes().as_slice() {
        [rows, columns] => matrices(document, &layout, rows, columns),
        _ => None,
    };
    let cells = matrices.unwrap_or_else(|| table(document, &layout));
    format!("{}\n{cells}\n{}", header(document), footer(document))
}

fn header(document: &SweepDocument) -> String {
    let scenario = &document.scenario;
    let keys = || document.axes.iter().flat_map(|axis| &axis.keys);
    let fixed_key = |start: &str| !keys().any(|key| key.starts_with(start));
    let mut out = format!("{}\n", printable(&scenario.title, WIDTH));
    let cells = document.plan.cells;
    let mut parts = vec![format!("{} of {}", counted(cells, "cell", "cells"), paths_of_cells(document))];
    if fixed_key("simulation.horizon") && fixed_key("simulation.step") {
        parts.push(format!("{} over {}", steps(scenario.steps), duration(scenario.horizon_days)));
    }
    if fixed_key("simulation.seed") {
        parts.push(format!("seed {}", scenario.seed));
    }
    if fixed_key("account") {
        parts.push(format!("opening equity {}", Money::in_scenario(scenario).with_currency(scenario.wallet)));
    }
    out.push_str(&wrap(&parts.join("; "), "", "", WIDTH));
    if ["assets", "correlation", "common_jumps", "shock"].into_iter().all(fixed_key) {
        for line in &scenario.model {
            out.push_str(&wrap(&printable(line, 4 * WIDTH), "", "  ", WIDTH));
        }
    }
    for axis in &document.axes {
        let settings = labels(axis, LABEL);
        let ends = match settings.as_slice() {
            [first, .., last] => format!("{first} … {last}"),
            _ => settings.concat(),
        };
        let count = counted(settings.len() as u64, "setting", "settings");
        let line = format!("{}: {count}, {ends}", axis_name(axis));
        out.push_str(&wrap(&printable(&line, 4 * WIDTH), "", "  ", WIDTH));
    }
    out
}

fn paths_of_cells(document: &SweepDocument) -> String {
    let counts = || document.sweep.iter().map(|cell| cell.paths);
    let (fewest, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
    if fewest == most { paths(most) } else { format!("{} to {}", whole(fewest), paths(most)) }
}

/// The share of liquidated paths in each mode, and the difference of two; `None` where a matrix would not fit.
fn matrices(
    document: &SweepDocument,
    layout: &Layout<'_>,
    rows: &SweepAxis,
    columns: &SweepAxis,
) -> Option<String> {
    let matrix =
        Matrix { layout, rows, row_labels: plain_labels(rows, LABEL), labels: plain_labels(columns, COLUMN) };
    let mut parts = Vec::new();
    for mode in modes(document) {
        let of_cell = |cell: &SweepCell| of_mode(cell.modes.get(mode.name())?, Measure::LiquidationAny);
        parts.push(matrix.render(
            &format!("Liquidation frequency, {mode} (%)"),
            &of_cell,
            &|e, decimals| fixed(100.0 * e.value.unwrap_or(0.0), decimals),
        )?);
    }
    if let Some((a, b)) = compared(document) {
        let of_cell = |cell: &SweepCell| difference(cell, (a, b), Measure::PairedLiquidation);
        let title = format!(
            "Difference in liquidation frequency, {a} − {b} (percentage points; {NOT_SIGNIFICANT} not significant)"
        );
        parts.push(matrix.render(&title, &of_cell, &|e, decimals| match e.excludes_zero() {
            Some(false) => NOT_SIGNIFICANT.to_owned(),
            _ => signed(100.0 * e.value.unwrap_or(0.0), decimals),
        })?);
    }
    let order = format!("Rows: {}; columns: {}.", axis_name(rows), axis_name(columns));
    parts.push(wrap(&printable(&order, 4 * WIDTH), "", "  ", WIDTH));
    Some(parts.join("\n"))
}

/// A grid of cells, a value each.
struct Matrix<'a> {
    layout: &'a Layout<'a>,
    rows: &'a SweepAxis,
    row_labels: Vec<String>,
    labels: Vec<String>,
}

impl Matrix<'_> {
    /// `None` where it is too wide or too long.
    fn render(
        &self,
        title: &str,
        of_cell: &dyn Fn(&SweepCell) -> Option<Estimate>,
        show: &dyn Fn(&Estimate, usize) -> String,
    ) -> Option<String> {
        let found: Vec<Vec<Option<Estimate>>> = (0..self.rows.values.len())
            .map(|row| {
                let cell =
                    |column: usize| of_cell(self.layout.cell(&[row, column])?).filter(|e| e.value.is_some());
                (0..self.labels.len()).map(cell).collect()
            })
            .collect();
        // All cells have the decimals of the most precise one, at most two.
        let halves =
            found.iter().flatten().flatten().filter_map(Estimate::half_width).filter(|half| *half > 0.0);
        let least = halves.fold(f64::INFINITY, f64::min);
        let decimals = decimals_for(100.0 * least, 1).min(2);
        let text = |e: &Option<Estimate>| e.as_ref().map_or_else(|| "-".to_owned(), |e| show(e, decimals));
        let cells: Vec<Vec<String>> = found.iter().map(|row| row.iter().map(text).collect()).collect();
        let widest =
            |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| t.chars().count()).max().unwrap_or(0);
        let first = widest(&mut self.row_labels.iter());
        let column = 2 + widest(&mut self.labels.iter().chain(cells.iter().flatten()));
        if first + column * self.labels.len() > WIDTH || self.rows.values.len() > MOST_ROWS {
            return None;
        }
        let line = |label: &str, cells: &[String]| {
            let cells: String = cells.iter().map(|cell| format!("{cell:>column$}")).collect();
            format!("{label:>first$}{cells}\n")
        };
        let mut out = wrap(title, "", "  ", WIDTH);
        out.push_str(&line("", &self.labels));
        for (label, cells) in self.row_labels.iter().zip(&cells) {
            out.push_str(&line(label, cells));
        }
        Some(out)
    }
}

fn plain_labels(axis: &SweepAxis, most: usize) -> Vec<String> {
    labels(axis, most).iter().map(|label| printable(label, most)).collect()
}

fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    if value > 0.0 { format!("+{text}") } else { text }
}

/// A row a cell.
fn table(document: &SweepDocument, layout: &Layout<'_>) -> String {
    let axes = layout.axes();
    let modes = modes(document);
    let pair = compared(document);
    let settings = Settings::new(&axes);
    let mut table = plain_table();
    let mut header = settings.header();
    header.extend(modes.iter().map(|mode| format!("{mode}\nliquidated")));
    header.extend(pair.map(|(a, b)| format!("{a} − {b}\nperc. points")));
    table.set_header(header);
    for (index, cell) in document.sweep.iter().take(MOST_ROWS).enumerate() {
        let mut row = settings.of_cell(index);
        row.extend(modes.iter().map(|mode| liquidated(cell, *mode)));
        row.extend(pair.map(|pair| points(cell, pair)));
        table.add_row(row);
    }
    align_right(&mut table, settings.columns());
    let more = document.sweep.len().saturating_sub(MOST_ROWS);
    let rest =
        if more > 0 { format!("… and {} more in sweep.csv\n", whole(more as u64)) } else { String::new() };
    lines_of(&table) + &rest
}

fn liquidated(cell: &SweepCell, mode: MarginMode) -> String {
    cell.modes.get(mode.name()).map_or_else(|| "-".to_owned(), |m| share(&m.liquidation.any))
}

fn points(cell: &SweepCell, pair: (MarginMode, MarginMode)) -> String {
    let estimate = difference(cell, pair, Measure::PairedLiquidation);
    let Some((e, value)) = estimate.and_then(|e| Some((e, e.value?))) else { return "-".to_owned() };
    let Some(half) = e.half_width() else { return signed(100.0 * value, 2) };
    let decimals = decimals_for(100.0 * half, 1);
    let mark = if e.excludes_zero() == Some(false) { format!("{NOT_SIGNIFICANT} ") } else { String::new() };
    format!("{mark}{} ±{}", signed(100.0 * value, decimals), fixed(100.0 * half, decimals))
}

/// The settings of each cell, in columns.
struct Settings {
    names: Vec<String>,
    labels: Vec<Vec<String>>,
    /// One column for all.
    joined: bool,
}

impl Settings {
    fn new(axes: &[&SweepAxis]) -> Self {
        let joined = axes.len() > MOST_AXES;
        let each = if joined { LABEL } else { (SETTINGS / axes.len().max(1)).min(SETTINGS / 2) - 1 };
        let names: Vec<String> = axes.iter().map(|axis| printable(&axis_name(axis), WIDTH)).collect();
        Self {
            names: distinct(names.iter().map(String::as_str), each),
            labels: axes.iter().map(|axis| plain_labels(axis, each)).collect(),
            joined,
        }
    }

    fn columns(&self) -> usize {
        if self.joined { 1 } else { self.names.len() }
    }

    fn header(&self) -> Vec<String> {
        if self.joined { vec!["settings".to_owned()] } else { self.names.clone() }
    }

    /// The last axis is the fastest.
    fn of_cell(&self, index: usize) -> Vec<String> {
        let mut left = index;
        let mut shown: Vec<String> = self
            .labels
            .iter()
            .rev()
            .map(|labels| {
                let at = left % labels.len().max(1);
                left /= labels.len().max(1);
                labels.get(at).cloned().unwrap_or_default()
            })
            .collect();
        shown.reverse();
        if self.joined { vec![printable(&shown.join(", "), SETTINGS)] } else { shown }
    }
}

fn footer(document: &SweepDocument) -> String {
    let mut lines = vec![intervals(document, NOT_SIGNIFICANT), path_groups(document)];
    lines.extend(precision(document));
    lines.extend(assumptions::lines(document.assumptions.iter().filter(|a| a.is_essential())));
    lines.push(audited(&document.audit));
    lines.extend(document.notes.iter().map(|note| format!("Note: {note}")));
    lines.iter().map(|line| wrap(&printable(line, 10 * WIDTH), "", "  ", WIDTH)).collect()
}
