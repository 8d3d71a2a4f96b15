//! The files of a finished result.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::SHARD_FILE;
use super::machine::Machine;
use super::prepare::Prepared;
use super::request::Request;
use super::store::Store;
use crate::domain::Precision;
use crate::error::{Error, Result};
use crate::report::charts::{self, ChartInput};
use crate::report::saved::{self, Observed, Saved};
use crate::report::{BatchFacts, Document, Reproduce, build, csv, html, json, markdown, sweep};

/// The file that a result is drawn again from.
pub const OUTCOME: &str = "outcome.bin";

/// How results are drawn.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    /// Charts and report page at all.
    pub charts: bool,
    /// Pixels for each unit of a chart.
    pub scale: f64,
    /// Looked at on the way.
    pub machine: &'a std::sync::atomic::AtomicBool,
}

/// Writes everything that a single run's totals tell.
///
/// # Errors
/// [`Error::Failed`] naming the file that cannot be written; [`Error::Interrupted`].
pub fn write_run(
    folder: &Path,
    saved: Saved,
    precision: impl FnOnce(&crate::report::ResultDocument) -> Option<crate::report::PrecisionResult>,
    reproduce: &Reproduce,
    drawing: Drawing<'_>,
) -> Result<Document> {
    put(&folder.join(OUTCOME), &saved::encode(&saved)?)?;
    let (facts, outcome, observed) = saved.finish();
    let (audit, sample) = observed.map(|o: Observed| (o.audit, o.sample)).unwrap_or_default();
    let mut document = build(&facts, &outcome, &audit);
    document.precision = precision(&document);
    json::write(folder, &document)?;
    csv::write_tables(folder, &document, &outcome)?;
    if drawing.charts {
        let input = ChartInput::new(&document, &outcome, sample.as_ref());
        charts::render_all(folder, &input, drawing.scale, drawing.machine)?;
        let page = html::render_run(&document, facts.description.as_deref(), &input, reproduce)?;
        put(&folder.join("report.html"), page.as_bytes())?;
        let text = markdown::render_run(&document, reproduce);
        put(&folder.join("report.md"), text.as_bytes())?;
    }
    Ok(Document::Run(Box::new(document)))
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|e| Error::failed(format_args!("{}: cannot be written: {e}", path.display())))
}
