//! Outcomes as comma-separated values.

use std::io::Write;

use crate::report::csv::rows::{number, text_cell};
use crate::report::outcomes::columns::{COLUMNS, Reason};
use crate::result::outcome_names::OutcomeNames;
use crate::simulation::PathOutcome;

/// Bytes kept before they are written.
const BUFFER: usize = 1 << 16;

/// A table that is being written.
pub struct Table<W: Write>(csv::Writer<W>);

impl<W: Write + 'static> Table<W> {
    /// With its header.
    pub fn new(to: W) -> Result<Self, Reason> {
        let mut table = csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(to);
        table.write_record(COLUMNS)?;
        Ok(Self(table))
    }

    pub fn add(&mut self, row: &PathOutcome, names: &OutcomeNames) -> Result<(), Reason> {
        let [days, equity, drawdown, shortfall] =
            [names.days(row), Some(row.final_equity), Some(row.max_drawdown), Some(row.shortfall)]
                .map(number);
        let (path, mode) =
            (row.path.to_string(), text_cell(names.modes.get(row.mode).map_or("", AsRef::as_ref)));
        let first = names.first_liquidated(row).map(|name| text_cell(name)).unwrap_or_default();
        Ok(self.0.write_record([path, mode, days, first, equity, drawdown, shortfall])?)
    }

    pub fn finish(self) -> Result<W, Reason> {
        self.0.into_inner().map_err(|e| e.to_string().into())
    }
}
