//! Files and folders that are on the disk, and not in a cache alone, when a function returns.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Puts the file `name` of one folder into another as well.
///
/// # Errors
/// Those of the system.
pub fn copy(from: &Path, to: &Path, name: &str) -> io::Result<()> {
    let (from, target) = (from.join(name), to.join(name));
    fs::create_dir_all(target.parent().unwrap_or(to))?;
    // A second name costs no room; not every file system has them.
    fs::hard_link(&from, &target).or_else(|_| fs::copy(&from, &target).map(|_| ()))
}

/// Folders are synchronised where the system can.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
