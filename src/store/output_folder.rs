//! The folder that holds the results' folders.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{Invalid, Result};
use crate::store::place::ELSEWHERE;

/// Where results go. Dropped (after every [`crate::store::folder::ResultFolder`] in it), it removes what was made for it
/// and is still empty.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    /// Folders that were not there before, from the outermost to `path`.
    made: Vec<PathBuf>,
}

impl OutputFolder {
    /// Opens the folder at `path`; makes it, and those above it, where they are missing.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) when that cannot be done.
    pub fn open(path: &Path) -> Result<Self> {
        let mut opened = Self { path: path.to_owned(), made: Vec::new() };
        opened.make().map_err(|e| {
            Invalid::new(format!("the output folder cannot be created: {e}"))
                .in_file(path)
                .with_help(ELSEWHERE)
        })?;
        Ok(opened)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn make(&mut self) -> io::Result<()> {
        // One level at a time: only what was made here may be removed again.
        let missing: Vec<_> = self.path.ancestors().take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev().filter(|folder| !folder.as_os_str().is_empty()) {
            match fs::create_dir(folder) {
                Ok(()) => self.made.push(folder.to_owned()),
                Err(e) if e.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(e) => return Err(e),
            }
        }
        if self.path.is_dir() { Ok(()) } else { Err(ErrorKind::NotADirectory.into()) }
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // Only empty folders can be removed this way; the first that is not ends it.
        let _ = self.made.iter().rev().try_for_each(fs::remove_dir);
    }
}
