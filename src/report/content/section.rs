//! Sections and tables of a report, before any format.

use serde::Serialize;

use crate::report::headline::Answer;
use crate::result::document::ScenarioSummary;
use crate::text::format::{paths, printable, significant, steps};

/// How a result can be had again.
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
    pub facts: String,
    /// The scenario's description, Markdown; empty where there is none.
    pub description: String,
    /// The answer in one sentence.
    pub headline: String,
    /// More of it.
    pub more: Vec<String>,
    /// Margin modes, in the scenario's order.
    pub modes: Vec<String>,
    /// What follows.
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
    /// Names of its columns; the first is the rows'.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Long, and so read only by those who look for something.
    pub folded: bool,
    /// Rows have no order of their own.
    pub sortable: bool,
    /// Cells hold text, not numbers.
    pub wordy: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its cells, as many as the table has columns.
    pub cells: Vec<String>,
    /// It belongs to the row before.
    pub below: bool,
}

impl Table {
    /// A table of numbers.
    pub fn new(caption: impl Into<String>, head: impl IntoIterator<Item = String>) -> Self {
        Self { caption: caption.into(), head: head.into_iter().collect(), ..Self::default() }
    }

    /// Adds a row; its first cell is indented where it belongs to the row before.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        let below = cells.first().is_some_and(|cell| cell.starts_with(' '));
        if let Some(first) = cells.first_mut() {
            *first = first.trim_start().to_owned();
        }
        self.rows.push(Row { cells, below });
    }
}

impl Content {
    pub(crate) fn new(
        scenario: &ScenarioSummary,
        version: &str,
        modes: Vec<String>,
        answer: Answer,
        reproduce: &Reproduce,
    ) -> Self {
        let description = reproduce.resolved.iter().find(|(key, _)| key == "description");
        let facts = format!(
            "{} of {} over {} days, seed {}, {} {} at the beginning, venue {}",
            paths(scenario.paths),
            steps(scenario.steps),
            significant(scenario.horizon_days, 6),
            scenario.seed,
            significant(scenario.wallet, 9),
            scenario.currency,
            scenario.venue,
        );
        Self {
            title: clean(&scenario.title),
            facts: clean(&facts),
            description: description.map(|(_, text)| text.clone()).unwrap_or_default(),
            headline: answer.headline,
            more: answer.more,
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

/// A stranger's text on one line, without what cannot be seen.
pub fn clean(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "), usize::MAX)
}

/// What the numbers rest on; what is left out of the model goes to its own section.
pub(crate) fn assumptions(model: &[String], said: &[String], notes: &[String]) -> [Section; 2] {
    let is_missing = |line: &&String| line.starts_with("Not modelled:");
    // What is said beside the sampling error.
    let is_error = |line: &str| line.starts_with("Intervals are") && !line.contains("history");
    let notes = notes.iter().map(|note| format!("Note: {note}"));
    let rest = said.iter().filter(|line| !is_missing(line) && !is_error(line)).cloned();
    let mut text: Vec<String> = model.iter().cloned().chain(rest).chain(notes).collect();
    text.iter_mut().for_each(|line| *line = clean(&line.replace('`', "")));
    let mut missing: Vec<String> = said.iter().filter(is_missing).map(|line| clean(line)).collect();
    missing.push(
        "Nor are order books, the queue of auto-deleveraging, oracle prices that part from marks, portfolio margin, a \
         venue's failure, or a holder who acts in ways that the scenario does not state."
            .to_owned(),
    );
    missing.push(
        "The price model is the largest error by far: no interval here covers it. Run the same account under other \
         models and volatilities before relying on a number."
            .to_owned(),
    );
    [
        Section { id: "assumptions", heading: "Assumptions", text, ..Section::default() },
        Section { id: "not-modelled", heading: "What is not modelled", text: missing, ..Section::default() },
    ]
}

/// How to have the same result again.
pub(crate) fn reproduction(scenario: &ScenarioSummary, version: &str, reproduce: &Reproduce) -> Section {
    let mut facts = Table { wordy: true, ..Table::new("", ["what".to_owned(), "value".to_owned()]) };
    let known = [
        ("command", reproduce.command.clone()),
        ("program", format!("ringfence {version}")),
        ("seed", scenario.seed.to_string()),
        ("sha256 of the resolved scenario", scenario.sha256.clone()),
    ];
    for (what, value) in known.into_iter().filter(|(_, value)| !value.is_empty()) {
        facts.row([what.to_owned(), clean(&value)]);
    }
    let mut resolved = Table {
        folded: true,
        wordy: true,
        ..Table::new("The resolved scenario, key by key", ["key".to_owned(), "value".to_owned()])
    };
    for (key, value) in reproduce.resolved.iter().filter(|(key, _)| key != "description") {
        resolved.row([clean(key), clean(value)]);
    }
    let tables = [facts, resolved].into_iter().filter(|table| !table.rows.is_empty()).collect();
    let text = "The same scenario, seed and version give the same bytes, whatever the number of threads, the split of \
                the work or the processor's vector width.";
    Section {
        id: "reproduce",
        heading: "How to reproduce it",
        text: vec![text.to_owned()],
        tables,
        ..Section::default()
    }
}
