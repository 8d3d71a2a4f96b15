//! Shards, and the result that they make together: the bytes of one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Invalid, Result};
use crate::result::batch_description::BatchDescription;
use crate::result::document::Document;
use crate::run::cell_store::Store;
use crate::run::file_names::SHARD_FILE;
use crate::run::finish::{Drawing, put};
use crate::run::finished::Finished;
use crate::run::prepare::Prepared;
use crate::run::request::Request;
use crate::run::{finish, manifest, prepare};
use crate::simulation::Control;
use crate::store::output_folder::OutputFolder;
use crate::store::saved_totals;
use crate::store::saved_totals::Saved;
use crate::store::shard::Shard;

/// A description that is larger is none of ours.
const LIMIT: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
struct ShardFile {
    index: u64,
    count: u64,
    batch: BatchDescription,
}

/// A shard on disk.
struct Found {
    folder: PathBuf,
    shard: Shard,
    batch: BatchDescription,
}

/// Writes what a shard is of, beside its cells.
///
/// # Errors
/// [`Error::Failed`] naming the file.
pub fn write_shard(folder: &Path, batch: &BatchDescription, shard: Shard) -> Result<()> {
    let file = ShardFile { index: shard.index, count: shard.count, batch: batch.clone() };
    let text = serde_json::to_vec_pretty(&file)
        .map_err(|e| Error::failed(format_args!("a shard cannot be written as JSON: {e}")))?;
    put(&folder.join(SHARD_FILE), &text)
}

/// Merges the shards in the folders `from`, each a shard's or one that holds shards, into the results that one run of each
/// scenario gives.
///
/// # Errors
/// [`Error::Input`] where there is no shard, one is missing or there twice, or is of another scenario, split or version, or
/// damaged; otherwise as a run's.
pub fn merge(
    from: &[PathBuf],
    request: &Request<'_>,
    threads: usize,
    control: &Control<'_>,
) -> Result<Vec<Finished>> {
    let mut by_name: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for folder in shard_folders(from)? {
        let found = read(folder)?;
        by_name.entry(found.batch.name.clone()).or_default().push(found);
    }
    let batches: Vec<Vec<Found>> = by_name.into_values().map(whole).collect::<Result<_>>()?;
    let output = OutputFolder::open(request.out)?;
    let reserved = batches.into_iter().map(|shards| {
        let facts = shards[0].batch.clone();
        Ok((prepare::prepare_merged(facts, &output, request)?, shards))
    });
    let reserved: Vec<(Prepared, Vec<Found>)> = reserved.collect::<Result<_>>()?;
    reserved
        .into_iter()
        .map(|(prepared, shards)| merge_one(prepared, &shards, request, threads, control))
        .collect()
}

fn merge_one(
    prepared: Prepared,
    shards: &[Found],
    request: &Request<'_>,
    threads: usize,
    control: &Control<'_>,
) -> Result<Finished> {
    let started = Instant::now();
    let document = write(&prepared, shards, request, control);
    let facts = manifest(&prepared.facts, threads, started);
    let Prepared { folder, work, .. } = prepared;
    let document = match document {
        Ok(document) => document,
        Err(error) => {
            work.end()?;
            return Err(error);
        }
    };
    let folder = folder.publish(&facts)?;
    work.end()?;
    Ok(Finished { document: Some(document), folder })
}

fn write(
    prepared: &Prepared,
    shards: &[Found],
    request: &Request<'_>,
    control: &Control<'_>,
) -> Result<Document> {
    let mut store = Store::new(prepared, request);
    for cell in 0..prepared.facts.cells.len() {
        if control.cancelled.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        store.keep(cell, 0, merge_cell(&prepared.facts, cell, shards)?, None)?;
    }
    let drawing = Drawing { charts: request.charts, scale: request.scale, cancelled: control.cancelled };
    finish::write(prepared, &mut store, drawing)
}

/// One cell's totals over all shards.
fn merge_cell(batch: &BatchDescription, cell: usize, shards: &[Found]) -> Result<Saved> {
    let mut whole: Option<Saved> = None;
    for found in shards {
        let path = found.folder.join(format!("cells/{cell:05}.bin"));
        let wrong = |message: &str| -> Error {
            Invalid::new(message).in_file(&path).with_help("run this shard again").into()
        };
        let part: Saved = saved_totals::read(&path, "run this shard again")?;
        let paths = part.facts.summary.paths;
        let all = paths.div_ceil(crate::paths::LANES as u64);
        let is_own = part.version == batch.version
            && part.facts.summary.sha256 == batch.cells[cell].sha256
            && part.facts.level == batch.intervals.confidence_each
            && part.part == found.shard.part(all)
            && part.totals.paths() == part.part.paths(paths)
            && part.observed.is_some() == (part.part.first == 0);
        if !is_own {
            return Err(wrong("the totals are not those of this shard's scenario and paths"));
        }
        match &mut whole {
            None => whole = Some(part),
            Some(whole) if whole.facts == part.facts => {
                whole.totals.merge(&part.totals).map_err(|e| wrong(&e.to_string()))?;
                whole.observed = whole.observed.take().or(part.observed);
                whole.part.end = part.part.end;
            }
            Some(_) => return Err(wrong("the shard describes a different scenario than the other shards")),
        }
    }
    whole.ok_or_else(|| Invalid::new("no shards were given").into())
}

/// The shards of one batch in order, all of them.
fn whole(mut shards: Vec<Found>) -> Result<Vec<Found>> {
    shards.sort_by_key(|found| found.shard.index);
    let first = &shards[0];
    for pair in shards.windows(2) {
        let [a, b] = pair else { continue };
        let (left, right) = (a.folder.display(), b.folder.display());
        let name = &a.batch.name;
        if a.batch != b.batch {
            let message = format!(
                "{left} and {right} are shards of different scenarios named `{name}`, or ran with different options"
            );
            return Err(Invalid::new(message).with_help("merge them separately, or run one again").into());
        }
        if a.shard.count != b.shard.count {
            let message =
                format!("{left} is one of {} shards, but {right} is one of {}", a.shard.count, b.shard.count);
            return Err(Invalid::new(message).with_help("merge shards of the same count only").into());
        }
        if a.shard.index == b.shard.index {
            let message = format!(
                "duplicate shard {}/{} of `{name}`: {left} and {right}",
                a.shard.index, a.shard.count
            );
            return Err(Invalid::new(message).with_help("name one of the two").into());
        }
    }
    let missing: Vec<String> = (1..=first.shard.count)
        .filter(|index| shards.binary_search_by_key(index, |found| found.shard.index).is_err())
        .map(|index| index.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(shards);
    }
    let (name, count, one) = (&first.batch.name, first.shard.count, &missing[0]);
    let more = if missing.len() > 20 { ", …" } else { "" };
    let listed = missing.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    let amount = if missing.len() == 1 { "one is".to_owned() } else { format!("{} are", missing.len()) };
    let message = format!("of the {count} shards of `{name}`, {amount} missing: {listed}{more}");
    let help = format!("run each of them, for example with --shard {one}/{count}");
    Err(Invalid::new(message).with_help(help).into())
}

/// The shards' folders: those named, or what they hold.
fn shard_folders(from: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for folder in from {
        if folder.join(SHARD_FILE).is_file() {
            folders.push(folder.clone());
            continue;
        }
        let wrong = |message: &str| Invalid::new(message).in_file(folder);
        let entries = fs::read_dir(folder).map_err(|e| wrong(&format!("the folder cannot be read: {e}")))?;
        let mut held: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| entry.path())
            .filter(|path| path.join(SHARD_FILE).is_file())
            .collect();
        if held.is_empty() {
            let help = "name the --out folders of runs with --shard I/N";
            return Err(wrong("the folder contains no finished shard").with_help(help).into());
        }
        held.sort();
        folders.append(&mut held);
    }
    // A folder that is named twice is one.
    let mut known = Vec::new();
    folders.retain(|folder| {
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        let is_new = !known.contains(&whole);
        known.push(whole);
        is_new
    });
    Ok(folders)
}

fn read(folder: PathBuf) -> Result<Found> {
    let path = folder.join(SHARD_FILE);
    let wrong = |message: &str| -> Error { Invalid::new(message).in_file(&path).into() };
    let unreadable = |e: std::io::Error| wrong(&format!("the file cannot be read: {e}"));
    if fs::metadata(&path).map_err(unreadable)?.len() > LIMIT {
        return Err(wrong("the file is larger than any description of a shard"));
    }
    let text = fs::read(&path).map_err(unreadable)?;
    let version = |text: &[u8]| {
        let value: serde_json::Value = serde_json::from_slice(text).ok()?;
        Some(value.get("batch")?.get("version")?.as_str()?.to_owned())
    };
    let own = env!("CARGO_PKG_VERSION");
    if let Some(version) = version(&text).filter(|version| version != own) {
        let message = format!("the shard was written by version {version}, but this is version {own}");
        let help = "run the shard again; totals of different versions cannot be combined";
        return Err(Invalid::new(message).in_file(&path).with_help(help).into());
    }
    let file: ShardFile =
        serde_json::from_slice(&text).map_err(|_| wrong("the file is not the description of a shard"))?;
    let shard = format!("{}/{}", file.index, file.count)
        .parse()
        .map_err(|_| wrong("the file has an invalid shard number"))?;
    let batch = &file.batch;
    let expected: usize = batch.axes.iter().map(|axis| axis.values.len()).product();
    let count = batch.cells.len();
    if count == 0 || count != expected || batch.cells.iter().any(|cell| cell.path_group >= count as u64) {
        return Err(wrong("the cells are not those of the sweep's axes"));
    }
    Ok(Found { folder, shard, batch: file.batch })
}
