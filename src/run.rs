//! START HERE: the whole program. A scenario becomes a batch of cells, a cell a job, the jobs' totals outcomes, these
//! documents, and a document a folder that appears whole or not at all.

pub(crate) mod cell_store;
pub(crate) mod executor;
pub(crate) mod file_names;
pub(crate) mod finish;
pub(crate) mod finished;
pub(crate) mod manifest;
pub(crate) mod merge;
pub(crate) mod outcomes;
pub(crate) mod pass;
pub(crate) mod prepare;
pub(crate) mod redraw;
pub(crate) mod replay;
pub(crate) mod request;

use std::slice::from_ref;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::error::{Error, Invalid, Result};
use crate::evaluate::options::Options;
use crate::paths::LANES;
use crate::plan::passes;
use crate::result::document::Document;
use crate::run::cell_store::Store;
use crate::run::executor::Machine;
use crate::run::finish::Drawing;
pub use crate::run::finished::Finished;
use crate::run::manifest::manifest;
pub use crate::run::merge::merge;
use crate::run::prepare::{Prepared, Task};
pub use crate::run::redraw::redraw;
pub use crate::run::replay::replay;
pub use crate::run::request::{Asked, Request};
use crate::scenario::{Batch, Scenario};
use crate::simulation::{Control, Simulator};
use crate::store::output_folder::OutputFolder;
use crate::store::saved_totals::Part;
pub use crate::store::shard::Shard;

/// Threads a person may ask for.
const MOST_THREADS: u64 = 1_024;

/// What a run tells while it works.
pub struct Told<'a> {
    /// The name of the batch that begins.
    pub stage: &'a dyn Fn(&str),
    /// A remark, such as where finished cells are kept.
    pub remark: &'a dyn Fn(&str),
}

/// Runs every batch. All output folders are found usable before anything is simulated.
///
/// # Errors
/// Exit status 2 before anything is simulated, 1 and 130 on the way; finished folders and cells stay.
pub fn run_all(
    asked: &[Asked],
    simulator: &Simulator,
    control: &Control<'_>,
    request: &Request<'_>,
    told: &Told<'_>,
) -> Result<Vec<Finished>> {
    let output = OutputFolder::open(request.out)?;
    let tasks: Vec<Task> =
        asked.iter().map(|a| prepare::prepare(a, &output, request)).collect::<Result<_>>()?;
    let mut finished = Vec::with_capacity(tasks.len());
    for (task, asked) in tasks.into_iter().zip(asked) {
        (told.stage)(&asked.batch.name);
        finished.push(match task {
            Task::Done(done) => {
                (control.progress)(planned_paths(from_ref(asked), request));
                done
            }
            Task::Run(prepared) => run_batch(*prepared, &asked.batch, simulator, control, request, told)?,
        });
    }
    Ok(finished)
}

/// Paths of all cells that are to be run: what progress is told in.
pub fn planned_paths(asked: &[Asked], request: &Request<'_>) -> u64 {
    let scenarios = asked.iter().flat_map(|asked| &asked.batch.cells).map(|cell| &cell.scenario);
    scenarios.map(|scenario| part(scenario, request).paths(scenario.settings.paths)).sum()
}

fn run_batch(
    prepared: Prepared,
    batch: &Batch,
    simulator: &Simulator,
    control: &Control<'_>,
    request: &Request<'_>,
    told: &Told<'_>,
) -> Result<Finished> {
    let started = Instant::now();
    let machine = Machine { simulator, control, keep_every: request.keep_every };
    let mut store = Store::new(&prepared, request);
    let document = simulate(&prepared, batch, &machine, &mut store, request)
        .and_then(|()| write(&prepared, &mut store, request, control));
    let document = document.inspect_err(|_| {
        if prepared.work.is_worth_keeping() {
            let (what, place) = (prepared.work.amount(), prepared.work.path().display());
            (told.remark)(&format!("kept in {place}: {what}; go on with --resume"));
        } else {
            prepared.work.clear();
        }
    })?;
    drop(store);
    let facts = manifest(&prepared.facts, simulator.threads(), started);
    let Prepared { folder, work, .. } = prepared;
    let folder = folder.publish(&facts)?;
    work.end()?;
    Ok(Finished { document, folder })
}

fn simulate(
    prepared: &Prepared,
    batch: &Batch,
    machine: &Machine<'_>,
    store: &mut Store<'_>,
    request: &Request<'_>,
) -> Result<()> {
    for cells in passes::passes(batch, machine.simulator.threads(), request.outcomes.is_some()) {
        let cells: Vec<(usize, &Scenario)> =
            cells.iter().filter_map(|&cell| Some((cell, &batch.cells.get(cell)?.scenario))).collect();
        let Some((_, first)) = cells.first() else { continue };
        pass::run(prepared, &cells, part(first, request), machine, store)?;
    }
    Ok(())
}

/// The part of a scenario's blocks that is asked for.
fn part(scenario: &Scenario, request: &Request<'_>) -> Part {
    let all = scenario.settings.paths.div_ceil(LANES as u64);
    request.shard.unwrap_or(Shard { index: 1, count: 1 }).part(all)
}

/// Writes the files of a result whose cells are all stored; a shard has no document.
fn write(
    prepared: &Prepared,
    store: &mut Store<'_>,
    request: &Request<'_>,
    control: &Control<'_>,
) -> Result<Option<Document>> {
    let (facts, folder) = (&prepared.facts, prepared.folder.staging());
    store.hand_over(folder)?;
    if let Some(shard) = request.shard {
        return merge::write_shard(folder, facts, shard).map(|()| None);
    }
    let drawing = Drawing { charts: request.charts, scale: request.scale, cancelled: control.cancelled };
    let document = finish::write(prepared, store, drawing)?;
    if control.cancelled.load(Ordering::Relaxed) {
        return Err(Error::Interrupted);
    }
    Ok(Some(document))
}

/// Threads and vector width; `RINGFENCE_VECTOR` limits the latter.
///
/// # Errors
/// [`Error::Input`] for more threads than 1,024 or an unknown width.
pub fn simulator(threads: u64) -> Result<Simulator> {
    if threads > MOST_THREADS {
        let invalid = Invalid::new(format!("--threads is {threads}")).of_key("--threads").with_value(threads);
        return Err(invalid.expected(format!("1 to {MOST_THREADS}, or 0 for one per core")).into());
    }
    Options { threads: threads as usize, ..Options::default() }.simulator()
}
