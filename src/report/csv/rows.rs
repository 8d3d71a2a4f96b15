//! Cells and rows.

use crate::error::{Error, Result};
use crate::report::document::{DistributionResult, Frequency, MeanDifference, MeanOfPaths};

/// A value with its uncertainty; cells may be empty.
#[derive(Default)]
pub struct Estimate {
    pub value: Option<f64>,
    pub std_error: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Estimate {
    /// Its cells, in the order of the fields.
    pub fn cells(&self) -> [String; 4] {
        [self.value, self.std_error, self.low, self.high].map(number)
    }

    /// A value whose uncertainty is not known.
    pub fn of(value: Option<f64>) -> Self {
        Self { value, ..Self::default() }
    }
}

impl From<&Frequency> for Estimate {
    fn from(f: &Frequency) -> Self {
        Self { value: f.frequency, std_error: f.std_error, low: f.low, high: f.high }
    }
}

impl From<&DistributionResult> for Estimate {
    fn from(d: &DistributionResult) -> Self {
        Self { value: d.mean, std_error: d.std_error, low: d.low, high: d.high }
    }
}

impl From<&MeanOfPaths> for Estimate {
    fn from(m: &MeanOfPaths) -> Self {
        Self { value: m.mean, std_error: m.std_error, low: m.low, high: m.high }
    }
}

impl From<&MeanDifference> for Estimate {
    fn from(d: &MeanDifference) -> Self {
        Self { value: d.mean_difference, std_error: d.std_error, low: d.low, high: d.high }
    }
}

/// Empty where undefined; otherwise the shortest text that reads back as the same number.
pub fn number(value: Option<f64>) -> String {
    value.map(|v| format!("{v:?}")).unwrap_or_default()
}

/// A stranger's text: a spreadsheet takes a cell that begins like a formula for one.
pub fn text_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The rows of one table.
pub struct Rows(csv::Writer<Vec<u8>>);

impl Rows {
    /// A table of so many columns.
    pub fn new(header: &[&str]) -> Result<Self> {
        let mut rows = Self(csv::Writer::from_writer(Vec::new()));
        rows.add(header)?;
        Ok(rows)
    }

    /// Adds one row.
    pub fn add(&mut self, cells: &[&str]) -> Result<()> {
        self.0.write_record(cells).map_err(|e| Error::failed(format!("a table cannot be written: {e}")))
    }

    /// The text.
    pub fn finish(self) -> Result<String> {
        let bytes =
            self.0.into_inner().map_err(|e| Error::failed(format!("a table cannot be written: {e}")))?;
        String::from_utf8(bytes).map_err(Error::failed)
    }
}
