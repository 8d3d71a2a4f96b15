//! Hidden folders beside a result's place, where it grows before it is moved there.

use std::path::Path;
use std::{fs, io};

use tempfile::TempDir;

/// Characters that make a hidden folder's name its own.
const RANDOM: usize = 6;

/// A new folder for the result `name`; its name tells whose it is.
pub fn new(out: &Path, name: &str) -> io::Result<TempDir> {
    hidden(out, &prefix(name))
}

/// A new folder whose name is `prefix` and something random.
pub fn hidden(out: &Path, prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(RANDOM);
    // The default lets nobody else read it, and it becomes the result; the umask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(out)
}

/// Removes what killed runs left of the result `name`; its lock must be held.
pub fn remove_stale(out: &Path, name: &str) -> io::Result<()> {
    let prefix = prefix(name);
    let is_ours = |found: &str| {
        let random = found.strip_prefix(&prefix);
        random.is_some_and(|r| r.len() == RANDOM && r.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_ours) && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn prefix(name: &str) -> String {
    format!(".{name}.{}-", env!("CARGO_PKG_NAME"))
}
