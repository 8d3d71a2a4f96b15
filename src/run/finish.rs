//! The files of a finished result.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::error::{Error, Result};
use crate::report::charts::ChartInput;
use crate::report::charts::encode::Scale;
use crate::report::content::Reproduce;
use crate::report::{charts, csv, html, markdown, sweep};
use crate::result::document::{Document, PrecisionResult, ResultDocument, SweepDocument};
use crate::result::{build, json, measures};
use crate::run::cell_store::Store;
use crate::run::file_names::{MARKDOWN, OUTCOME, PAGE};
use crate::run::prepare::Prepared;
use crate::store::saved_totals;
use crate::store::saved_totals::Saved;

/// How results are drawn.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    /// Charts and report page at all.
    pub charts: bool,
    /// Pixels for each unit of a chart.
    pub scale: Scale,
    /// Set to stop.
    pub cancelled: &'a AtomicBool,
}

/// Writes the files of a batch whose cells are all stored.
///
/// # Errors
/// [`Error::Failed`] naming what cannot be read or written; [`Error::Interrupted`].
pub fn write(prepared: &Prepared, store: &mut Store<'_>, drawing: Drawing<'_>) -> Result<Document> {
    let (facts, folder) = (&prepared.facts, prepared.folder.staging());
    let reproduce = Reproduce { command: facts.command.clone(), resolved: facts.resolved.clone() };
    let incomplete = || Error::failed("a cell of the run is missing");
    if !facts.is_sweep() {
        let (saved, precision) = store.single().ok_or_else(incomplete)?;
        let precision = |d: &ResultDocument| precision.map(|asked| measures::precision(d, &asked));
        return write_run(folder, saved, precision, &reproduce, drawing);
    }
    let documents = store.documents()?;
    let document = facts.sweep(documents).ok_or_else(incomplete)?;
    write_sweep(folder, document, &reproduce, drawing)
}

/// Writes everything that a single run's totals tell.
///
/// # Errors
/// [`Error::Failed`] naming the file that cannot be written; [`Error::Interrupted`].
pub fn write_run(
    folder: &Path,
    saved: Saved,
    precision: impl FnOnce(&ResultDocument) -> Option<PrecisionResult>,
    reproduce: &Reproduce,
    drawing: Drawing<'_>,
) -> Result<Document> {
    put(&folder.join(OUTCOME), &saved_totals::encode(&saved)?)?;
    let (facts, outcome, observed) = saved.finish();
    let audit = observed.as_ref().map(|observed| observed.audit).unwrap_or_default();
    let mut document = build::build(&facts, &outcome, &audit);
    document.precision = precision(&document);
    json::write(folder, &document)?;
    csv::write_tables(folder, &document, &outcome)?;
    let sample = observed.and_then(|observed| observed.sample);
    if let Some(sample) = sample.filter(|_| drawing.charts) {
        let input = ChartInput::new(&document, &outcome, &sample);
        charts::render_all(folder, &input, drawing.scale, drawing.cancelled)?;
        let page = html::render_run(&document, &outcome, Some(&sample), reproduce)?;
        put(&folder.join(PAGE), page.as_bytes())?;
        let text = markdown::render_run(&document, &outcome, Some(&sample), reproduce)?;
        put(&folder.join(MARKDOWN), text.as_bytes())?;
    }
    Ok(Document::Run(Box::new(document)))
}

/// Writes everything that a sweep's document tells.
///
/// # Errors
/// As [`write_run`].
pub fn write_sweep(
    folder: &Path,
    document: SweepDocument,
    reproduce: &Reproduce,
    drawing: Drawing<'_>,
) -> Result<Document> {
    json::write(folder, &document)?;
    sweep::write_tables(folder, &document)?;
    if drawing.charts {
        charts::render_sweep_charts(folder, &document, drawing.scale, drawing.cancelled)?;
        let page = html::render_sweep(&document, reproduce)?;
        put(&folder.join(PAGE), page.as_bytes())?;
        let text = markdown::render_sweep(&document, reproduce)?;
        put(&folder.join(MARKDOWN), text.as_bytes())?;
    }
    Ok(Document::Sweep(Box::new(document)))
}

/// Writes one file of a result that is not published yet.
///
/// # Errors
/// [`Error::Failed`] naming it.
pub fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(Error::io(path, "the file cannot be written"))
}
