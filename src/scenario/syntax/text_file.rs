//! The text of a scenario or venue file from disk.

use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::scenario::syntax::source::quoted;

/// Largest scenario file: parsing takes some 70 times its size in memory.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// The text of a scenario or a venue file, whichever `what` says.
///
/// # Errors
/// A file that cannot be read, is too large or not UTF-8.
pub(crate) fn read_text(path: &Path, shown_name: &str, what: &str) -> Result<String> {
    let wrong = |fault: &str| Error::input(format!("{}: {fault}", quoted(shown_name)));
    let cannot = |error: std::io::Error| wrong(&format!("the {what} cannot be read: {error}"));
    if !path.metadata().map_err(cannot)?.is_file() {
        return Err(wrong(&format!("is not a regular file; name a {what}, a file that ends in .toml")));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(&format!("is larger than 1 MiB, the limit for a {what}; put data into CSV files")));
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(wrong("is written in UTF-16; save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        wrong(&format!("line {line} is not UTF-8; save the file as UTF-8"))
    })
}
