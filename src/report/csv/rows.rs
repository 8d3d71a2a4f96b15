//! Cells and rows.

use crate::error::{Error, Result};
pub use crate::result::measures::Estimate;

impl Estimate {
    /// Its cells: value, standard error, lower and upper bound.
    pub fn cells(&self) -> [String; 4] {
        [self.value, self.std_error, self.low, self.high].map(number)
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
