//! The catalogue of price models as text and as Markdown.

use std::fmt::Write;

use crate::paths::catalogue::{MODELS, ModelEntry, Parameter, ValueKind};
use crate::text::format::wrap;

/// Columns of a terminal that all output fits into.
const WIDTH: usize = 100;
/// Width of the names on the left.
const NAME: usize = 20;

/// Every kind with its line and its parameters.
pub fn render_list() -> String {
    let indent = " ".repeat(NAME);
    let mut text = String::new();
    for model in &MODELS {
        text.push_str(&wrap(model.summary, &format!("{:NAME$}", model.kind), &indent, WIDTH));
        let names: Vec<&str> = model.parameters.iter().map(|parameter| parameter.name).collect();
        text.push_str(&wrap(&names.join(", "), &indent, &indent, WIDTH));
    }
    text.push_str(
        "\n`ringfence models KIND` prints one model's equations and the ranges of its parameters.\n",
    );
    text
}

/// Everything about one model.
pub fn render_one(model: &ModelEntry) -> String {
    let mut text = wrap(model.summary, &format!("{}: ", model.kind), "    ", WIDTH);
    text.push('\n');
    for line in model.formula {
        text.push_str(&wrap(line, "    ", "        ", WIDTH));
    }
    text.push('\n');
    let rest = [
        ("step", model.discretisation),
        ("source", model.source),
        ("limits", model.limits),
        ("monitoring", if model.is_continuous { "step, continuous" } else { "step" }),
    ];
    for (name, what) in rest {
        text.push_str(&wrap(what, &format!("{name:NAME$}"), &" ".repeat(NAME), WIDTH));
    }
    text.push('\n');
    for parameter in model.parameters {
        text.push_str(&described(parameter, 0));
    }
    text.push('\n');
    let _ = writeln!(text, "[assets.BTC.model]\nkind = \"{}\"", model.kind);
    for parameter in model.parameters.iter().filter(|parameter| parameter.default.is_none()) {
        // Of a list of tables each on its own line, which TOML allows between them only.
        let _ = writeln!(text, "{} = {}", parameter.name, parameter.example.replace("}, {", "},\n  {"));
    }
    text
}

/// A parameter with its range, default and meaning; the keys inside it below, two columns further in.
fn described(parameter: &Parameter, depth: usize) -> String {
    let shift = " ".repeat(depth);
    let default = match parameter.default {
        None => "required".to_owned(),
        Some(default) => format!("default {default}"),
    };
    let what = format!("{}; {default}", parameter.allowed());
    let rest = format!("{shift}{:NAME$}", "");
    let mut text = wrap(&what, &format!("{shift}{:NAME$}", parameter.name), &rest, WIDTH);
    text.push_str(&wrap(parameter.meaning, &rest, &rest, WIDTH));
    for inner in inner(parameter) {
        text.push_str(&described(inner, depth + 2));
    }
    text
}

fn inner(parameter: &Parameter) -> &'static [Parameter] {
    match parameter.value {
        ValueKind::Tables(_, keys) | ValueKind::WordOrTable(_, keys) => keys,
        _ => &[],
    }
}

/// The table of models in the README.
pub fn render_markdown() -> String {
    let mut text = "| kind | what it is | parameters | continuous |\n| --- | --- | --- | --- |\n".to_owned();
    for model in &MODELS {
        let parameters: Vec<String> = model.parameters.iter().map(in_cell).collect();
        let continuous = if model.is_continuous { "yes" } else { "no" };
        let cells = [
            format!("`{}`", model.kind),
            model.summary.to_owned(),
            parameters.join("; "),
            continuous.to_owned(),
        ];
        let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    text
}

fn in_cell(parameter: &Parameter) -> String {
    let range = parameter.range().map(|range| format!(" {}", range.in_words())).unwrap_or_default();
    let keys: Vec<String> = inner(parameter).iter().map(in_cell).collect();
    let keys = if keys.is_empty() { String::new() } else { format!(" ({})", keys.join(", ")) };
    let default = parameter.default.map(|default| format!(", default {default}")).unwrap_or_default();
    format!("`{}`{range}{keys}{default}", parameter.name)
}
