//! What one scenario file asks for: a run, or with `[sweep]` one for every cell.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::scenario::definition::Scenario;
use crate::text::hex;

/// A run, or the cells of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Name of the run: the file's stem.
    pub name: String,
    /// What varies, the slowest first; none: there is one cell, an ordinary run.
    pub axes: Vec<Axis>,
    /// At least one; the last axis varies fastest.
    pub cells: Vec<Cell>,
}

/// One thing that varies: a key, or several that move together.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Dotted keys, as `--set` takes them; one unless they are zipped.
    pub keys: Vec<String>,
    /// Per setting, in order: a value for each key.
    pub values: Vec<Vec<Value>>,
}

/// One combination of settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Key and value of every swept key, in the order of the axes.
    pub set: Vec<(String, Value)>,
    /// The scenario at these values: the one that `--set` of them would give.
    pub scenario: Scenario,
}

impl Batch {
    /// Whether it has `[sweep]`, be it of one cell.
    pub fn is_sweep(&self) -> bool {
        !self.axes.is_empty()
    }

    /// Hexadecimal SHA-256: of an ordinary run its scenario's, of a sweep that of its axes and its cells'.
    pub fn sha256(&self) -> String {
        if let ([], [cell]) = (&self.axes[..], &self.cells[..]) {
            return cell.scenario.sha256();
        }
        let mut hash = Sha256::new();
        for axis in &self.axes {
            for key in &axis.keys {
                hash.update(format!("{}\n", Value::from(key.as_str())));
            }
            for values in &axis.values {
                hash.update(format!("{}\n", Value::from(values.clone())));
            }
        }
        for cell in &self.cells {
            hash.update(format!("{}\n", cell.scenario.sha256()));
        }
        hex(&hash.finalize())
    }

    /// The resolved settings as `key → value`: those that all cells share, then per swept key its values.
    pub fn resolved(&self) -> Vec<(String, String)> {
        let Some((first, others)) = self.cells.split_first() else { return Vec::new() };
        let mut lines = first.scenario.resolved.clone();
        for cell in others {
            let own: HashMap<&str, &str> =
                cell.scenario.resolved.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            lines.retain(|(key, value)| own.get(key.as_str()) == Some(&value.as_str()));
        }
        for axis in &self.axes {
            for (index, key) in axis.keys.iter().enumerate() {
                let values: Vec<Value> =
                    axis.values.iter().filter_map(|values| values.get(index).cloned()).collect();
                lines.push((format!("sweep.{}", Value::from(key.as_str())), Value::from(values).to_string()));
            }
        }
        lines
    }

    /// Indices of the cells by path group: cells whose prices are the same draw, since market, seed, number and
    /// length of paths, sampling and monitoring are. In the order of each group's first cell.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let mut known = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let settings = &cell.scenario.settings;
            let draw = (
                // Cells with equal markets share one.
                Arc::as_ptr(&cell.scenario.market),
                (settings.seed, settings.paths, settings.steps, settings.horizon),
                (settings.sampling, settings.monitoring),
            );
            let group = *known.entry(draw).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(cells) => cells.push(index),
                None => groups.push(vec![index]),
            }
        }
        groups
    }

    /// Remarks of all cells, each once.
    pub fn notes(&self) -> Vec<&str> {
        let mut notes = Vec::new();
        for note in self.cells.iter().flat_map(|cell| &cell.scenario.notes) {
            if !notes.contains(&note.as_str()) {
                notes.push(note);
            }
        }
        notes
    }
}

/// Cells of one sweep.
pub(crate) const MOST_CELLS: usize = 10_000;
