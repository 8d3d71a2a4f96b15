//! What reading a scenario gathers besides its values.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use crate::error::Result;
use crate::scenario::files::Files;
use crate::scenario::syntax::reader::Field;
use crate::scenario::syntax::source::quoted;

/// The scenario's folder, and the lines and remarks gathered so far.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Relative file names are relative to it.
    pub folder: &'a Path,
    /// Data read so far, this scenario's and others' of its batch.
    pub files: &'a Files,
    /// `key → value` of every setting, defaults included.
    pub resolved: Vec<(String, String)>,
    /// Remarks for the person.
    pub notes: Vec<String>,
}

/// A data file that a scenario names.
#[derive(Debug)]
pub(crate) struct DataFile {
    /// Where it is.
    pub path: PathBuf,
    /// How messages call it.
    pub shown_name: String,
}

impl<'a> Context<'a> {
    /// Nothing gathered yet.
    pub fn new(folder: &'a Path, files: &'a Files) -> Self {
        Self { folder, files, resolved: Vec::new(), notes: Vec::new() }
    }

    /// Adds remarks, each once: several assets may read one file.
    pub fn note(&mut self, notes: &[String]) {
        for note in notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }

    /// Records a setting.
    pub fn resolve(&mut self, key: String, value: impl Display) {
        self.resolved.push((key, value.to_string()));
    }

    /// Records a setting anew that turned out otherwise than written.
    pub fn resolve_again(&mut self, key: &str, value: impl Display) {
        if let Some((_, known)) = self.resolved.iter_mut().find(|(known, _)| known == key) {
            *known = value.to_string();
        }
    }

    /// Records a number without trailing zeros, so that `0.50` and `0.5` are one setting.
    pub fn resolve_decimal(&mut self, key: String, value: Decimal) {
        self.resolve(key, value.normalize());
    }

    /// The file that a field names: a regular file, so that no device or pipe can hang the program.
    pub fn data_file(&self, field: &Field<'_>, example: &str) -> Result<DataFile> {
        let written = field.text(example)?;
        let path = self.folder.join(written);
        let shown_name = path.display().to_string();
        let problem = match path.metadata() {
            Err(error) => format!("cannot be read: {error}"),
            Ok(found) if !found.is_file() => "is not a regular file".to_owned(),
            Ok(_) => return Ok(DataFile { path, shown_name }),
        };
        let what = format!("`{}`: the file {} {problem}", field.path, quoted(written));
        let help = format!(
            "paths are relative to the scenario's folder; this one resolves to {}",
            quoted(&shown_name)
        );
        Err(field.fail(&what, &help))
    }
}
