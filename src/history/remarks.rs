//! Remarks on a history file that its reader shows.

use std::fmt::Display;

use csv::StringRecord;

use crate::error::{Invalid, Result};
use crate::history::bars::Bars;
use crate::history::csv_file::CsvFile;

/// The error about a row of another width; the last row of a file is usually cut off.
pub(crate) fn ragged(
    file: &mut CsvFile,
    line: u64,
    found: usize,
    width: usize,
) -> Result<crate::error::Error> {
    let is_last = file.read(&mut StringRecord::new())?.is_none();
    let (cause, help) = match is_last && found < width {
        true => (", because the last row is cut off", "delete it, or download the file again"),
        false => ("", "correct the row (write numbers with a decimal point, not a comma)"),
    };
    let message = format!("the row has {found} columns instead of {width}{cause}");
    Ok(file.error_at(line, Invalid::new(message).with_help(help)))
}

pub(crate) fn notes<V: Copy + PartialEq + Display>(
    shown_name: &str,
    bars: &mut Bars<V>,
    file: &CsvFile,
) -> Vec<String> {
    let mut notes = Vec::new();
    if bars.sort_ascending() {
        notes.push(format!("{shown_name}: the newest {} comes first; read in reverse", bars.row));
    }
    if bars.duplicates > 0 {
        notes.push(format!("{shown_name}: {} repeated rows dropped", bars.duplicates));
    }
    if !file.ends_in_line_break() {
        notes.push(format!(
            "{shown_name}: the last line does not end in a line break; check that the file is whole"
        ));
    }
    notes
}
