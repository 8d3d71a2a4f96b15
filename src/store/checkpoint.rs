//! Where a batch grows that has not ended: finished cells, whole, and how far the work at hand has come.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Error, Invalid, Result};
use crate::store::disk::{copy, sync};
use crate::store::place::ELSEWHERE;

/// How far the work at hand has come.
pub const AT_HAND: &str = "at-hand.bin";
/// Says whose work a folder holds.
const IDENTITY: &str = "identity.json";

/// `out/.NAME.unfinished` and its like, made when the first file is written. The lock of `out/NAME` must be held.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    identity: Value,
}

impl Unfinished {
    /// The folder `path` of the work that `identity` names, all that decides its bytes. With `resume`, files of the same
    /// work that are there already are used; `force` drops any others.
    ///
    /// # Errors
    /// [`Error::Input`] where there are any and neither was asked for, or when they cannot be removed.
    pub fn open(path: PathBuf, identity: Value, resume: bool, force: bool) -> Result<Self> {
        let work = Self { path, identity };
        let is_same = match fs::read(work.path.join(IDENTITY)) {
            Ok(text) => serde_json::from_slice::<Value>(&text).is_ok_and(|found| found == work.identity),
            Err(_) => false,
        };
        if is_same && resume {
            return Ok(work);
        }
        if work.is_worth_keeping() && !force {
            let (found, resume) = match is_same {
                true => {
                    ("an interrupted run", format!("resume it ({} so far) with --resume, ", work.amount()))
                }
                false => (
                    "an interrupted run of another scenario, version or split, or a damaged one",
                    String::new(),
                ),
            };
            let invalid = Invalid::new(format!("the folder contains {found}")).in_file(&work.path);
            return Err(invalid.with_help(format!("{resume}discard it with --force, or {ELSEWHERE}")).into());
        }
        match remove_all(&work.path) {
            Err(e) => {
                Err(Invalid::new(format!("the folder cannot be removed: {e}")).in_file(&work.path).into())
            }
            Ok(()) => Ok(work),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn finished(&self) -> usize {
        fs::read_dir(self.path.join("cells")).map_or(0, |cells| cells.flatten().filter(is_whole).count())
    }

    /// What is there, in words.
    pub fn amount(&self) -> String {
        let cells = self.finished();
        let at_hand = if self.path.join(AT_HAND).exists() { " and the work at hand" } else { "" };
        format!("{cells} finished {}{at_hand}", if cells == 1 { "cell" } else { "cells" })
    }

    /// Whether there is anything that a run could go on with, or that is not of this program.
    pub fn is_worth_keeping(&self) -> bool {
        let is_ours = |entry: &fs::DirEntry| {
            let name = entry.file_name();
            name == "cells" || name == "outcomes" || name == IDENTITY || !is_whole(entry)
        };
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        self.finished() > 0 || entries.into_iter().any(|entry| !is_ours(&entry))
    }

    fn exists(&self) -> bool {
        self.path.join(IDENTITY).exists()
    }

    /// A file's bytes; `None` where there is none.
    ///
    /// # Errors
    /// [`Error::Failed`] when it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(self.failed(name, &e)),
        }
    }

    /// Writes a file whole or not at all, on the disk when this returns.
    ///
    /// # Errors
    /// [`Error::Failed`] naming the file.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        if !self.exists() {
            self.put(IDENTITY, format!("{:#}\n", self.identity).as_bytes())?;
        }
        self.put(name, bytes)
    }

    /// The place of a file that is written by somebody else, and kept by [`Self::keep`].
    ///
    /// # Errors
    /// [`Error::Failed`] when the folder cannot be made.
    pub fn growing(&self, name: &str) -> Result<PathBuf> {
        if !self.exists() {
            self.put(IDENTITY, format!("{:#}\n", self.identity).as_bytes())?;
        }
        let place = self.path.join(format!("{name}.tmp"));
        let folder = place.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder).map_err(|e| self.failed(name, &e))?;
        Ok(place)
    }

    /// Gives a file that has grown its name.
    ///
    /// # Errors
    /// [`Error::Failed`] naming the file.
    pub fn keep(&self, name: &str) -> Result<()> {
        let (from, to) = (self.path.join(format!("{name}.tmp")), self.path.join(name));
        let moved = File::open(&from).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&from, &to));
        moved.and_then(|()| sync(to.parent().unwrap_or(&self.path))).map_err(|e| self.failed(name, &e))
    }

    /// Puts a file into the result's folder as well; here it stays until all of the work has been published.
    ///
    /// # Errors
    /// [`Error::Failed`] naming the file.
    pub fn copy(&self, name: &str, folder: &Path) -> Result<()> {
        copy(&self.path, folder, name).map_err(|e| self.failed(name, &e))
    }

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// [`Error::Failed`] naming the file.
    pub fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(self.failed(name, &e)),
            _ => Ok(()),
        }
    }

    /// Removes what is of no use, where that can be done.
    pub fn clear(&self) {
        let _ = remove_all(&self.path);
    }

    /// Removes the folder: its work has been published.
    ///
    /// # Errors
    /// [`Error::Failed`] when that cannot be done.
    pub fn end(self) -> Result<()> {
        remove_all(&self.path).map_err(|e| self.failed("", &e))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (temporary, target) = (self.path.join(format!("{name}.tmp")), self.path.join(name));
        let folder = target.parent().unwrap_or(&self.path);
        let written = fs::create_dir_all(folder).and_then(|()| {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, &target)?;
            sync(folder)
        });
        written.map_err(|e| {
            // Half a file would only take the room that others need.
            let _ = fs::remove_file(&temporary);
            self.failed(name, &e)
        })
    }

    fn failed(&self, name: &str, e: &io::Error) -> Error {
        Error::failed(format_args!("{}: {e}", self.path.join(name).display()))
    }
}

/// Removes a folder of work, if it is there. Its identity goes last: what a kill leaves behind is still known to be this
/// work, and the next run of it can finish the removal.
fn remove_all(path: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false if entry.file_name() == IDENTITY => {}
            false => fs::remove_file(entry.path())?,
        }
    }
    fs::remove_dir_all(path)
}

fn is_whole(entry: &fs::DirEntry) -> bool {
    !entry.file_name().to_string_lossy().ends_with(".tmp")
}
