//! Trees to scenarios: of one run, or of every cell of a sweep.

use std::path::Path;

use crate::error::{Error, Result};
use crate::scenario::context::Context;
use crate::scenario::definition::Scenario;
use crate::scenario::files::Files;
use crate::scenario::resolve::resolve;
use crate::scenario::sweep::axes;
use crate::scenario::sweep::axes::{Sweep, SweptKey};
use crate::scenario::sweep::batch::Cell;
use crate::scenario::syntax::node::Node;
use crate::scenario::syntax::overrides;
use crate::scenario::syntax::reader::Table;
use crate::scenario::syntax::source::{Sources, quoted};
use crate::scenario::venue;
use crate::scenario::venue::overridden::Overridden;

/// What the cells of a batch are read with.
pub(crate) struct Loader<'a> {
    /// Name of the run.
    pub name: &'a str,
    /// Relative file names are relative to it.
    pub folder: &'a Path,
    /// Every text so far.
    pub sources: Sources,
    files: Files,
    /// Venue files met so far.
    presets: Vec<PresetFile>,
}

struct PresetFile {
    shown_name: String,
    tree: Node,
    name: String,
}

impl<'a> Loader<'a> {
    /// With nothing read yet.
    pub fn new(name: &'a str, folder: &'a Path, sources: Sources) -> Self {
        Self { name, folder, sources, files: Files::default(), presets: Vec::new() }
    }

    /// Every cell of a sweep over a tree.
    ///
    /// # Errors
    /// The first cell that cannot be run, with its settings and how many more cannot.
    pub fn cells(&mut self, root: &Node, sweep: &Sweep) -> Result<Vec<Cell>> {
        let mut cells = Vec::with_capacity(sweep.cells);
        let (mut first, mut failed) = (None, 0);
        for index in 0..sweep.cells {
            let settings = sweep.cell(index);
            let set = || settings.iter().map(|(key, node)| (key.key.clone(), axes::json(node))).collect();
            match self.cell(root, &settings) {
                Ok(scenario) => cells.push(Cell { set: set(), scenario }),
                Err(error) => {
                    first.get_or_insert_with(|| (set(), error));
                    failed += 1;
                }
            }
        }
        match first {
            Some((set, error)) => Err(failure(&set, error, failed - 1)),
            None => Ok(cells),
        }
    }

    fn cell(&mut self, root: &Node, settings: &[(&SweptKey, &Node)]) -> Result<Scenario> {
        let mut root = root.clone();
        for (key, value) in settings {
            overrides::insert(&mut root, &key.parts, (*value).clone(), &self.sources)?;
        }
        self.scenario(root)
    }

    /// The scenario of a whole tree, without `sweep`.
    ///
    /// # Errors
    /// All that a scenario is refused for.
    pub fn scenario(&mut self, mut root: Node) -> Result<Scenario> {
        let preset = self.preset(&root)?;
        let PresetFile { tree, name, .. } = &self.presets[preset];
        let (table, file) = (Table::root(&self.sources, &root), Table::root(&self.sources, tree));
        let over = Overridden::read(&table, &file)?;
        venue::merge_preset(&mut root, tree, over.requirement);
        let context = Context::new(self.folder, &self.files);
        resolve(self.name, (name, over), &Table::root(&self.sources, &root), context)
    }

    /// Index of the venue file that a tree names.
    fn preset(&mut self, root: &Node) -> Result<usize> {
        let file = venue::chosen_preset(&Table::root(&self.sources, root), self.folder)?;
        if let Some(known) = self.presets.iter().position(|known| known.shown_name == file.shown_name) {
            return Ok(known);
        }
        let source = self.sources.add(&file.shown_name, &file.text);
        let tree = Node::parse(&self.sources, source, &file.text)?;
        let name = venue::check(&Table::root(&self.sources, &tree))?;
        if file.is_own {
            // The whole of it is checked, its examples too, so that what is missing is told of that file.
            venue::read_preset(&file.shown_name, &file.text, self.folder)?;
        }
        self.presets.push(PresetFile { shown_name: file.shown_name, tree, name });
        Ok(self.presets.len() - 1)
    }
}

/// The first failure of a sweep, with the cell it belongs to.
fn failure(set: &[(String, serde_json::Value)], error: Error, more: usize) -> Error {
    /// Characters of a value: a table can be long.
    const SHOWN: usize = 60;
    let Error::Input(invalid) = error else { return error };
    let setting = |(key, value): &(String, serde_json::Value)| {
        let value = value.to_string();
        let cut: String = value.chars().take(SHOWN).collect();
        let key = if key.contains(char::is_control) { quoted(key) } else { key.clone() };
        format!("{key} = {cut}{}", if cut.len() < value.len() { "…" } else { "" })
    };
    let settings: Vec<String> = set.iter().map(setting).collect();
    let others = match more {
        0 => String::new(),
        1 => "; one more cell has errors".to_owned(),
        more => format!("; {more} more cells have errors"),
    };
    invalid.with_note(format!("in the cell {}{others}", settings.join(", "))).into()
}
