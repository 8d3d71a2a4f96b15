//! The folder of one result: written whole beside its place, then moved there, or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::error::{Error, Invalid, Result};
pub use crate::store::disk::copy;
use crate::store::disk::sync;
use crate::store::lock::Lock;
pub use crate::store::output_folder::OutputFolder;
use crate::store::place::{ELSEWHERE, MANIFEST, check};
pub use crate::store::place::{files_under, is_finished, manifest_of as manifest};
use crate::store::staging;
use crate::text::hex;

/// A place for a result, reserved: a hidden folder that files are written to until they are published.
/// Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct ResultFolder {
    // Dropped in this order: what was staged goes before the lock is released.
    staging: TempDir,
    lock: Lock,
    out: PathBuf,
    name: String,
    sha256: String,
    resolved: Vec<(String, String)>,
    force: bool,
}

/// Reserves `out/name` before anything is simulated. `sha256` is the hash of the resolved scenario,
/// `resolved` its keys and values. What a killed run of that name was writing is removed.
///
/// The place must be free: absent, an empty folder, or the result of the same scenario, whose files it then
/// replaces. `force` replaces any other folder as well, but never one that holds a `.git`, nor the
/// current folder, the home folder or one above them.
///
/// # Errors
/// [`Error::Input`], saying what is in the way and what to do, and for the result of another scenario in
/// which keys it differs.
pub fn prepare(
    out: &OutputFolder,
    name: &str,
    sha256: &str,
    resolved: &[(String, String)],
    force: bool,
) -> Result<ResultFolder> {
    if !is_plain_name(name) {
        let invalid = Invalid::new(format!("invalid name `{name}` for a result folder")).with_value(name);
        return Err(invalid.with_help("rename the scenario file").into());
    }
    let out = out.path();
    let lock = Lock::take(out, name)?;
    check(&out.join(name), sha256, resolved, force)?;
    let unwritable = |e: io::Error| {
        Invalid::new(format!("cannot write to the output folder: {e}")).in_file(out).with_help(ELSEWHERE)
    };
    if lock.is_exclusive() {
        staging::remove_stale(out, name).map_err(unwritable)?;
    }
    let staging = staging::new(out, name).map_err(unwritable)?;
    Ok(ResultFolder {
        staging,
        lock,
        out: out.to_owned(),
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        resolved: resolved.to_vec(),
        force,
    })
}

impl ResultFolder {
    /// Where to write the files of the result until they are published.
    pub fn staging(&self) -> &Path {
        self.staging.path()
    }

    /// Writes `manifest.json` and moves everything to its place, instead of what was there; returns the place.
    ///
    /// The manifest holds the keys of `manifest` (an object: seed, times, facts of the machine) after
    /// `program`, `version`, `scenario`, and before `sha256`, `resolved` and `files`, the SHA-256 of each file.
    ///
    /// # Errors
    /// [`Error::Failed`] when something cannot be written, or the place has been taken meanwhile; what was
    /// there before is still there then.
    pub fn publish(self, manifest: &Value) -> Result<PathBuf> {
        let target = self.out.join(&self.name);
        let failed = Error::io(&target, "the result cannot be written");
        let text = self.manifest(manifest).map_err(&failed)?;
        fs::write(self.staging().join(MANIFEST), text).map_err(&failed)?;
        sync_all(self.staging()).map_err(&failed)?;
        check(&target, &self.sha256, &self.resolved, self.force).map_err(Error::failed)?;
        self.exchange(&target).map_err(&failed)?;
        sync(&self.out).map_err(&failed)?;
        let Self { staging, lock, .. } = self;
        // It has moved: there is nothing left to remove.
        let _ = staging.keep();
        drop(lock);
        Ok(target)
    }

    fn manifest(&self, given: &Value) -> io::Result<String> {
        let mut manifest = Map::new();
        manifest.insert("program".to_owned(), env!("CARGO_PKG_NAME").into());
        manifest.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        manifest.insert("scenario".to_owned(), self.name.clone().into());
        for (key, value) in given.as_object().into_iter().flatten() {
            manifest.insert(key.clone(), value.clone());
        }
        manifest.insert("sha256".to_owned(), self.sha256.clone().into());
        let resolved: Map<_, _> =
            self.resolved.iter().map(|(k, v)| (k.clone(), Value::from(v.clone()))).collect();
        manifest.insert("resolved".to_owned(), resolved.into());
        let mut files = Map::new();
        for name in files_under(self.staging())? {
            let hash = Sha256::digest(fs::read(self.staging().join(&name))?);
            files.insert(name, hex(&hash).into());
        }
        manifest.insert("files".to_owned(), files.into());
        Ok(format!("{:#}\n", Value::Object(manifest)))
    }

    /// Moves the staged folder to `target`; what stood there is moved aside first and removed last, so that
    /// a failure in between puts it back.
    fn exchange(&self, target: &Path) -> io::Result<()> {
        if fs::symlink_metadata(target).is_err() {
            return fs::rename(self.staging(), target);
        }
        let aside = staging::hidden(&self.out, &format!(".{}.previous-", self.name))?;
        let previous = aside.path().join("previous");
        fs::rename(target, &previous)?;
        let Err(e) = fs::rename(self.staging(), target) else { return Ok(()) };
        if fs::rename(&previous, target).is_err() {
            let kept = aside.keep().join("previous");
            return Err(io::Error::other(format!("{e}; what was there before is now {}", kept.display())));
        }
        Err(e)
    }
}

fn is_plain_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name)
}

fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        } else {
            File::options().read(true).append(true).open(entry.path())?.sync_all()?;
        }
    }
    sync(folder)
}
