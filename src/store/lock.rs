//! One writer at a time.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Invalid, Result};
use crate::store::place::ELSEWHERE;

/// Attempts to lock a file that other runs keep removing.
const TRIES: u32 = 100;

/// Keeps a second process from writing the same result; released by the system even when ours is killed.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    exclusive: bool,
    _file: File,
}

impl Lock {
    /// Takes the lock of `out/name`, without waiting.
    ///
    /// # Errors
    /// [`Error::Input`] when another process holds it, or `out` cannot be written to.
    pub fn take(out: &Path, name: &str) -> Result<Self> {
        let path = out.join(format!(".{name}.lock"));
        let refused = |why: &dyn std::fmt::Display| {
            let invalid = Invalid::new(format!("the folder cannot be locked: {why}")).in_file(&path);
            Error::from(invalid.with_help(ELSEWHERE))
        };
        for _ in 0..TRIES {
            let file = File::options().create(true).append(true).open(&path).map_err(|e| refused(&e))?;
            let locked = file.try_lock();
            if let Err(TryLockError::WouldBlock) = locked {
                let invalid = Invalid::new("another run is writing to this folder").in_file(out.join(name));
                return Err(invalid.with_help(format!("wait for it, or {ELSEWHERE}")).into());
            }
            // The run before removes its lock file when it is done, perhaps just after it was opened here.
            if is_at(&file, &path) {
                // Some file systems know no locks; the result is still moved to its place in one go.
                return Ok(Self { path, exclusive: locked.is_ok(), _file: file });
            }
        }
        Err(refused(&"it is replaced again and again"))
    }

    /// Whether the system vouches that no other process writes this result.
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty file that stays behind locks nothing.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(a), Ok(b)) => identity(a) == identity(b),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
