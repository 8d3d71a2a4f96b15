//! Every measure of every cell, a row each.

use serde_json::{Number, Value};

use crate::domain::Measure;
use crate::error::Result;
use crate::report::csv::rows::{Rows, number, text_cell};
use crate::result::document::sweep::{SweepCell, SweepDocument};
use crate::result::measures::{MeasureRow, rows};

/// Columns that every sweep has; those of the swept keys stand after the first.
const FIXED: [&str; 9] = ["cell", "mode", "measure", "estimate", "low", "high", "std_error", "unit", "paths"];
/// Whole numbers up to this size are exact as doubles.
const EXACT: u64 = 1 << 53;

/// A column.
pub struct Column {
    /// What it is called.
    pub name: String,
    /// A value for each row.
    pub values: Values,
}

/// The values of a column.
pub enum Values {
    /// Whole numbers.
    Counts(Vec<u64>),
    /// Numbers; `None` where there is none.
    Numbers(Vec<Option<f64>>),
    /// Text, as it is.
    Texts(Vec<String>),
}

/// Columns of equal length.
pub struct Table {
    /// From the left.
    pub columns: Vec<Column>,
    /// Their length.
    pub rows: usize,
}

impl Table {
    /// Of a whole sweep.
    pub fn new(document: &SweepDocument) -> Self {
        let cells = document.sweep.iter().enumerate();
        let all: Vec<(usize, &SweepCell, MeasureRow)> = cells
            .flat_map(|(index, cell)| {
                rows(&cell.modes, &cell.paired).into_iter().map(move |row| (index, cell, row))
            })
            .collect();
        let counts = |of: &dyn Fn(usize, &SweepCell) -> u64| {
            Values::Counts(all.iter().map(|(index, cell, _)| of(*index, cell)).collect())
        };
        let texts = |of: &dyn Fn(&MeasureRow) -> String| {
            Values::Texts(all.iter().map(|(_, _, row)| of(row)).collect())
        };
        let numbers = |of: &dyn Fn(&MeasureRow) -> Option<f64>| {
            Values::Numbers(all.iter().map(|(_, _, row)| of(row)).collect())
        };
        let mut columns = vec![column("cell", counts(&|index, _| index as u64))];
        for key in document.axes.iter().flat_map(|axis| &axis.keys) {
            let name = free_name(key, &columns);
            let values: Vec<&Value> =
                all.iter().map(|(_, cell, _)| cell.set.get(key).unwrap_or(&Value::Null)).collect();
            columns.push(Column { name, values: settings(&values) });
        }
        columns.extend([
            column("mode", texts(&|row| row.mode.clone())),
            column("measure", texts(&|row| row.measure.name().to_owned())),
            column("estimate", numbers(&|row| row.estimate.value)),
            column("low", numbers(&|row| row.estimate.low)),
            column("high", numbers(&|row| row.estimate.high)),
            column("std_error", numbers(&|row| row.estimate.std_error)),
            column("unit", texts(&|row| unit(row.measure, &document.scenario.currency))),
            column("paths", counts(&|_, cell| cell.paths)),
        ]);
        Self { columns, rows: all.len() }
    }

    /// As CSV; text that a spreadsheet would take for a formula is made harmless.
    ///
    /// # Errors
    /// [`crate::error::Error::Failed`] if a row cannot be written.
    pub fn csv(&self) -> Result<String> {
        let header: Vec<String> = self.columns.iter().map(|column| text_cell(&column.name)).collect();
        let mut rows = Rows::new(&header.iter().map(String::as_str).collect::<Vec<_>>())?;
        for row in 0..self.rows {
            let cells: Vec<String> = self.columns.iter().map(|column| column.values.cell(row)).collect();
            rows.add(&cells.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        rows.finish()
    }
}

impl Values {
    fn cell(&self, row: usize) -> String {
        match self {
            Self::Counts(values) => values.get(row).map(u64::to_string).unwrap_or_default(),
            Self::Numbers(values) => number(values.get(row).copied().flatten()),
            Self::Texts(values) => values.get(row).map(|text| text_cell(text)).unwrap_or_default(),
        }
    }
}

fn column(name: &str, values: Values) -> Column {
    Column { name: name.to_owned(), values }
}

fn free_name(key: &str, before: &[Column]) -> String {
    let mut name = key.to_owned();
    while FIXED.contains(&name.as_str()) || before.iter().any(|column| column.name == name) {
        name = format!("sweep.{name}");
    }
    name
}

/// Numbers where all settings are, otherwise text: what is neither as compact JSON.
fn settings(values: &[&Value]) -> Values {
    let as_number = |value: &&Value| match value {
        Value::Number(number) if is_exact(number) => number.as_f64().map(Some),
        _ => None,
    };
    match values.iter().map(as_number).collect() {
        Some(numbers) => Values::Numbers(numbers),
        None => Values::Texts(values.iter().map(|value| text(value)).collect()),
    }
}

fn is_exact(number: &Number) -> bool {
    number.is_f64()
        || number.as_u64().is_some_and(|v| v <= EXACT)
        || number.as_i64().is_some_and(|v| v.unsigned_abs() <= EXACT)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn unit(measure: Measure, currency: &str) -> String {
    match measure {
        Measure::DrawdownRelative | Measure::PairedDrawdownRelative => "share of peak".to_owned(),
        measure if measure.is_share() => "share of paths".to_owned(),
        _ => currency.to_owned(),
    }
}
