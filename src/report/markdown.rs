//! The report as Markdown, for a pull request or a notebook; charts are the PNGs beside it.

use std::fmt::Write;

use crate::error::Result;
use crate::report::charts::ChartInput;
use crate::report::charts::layout::Layout;
use crate::report::charts::picture::Picture;
use crate::report::content::{Content, Reproduce, Table};
use crate::report::{charts, content};
use crate::result::document::ResultDocument;
use crate::result::document::sweep::SweepDocument;
use crate::simulation::{PathSample, RunOutcome};

/// The report of one run. Charts of single paths need the sample.
///
/// # Errors
/// [`crate::error::Error::Failed`] when the embedded font cannot be read.
pub fn render_run(
    document: &ResultDocument,
    outcome: &RunOutcome,
    sample: Option<&PathSample>,
    reproduce: &Reproduce,
) -> Result<String> {
    let none = PathSample { steps: Vec::new(), modes: Vec::new() };
    let pictures = charts::pictures(&ChartInput::new(document, outcome, sample.unwrap_or(&none)))?;
    let said: Vec<(&str, &Picture)> = pictures.iter().map(|(name, picture)| (*name, picture)).collect();
    let names: Vec<&str> = said.iter().map(|(name, _)| *name).collect();
    Ok(render(&content::of_run(document, &names, reproduce), &said))
}

/// The report of a sweep.
///
/// # Errors
/// As [`render_run`].
pub fn render_sweep(document: &SweepDocument, reproduce: &Reproduce) -> Result<String> {
    let maps = charts::sweep_pictures(document, Layout::File)?;
    let said: Vec<(&str, &Picture)> = maps.iter().map(|(name, map)| (name.as_str(), map)).collect();
    let names: Vec<&str> = said.iter().map(|(name, _)| *name).collect();
    Ok(render(&content::of_sweep(document, &names, reproduce), &said))
}

fn render(content: &Content, pictures: &[(&str, &Picture)]) -> String {
    let mut out = format!("# {}\n\n{}\n", text(&content.title), text(&content.summary));
    // Writing to a string cannot fail.
    let _ = write!(out, "\n**{}**\n", text(&content.headline));
    for line in &content.more {
        let _ = write!(out, "\n{}\n", text(line));
    }
    if !content.description.trim().is_empty() {
        out.push('\n');
        for line in content.description.trim().lines() {
            let _ = writeln!(out, "> {}", text(line));
        }
    }
    for section in &content.sections {
        let _ = write!(out, "\n## {}\n", section.heading);
        for line in &section.text {
            let _ = write!(out, "\n{}\n", text(line));
        }
        for name in &section.charts {
            if let Some((_, picture)) = pictures.iter().find(|(other, _)| other == name) {
                let _ = write!(out, "\n![{}](charts/{name}.png)\n", text(&picture.alternative));
            }
        }
        for table in &section.tables {
            out.push_str(&set(table));
        }
    }
    out
}

fn set(table: &Table) -> String {
    let mut out = String::new();
    let _ = match (table.caption.is_empty(), table.folded) {
        (true, _) => Ok(()),
        (false, false) => write!(out, "\n**{}**\n", text(&table.caption)),
        (false, true) => write!(out, "\n<details><summary>{}</summary>\n", text(&table.caption)),
    };
    let line =
        |cells: &[String]| format!("| {} |\n", cells.iter().map(|c| text(c)).collect::<Vec<_>>().join(" | "));
    let number = if table.wordy { " --- |" } else { " ---: |" };
    let rule = format!("| --- |{}\n", number.repeat(table.columns.len().saturating_sub(1)));
    out.push('\n');
    let headings: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
    out.push_str(&line(&headings));
    out.push_str(&rule);
    for row in &table.rows {
        let mut cells = row.cells.clone();
        if let Some(first) = cells.first_mut() {
            first.insert_str(0, &"– ".repeat(row.indent));
        }
        out.push_str(&line(&cells));
    }
    if table.folded {
        out.push_str("\n</details>\n");
    }
    out
}

/// Text as text: whatever Markdown or HTML would make of it, on one line.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' | '!' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
