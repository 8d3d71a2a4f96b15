use std::path::Path;

use crate::cli::output;
use crate::error::{Error, Result};
use crate::report::comparison::render;
use crate::result::comparison;

/// `ringfence diff`
pub fn diff(a: &Path, b: &Path, json: bool) -> Result<()> {
    let document = comparison::diff(&comparison::load(a)?, &comparison::load(b)?)?;
    if !json {
        return output::print(&render(&document));
    }
    let text = serde_json::to_string_pretty(&document)
        .map_err(|e| Error::failed(format!("the comparison cannot be written as JSON: {e}")))?;
    output::print(&format!("{text}\n"))
}
