//! Everything that can be wrong is found here, before anything is simulated.

use serde_json::json;

use super::request::{Asked, Request};
use crate::domain::Intervals;
use crate::error::Result;
use crate::report::folder::{self, OutputFolder, ResultFolder, Unfinished};
use crate::report::{BatchFacts, CellFacts, Keyed, SweepAxis, SweepIntervals};
use crate::scenario::Batch;

/// A batch with its place reserved.
pub struct Prepared<'a> {
    /// What is to be run.
    pub batch: &'a Batch,
    /// The same, as results tell of it.
    pub facts: BatchFacts,
    /// Where the result goes.
    pub folder: ResultFolder,
    /// Where it grows.
    pub work: Unfinished,
}

/// What is to be done for a batch.
pub enum Task<'a> {
    /// It is there already, whole.
    Done(BatchFacts),
    /// It is to be run.
    Run(Box<Prepared<'a>>),
}

impl Task<'_> {
    /// The batch, as results tell of it.
    pub fn facts(&self) -> &BatchFacts {
        match self {
            Self::Done(facts) => facts,
            Self::Run(prepared) => &prepared.facts,
        }
    }
}

/// Reserves the batch's place.
///
/// # Errors
/// [`crate::error::Error::Input`] when the output folder is not free.
pub fn prepare<'a>(asked: &'a Asked, output: &OutputFolder, request: &Request<'_>) -> Result<Task<'a>> {
    let facts = facts(asked);
    let name = folder_name(&facts, request);
    let out = output.path();
    let is_done = request.resume && folder::is_finished(out, &name, &facts.sha256, &request.needed(&facts));
    let folder = folder::prepare(output, &name, &facts.sha256, &facts.resolved, request.force)?;
    let identity = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": facts.version,
        "sha256": facts.sha256,
        "shard": request.shard.map(|shard| format!("{}/{}", shard.index, shard.count)),
        "outcomes": request.outcomes.map(|format| format.extension()),
    });
    let work = Unfinished::open(out, &name, identity, request.resume, request.force || is_done)?;
    if is_done {
        return Ok(Task::Done(facts));
    }
    Ok(Task::Run(Box::new(Prepared { batch: &asked.batch, facts, folder, work })))
}

/// Name of the folder in the output folder.
pub fn folder_name(facts: &BatchFacts, request: &Request<'_>) -> String {
    format!("{}{}", facts.name, request.shard.map(|shard| shard.suffix()).unwrap_or_default())
}

fn facts(asked: &Asked) -> BatchFacts {
    let batch = &asked.batch;
    let settings = &batch.cells.first().map(|cell| &cell.scenario.settings);
    let mut groups = vec![0; batch.cells.len()];
    for (group, cells) in batch.groups().iter().enumerate() {
        for &cell in cells {
            groups[cell] = group as u64;
        }
    }
    let cells = batch.cells.iter().zip(groups).map(|(cell, path_group)| CellFacts {
        set: Keyed(cell.set.clone()),
        sha256: cell.scenario.sha256(),
        path_group,
    });
    let family: u64 = batch.cells.iter().map(|cell| cell.scenario.settings.modes.len() as u64).sum();
    let intervals = settings.map(|settings| settings.intervals).unwrap_or_default();
    let confidence = settings.map_or(0.95, |settings| settings.confidence);
    let confidence_each = match intervals {
        Intervals::Pointwise => confidence,
        Intervals::Simultaneous => 1.0 - (1.0 - confidence) / family as f64,
    };
    BatchFacts {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: batch.name.clone(),
        sha256: batch.sha256(),
        resolved: batch.resolved(),
        command: asked.command.clone(),
        overrides: asked.overrides.clone(),
        axes: batch
            .axes
            .iter()
            .map(|axis| SweepAxis { keys: axis.keys.clone(), values: axis.values.clone() })
            .collect(),
        cells: cells.collect(),
        intervals: SweepIntervals { kind: intervals.name().to_owned(), family, confidence_each },
        precision: settings.and_then(|s| s.precision).map(|precision| precision.measure.name().to_owned()),
    }
}
