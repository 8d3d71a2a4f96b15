//! A sweep's cells: where each stands, what its settings are called, and all of them as one tidy table.

pub(crate) mod compared;
pub(crate) mod layout;
pub(crate) mod parquet;
pub(crate) mod table;
pub(crate) mod words;

use std::fs;
use std::path::Path;

pub use crate::report::sweep::compared::{compared, difference, modes};
pub use crate::report::sweep::layout::Layout;
pub use crate::report::sweep::words::{axis_name, labels, numbers, setting_in_words};

use crate::error::{Error, Result};
use crate::report::sweep::table::Table;
use crate::result::document::sweep::SweepDocument;

/// Writes `sweep.csv` and `sweep.parquet` into `folder`, which exists; returns the file names. A row is a measure of
/// one mode, or of two, in one cell. Columns: `cell` (from 0), one for each swept key, `mode`, `measure`, `estimate`,
/// `low`, `high`, `std_error`, `unit`, `paths`; the column of a swept key that is called like one of these is called
/// `sweep.` and its name.
///
/// # Errors
/// [`Error::Failed`] naming the file that could not be written.
pub fn write_tables(folder: &Path, document: &SweepDocument) -> Result<Vec<String>> {
    let table = Table::new(document);
    let files = [("sweep.csv", table.csv()?.into_bytes()), ("sweep.parquet", parquet::encoded(&table)?)];
    let mut names = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(Error::io(&path, "the file cannot be written"))?;
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Whether any swept key begins so.
pub fn varies(document: &SweepDocument, start: &str) -> bool {
    document.axes.iter().flat_map(|axis| &axis.keys).any(|key| key.starts_with(start))
}
