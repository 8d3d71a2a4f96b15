//! A batch as plain data, and the document of a sweep made from the documents of its cells.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Intervals;
use crate::result::assumption::{Assumption, AssumptionKind};
use crate::result::document::*;
use crate::scenario::Batch;
use crate::text::format::{percent_trimmed, whole};

/// What one scenario file describes: one run, or the cells of a sweep. A result is made from this description and the
/// cells' totals alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchDescription {
    /// Version of the program.
    pub version: String,
    /// Name of the run.
    pub name: String,
    /// Hash of the resolved scenario, of all cells of a sweep.
    pub sha256: String,
    /// The resolved scenario as `key → value`.
    pub resolved: Vec<(String, String)>,
    /// Paths of a cell, as requested.
    pub paths: u64,
    /// Seed of every random stream, of the first cell's.
    pub seed: u64,
    /// The command line that runs it again.
    pub command: String,
    /// `--set` and what else was changed from outside the file, as `key → value`.
    pub overrides: Vec<(String, String)>,
    /// What varies; nothing in a single run.
    pub axes: Vec<SweepAxis>,
    /// The cells; one in a single run.
    pub cells: Vec<CellDescription>,
    /// How intervals are to be read.
    pub intervals: SweepIntervals,
}

/// One cell of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellDescription {
    /// Key and value of every swept key.
    pub set: OrderedMap<Value>,
    /// Hash of the cell's resolved scenario.
    pub sha256: String,
    /// Index of the draw of price paths that it shares.
    pub path_group: u64,
}

impl CellDescription {
    /// `leverage = 5, volatility = 0.5`
    pub fn in_words(&self) -> String {
        let settings: Vec<String> = self.set.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        settings.join(", ")
    }
}

impl BatchDescription {
    /// The description of a batch that `command` runs with the given overrides.
    pub fn new(batch: &Batch, command: String, overrides: Vec<(String, String)>) -> Self {
        let first = batch.cells.first().map(|cell| &cell.scenario);
        let settings = first.map(|scenario| &scenario.settings);
        let mut groups = vec![0; batch.cells.len()];
        for (group, cells) in batch.groups().iter().enumerate() {
            for &cell in cells {
                groups[cell] = group as u64;
            }
        }
        let cells = batch.cells.iter().zip(groups).map(|(cell, path_group)| CellDescription {
            set: OrderedMap(cell.set.clone()),
            sha256: cell.scenario.sha256(),
            path_group,
        });
        let family: u64 = batch.cells.iter().map(|cell| cell.scenario.settings.modes.len() as u64).sum();
        let intervals = settings.map(|settings| settings.intervals).unwrap_or_default();
        let confidence = settings.map_or(0.95, |settings| settings.confidence);
        let confidence_each = match intervals {
            // A single run has no family of intervals.
            _ if batch.axes.is_empty() => confidence,
            Intervals::Pointwise => confidence,
            Intervals::Simultaneous => 1.0 - (1.0 - confidence) / family as f64,
        };
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            name: batch.name.clone(),
            sha256: batch.sha256(),
            resolved: batch.resolved(),
            paths: settings.map_or(0, |settings| settings.paths),
            seed: settings.map_or(0, |settings| settings.seed),
            command,
            overrides,
            axes: batch
                .axes
                .iter()
                .map(|axis| SweepAxis { keys: axis.keys.clone(), values: axis.values.clone() })
                .collect(),
            cells: cells.collect(),
            intervals: SweepIntervals { kind: intervals.name().to_owned(), family, confidence_each },
        }
    }

    /// Whether it is a sweep, even of one cell.
    pub fn is_sweep(&self) -> bool {
        !self.axes.is_empty()
    }

    /// The number of draws of price paths that the cells share.
    pub fn path_groups(&self) -> u64 {
        self.cells.iter().map(|cell| cell.path_group + 1).max().unwrap_or(0)
    }

    /// The document of a sweep, given its cells' documents in order; `None` without any.
    pub fn sweep(&self, cells: Vec<ResultDocument>) -> Option<SweepDocument> {
        let first = cells.first()?.clone();
        let audits = || cells.iter().map(|cell| &cell.audit);
        let audit = AuditResult {
            paths: audits().map(|audit| audit.paths).sum(),
            steps: first.audit.steps,
            left_out: audits().map(|audit| audit.left_out).sum(),
            events: audits().map(|audit| audit.events).sum(),
            max_balance_error: audits().filter_map(|audit| audit.max_balance_error).reduce(f64::max),
        };
        let assumptions = [common_first(&cells), self.about_cells(first.scenario.confidence)].concat();
        let notes = first.notes.iter().map(|note| match cells.iter().all(|cell| cell.notes.contains(note)) {
            true => note.clone(),
            false => format!("First cell: {note}"),
        });
        Some(SweepDocument {
            notes: notes.collect(),
            schema: first.schema,
            version: first.version,
            scenario: ScenarioSummary { paths: self.paths, sha256: self.sha256.clone(), ..first.scenario },
            sampling: SamplingResult { pairs: None, ..first.sampling },
            monitoring: MonitoringResult { paths: None, modes: OrderedMap(Vec::new()), ..first.monitoring },
            clamped_paths: cells.iter().map(|cell| cell.clamped_paths).sum(),
            axes: self.axes.clone(),
            plan: SweepPlan { cells: cells.len() as u64, path_groups: self.path_groups() },
            intervals: self.intervals.clone(),
            audit,
            essential: assumptions.iter().filter(|assumption| assumption.is_essential()).count(),
            assumptions,
            sweep: self
                .cells
                .iter()
                .zip(cells)
                .map(|(description, found)| cell(description, found))
                .collect(),
        })
    }

    /// The assumptions that concern many cells.
    fn about_cells(&self, confidence: f64) -> Vec<Assumption> {
        let percent = percent_trimmed(confidence);
        let family = whole(self.intervals.family);
        let intervals = match self.intervals.kind.as_str() {
            "simultaneous" => format!(
                "simultaneous. The {family} intervals of one measure, over all cells and modes, hold together with at least \
                 {percent} confidence (Bonferroni)."
            ),
            _ => format!(
                "pointwise, each at {percent}. Of the {family} intervals of one measure some miss their value by chance; \
                 simulation.intervals = \"simultaneous\" widens them until all hold together."
            ),
        };
        let shared = "cells of one path group use the same price paths, and all other cells the same random numbers where \
                      their draws align. Differences between cells are therefore known more precisely than the cells \
                      themselves.";
        let shared =
            (self.path_groups() > 1).then(|| Assumption::new(AssumptionKind::SharedPaths, shared.to_owned()));
        [Assumption::new(AssumptionKind::SweepIntervals, intervals)].into_iter().chain(shared).collect()
    }
}

/// The assumptions of the first cell: the essential ones before the others, and among each those of all cells before
/// those that vary.
fn common_first(cells: &[ResultDocument]) -> Vec<Assumption> {
    let first = cells.first().map(|first| first.assumptions.as_slice()).unwrap_or_default();
    let mut all: Vec<Assumption> = first
        .iter()
        .map(|assumption| {
            let varies = !cells.iter().all(|cell| cell.assumptions.contains(assumption));
            Assumption { varies, ..assumption.clone() }
        })
        .collect();
    all.sort_by_key(|assumption| (!assumption.is_essential(), assumption.varies));
    all
}

fn cell(description: &CellDescription, document: ResultDocument) -> SweepCell {
    SweepCell {
        set: description.set.clone(),
        sha256: description.sha256.clone(),
        path_group: description.path_group,
        paths: document.scenario.paths,
        wallet: document.scenario.wallet,
        modes: document.modes,
        paired: document.paired,
        precision: document.precision,
    }
}
