//! The result document as JSON.

use super::document::ResultDocument;
use crate::error::{Error, Result};

/// Indented JSON, ending in a line break: the document itself where there is one, an array of them
/// otherwise.
///
/// # Errors
/// [`Error::Failed`] if the document cannot be written as JSON.
pub fn render(documents: &[ResultDocument]) -> Result<String> {
    let text = match documents {
        [one] => serde_json::to_string_pretty(one),
        several => serde_json::to_string_pretty(several),
    };
    text.map(|json| json + "\n")
        .map_err(|e| Error::failed(format!("the result cannot be written as JSON: {e}")))
}
