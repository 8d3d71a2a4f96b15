//! Everything that can be wrong is found here, before anything is simulated.

use serde_json::{Value, json};

use crate::error::Result;
use crate::result::batch_description::BatchDescription;
use crate::result::comparison;
use crate::run::file_names::extension;
use crate::run::finished::Finished;
use crate::run::request::{Asked, Request};
use crate::store::checkpoint::Unfinished;
use crate::store::folder;
use crate::store::folder::ResultFolder;
use crate::store::output_folder::OutputFolder;

/// A batch with its place reserved.
pub struct Prepared {
    /// The batch, as results tell of it.
    pub facts: BatchDescription,
    /// Where the result goes.
    pub folder: ResultFolder,
    /// Where it grows.
    pub work: Unfinished,
}

/// What is to be done for a batch.
pub enum Task {
    /// It is there already, whole.
    Done(Finished),
    /// It is to be run.
    Run(Box<Prepared>),
}

/// Reserves the place of what was asked for.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) when the output folder is not free.
pub fn prepare(asked: &Asked, output: &OutputFolder, request: &Request<'_>) -> Result<Task> {
    let facts = BatchDescription::new(&asked.batch, asked.command.clone(), asked.overrides.clone());
    let name = folder_name(&facts, request);
    let needed = request.needed(&facts);
    let is_done = request.resume && folder::is_finished(output.path(), &name, &facts.sha256, &needed);
    let folder = reserve(&facts, &name, output, request)?;
    let work = Unfinished::open(
        output.path().join(format!(".{name}.unfinished")),
        identity(&facts, request),
        request.resume || is_done,
        request.force,
    );
    if !is_done {
        return Ok(Task::Run(Box::new(Prepared { facts, folder, work: work? })));
    }
    // What is left of this very run is of no use any more; other work is not touched.
    work.map_or(Ok(()), Unfinished::end)?;
    let folder = output.path().join(name);
    let document = if request.shard.is_some() { None } else { Some(comparison::load(&folder)?.document) };
    Ok(Task::Done(Finished { document, folder }))
}

/// Reserves the place of a shard's batch for the result of all.
///
/// # Errors
/// [`crate::error::Error::Input`] when it is not free.
pub fn prepare_merged(
    facts: BatchDescription,
    output: &OutputFolder,
    request: &Request<'_>,
) -> Result<Prepared> {
    let folder = reserve(&facts, &facts.name, output, request)?;
    // Beside what a run of that name may have left: a merge that did not end is no work to go on with.
    let place = output.path().join(format!(".{}.unfinished-merge", facts.name));
    let work = Unfinished::open(place, identity(&facts, request), false, true)?;
    Ok(Prepared { facts, folder, work })
}

fn reserve(
    facts: &BatchDescription,
    name: &str,
    output: &OutputFolder,
    request: &Request<'_>,
) -> Result<ResultFolder> {
    folder::prepare(output, name, &facts.sha256, &facts.resolved, request.force)
}

/// All that decides the bytes of work.
fn identity(facts: &BatchDescription, request: &Request<'_>) -> Value {
    json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": facts.version,
        "sha256": facts.sha256,
        "outcomes": request.outcomes.map(extension),
    })
}

fn folder_name(facts: &BatchDescription, request: &Request<'_>) -> String {
    format!("{}{}", facts.name, request.shard.map(|shard| shard.suffix()).unwrap_or_default())
}
