//! A result drawn again from what was saved of it.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value};

use crate::error::{Error, Invalid, Result};
use crate::report::charts::encode::Scale;
use crate::report::content::Reproduce;
use crate::result::comparison;
use crate::result::document::Document;
use crate::run::file_names::OUTCOME;
use crate::run::finish;
use crate::run::finish::Drawing;
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
    let wrong = |message: &str| Invalid::new(message).in_file(folder);
    let whole = fs::canonicalize(folder).map_err(|e| wrong(&format!("the folder cannot be read: {e}")))?;
    let manifest = folder::manifest(&whole).ok_or_else(|| {
        wrong("this is not a ringfence result folder").with_help("name a folder that `ringfence run` wrote")
    })?;
    let text = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (version, own) = (text("version"), env!("CARGO_PKG_VERSION"));
    if version != own {
        let message = format!("the result was written by version {version}, but this is version {own}");
        return Err(wrong(&message).with_help("run the scenario again").into());
    }
    let comparison::Saved { document, resolved, .. } = comparison::load(&whole)?;
    let resolved = resolved.unwrap_or_default();
    let name =
        whole.file_name().and_then(|name| name.to_str()).ok_or_else(|| wrong("the folder has no name"))?;
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

/// The help of a refused place names options of `run`, which this command does not have.
fn without_options(error: Error) -> Error {
    match error {
        Error::Input(invalid) => invalid.with_help("move these files away, and draw the result again").into(),
        other => other,
    }
}

/// Rows of single paths are not drawn but were written: they go along.
fn keep_outcomes(from: &Path, to: &Path) -> Result<()> {
    let failed = Error::io(from, "the outcomes cannot be copied");
    for name in folder::files_under(from).map_err(&failed)? {
        if name.starts_with("outcomes") {
            folder::copy(from, to, &name).map_err(&failed)?;
        }
    }
    Ok(())
}
