use std::path::Path;

use super::output;
use crate::error::{Error, Result};
use crate::report::diff;

/// `ringfence diff`
pub fn diff(a: &Path, b: &Path, json: bool) -> Result<()> {
    let document = diff::diff(&diff::load(a)?, &diff::load(b)?)?;
    if !json {
        return output::print(&diff::render(&document));
    }
    let text = serde_json::to_string_pretty(&document)
        .map_err(|e| Error::failed(format!("the comparison cannot be written as JSON: {e}")))?;
    output::print(&format!("{text}\n"))
}
