//! A venue file as a whole: what describes it, its rules, its worked examples.

use std::path::Path;

use crate::error::Result;
use crate::scenario::context::Context;
use crate::scenario::files::Files;
use crate::scenario::syntax::name;
use crate::scenario::syntax::node::Node;
use crate::scenario::syntax::reader::{Field, Table};
use crate::scenario::syntax::source::{Sources, quoted};
use crate::scenario::venue::examples::Example;
use crate::scenario::venue::keys::{ABOUT, REQUIREMENT, RULES};
use crate::scenario::venue::overridden::Overridden;
use crate::scenario::venue::rules::Rules;
use crate::scenario::venue::{examples, rules};

/// A venue whose rules a scenario may start from.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What `venue.preset` calls it.
    pub name: String,
    /// One line.
    pub summary: String,
    /// The day of the rules, or the month or the year: `YYYY-MM-DD`, `YYYY-MM`, `YYYY`.
    pub date: String,
    /// Where the rules come from.
    pub sources: Vec<String>,
    /// Doubts, and what is not modelled.
    pub notes: Vec<String>,
    /// The rules.
    pub rules: Rules,
    /// Numbers that the rules must give back.
    pub examples: Vec<Example>,
}

/// Reads a venue file; files that it names are relative to `folder`.
///
/// # Errors
/// As for a scenario's `[venue]`; also what describes the file, and its examples.
pub fn read_preset(shown_name: &str, text: &str, folder: &Path) -> Result<Preset> {
    let mut sources = Sources::default();
    let source = sources.add(shown_name, text);
    let node = Node::parse(&sources, source, text)?;
    let table = Table::root(&sources, &node);
    let name = check(&table)?;
    let files = Files::default();
    let rules = rules::read(&table, &name, Overridden::default(), &mut Context::new(folder, &files))?;
    let one =
        |key| table.field(key).map_or(Ok(String::new()), |field| field.text("a text").map(str::to_owned));
    Ok(Preset {
        summary: one("summary")?,
        date: one("date")?,
        sources: texts(&table, "source")?,
        notes: texts(&table, "notes")?,
        examples: examples::read(&table, &rules)?,
        name,
        rules,
    })
}

/// Checks the keys of a venue file and gives its name.
///
/// # Errors
/// Unknown keys; no name, or one that is none; descriptions that are no texts.
pub(crate) fn check(table: &Table<'_>) -> Result<String> {
    table.only(&[&ABOUT[..], &RULES[..]].concat(), &[])?;
    let field = table.require("name", "name = \"my-venue\"")?;
    let name = field.text("name = \"my-venue\"")?;
    if let Some(fault) = name::fault(name) {
        return Err(field.fail(&format!("invalid name {}: it {fault}", quoted(name)), name::RULE));
    }
    if !REQUIREMENT.iter().any(|key| table.field(key).is_some()) {
        return Err(
            table.fail("the venue has no maintenance margin", "write maintenance_margin_rate = 0.005")
        );
    }
    for key in ["summary", "date"] {
        table.field(key).map(|field| field.text("a text in quotes").map(drop)).transpose()?;
    }
    for key in ["source", "notes"] {
        texts(table, key)?;
    }
    Ok(name.to_owned())
}

/// One text, or a list of them.
fn texts(table: &Table<'_>, key: &str) -> Result<Vec<String>> {
    let text = |field: &Field<'_>| field.text("a text in quotes").map(str::to_owned);
    match table.field(key) {
        None => Ok(Vec::new()),
        Some(field) if field.is_text() => Ok(vec![text(&field)?]),
        Some(field) => field.list(&format!("{key} = [\"one\", \"another\"]"))?.iter().map(text).collect(),
    }
}
