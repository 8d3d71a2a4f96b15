//! Rows of single paths, kept in a file a cell.

use std::path::Path;

use crate::error::Result;
use crate::report::outcomes::{OutcomeFile, OutcomeFormat};
use crate::result::outcome_names::OutcomeNames;
use crate::run::file_names::outcomes_file;
use crate::run::prepare::Prepared;
use crate::simulation::{OutcomeSink, PathOutcome};

/// The files of the cells that are stepped together, in their order.
pub struct Outcomes<'a> {
    prepared: &'a Prepared,
    format: OutcomeFormat,
    /// Of each its name in the result's folder.
    open: Vec<(String, OutcomeFile)>,
}

impl<'a> Outcomes<'a> {
    /// No file yet.
    pub fn new(prepared: &'a Prepared, format: OutcomeFormat) -> Self {
        Self { prepared, format, open: Vec::new() }
    }

    /// Begins the files of the cells that are stepped next.
    ///
    /// # Errors
    /// [`crate::error::Error::Failed`] when one cannot be made.
    pub fn open(&mut self, cells: impl Iterator<Item = (usize, OutcomeNames)>) -> Result<()> {
        self.open.clear();
        for (cell, names) in cells {
            let name = outcomes_file(&self.prepared.facts, cell, self.format);
            let file = OutcomeFile::create(&self.prepared.work.growing(&name)?, self.format, names)?;
            self.open.push((name, file));
        }
        Ok(())
    }

    /// Ends the file at `place`; the others move up.
    ///
    /// # Errors
    /// [`crate::error::Error::Failed`] when its end cannot be written.
    pub fn close(&mut self, place: usize) -> Result<()> {
        let (name, file) = self.open.remove(place);
        file.finish()?;
        self.prepared.work.keep(&name)
    }

    /// Puts all files into the result's folder.
    ///
    /// # Errors
    /// [`crate::error::Error::Failed`] when that cannot be done.
    pub fn hand_over(&self, folder: &Path) -> Result<()> {
        let facts = &self.prepared.facts;
        (0..facts.cells.len())
            .try_for_each(|cell| self.prepared.work.copy(&outcomes_file(facts, cell, self.format), folder))
    }
}

impl OutcomeSink for Outcomes<'_> {
    fn write(&mut self, rows: &[PathOutcome]) -> Result<()> {
        let mut files = self.open.iter_mut().enumerate();
        files.try_for_each(|(job, (_, file))| file.add(rows.iter().filter(|row| row.job == job)))
    }
}
