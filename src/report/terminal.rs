//! The result as text for a terminal: at most 100 columns, no colour.

pub(crate) mod compare;
pub(crate) mod correlation;
pub(crate) mod layout;
pub(crate) mod mode_table;
pub(crate) mod monitoring;
pub(crate) mod paired;
pub(crate) mod sweep;

pub use crate::report::terminal::compare::render_comparison;
use crate::report::terminal::layout::WIDTH;
pub use crate::report::terminal::sweep::render as render_sweep;
use crate::report::wording::assumptions;
use crate::report::wording::money::Money;
use crate::report::wording::sampling_error::{audited, precision, sampling_error};
use crate::result::document::ResultDocument;
use crate::result::document::either::Document;
use crate::text::format::{duration, paths, printable, steps, wrap};

/// One scenario: what was run, a table with a column per mode, the modes compared, and the assumptions.
pub fn render(document: &ResultDocument) -> String {
    let mut out = header(document);
    out.push('\n');
    out.push_str(&mode_table::render(document));
    for pair in &document.paired {
        out.push('\n');
        out.push_str(&paired::render(document, pair));
    }
    out.push_str(&monitoring::render(document));
    out.push_str(&correlation::render(document));
    out.push('\n');
    out.push_str(&footer(document));
    out
}

/// Every scenario; several of them also in one table.
pub fn render_all(documents: &[&Document]) -> String {
    let mut parts = Vec::new();
    let mut runs = Vec::new();
    for document in documents {
        match document {
            Document::Sweep(sweep) => parts.push(render_sweep(sweep)),
            Document::Run(run) => {
                parts.push(render(run));
                runs.push(run.as_ref());
            }
        }
    }
    if runs.len() > 1 {
        parts.push(render_comparison(&runs));
    }
    parts.join("\n")
}

fn header(document: &ResultDocument) -> String {
    let scenario = &document.scenario;
    let mut out = format!("{}\n", printable(&scenario.title, WIDTH));
    let summary = format!(
        "{} of {} over {}, seed {}; opening equity {}",
        paths(scenario.paths),
        steps(scenario.steps),
        duration(scenario.horizon_days),
        scenario.seed,
        Money::of(document).with_currency(scenario.wallet),
    );
    out.push_str(&wrap(&summary, "", "", WIDTH));
    for line in &scenario.model {
        out.push_str(&wrap(&printable(line, 4 * WIDTH), "", "  ", WIDTH));
    }
    out
}

fn footer(document: &ResultDocument) -> String {
    let mut lines = sampling_error(document);
    lines.extend(document.precision.as_ref().map(precision));
    lines.extend(assumptions::lines(document.assumptions.iter().filter(|a| a.is_essential())));
    lines.push(audited(&document.audit));
    lines.extend(document.notes.iter().map(|note| format!("Note: {note}")));
    lines.iter().map(|line| wrap(&printable(line, 10 * WIDTH), "", "  ", WIDTH)).collect()
}
