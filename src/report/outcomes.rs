//! A row for every path and mode of one scenario, as Parquet or as comma-separated values. The same rows are the same
//! bytes.

pub(crate) mod columns;
pub(crate) mod comma;
pub(crate) mod parquet;

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
pub use crate::report::outcomes::columns::{COLUMNS, OutcomeFormat};
use crate::result::outcome_names::OutcomeNames;
use crate::simulation::{OutcomeSink, PathOutcome};

/// A file of outcomes that is being written.
pub struct OutcomeFile {
    path: PathBuf,
    names: OutcomeNames,
    writer: Writer,
}

enum Writer {
    Parquet(Box<parquet::Table<File>>),
    Csv(Box<comma::Table<File>>),
}

impl OutcomeFile {
    /// Begins a file; one that is there already is written over.
    ///
    /// # Errors
    /// [`Error::Failed`] when it cannot be made.
    pub fn create(path: &Path, format: OutcomeFormat, names: OutcomeNames) -> Result<Self> {
        let file = File::create(path).map_err(|e| failed(path, &e))?;
        let writer = match format {
            OutcomeFormat::Parquet => parquet::Table::new(file).map(|table| Writer::Parquet(Box::new(table))),
            OutcomeFormat::Csv => comma::Table::new(file).map(|table| Writer::Csv(Box::new(table))),
        };
        Ok(Self { path: path.to_owned(), names, writer: writer.map_err(|e| failed(path, &e))? })
    }

    /// Adds rows, of whichever job they are.
    ///
    /// # Errors
    /// [`Error::Failed`] when they cannot be written.
    pub fn add<'a>(&mut self, mut rows: impl Iterator<Item = &'a PathOutcome>) -> Result<()> {
        let Self { path, names, writer } = self;
        let written = match writer {
            Writer::Parquet(table) => rows.try_for_each(|row| table.add(row, names)),
            Writer::Csv(table) => rows.try_for_each(|row| table.add(row, names)),
        };
        written.map_err(|e| failed(path, &e))
    }

    /// Ends the file, all of it on the disk.
    ///
    /// # Errors
    /// [`Error::Failed`] when its end cannot be written.
    pub fn finish(self) -> Result<()> {
        let file = match self.writer {
            Writer::Parquet(table) => table.finish(&self.names),
            Writer::Csv(table) => table.finish(),
        };
        file.and_then(|file| Ok(file.sync_all()?)).map_err(|e| failed(&self.path, &e))
    }
}

impl OutcomeSink for OutcomeFile {
    fn write(&mut self, rows: &[PathOutcome]) -> Result<()> {
        self.add(rows.iter())
    }
}

fn failed(path: &Path, reason: &impl std::fmt::Display) -> Error {
    Error::failed(format!("{} cannot be written: {reason}", path.display()))
}
