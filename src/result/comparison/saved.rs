//! Results read back from disk.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::error::{Error, Invalid, Result};
use crate::result::document::either::Document;
use crate::result::json::SUMMARY;

const MANIFEST: &str = "manifest.json";
/// A summary that is larger is not read: 10,000 cells take some 200 MB.
const NAME_A_RESULT: &str = "name a result folder, such as results/NAME, or the summary.json in one";
const LARGEST: u64 = 512 << 20;
/// What names of shapes start and end with that this version reads.
const SCHEMA: (&str, &str) = ("ringfence/", "/1");

/// A result as it was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// As it was named.
    pub path: String,
    /// What was found.
    pub document: Document,
    /// Keys and values of the scenario, from the folder's manifest; `None` where only a summary is there.
    pub resolved: Option<Vec<(String, String)>>,
}

/// Enough of a summary to tell what it is.
#[derive(Deserialize)]
struct Head {
    schema: String,
    sweep: Option<IgnoredAny>,
}

/// Reads a result folder, or a `summary.json` alone.
///
/// # Errors
/// [`Error::Input`] with what to name instead.
pub fn load(path: &Path) -> Result<Saved> {
    let folder = path.is_dir();
    let file: PathBuf = if folder { path.join(SUMMARY) } else { path.to_owned() };
    let bytes = read(&file)?;
    let head: Head = serde_json::from_slice(&bytes).map_err(|e| not_a_result(&file, &bytes, &e))?;
    let (start, end) = SCHEMA;
    if !(head.schema.starts_with(start) && head.schema.ends_with(end)) {
        let message = format!("this version cannot read the schema `{}`", head.schema);
        let help = format!("run the scenario again with version {}", env!("CARGO_PKG_VERSION"));
        return Err(Invalid::new(message).in_file(&file).with_help(help).into());
    }
    let document = match head.sweep {
        Some(_) => serde_json::from_slice(&bytes).map(|sweep| Document::Sweep(Box::new(sweep))),
        None => serde_json::from_slice(&bytes).map(|run| Document::Run(Box::new(run))),
    };
    let document = document.map_err(|e| not_a_result(&file, &bytes, &e))?;
    let resolved = if folder { resolved(&path.join(MANIFEST)) } else { None };
    Ok(Saved { path: path.display().to_string(), document, resolved })
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let invalid = |message: &str| Invalid::new(message).in_file(file).with_help(NAME_A_RESULT);
    let failed = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => invalid("no such file"),
        _ => invalid(&format!("the file cannot be read: {e}")),
    };
    let opened = File::open(file).map_err(failed)?;
    let too_large =
        || invalid(&format!("the file is larger than {} MiB, the limit for a result", LARGEST >> 20)).into();
    if opened.metadata().map_err(failed)?.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // A device has no length and may have no end.
    BufReader::new(opened).take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST { Err(too_large()) } else { Ok(bytes) }
}

fn not_a_result(file: &Path, bytes: &[u8], error: &serde_json::Error) -> Error {
    let invalid = |message: &str| Invalid::new(message).in_file(file);
    let is_list = serde_json::from_slice::<Vec<IgnoredAny>>(bytes).is_ok();
    if is_list {
        let help = "name the folder of one of them, or its summary.json";
        return invalid("the file contains several results").with_help(help).into();
    }
    if error.is_eof() {
        return invalid("the file ends in the middle of the document")
            .with_help("run the scenario again")
            .into();
    }
    invalid(&format!("the file is not the result of a run: {error}")).with_help(NAME_A_RESULT).into()
}

/// The scenario's keys from a manifest; `None` where it does not say, since the summary alone can be compared too.
fn resolved(manifest: &Path) -> Option<Vec<(String, String)>> {
    if fs::metadata(manifest).ok()?.len() > LARGEST {
        return None;
    }
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).ok()?).ok()?;
    let keys = manifest.get("resolved")?.as_object()?;
    Some(keys.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap_or("?").to_owned())).collect())
}
