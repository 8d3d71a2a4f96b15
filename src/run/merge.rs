//! Shards, and the result that they make together: the bytes of one run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::result::batch_description::BatchDescription;
use crate::result::document::Document;
use crate::run::cell_store::Store;
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

/// Says what a shard is of.
pub const SHARD_FILE: &str = "shard.json";
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
        let wrong =
            |what: &str| Error::input(format_args!("{}: {what}; run this shard again", path.display()));
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
            return Err(wrong("is not of the scenario and the paths that its shard is of"));
        }
        match &mut whole {
            None => whole = Some(part),
            Some(whole) if whole.facts == part.facts => {
                whole.totals.merge(&part.totals).map_err(|e| wrong(&e.to_string()))?;
                whole.observed = whole.observed.take().or(part.observed);
                whole.part.end = part.part.end;
            }
            Some(_) => return Err(wrong("tells its scenario differently from the shards before")),
        }
    }
    whole.ok_or_else(|| Error::input("there are no shards"))
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
            return Err(Error::input(format_args!(
                "{left} and {right} are parts of different scenarios of the name {name}, or were asked for differently: \
                 merge them apart, or run one again"
            )));
        }
        if a.shard.count != b.shard.count {
            return Err(Error::input(format_args!(
                "{left} is part of {}, {right} of {}: parts of one split only can be merged",
                a.shard.count, b.shard.count
            )));
        }
        if a.shard.index == b.shard.index {
            return Err(Error::input(format_args!(
                "shard {} of {} of {name} is there twice, in {left} and in {right}: name one of them",
                a.shard.index, a.shard.count
            )));
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
    Err(Error::input(format_args!(
        "{name}: of {count} shards {} missing: {listed}{more}; run each, for example with --shard {one}/{count}",
        if missing.len() == 1 { "one is".to_owned() } else { format!("{} are", missing.len()) },
    )))
}

/// The shards' folders: those named, or what they hold.
fn shard_folders(from: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for folder in from {
        if folder.join(SHARD_FILE).is_file() {
            folders.push(folder.clone());
            continue;
        }
        let wrong = |what: &dyn std::fmt::Display| Error::input(format_args!("{}: {what}", folder.display()));
        let entries = fs::read_dir(folder).map_err(|e| wrong(&format_args!("cannot be read: {e}")))?;
        let mut held: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| entry.path())
            .filter(|path| path.join(SHARD_FILE).is_file())
            .collect();
        if held.is_empty() {
            return Err(wrong(&"holds no finished shard; name the --out folders of runs with --shard I/N"));
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
    let wrong = |what: &dyn std::fmt::Display| Error::input(format_args!("{}: {what}", path.display()));
    if fs::metadata(&path).map_err(|e| wrong(&e))?.len() > LIMIT {
        return Err(wrong(&"is larger than any shard's description"));
    }
    let text = fs::read(&path).map_err(|e| wrong(&e))?;
    let version = |text: &[u8]| {
        let value: serde_json::Value = serde_json::from_slice(text).ok()?;
        Some(value.get("batch")?.get("version")?.as_str()?.to_owned())
    };
    let own = env!("CARGO_PKG_VERSION");
    if let Some(version) = version(&text).filter(|version| version != own) {
        return Err(wrong(&format_args!(
            "was made by version {version}, and this is {own}: totals of two versions are never mixed; run the shard again"
        )));
    }
    let file: ShardFile =
        serde_json::from_slice(&text).map_err(|_| wrong(&"is no description of a shard"))?;
    let shard = format!("{}/{}", file.index, file.count).parse().map_err(|_| wrong(&"names no shard"))?;
    let batch = &file.batch;
    let expected: usize = batch.axes.iter().map(|axis| axis.values.len()).product();
    let count = batch.cells.len();
    if count == 0 || count != expected || batch.cells.iter().any(|cell| cell.path_group >= count as u64) {
        return Err(wrong(&"names cells that are not those of its axes"));
    }
    Ok(Found { folder, shard, batch: file.batch })
}
