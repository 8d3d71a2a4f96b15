//! A result drawn again from what was saved of it.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::report::charts::encode::Scale;
use crate::report::content::Reproduce;
use crate::result::comparison;
use crate::result::document::Document;
use crate::run::finish;
use crate::run::finish::{Drawing, OUTCOME};
use crate::run::finished::Finished;
use crate::store::output_folder::OutputFolder;
use crate::store::saved_totals::Saved;
use crate::store::{folder, saved_totals};

/// Keys of a manifest that are written anew.
const WRITTEN: [&str; 6] = ["program", "version", "scenario", "sha256", "resolved", "files"];

/// Writes the tables, charts and pages of the result in `folder` again.
///
/// # Errors
/// [`Error::Input`] where the folder holds no result of this version, or files besides it; otherwise as a run's.
pub fn redraw(folder: &Path, scale: Scale, cancelled: &AtomicBool) -> Result<Finished> {
    let wrong = |what: &dyn std::fmt::Display| Error::input(format_args!("{}: {what}", folder.display()));
    let whole = fs::canonicalize(folder).map_err(|e| wrong(&format_args!("cannot be read: {e}")))?;
    let manifest = folder::manifest(&whole)
        .ok_or_else(|| wrong(&"holds no result; name a folder that ringfence run has written"))?;
    let text = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (version, own) = (text("version"), env!("CARGO_PKG_VERSION"));
    if version != own {
        return Err(wrong(&format_args!(
            "was made by version {version}, and this is {own}: run the scenario again"
        )));
    }
    let comparison::Saved { document, resolved, .. } = comparison::load(&whole)?;
    let resolved = resolved.unwrap_or_default();
    let name = whole.file_name().and_then(|name| name.to_str()).ok_or_else(|| wrong(&"has no name"))?;
    let output = OutputFolder::open(whole.parent().unwrap_or(&whole))?;
    let place = folder::prepare(&output, name, &text("sha256"), &resolved, false).map_err(without_options)?;
    let drawing = Drawing { charts: true, scale, cancelled };
    let reproduce = Reproduce { command: text("command"), resolved };
    let document = match document {
        Document::Run(before) => {
            let saved: Saved = saved_totals::read(&whole.join(OUTCOME), "run the scenario again")?;
            finish::write_run(place.staging(), saved, |_| before.precision, &reproduce, drawing)?
        }
        Document::Sweep(before) => finish::write_sweep(place.staging(), *before, &reproduce, drawing)?,
    };
    keep_outcomes(&whole, place.staging())?;
    let facts: Map<String, Value> = manifest
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !WRITTEN.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let folder = place.publish(&Value::Object(facts))?;
    Ok(Finished { document: Some(document), folder })
}

/// The refusal of a place ends in what `run` could be told; here it is one's own files that have to go.
fn without_options(error: Error) -> Error {
    match error {
        Error::Input(text) => match text.rsplit_once('\n') {
            Some((what, _)) => Error::Input(format!("{what}\nmove them away, and draw the result again")),
            None => Error::Input(text),
        },
        other => other,
    }
}

/// Rows of single paths are not drawn but were written: they go along.
fn keep_outcomes(from: &Path, to: &Path) -> Result<()> {
    let failed = |e: std::io::Error| Error::failed(format_args!("{}: {e}", from.display()));
    for name in folder::files_under(from).map_err(failed)? {
        if name.starts_with("outcomes") {
            folder::copy(from, to, &name).map_err(failed)?;
        }
    }
    Ok(())
}
