//! Rows of single paths, kept in a file a cell.

use std::path::Path;
use std::str::FromStr;

use super::prepare::Prepared;
use crate::error::{Error, Result};
use crate::report::Facts;

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
