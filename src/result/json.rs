//! The result document as JSON.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};

/// Name of the document in a result folder.
pub const SUMMARY: &str = "summary.json";

/// Writes one document into `folder`, which exists.
///
/// # Errors
/// [`Error::Failed`] naming the file that could not be written.
pub fn write(folder: &Path, document: &impl Serialize) -> Result<()> {
    let path = folder.join(SUMMARY);
    fs::write(&path, render(&[document])?).map_err(Error::io(&path, "the file cannot be written"))
}

/// Indented JSON, ending in a line break: the document itself where there is one, an array of them
/// otherwise.
///
/// # Errors
/// [`Error::Failed`] if the document cannot be written as JSON.
pub fn render(documents: &[&impl Serialize]) -> Result<String> {
    let text = match documents {
        [one] => serde_json::to_string_pretty(one),
        several => serde_json::to_string_pretty(several),
    };
    text.map(|json| json + "\n")
        .map_err(|e| Error::failed(format!("the result cannot be written as JSON: {e}")))
}
