//! The text of a scenario or venue file from disk.

use std::io::Read;
use std::path::Path;

use crate::error::{Invalid, Result};

/// Largest scenario file: parsing takes some 70 times its size in memory.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// The text of a scenario or a venue file, whichever `what` says.
///
/// # Errors
/// A file that cannot be read, is too large or not UTF-8.
pub(crate) fn read_text(path: &Path, shown_name: &str, what: &str) -> Result<String> {
    let invalid = |message: &str| Invalid::new(message).in_file(shown_name);
    let unreadable = |error: std::io::Error| invalid(&format!("the {what} cannot be read: {error}"));
    if !path.metadata().map_err(unreadable)?.is_file() {
        let help = format!("name a {what}, a file that ends in .toml");
        return Err(invalid("not a regular file").with_help(help).into());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("the {what} is larger than the limit of 1 MiB");
        return Err(invalid(&message).with_help("move data into CSV files").into());
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(invalid("the file is encoded in UTF-16").with_help("save it as UTF-8").into());
    }
    Ok(String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() as u64 + 1;
        Invalid::new("not valid UTF-8").in_line(shown_name, line).with_help("save the file as UTF-8")
    })?)
}
