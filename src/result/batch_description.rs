//! A batch as plain data, and the document of a sweep that is made of its cells' documents.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Intervals;
use crate::result::document::*;
use crate::scenario::Batch;
use crate::text::format::percent_trimmed;

/// What one scenario file asks for: one run, or the cells of a sweep. With the cells' totals it is all that a result is
/// made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchFacts {
    /// Version of the program.
    pub version: String,
    /// Name of the run.
    pub name: String,
    /// Hash of the resolved scenario, of all cells of a sweep.
    pub sha256: String,
    /// The resolved scenario as `key → value`.
    pub resolved: Vec<(String, String)>,
    /// Paths of a cell, as asked for.
    pub paths: u64,
    /// Seed of every random stream, of the first cell's.
    pub seed: u64,
    /// What a person types to run it again.
    pub command: String,
    /// `--set` and what else was changed from outside the file, as `key → value`.
    pub overrides: Vec<(String, String)>,
    /// What varies; nothing in a single run.
    pub axes: Vec<SweepAxis>,
    /// Per cell; one in a single run.
    pub cells: Vec<CellFacts>,
    /// How intervals are to be read.
    pub intervals: SweepIntervals,
}

/// One cell of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellFacts {
    /// Key and value of every swept key.
    pub set: OrderedMap<Value>,
    /// Hash of the cell's resolved scenario.
    pub sha256: String,
    /// Index of the draw of prices that it shares.
    pub path_group: u64,
}

impl CellFacts {
    /// Its settings.
    pub fn in_words(&self) -> String {
        let settings: Vec<String> = self.set.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        settings.join(", ")
    }
}

impl BatchFacts {
    /// The description of a batch that `command` runs, with what was changed from outside its file.
    pub fn new(batch: &Batch, command: String, overrides: Vec<(String, String)>) -> Self {
        let first = batch.cells.first().map(|cell| &cell.scenario);
        let settings = first.map(|scenario| &scenario.settings);
        let mut groups = vec![0; batch.cells.len()];
        for (group, cells) in batch.groups().iter().enumerate() {
            for &cell in cells {
                groups[cell] = group as u64;
            }
        }
        let cells = batch.cells.iter().zip(groups).map(|(cell, path_group)| CellFacts {
            set: OrderedMap(cell.set.clone()),
            sha256: cell.scenario.sha256(),
            path_group,
        });
        let family: u64 = batch.cells.iter().map(|cell| cell.scenario.settings.modes.len() as u64).sum();
        let intervals = settings.map(|settings| settings.intervals).unwrap_or_default();
        let confidence = settings.map_or(0.95, |settings| settings.confidence);
        let confidence_each = match intervals {
            // Of a single run there is no family.
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

    /// Draws of the prices that the cells share.
    pub fn path_groups(&self) -> u64 {
        self.cells.iter().map(|cell| cell.path_group + 1).max().unwrap_or(0)
    }

    /// The document of a sweep, given its cells' documents in order; `None` without any. `essential` are the assumptions
    /// that every reader has to know.
    pub fn sweep(&self, essential: usize, cells: Vec<ResultDocument>) -> Option<SweepDocument> {
        let first = cells.first()?.clone();
        let audits = || cells.iter().map(|cell| &cell.audit);
        let audit = AuditResult {
            paths: audits().map(|audit| audit.paths).sum(),
            steps: first.audit.steps,
            left_out: audits().map(|audit| audit.left_out).sum(),
            events: audits().map(|audit| audit.events).sum(),
            max_balance_error: audits().filter_map(|audit| audit.max_balance_error).reduce(f64::max),
        };
        let about = self.about_cells(first.scenario.confidence);
        let held = |of: fn(&ResultDocument) -> &Vec<String>| {
            of(&first).iter().map(|said| of_all(said, &cells, of)).collect::<Vec<String>>()
        };
        let (assumptions, notes) = (held(|cell| &cell.assumptions), held(|cell| &cell.notes));
        let count = cells.len() as u64;
        Some(SweepDocument {
            schema: first.schema,
            version: first.version,
            scenario: ScenarioSummary { paths: self.paths, sha256: self.sha256.clone(), ..first.scenario },
            sampling: SamplingResult { pairs: None, ..first.sampling },
            monitoring: MonitoringResult { paths: None, modes: OrderedMap(Vec::new()), ..first.monitoring },
            held_paths: cells.iter().map(|cell| cell.held_paths).sum(),
            axes: self.axes.clone(),
            plan: SweepPlan { cells: count, path_groups: self.path_groups() },
            intervals: self.intervals.clone(),
            audit,
            essential,
            assumptions: [assumptions, about].concat(),
            notes,
            sweep: self.cells.iter().zip(cells).map(|(facts, document)| cell(facts, document)).collect(),
        })
    }

    /// What is peculiar to many cells, and told with them.
    fn about_cells(&self, confidence: f64) -> Vec<String> {
        let percent = percent_trimmed(confidence);
        let family = self.intervals.family;
        let intervals = match self.intervals.kind.as_str() {
            "simultaneous" => format!(
                "Intervals are simultaneous: those of one measure in all cells and modes, {family} in all, hold \
                 together at {percent} or more (Bonferroni)."
            ),
            _ => format!(
                "Intervals are pointwise, each at {percent}: of the {family} of one measure some miss their value by \
                 chance. simulation.intervals = \"simultaneous\" widens them until all hold together."
            ),
        };
        let shared = "Cells of one path group are run on the same price paths, and the others on the same random \
                      numbers where their draws line up: differences between cells are known better than the cells."
            .to_owned();
        let shared = Some(shared).filter(|_| self.path_groups() > 1);
        [intervals].into_iter().chain(shared).collect()
    }
}

/// What is said of the first cell: of every cell, or of it alone.
fn of_all(said: &String, cells: &[ResultDocument], of: fn(&ResultDocument) -> &Vec<String>) -> String {
    match cells.iter().all(|cell| of(cell).contains(said)) {
        true => said.clone(),
        false => format!("In the first cell, others differ: {said}"),
    }
}

fn cell(facts: &CellFacts, document: ResultDocument) -> SweepCell {
    SweepCell {
        set: facts.set.clone(),
        sha256: facts.sha256.clone(),
        path_group: facts.path_group,
        paths: document.scenario.paths,
        wallet: document.scenario.wallet,
        modes: document.modes,
        paired: document.paired,
        precision: document.precision,
    }
}
