//! Reads a scenario from a file or from text.

use std::path::Path;

use crate::error::{Invalid, Result};
use crate::scenario::definition::Scenario;
use crate::scenario::sweep::axes::Sweep;
use crate::scenario::sweep::batch::{Batch, Cell};
use crate::scenario::sweep::cells::Loader;
use crate::scenario::syntax::node::{Node, Value};
use crate::scenario::syntax::overrides::Override;
use crate::scenario::syntax::source::{Sources, quoted};
use crate::scenario::syntax::text_file::read_text;
use crate::scenario::syntax::{name, overrides};
use crate::scenario::venue;

/// Name of the scenario that is shipped inside the program.
pub const DEFAULT_NAME: &str = "ten-thousand";

/// Its text.
pub const DEFAULT_TEXT: &str = include_str!("../../scenarios/ten-thousand.toml");

/// Reads a scenario file, applies `--set` overrides, and validates the whole. The run is named after the file's
/// stem; relative file names are relative to its folder.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input) with the place and the remedy: a file that cannot be read, is too large or
/// not UTF-8, and everything that [`load_text`] refuses.
pub fn load(path: &Path, overrides: &[Override]) -> Result<Scenario> {
    alone(&path.display().to_string(), load_batch(path, overrides)?)
}

/// As [`load`], of a file that may have `[sweep]`: every cell is validated.
///
/// # Errors
/// As [`load`]; a sweep that is none, or of which a cell cannot be run.
pub fn load_batch(path: &Path, overrides: &[Override]) -> Result<Batch> {
    let shown_name = path.display().to_string();
    let text = read_text(path, &shown_name, "scenario")?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    load_batch_text(&stem, &shown_name, &text, folder, overrides)
}

impl Scenario {
    /// Reads and validates a scenario file; relative file names in it are relative to its folder.
    ///
    /// # Errors
    /// [`Error::Input`](crate::error::Error::Input) with the place, the value and what to write instead; a file with
    /// `[sweep]` too, which [`load_batch`] reads.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), &[])
    }

    /// Reads and validates the text of a scenario called `name`; file names in it are relative to the current folder.
    ///
    /// # Errors
    /// As [`Scenario::load`].
    pub fn from_text(name: &str, text: &str) -> Result<Self> {
        load_text(name, name, text, Path::new(""), &[])
    }
}

/// Reads a venue file of the user's, as `venue.preset = "./my-venue.toml"` does.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input): a file that cannot be read, and everything that is no venue file.
pub fn load_preset(path: &Path) -> Result<venue::Preset> {
    let shown_name = path.display().to_string();
    let text = read_text(path, &shown_name, "venue file")?;
    venue::read_preset(&shown_name, &text, path.parent().unwrap_or_else(|| Path::new("")))
}

/// As [`load`], for a text that is already in memory. `shown_name` is what messages call it.
///
/// # Errors
/// [`Error::Input`](crate::error::Error::Input): a name that is not one, TOML syntax, an unknown key, a value out of its
/// range, data files that cannot be read, an account that would be liquidated at entry; a sweep.
pub fn load_text(
    name: &str,
    shown_name: &str,
    text: &str,
    folder: &Path,
    overrides: &[Override],
) -> Result<Scenario> {
    alone(shown_name, load_batch_text(name, shown_name, text, folder, overrides)?)
}

/// As [`load_text`], of a text that may have `[sweep]`.
///
/// # Errors
/// As [`load_text`]; a sweep that is none, or of which a cell cannot be run.
pub fn load_batch_text(
    name: &str,
    shown_name: &str,
    text: &str,
    folder: &Path,
    overrides: &[Override],
) -> Result<Batch> {
    check_text(name, shown_name, text)?;
    let mut sources = Sources::default();
    let source = sources.add(shown_name, text);
    let mut root = Node::parse(&sources, source, text)?;
    for set in overrides {
        overrides::apply(&mut root, set, &mut sources)?;
    }
    if matches!(&root.value, Value::Table(entries) if entries.is_empty()) {
        let help = "write [simulation], [account], [assets.NAME] and [positions.NAME]";
        return Err(Invalid::new("the scenario is empty").in_file(shown_name).with_help(help).into());
    }
    let sweep = Sweep::take(&mut root, &mut sources)?;
    let mut loader = Loader::new(name, folder, sources);
    let Some(sweep) = sweep else {
        let cell = Cell { set: Vec::new(), scenario: loader.scenario(root)? };
        return Ok(Batch { name: name.to_owned(), axes: Vec::new(), cells: vec![cell] });
    };
    sweep.refuse(overrides)?;
    Ok(Batch { name: name.to_owned(), axes: sweep.axes(), cells: loader.cells(&root, &sweep)? })
}

/// The one scenario of a batch.
fn alone(shown_name: &str, batch: Batch) -> Result<Scenario> {
    let (is_sweep, count) = (batch.is_sweep(), batch.cells.len());
    match batch.cells.into_iter().next().filter(|_| !is_sweep) {
        Some(cell) => Ok(cell.scenario),
        None => {
            let message =
                format!("the scenario is a sweep of {count} runs, but this command needs a single run");
            let help = "write --set 'sweep={}' to leave the sweep out, and --set KEY=VALUE for its keys";
            Err(Invalid::new(message).in_file(shown_name).of_key("sweep").with_help(help).into())
        }
    }
}

fn check_text(name: &str, shown_name: &str, text: &str) -> Result<()> {
    if let Some(fault) = name::name_fault(name) {
        let message = format!("invalid name {}: it {fault}", quoted(name));
        let note = "the file's name is also the name of the run and of its result folder";
        let invalid = Invalid::new(message).in_file(shown_name).with_value(name).with_note(note);
        return Err(invalid.with_help(format!("rename the file; {}", name::RULE)).into());
    }
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() as u64 + 1;
        let message = "a NUL character: this is no text file, or it is encoded in UTF-16";
        return Err(Invalid::new(message).in_line(shown_name, line).with_help("save it as UTF-8").into());
    }
    Ok(())
}
