//! Paints a [`Picture`] as an SVG element inside a document: it has a view box and no size, its inks are the document's
//! variables (`--ink`, `--muted`, `--grid`, `--paper` and one a mode), so that it follows the document's colours.

use std::fmt::Write;

use serde_json::json;

use crate::domain::MarginMode;
use crate::report::charts::encode::escaped;
use crate::report::charts::ink::Ink;
use crate::report::charts::picture::{Anchor, Picture, Plot, Point, Shape, Text};
use crate::report::charts::style::{DARK, GREY, GRID, WHITE, of_mode};
use crate::report::charts::text::{font_width, is_covered};

/// Width from which a line in a mode's own ink is its curve, not a sample path.
const CURVE: f64 = 3.0;

/// The element. `class` is its own; what belongs to a mode has the mode's name for a class, and a curve `curve`.
pub fn inline_svg(picture: &Picture, class: &str) -> String {
    let plots: Vec<_> = picture.plots.iter().map(plot).collect();
    let plots = if plots.is_empty() {
        String::new()
    } else {
        format!(" data-plots=\"{}\"", escaped(&json!(plots).to_string()))
    };
    let role = match picture.alternative.is_empty() {
        true => "aria-hidden=\"true\"".to_owned(),
        false => format!("role=\"img\" aria-label=\"{}\"", escaped(&picture.alternative)),
    };
    let mut svg = format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {} {}\" {role}{plots}>\n",
        short(picture.size.0),
        short(picture.size.1)
    );
    let mut grounds = Vec::new();
    for shape in &picture.shapes {
        paint(&mut svg, shape, &mut grounds);
    }
    for (place, text) in &picture.places {
        // Writing to a string cannot fail.
        let _ = writeln!(
            svg,
            "<path class=\"place\" d=\"{}\"><title>{}</title></path>",
            rectangle(place.left, place.top, place.right, place.bottom),
            escaped(text)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A path round a rectangle.
fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> String {
    let [width, height] = [tenths(right) - tenths(left), tenths(bottom) - tenths(top)].map(short);
    format!("M{} {}h{width}v{height}H{}z", short(left), short(top), short(left))
}

/// The rectangle that corners go round, first across.
fn corners(points: &[Point]) -> Option<String> {
    let [a, b, c, d] = points else { return None };
    let upright = a.1 == b.1 && b.0 == c.0 && c.1 == d.1 && d.0 == a.0;
    upright.then(|| rectangle(a.0, a.1, b.0, c.1))
}

fn plot(plot: &Plot) -> serde_json::Value {
    let inside = plot.inside;
    let edges = [inside.left, inside.top, inside.right, inside.bottom].map(tenths);
    json!({
        "box": edges,
        "x": [plot.x.low, plot.x.high],
        "y": [plot.y.low, plot.y.high],
        "units": [plot.x.unit, plot.y.unit],
    })
}

/// `grounds` are the areas so far whose colour the document does not change: what is written on one keeps its own
/// colour, too, so that it stays readable.
fn paint(svg: &mut String, shape: &Shape, grounds: &mut Vec<(Point, Point)>) {
    // Writing to a string cannot fail.
    let _ = match shape {
        Shape::Line { points, ink, width, dash } => {
            let curve = *width >= CURVE && MarginMode::ALL.iter().any(|mode| of_mode(*mode).ink == *ink);
            let dash =
                dash.map(|(mark, gap)| format!(" stroke-dasharray=\"{} {}\"", short(mark), short(gap)));
            writeln!(
                svg,
                "<polyline{} points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}/>",
                class(*ink, curve),
                listed(points),
                colour(*ink),
                short(*width),
                dash.unwrap_or_default()
            )
        }
        Shape::Area { points, ink, opacity } => {
            if named(*ink).is_none() {
                grounds.push(bounds(points));
            }
            let (class, ink, opaque) = (class(*ink, false), colour(*ink), opaque(*opacity));
            match corners(points) {
                Some(path) => writeln!(svg, "<path{class} d=\"{path}\" fill=\"{ink}\"{opaque}/>"),
                None => {
                    writeln!(svg, "<polygon{class} points=\"{}\" fill=\"{ink}\"{opaque}/>", listed(points))
                }
            }
        }
        Shape::Disc { at, radius, ink, opacity } => writeln!(
            svg,
            "<circle{} cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"{}/>",
            class(*ink, false),
            short(at.0),
            short(at.1),
            short(*radius),
            colour(*ink),
            opaque(*opacity)
        ),
        Shape::Text(text) => {
            let holds = |(low, high): &(Point, Point)| {
                (low.0..=high.0).contains(&text.at.0) && (low.1..=high.1).contains(&text.at.1)
            };
            write_text(svg, text, grounds.iter().any(holds))
        }
    };
}

fn write_text(svg: &mut String, text: &Text, keeps_ink: bool) -> std::fmt::Result {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if text.bold { " font-weight=\"600\"" } else { "" };
    // Whatever the reader's font, the text takes the room that it was given.
    let length = match is_covered(&text.text) {
        true => {
            let width = font_width(&text.text, text.size, text.bold);
            format!(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", short(width))
        }
        false => String::new(),
    };
    let ink = if keeps_ink { hexadecimal(text.ink) } else { colour(text.ink) };
    writeln!(
        svg,
        "<text{} x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight}{length} fill=\"{ink}\">{}</text>",
        class(text.ink, false),
        short(text.at.0),
        short(text.at.1),
        short(text.size),
        escaped(&text.text)
    )
}

/// A variable of the document, and how much of it is mixed with the paper.
fn named(ink: Ink) -> Option<(&'static str, u32)> {
    let inks = [(DARK, "ink"), (GREY, "muted"), (GRID, "grid"), (WHITE, "paper")];
    let modes = MarginMode::ALL.map(|mode| (of_mode(mode).ink, mode.name()));
    let whole = inks.iter().chain(&modes).find(|(known, _)| *known == ink).map(|(_, name)| (*name, 100));
    let tinted = || {
        let bases = modes.iter().chain(inks.iter().filter(|(ink, _)| *ink == GREY));
        let strengths = |(base, name): &(Ink, &'static str)| {
            let (base, name) = (*base, *name);
            (1..20).map(move |i| (base.tint(f64::from(5 * i) / 100.0), name, 5 * i))
        };
        bases.flat_map(strengths).find(|(tint, ..)| *tint == ink).map(|(_, name, strength)| (name, strength))
    };
    whole.or_else(tinted)
}

fn colour(ink: Ink) -> String {
    match named(ink) {
        None => hexadecimal(ink),
        Some((name, 100)) => format!("var(--{name})"),
        Some((name, strength)) => format!("color-mix(in srgb,var(--{name}) {strength}%,var(--paper))"),
    }
}

fn hexadecimal(Ink(red, green, blue): Ink) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn class(ink: Ink, curve: bool) -> String {
    let mode = named(ink).and_then(|(name, _)| MarginMode::ALL.iter().find(|mode| mode.name() == name));
    match (mode, curve) {
        (None, _) => String::new(),
        (Some(mode), true) => format!(" class=\"curve {mode}\""),
        (Some(mode), false) => format!(" class=\"{mode}\""),
    }
}

fn opaque(opacity: f64) -> String {
    if opacity < 1.0 { format!(" opacity=\"{}\"", (opacity * 100.0).round() / 100.0) } else { String::new() }
}

fn bounds(points: &[Point]) -> (Point, Point) {
    let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    for p in points {
        low = (low.0.min(p.0), low.1.min(p.1));
        high = (high.0.max(p.0), high.1.max(p.1));
    }
    (low, high)
}

fn listed(points: &[Point]) -> String {
    let mut text = String::with_capacity(12 * points.len());
    for (x, y) in points {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&short(*x));
        text.push(',');
        text.push_str(&short(*y));
    }
    text
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// To a tenth of a unit.
fn short(value: f64) -> String {
    // Adding zero makes of −0 the 0 that is shorter.
    (tenths(value) + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inks_become_variables_and_text_is_escaped() {
        super::super::text::register().unwrap();
        let isolated = of_mode(MarginMode::Isolated).ink;
        let mut picture =
            Picture { size: (10.0, 5.5), alternative: "a \"b\" <c>".into(), ..Picture::default() };
        picture.line(vec![(0.04, -0.01), (1.25, 2.0)], isolated, 3.5, Some((14.0, 6.0)));
        picture.area(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)], isolated.tint(0.55), 0.5);
        let text = |x| Text {
            at: (x, 2.0),
            text: "<script>&".into(),
            size: 2.0,
            ink: DARK,
            anchor: Anchor::End,
            bold: true,
        };
        picture.text(text(2.0));
        // A colour of its own, and what is written on it.
        picture.area(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)], Ink(250, 200, 10), 1.0);
        picture.text(text(3.0));
        let svg = inline_svg(&picture, "wide");
        let tree = roxmltree::Document::parse(&svg).unwrap();
        let root = tree.root_element();
        assert_eq!(root.attribute("viewBox"), Some("0 0 10 5.5"));
        assert_eq!(root.attribute("aria-label"), Some("a \"b\" <c>"));
        let line = tree.descendants().find(|n| n.has_tag_name("polyline")).unwrap();
        assert_eq!(line.attribute("points"), Some("0,0 1.3,2"));
        assert_eq!(
            (line.attribute("class"), line.attribute("stroke")),
            (Some("curve isolated"), Some("var(--isolated)"))
        );
        let area = tree.descendants().find(|n| n.has_tag_name("polygon")).unwrap();
        assert_eq!(area.attribute("fill"), Some("color-mix(in srgb,var(--isolated) 55%,var(--paper))"));
        let texts: Vec<_> = tree.descendants().filter(|n| n.has_tag_name("text")).collect();
        assert_eq!(texts[0].text(), Some("<script>&"));
        assert_eq!(
            texts.iter().map(|t| t.attribute("fill").unwrap()).collect::<Vec<_>>(),
            ["var(--ink)", "#1f2937"]
        );
    }
}
