//! Whether a result may be put into a folder, which depends on what is there already.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::Invalid;
use crate::text::hex;

/// The file that names the scenario of a result folder.
pub const MANIFEST: &str = "manifest.json";
/// A larger file is no manifest.
const MANIFEST_LIMIT: u64 = 16 << 20;
/// Differences that a message lists.
const SHOWN: usize = 8;
/// What to do where a folder cannot be used, to end a help.
pub const ELSEWHERE: &str = "choose another folder with --out DIR";

/// Whether the result of the scenario `sha256` (with the keys `resolved`) may be put at `target`.
///
/// # Errors
/// What is in the way, and what to do.
pub fn check(target: &Path, sha256: &str, resolved: &[(String, String)], force: bool) -> Result<(), Invalid> {
    let invalid = |message: &str| Invalid::new(message).in_file(target).with_help(ELSEWHERE);
    let found = match fs::symlink_metadata(target) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(invalid(&format!("the folder cannot be read: {e}"))),
        Ok(found) => found,
    };
    if found.is_symlink() {
        let invalid = invalid("this is a symbolic link, which is not followed");
        return Err(invalid.with_help(format!("remove it, or {ELSEWHERE}")));
    }
    if !found.is_dir() {
        let invalid = invalid("this is a file, but the result needs a folder here");
        return Err(invalid.with_help(format!("move it away, or {ELSEWHERE}")));
    }
    let files = files_under(target).map_err(|e| invalid(&format!("the folder cannot be read: {e}")))?;
    if let Some(reason) = untouchable(target, &files) {
        return Err(invalid(&format!("the folder {reason} and is never replaced")));
    }
    match in_the_way(target, files, sha256, resolved) {
        Some(what) if !force => {
            let invalid = invalid(&format!("the folder contains {what}"));
            Err(invalid.with_help(format!("{ELSEWHERE}, or replace the folder with --force")))
        }
        _ => Ok(()),
    }
}

/// Whether `out/name` holds the result of the scenario `sha256` by this version of the program, whole, with the files
/// `needed` among it.
pub fn is_finished(out: &Path, name: &str, sha256: &str, needed: &[String]) -> bool {
    let target = out.join(name);
    let Some(manifest) = manifest_of(&target) else { return false };
    let says = |key: &str, value: &str| manifest.get(key).and_then(Value::as_str) == Some(value);
    let Some(files) = manifest.get("files").and_then(Value::as_object) else { return false };
    // A manifest is a stranger's text: only files that lie in the folder are opened.
    let Ok(there) = files_under(&target) else { return false };
    let is_whole = |(file, hash): (&String, &Value)| {
        let is_file = || fs::symlink_metadata(target.join(file)).is_ok_and(|found| found.is_file());
        there.contains(file)
            && is_file()
            && fs::read(target.join(file))
                .is_ok_and(|bytes| hash.as_str() == Some(&hex(&Sha256::digest(bytes))))
    };
    says("sha256", sha256)
        && says("version", env!("CARGO_PKG_VERSION"))
        && needed.iter().all(|file| files.contains_key(file))
        && files.iter().all(is_whole)
}

/// What in a folder is not the result of this very scenario.
fn in_the_way(
    target: &Path,
    files: Vec<String>,
    sha256: &str,
    resolved: &[(String, String)],
) -> Option<String> {
    if files.is_empty() {
        return None;
    }
    let Some(manifest) = manifest_of(target) else {
        return Some(format!("files that are not a result of this program: {}", listed(&files, ", ")));
    };
    if manifest.get("sha256").and_then(Value::as_str) != Some(sha256) {
        let differences = differences(&manifest, resolved);
        let text = if differences.is_empty() {
            "the same keys and values, but another hash".to_owned()
        } else {
            listed(&differences, "\n  ")
        };
        return Some(format!("the result of another scenario:\n  {text}"));
    }
    let known = manifest.get("files").and_then(Value::as_object);
    let ours = |file: &String| file == MANIFEST || known.is_some_and(|known| known.contains_key(file));
    let foreign: Vec<String> = files.into_iter().filter(|file| !ours(file)).collect();
    (!foreign.is_empty()).then(|| format!("files besides its result: {}", listed(&foreign, ", ")))
}

/// Why a folder is not replaced even by force.
fn untouchable(target: &Path, files: &[String]) -> Option<&'static str> {
    if files.iter().any(|file| file.split('/').any(|part| part == ".git")) {
        return Some("contains a git repository");
    }
    let Ok(target) = fs::canonicalize(target) else { return Some("cannot be resolved") };
    let holds = |inner: PathBuf| fs::canonicalize(inner).is_ok_and(|inner| inner.starts_with(&target));
    if env::current_dir().is_ok_and(holds) {
        return Some("is or contains the current folder");
    }
    env::home_dir().is_some_and(holds).then_some("is or contains the home folder")
}

/// The manifest of a result's folder, if it is one.
pub fn manifest_of(target: &Path) -> Option<Value> {
    let file = target.join(MANIFEST);
    let found = fs::symlink_metadata(&file).ok()?;
    if !found.is_file() || found.len() > MANIFEST_LIMIT {
        return None;
    }
    let manifest: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    (manifest.get("program")?.as_str()? == env!("CARGO_PKG_NAME")).then_some(manifest)
}

/// `key: old → new` for each key in which the result of `manifest` was another scenario.
fn differences(manifest: &Value, resolved: &[(String, String)]) -> Vec<String> {
    let empty = Map::new();
    let old = manifest.get("resolved").and_then(Value::as_object).unwrap_or(&empty);
    let value_of = |key: &str| old.get(key).and_then(Value::as_str);
    let changed = resolved.iter().filter_map(|(key, new)| match value_of(key) {
        Some(before) if before == new => None,
        Some(before) => Some(format!("{key}: {before} → {new}")),
        None => Some(format!("{key}: absent → {new}")),
    });
    let gone = old.iter().filter(|(key, _)| !resolved.iter().any(|(k, _)| k == *key));
    let gone = gone.map(|(key, before)| format!("{key}: {} → absent", before.as_str().unwrap_or("?")));
    changed.chain(gone).collect()
}

fn listed(items: &[String], separator: &str) -> String {
    let shown = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(separator);
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}{separator}and {more} more"),
    }
}

/// Every file under `folder`, sorted, as relative names with `/`. Symbolic links count as files.
pub fn files_under(folder: &Path) -> io::Result<Vec<String>> {
    let (mut files, mut waiting) = (Vec::new(), vec![(folder.to_owned(), String::new())]);
    while let Some((folder, prefix)) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                waiting.push((entry.path(), format!("{name}/")));
            } else {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}
