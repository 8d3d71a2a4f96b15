//! Sections and tables of a report, before any format.

use serde::Serialize;

use crate::report::wording::assumptions;
use crate::report::wording::headline::sentence::Headline;
use crate::result::assumption::{Assumption, AssumptionKind};
use crate::result::document::ScenarioSummary;
use crate::text::format::{duration, paths, printable, significant, steps};

/// What reproduces a result.
#[derive(Debug, Clone, Default)]
pub struct Reproduce {
    /// The command line.
    pub command: String,
    /// The resolved scenario: keys and values.
    pub resolved: Vec<(String, String)>,
}

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Content {
    /// The scenario's title.
    pub title: String,
    /// What was run, in a few words.
    pub summary: String,
    /// The scenario's description, Markdown; empty where there is none.
    pub description: String,
    /// The most important sentences.
    pub headline: String,
    /// Further sentences of the headline.
    pub more: Vec<String>,
    /// Margin modes, in the scenario's order.
    pub modes: Vec<String>,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// Version of the program.
    pub version: String,
}

/// A part of a report under one heading.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Section {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Sentences.
    pub text: Vec<String>,
    /// Names of charts.
    pub charts: Vec<String>,
    /// Tables below them.
    pub tables: Vec<Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// Its columns; the first holds the names of the rows.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Long, and so folded away at first.
    pub folded: bool,
    /// Rows have no order of their own.
    pub sortable: bool,
    /// Cells hold text, not numbers.
    pub wordy: bool,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// Its name.
    pub heading: String,
    /// The margin mode that its cells belong to.
    pub mode: Option<String>,
}

impl Column {
    /// A column that belongs to no mode.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), mode: None }
    }

    /// A mode's column: its name alone, or with what is shown of it.
    pub fn of_mode(mode: &str, what: Option<&str>) -> Self {
        let heading = what.map_or_else(|| mode.to_owned(), |what| format!("{mode}: {what}"));
        Self { heading, mode: Some(mode.to_owned()) }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// How deep it lies below the row that it belongs to; 0 for a row of its own.
    pub indent: usize,
    /// Its cells, as many as the table has columns.
    pub cells: Vec<String>,
}

impl Table {
    /// A table of numbers.
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self { caption: caption.into(), columns: columns.into_iter().collect(), ..Self::default() }
    }

    /// A table of numbers whose columns belong to no mode.
    pub fn headed<'a>(caption: impl Into<String>, headings: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(caption, headings.into_iter().map(Column::new))
    }

    /// Adds a row of its own.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.indented_row(0, cells);
    }

    /// Adds a row that lies `indent` levels below the one that it belongs to.
    pub fn indented_row(&mut self, indent: usize, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row { indent, cells: cells.into_iter().collect() });
    }
}

impl Content {
    pub(crate) fn new(
        scenario: &ScenarioSummary,
        version: &str,
        modes: Vec<String>,
        headline: Headline,
        reproduce: &Reproduce,
    ) -> Self {
        let description = reproduce.resolved.iter().find(|(key, _)| key == "description");
        let summary = format!(
            "{} of {} over {}, seed {}, opening equity {} {}, venue {}",
            paths(scenario.paths),
            steps(scenario.steps),
            duration(scenario.horizon_days),
            scenario.seed,
            significant(scenario.wallet, 9),
            scenario.currency,
            scenario.venue,
        );
        Self {
            title: clean(&scenario.title),
            summary: clean(&summary),
            description: description.map(|(_, text)| text.clone()).unwrap_or_default(),
            headline: headline.text,
            more: headline.more,
            modes,
            sections: Vec::new(),
            version: version.to_owned(),
        }
    }

    pub(crate) fn add(&mut self, section: Section) {
        let is_empty = section.text.is_empty() && section.charts.is_empty() && section.tables.is_empty();
        if !is_empty {
            self.sections.push(section);
        }
    }
}

/// Untrusted text on one line, without invisible characters.
pub fn clean(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "), usize::MAX)
}

/// The price model and the assumptions; what is not modelled or not used has its own section. Intervals are described
/// beside the sampling error, unless `with_intervals`.
pub(crate) fn assumption_sections(
    model: &[String],
    all: &[Assumption],
    notes: &[String],
    with_intervals: bool,
) -> [Section; 2] {
    let is_missing = |kind| matches!(kind, AssumptionKind::NotModelled | AssumptionKind::NotUsed);
    let is_shown = |kind| match kind {
        AssumptionKind::Intervals => with_intervals,
        AssumptionKind::SweepIntervals => false,
        kind => !is_missing(kind),
    };
    let notes = notes.iter().map(|note| format!("Note: {note}"));
    let shown = assumptions::lines(all.iter().filter(|assumption| is_shown(assumption.kind)));
    let text = model.iter().cloned().chain(shown).chain(notes).map(|line| clean(&line)).collect();
    let missing = assumptions::lines(all.iter().filter(|assumption| is_missing(assumption.kind)));
    let largest = "The price model is the largest source of error, and no interval covers it. Run the same account with other \
                   models and volatilities before relying on a number.";
    let missing = missing.into_iter().chain([largest.to_owned()]).map(|line| clean(&line)).collect();
    [
        Section { id: "assumptions", heading: "Assumptions", text, ..Section::default() },
        Section { id: "not-modelled", heading: "What is not modelled", text: missing, ..Section::default() },
    ]
}

/// What reproduces the result.
pub(crate) fn reproduction(scenario: &ScenarioSummary, version: &str, reproduce: &Reproduce) -> Section {
    let mut origin = Table { wordy: true, ..Table::headed("", ["what", "value"]) };
    let known = [
        ("command", reproduce.command.clone()),
        ("program", format!("ringfence {version}")),
        ("seed", scenario.seed.to_string()),
        ("sha256 of the resolved scenario", scenario.sha256.clone()),
    ];
    for (what, value) in known.into_iter().filter(|(_, value)| !value.is_empty()) {
        origin.row([what.to_owned(), clean(&value)]);
    }
    let mut resolved = Table {
        folded: true,
        wordy: true,
        ..Table::headed("The resolved scenario, key by key", ["key", "value"])
    };
    for (key, value) in reproduce.resolved.iter().filter(|(key, _)| key != "description") {
        resolved.row([clean(key), clean(value)]);
    }
    let tables = [origin, resolved].into_iter().filter(|table| !table.rows.is_empty()).collect();
    let text = "The same scenario, seed and version produce identical bytes, whatever the number of threads, the split of \
                the work or the processor's vector width.";
    Section {
        id: "reproduce",
        heading: "How to reproduce it",
        text: vec![text.to_owned()],
        tables,
        ..Section::default()
    }
}
