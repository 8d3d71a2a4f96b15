//! The report as one self-contained page: no address but its own, light and dark, on paper and on a telephone. What
//! strangers wrote stands in it as text: templates escape, and the page's own policy forbids to load anything.

pub(crate) mod description;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};

use crate::error::{Error, Result};
use crate::report::charts::ChartInput;
use crate::report::charts::inline::inline_svg;
use crate::report::charts::layout::Layout;
use crate::report::charts::page::{mode_of, swatch_alone};
use crate::report::charts::picture::Picture;
use crate::report::content::{Content, Reproduce};
use crate::report::{charts, content};
use crate::result::document::ResultDocument;
use crate::result::document::sweep::SweepDocument;
use crate::simulation::{PathSample, RunOutcome};

/// The macro of tables, and the page.
const PAGE: &str = concat!(include_str!("html/table.html"), include_str!("html/page.html"));
const STYLE: &str = include_str!("html/style.css");
/// Cells of a sweep up to which its maps are set for a telephone, too; beyond, the page would be too large to send.
const MOST_NARROW: usize = 1_000;
const SCRIPT: &str = include_str!("html/page.js");

/// A chart as it stands in the page: set for a screen, and where it can be, for a telephone.
#[derive(Debug, Clone)]
pub struct Figure {
    name: String,
    wide: Picture,
    narrow: Option<Picture>,
}

/// The page of one run. Charts of single paths need the sample.
///
/// # Errors
/// [`Error::Failed`] when the embedded font or the embedded templates cannot be read.
pub fn render_run(
    document: &ResultDocument,
    outcome: &RunOutcome,
    sample: Option<&PathSample>,
    reproduce: &Reproduce,
) -> Result<String> {
    let none = PathSample { steps: Vec::new(), modes: Vec::new() };
    let input = ChartInput::new(document, outcome, sample.unwrap_or(&none));
    let set = |layout| -> Result<Vec<(String, Picture)>> {
        let pictures = charts::pictures(&ChartInput { layout, ..input.clone() })?;
        Ok(pictures.into_iter().map(|(name, picture)| (name.to_owned(), picture)).collect())
    };
    let figures = figures(set(Layout::Wide)?, set(Layout::Narrow)?);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    render(&content::of_run(document, &names, reproduce), &figures)
}

/// The page of a sweep.
///
/// # Errors
/// As [`render_run`].
pub fn render_sweep(document: &SweepDocument, reproduce: &Reproduce) -> Result<String> {
    let wide = charts::sweep_pictures(document, Layout::Wide)?;
    let narrow = match document.sweep.len() > MOST_NARROW {
        true => Vec::new(),
        false => charts::sweep_pictures(document, Layout::Narrow)?,
    };
    let figures = figures(wide, narrow);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    render(&content::of_sweep(document, &names, reproduce), &figures)
}

fn figures(wide: Vec<(String, Picture)>, mut narrow: Vec<(String, Picture)>) -> Vec<Figure> {
    let set = |(name, wide): (String, Picture)| {
        let at = narrow.iter().position(|(other, _)| *other == name);
        Figure { wide, narrow: at.map(|at| narrow.swap_remove(at).1), name }
    };
    wide.into_iter().map(set).collect()
}

fn render(content: &Content, figures: &[Figure]) -> Result<String> {
    let failed = |e: minijinja::Error| Error::failed(format_args!("report.html: {e:#}"));
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    environment.add_filter("unbroken", unbroken);
    environment.add_template("page.html", PAGE).map_err(failed)?;
    let sections: Vec<Value> = content
        .sections
        .iter()
        .map(|section| {
            let named = |name: &String| figures.iter().find(|figure| figure.name == *name);
            let shown: Vec<Value> =
                section.charts.iter().filter_map(named).map(|f| shown(f, &content.modes)).collect();
            context! { section => Value::from(Serde(section)), charts => shown }
        })
        .collect();
    let [style, script] = [STYLE, SCRIPT].map(|text| Value::from_safe_string(text.to_owned()));
    let description = Value::from_safe_string(description::as_html(&content.description));
    environment
        .get_template("page.html")
        .and_then(|page| {
            page.render(
                context! { report => Value::from(Serde(content)), sections, description, style, script },
            )
        })
        .map_err(failed)
}

fn shown(figure: &Figure, modes: &[String]) -> Value {
    let layouts: Vec<Value> = [("wide", Some(&figure.wide)), ("narrow", figure.narrow.as_ref())]
        .into_iter()
        .filter_map(|(class, picture)| Some((class, picture?)))
        .map(|(class, picture)| {
            let svg = Value::from_safe_string(inline_svg(picture, "chart"));
            context! { class, svg, notes => picture.notes.clone() }
        })
        .collect();
    let legend: Vec<Value> = figure
        .wide
        .legend
        .iter()
        .map(|(swatch, text)| {
            let mark = Value::from_safe_string(inline_svg(&swatch_alone(*swatch), "mark"));
            // A single mode leaves nothing to choose.
            let mode = mode_of(*swatch).map(|mode| mode.name()).filter(|_| modes.len() > 1);
            context! { mark, text => text.as_str(), mode }
        })
        .collect();
    let alone = figure.narrow.is_none();
    context! { name => figure.name.as_str(), heading => figure.wide.heading.as_str(), layouts, legend, alone }
}

/// A number stays on one line with what belongs to it.
fn unbroken(text: &str) -> String {
    const SPACE: &str = "\u{a0}";
    let text = text.replace(" %", "\u{a0}%").replace("± ", "±\u{a0}");
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('[').enumerate() {
        match part.split_once(']').filter(|(inside, _)| at > 0 && inside.len() < 40) {
            Some((inside, after)) => out.extend(["[", &inside.replace(' ', SPACE), "]", after]),
            None if at > 0 => out.extend(["[", part]),
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_torn() {
        assert_eq!(unbroken("4.2 % ± 0.1 of [1, 2] a b"), "4.2\u{a0}% ±\u{a0}0.1 of [1,\u{a0}2] a b");
        assert_eq!(unbroken("[ open ] [x [y"), "[\u{a0}open\u{a0}] [x [y");
    }
}
